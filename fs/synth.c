/* SPDX-License-Identifier: MIT */
/*
 * Synthetic directories (see <fs/synth.h>): a name is looked up by asking for one after the other.
 * That is done once for each name: the cache keeps what was found.
 *
 * A directory is known by its file_ops, which is the first part of its struct synth_dir.
 */
#include <fs/synth.h>
#include <lib/string.h>
#include <mm/iov.h>

#include "vfs.h"

static int lookup(struct inode *dir, const struct fs_name *name, struct inode **found);


static const struct inode_ops dir_ops = { .lookup = lookup };
/* Names that come and go are those of processes. */
#ifdef CONFIG_PROCESS
static bool valid(const struct inode *dir, const struct fs_name *name, const struct inode *inode);

static const struct inode_ops changing_dir_ops = { .lookup = lookup, .valid = valid };
#endif

/* As Linux has it: what is written to a file that shows something is refused by write alone. */
static int truncate(struct inode *inode __unused, u64 size __unused)
{
	return 0;
}

static const struct inode_ops file_ops = { .truncate = truncate };

static const struct super_ops super_ops = { .evict = NULL };

static const struct synth_dir *dir_of(const struct inode *dir)
{
	return container_of(dir->file_ops, struct synth_dir, ops);
}

static bool next(const struct inode *dir, struct synth_entry *e)
{
	return dir_of(dir)->next(dir, e);
}

#ifdef CONFIG_PROCESS
static bool valid(const struct inode *dir, const struct fs_name *name, const struct inode *inode)
{
	return dir_of(dir)->valid(dir, name, inode);
}
#endif

static struct inode *make(struct super *super, const struct synth_entry *e)
{
	struct inode *inode = inode_alloc(super, e->mode);

	if (!inode)
		return NULL;
	inode->number = e->number;
	inode->device = e->device;
	inode->size = e->size;
	inode->ops = &file_ops;
	inode->file_ops = e->ops;
	inode->data = (void *)(uintptr_t)e->data;
#ifdef CONFIG_PROCESS
	inode->born = 0;
	inode->uid = e->uid;
	inode->gid = e->gid;
#endif
	/* none of them stands behind a mapping, so a space's lock may be taken inside its own */
	if (S_ISREG(e->mode))
		lock_check_name(&inode->lock.check, "synth inode.lock");
	if (S_ISDIR(e->mode)) {
		inode->ops = &dir_ops;
#ifdef CONFIG_PROCESS
		if (container_of(e->ops, struct synth_dir, ops)->valid)
			inode->ops = &changing_dir_ops;
#endif
		inode->links = 2;
	}
	return inode;
}

static int make_found(struct inode *dir, const struct synth_entry *e, struct inode **found)
{
	*found = make(dir->super, e);
	if (!*found)
		return -ENOMEM;
#ifdef CONFIG_PROCESS
	if (S_ISLNK(e->mode)) {
		int err = e->link(dir, e, &(*found)->link);

		(*found)->file_ops = NULL;
		if (e->link_ops)
			(*found)->ops = e->link_ops;
		if (err) {
			inode_put(*found);
			*found = NULL;
			return err;
		}
	}
#endif
	return 0;
}

static int lookup(struct inode *dir, const struct fs_name *name, struct inode **found)
{
	struct synth_entry e = {};

#ifdef CONFIG_PROCESS
	if (dir_of(dir)->find && dir_of(dir)->find(dir, name, &e))
		return make_found(dir, &e, found);
#endif
	while (next(dir, &e)) {
		if (strncmp(e.name, name->text, name->length) || e.name[name->length])
			continue;
		return make_found(dir, &e, found);
	}
	return -ENOENT;
}

int synth_readdir(struct file *file, dir_entry_fn *entry, void *arg)
{
	struct synth_entry e = {};
	u64 pos = FIRST_COOKIE;
	int err = readdir_dots(file, entry, arg);

	while (!err && next(file->inode, &e)) {
		struct dir_entry d = {
			.name = e.name, .length = strlen(e.name), .inode = e.number,
			.type = (u8)DT_OF_MODE(e.mode),
		};

		pos++;
#ifdef CONFIG_PROCESS
		if (e.cookie)
			pos = e.cookie;
#endif
		d.next = pos;
		if (pos <= file->pos)
			continue;
		err = entry(arg, &d);
		if (!err)
			file->pos = pos;
	}
	return err;
}

ssize_t synth_read(struct iov *iov, u64 pos, const void *text, u64 size)
{
	size_t n;

	if (pos >= size || !iov->left)
		return 0;
	n = iov_put(iov, (const u8 *)text + pos, MIN(iov->left, (size_t)(size - pos)));
	return n ? (ssize_t)n : -EFAULT;
}

ssize_t synth_write(struct file *file __unused, struct iov *iov __unused, u64 pos __unused)
{
	return -EIO;
}

int synth_mount(struct super *super, const struct synth_dir *root)
{
	const struct synth_entry e = { .number = 1, .mode = S_IFDIR | 0755, .ops = &root->ops };

	super->ops = &super_ops;
	super->root = make(super, &e);
	return super->root ? 0 : -ENOMEM;
}
