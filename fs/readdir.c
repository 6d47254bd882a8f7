/* SPDX-License-Identifier: MIT */
/*
 * Listings of directories whose names the cache has. Each name has a cookie, in whose order they
 * come, and none gets one twice: a position is the cookie of the next name, and means the same
 * whatever comes and goes meanwhile. Whoever lists holds no lock while it is told of a name.
 *
 * The name that was told last is kept with a reference: from it, as long as it is there, the next
 * one is one step. Only after it has been removed is the next one searched for, from the first on,
 * which is near where all names are removed one by one.
 */
#include <lib/string.h>

#include "vfs.h"

struct listing {
	struct dentry *dir;
	struct dentry *last;	/* the name that was told last, with a reference, or NULL */
	char name[NAME_MAX + 1];
};

/* The first name from cookie @pos on, with its text in @l and a reference; NULL. */
static struct dentry *next(struct listing *l, u64 pos, struct dir_entry *entry)
{
	unsigned long state = tree_lock();
	struct list *at = &l->dir->children;
	struct dentry *last = l->last, *d = NULL;

	if (last && last->flags & DENTRY_LINKED && last->parent == l->dir && last->cookie < pos)
		at = &last->sibling;
	for (at = at->next; at != &l->dir->children; at = at->next) {
		d = list_entry(at, struct dentry, sibling);
		if (d->cookie >= pos && d->inode)
			break;
	}
	if (at == &l->dir->children) {
		tree_unlock(state);
		return NULL;
	}
	dentry_get_locked(d);
	memcpy(l->name, d->name, d->length + 1UL);
	*entry = (struct dir_entry){ .name = l->name, .length = d->length, .next = d->cookie + 1 };
	tree_unlock(state);
	entry->inode = d->inode->number;
	entry->type = (u8)DT_OF_MODE(d->inode->mode);
	return d;
}

int readdir_dots(struct file *file, dir_entry_fn *entry, void *arg)
{
	while (file->pos < FIRST_COOKIE) {
		struct path at = file->path;
		unsigned long state;
		int err;

		struct dir_entry e = { .type = DT_DIR, .next = file->pos + 1 };

		state = tree_lock();
		if (file->pos)
			mount_up_locked(&at, &fs_context()->root);
		e.inode = at.dentry->inode->number;
		tree_unlock(state);
		e.name = file->pos ? ".." : ".";
		e.length = strlen(e.name);
		err = entry(arg, &e);
		if (err)
			return err;
		file->pos = e.next;
	}
	return 0;
}

static int list_cache(struct file *file, dir_entry_fn *entry, void *arg)
{
	struct listing l = { .dir = file->path.dentry };
	int err = readdir_dots(file, entry, arg);

	while (!err) {
		struct dir_entry e;
		struct dentry *d = next(&l, file->pos, &e);

		if (l.last)
			dentry_put(l.last);
		l.last = d;
		if (!d)
			break;
		err = entry(arg, &e);
		if (!err)
			file->pos = e.next;
	}
	if (l.last)
		dentry_put(l.last);
	return err;
}

int file_readdir(struct file *file, dir_entry_fn *entry, void *arg)
{
	if (!(file->access & FILE_READ))
		return -EBADF;
	if (!S_ISDIR(file->inode->mode))
		return -ENOTDIR;
	if (!(file->path.dentry->flags & DENTRY_LINKED) &&
	    file->path.dentry->parent != file->path.dentry)
		return -ENOENT;
	if (file->ops->readdir)
		return file->ops->readdir(file, entry, arg);
	return list_cache(file, entry, arg);
}
