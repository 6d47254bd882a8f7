/* SPDX-License-Identifier: MIT */
/* Two names change places: renameat2(2) with RENAME_EXCHANGE. */
#include <lib/string.h>
#include <mm/heap.h>

#include "permission.h"

/* The looks that need both names: as those of a rename, for both. 1: they are the same file. */
static int check(const struct walk *from, const struct dentry *source, const struct walk *to,
		 const struct dentry *target)
{
	const struct dentry *dir = from->path.dentry, *other = to->path.dentry;
	bool source_is_dir = S_ISDIR(source->inode->mode);
	bool target_is_dir = S_ISDIR(target->inode->mode);
	int err;

	if ((from->slash && !source_is_dir) || (to->slash && !target_is_dir))
		return -ENOTDIR;
	/* within one directory it cannot be, and rename_lock is not held */
	if (dir != other && (dentry_is_below(other, source) || dentry_is_below(dir, target)))
		return -EINVAL;
	if (source->inode == target->inode)
		return 1;
	err = permit_move(dir, source, other, target);
	if (!err)
		err = permit_move(other, target, dir, source);
	if (err)
		return err;
	/* a filesystem that keeps names elsewhere is not asked for this */
	if (!dir->inode->ops->create || dir->inode->ops->rename)
		return -EPERM;
	return 0;
}

/* What is below a directory counts in its links. */
static void count(struct dentry *from, struct dentry *to, const struct dentry *moved)
{
	if (from == to || !S_ISDIR(moved->inode->mode))
		return;
	from->inode->links--;
	to->inode->links++;
}

static int swap_locked(struct dentry *dir, struct dentry *source, const struct fs_name *name,
		       struct dentry *other, struct dentry *target, const struct fs_name *new_name,
		       char *names[2])
{
	if ((source->flags | target->flags) & DENTRY_MOUNT)
		return -EBUSY;
	if (dir->inode->links >= LINKS_MAX || other->inode->links >= LINKS_MAX)
		return -EMLINK;
	names[0] = dentry_move_locked(source, other, names[0], new_name);
	names[1] = dentry_move_locked(target, dir, names[1], name);
	count(dir, other, source);
	count(other, dir, target);
	return 0;
}

static char *copy(const struct fs_name *name)
{
	char *text = kzalloc(name->length + 1);

	if (text)
		memcpy(text, name->text, name->length);
	return text;
}

static void touch(struct inode *inode, u64 now, bool contents)
{
	inode->changed = now;
	if (contents)
		inode->modified = now;
}

int names_exchange(struct walk *from, struct dentry *source, struct walk *to,
		   struct dentry *target)
{
	struct dentry *dir = from->path.dentry, *other = to->path.dentry;
	char *names[2] = { NULL, NULL };
	unsigned long state;
	u64 now;
	int err = target ? check(from, source, to, target) : -ENOENT;

	if (err)
		return err;
	names[0] = copy(&to->last);
	names[1] = copy(&from->last);
	err = -ENOMEM;
	if (!names[0] || !names[1])
		goto out_free;
	state = tree_lock();
	err = swap_locked(dir, source, &from->last, other, target, &to->last, names);
	tree_unlock(state);
	if (err)
		goto out_free;
	/* those that the names had */
	dentry_put(dir);
	dentry_put(other);
	now = time_real();
	touch(source->inode, now, false);
	touch(target->inode, now, false);
	touch(dir->inode, now, true);
	touch(other->inode, now, true);
out_free:
	kfree(names[0]);
	kfree(names[1]);
	return err;
}
