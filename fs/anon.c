/* SPDX-License-Identifier: MIT */
/*
 * Files without a path: pipes, the kernel's streams, files in memory. /proc/<pid>/fd leads to them
 * all the same: for the walk they get a name that nobody finds, in a mount that is nowhere.
 */
#include <arch/atomic.h>
#include <fs/credentials.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>

#include "vfs.h"

static const struct super_ops no_ops;

static const struct filesystem pipe_type = { .name = "pipefs" };
static struct mount pipes = {
	.refs = 1, .super = { .type = &pipe_type, .ops = &no_ops, .device = 0xf },
};

static const struct filesystem memory_type = { .name = "ramfs" };
static struct mount memory = {
	.refs = 1, .super = { .type = &memory_type, .ops = &no_ops, .device = 1 },
};

struct mount *anon_mount(const struct inode *inode)
{
	return S_ISREG(inode->mode) ? &memory : &pipes;
}

static bool is_anon(const struct file *file)
{
	return !file->path.dentry || file->path.mount == anon_mount(file->inode);
}

struct inode *anon_inode(struct super *super, u32 mode, const struct file_ops *ops, void *data)
{
	const struct credentials *cred = arch_current()->cred;
	struct inode *inode = inode_alloc(super, mode);

	if (!inode)
		return NULL;
	inode->file_ops = ops;
	inode->data = data;
	if (cred) {
		inode->uid = cred->fsuid;
		inode->gid = cred->fsgid;
	}
	return inode;
}

struct file *anon_file(struct inode *inode, const struct file_ops *ops, int flags)
{
	struct file *file = kzalloc(sizeof(*file));

	if (!file)
		return NULL;
	inode_get(inode);
	file->inode = inode;
	file->refs = 1;
	file->access = (u32)(flags + 1) & (FILE_READ | FILE_WRITE);
	if (!S_ISREG(inode->mode))
		file->access |= FILE_STREAM;
	file->flags = flags & ~O_CLOEXEC;
	file->ops = ops;
	file->data = inode->data;
	return file;
}

/* A name for @inode that nobody finds, with a reference of it; NULL: no memory. */
static struct dentry *name_anon(struct inode *inode, const char *text)
{
	struct fs_name name = { text, (u32)strlen(text), 0 };
	struct dentry *d;

	inode_get(inode);
	d = dentry_alloc(&name, inode);
	if (!d)
		inode_put(inode);
	return d;
}

int anon_name(struct file *file, const char *name)
{
	struct dentry *d = name_anon(file->inode, name);

	if (!d)
		return -ENOMEM;
	file->path = (struct path){ anon_mount(file->inode), d };
	mount_get(file->path.mount);
	/* the name's own keeps it from now on */
	inode_put(file->inode);
	return 0;
}

int file_path(const struct file *file, struct path *path)
{
	*path = file->path;
	if (path->dentry) {
		path_get(path);
		return 0;
	}
	path->dentry = name_anon(file->inode, "");
	if (!path->dentry)
		return -ENOMEM;
	path->mount = anon_mount(file->inode);
	mount_get(path->mount);
	return 0;
}

int context_path(const struct fs_context *context, bool root, struct path *path)
{
	unsigned long state = tree_lock();

	*path = root ? context->root : context->cwd;
	if (path->mount)
		path_get(path);
	tree_unlock(state);
	return path->mount ? 0 : -ENOENT;
}

void file_print(const struct file *file, char *buf, size_t size)
{
	const struct inode *inode = file->inode;

	if (!is_anon(file)) {
		if (path_print(&file->path, buf, size) < 0)
			strlcpy(buf, "(deleted)", size);
	} else if (S_ISFIFO(inode->mode)) {
		snprintf(buf, size, "pipe:[%lu]", inode->number);
	} else if (!(inode->mode & S_IFMT)) {
		snprintf(buf, size, "anon_inode:%s", inode->super->type->name);
	} else if (IS_ENABLED(CONFIG_NET_UNIX) && S_ISSOCK(inode->mode)) {
		snprintf(buf, size, "socket:[%lu]", inode->number);
	} else if (S_ISREG(inode->mode)) {
		snprintf(buf, size, "/%s (deleted)",
			 file->path.dentry ? file->path.dentry->name : "dev/zero");
	} else {
		strlcpy(buf, "/dev/console", size);
	}
}
