/* SPDX-License-Identifier: MIT */
/*
 * What changes names: making, linking, removing, renaming. Each walks to the directory of the last
 * name, locks that, looks the name up again, asks the filesystem, and changes the tree in one step
 * under the tree's lock. A directory is removed when it is found empty in that very step; who
 * makes something in it finds out in the same way that it has gone.
 *
 * Two directories are locked in the order of their addresses. Who moves something from one to
 * another holds `rename_lock`, without which no directory gets another parent: so what lies below
 * what does not change meanwhile, and no directory can be moved into itself.
 */
#include <lib/string.h>
#include <mm/heap.h>

#include "permission.h"

static struct mutex rename_lock = MUTEX_INIT(rename_lock);

static bool read_only(const struct path *path)
{
	return path->mount->super.read_only;
}

static bool is_dir(const struct dentry *d)
{
	return S_ISDIR(d->inode->mode);
}

static void touch(struct inode *dir, u64 now)
{
	dir->modified = now;
	dir->changed = now;
}

/* Takes out the entry that says that there is no such name, or NULL. Tree's lock held. */
static struct dentry *drop_negative(struct dentry *dir, const struct fs_name *name)
{
	struct dentry *old = dir->inode->ops->lookup ? dentry_find(dir, name) : NULL;

	if (old) {
		dentry_get_locked(old);
		dentry_unlink_locked(old);
	}
	return old;
}

/*
 * @d becomes a name in @dir, and links are counted: of a new directory for "." and its "..", of
 * what was there already (@more) for the name. Directory's lock held.
 */
static int link_in(struct dentry *dir, struct dentry *d, const struct fs_name *name, bool more)
{
	unsigned long state = tree_lock_inline();
	u32 counted = more ? d->inode->links : is_dir(d) ? dir->inode->links : 1;
	struct dentry *old = NULL;
	int err = counted == 0 && !inode_gets_name(d->inode) ? -ENOENT :
		  counted >= LINKS_MAX ? -EMLINK : 0;

	if (!err) {
		old = drop_negative(dir, name);
		err = dentry_link_locked(dir, d);
	}
	if (!err && more) {
		d->inode->links++;
		d->inode->changed = time_real();
	}
	if (!err && is_dir(d)) {
		d->inode->links++;
		dir->inode->links++;
	}
	tree_unlock_inline(state);
	if (old)
		dentry_put(old);
	if (!err)
		touch(dir->inode, d->inode->changed);
	return err;
}

int name_create(struct path *dir, const struct fs_name *name, u32 mode, u32 device,
		const char *target, struct dentry **made)
{
	struct inode *parent = dir->dentry->inode, *inode;
	struct dentry *d;
	int err;

	err = read_only(dir) ? -EROFS : permit(parent, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (!parent->ops->create)	/* as Linux tells them apart */
		return parent->super->hides ? -ENOENT : S_ISREG(mode) ? -EACCES : -EPERM;
	err = parent->ops->create(parent, name, mode, device, target, &inode);
	if (err)
		return err;
	permit_own(parent, inode);
	d = dentry_alloc(name, inode);
	err = d ? link_in(dir->dentry, d, name, false) : -ENOMEM;
	if (!err) {
		*made = d;
		return 0;
	}
	if (parent->ops->unlink)
		parent->ops->unlink(parent, name, inode);
	if (d)
		dentry_put(d);
	else
		inode_put(inode);
	return err;
}

/* What all that make a name begin with: on success the directory's lock is held. */
static __cold int create_begin(struct walk *w, const char *path, bool directory)
{
	struct dentry *there;
	int err = walk_begin(w, path);

	if (err)
		return err;
	err = -EEXIST;
	if (w->kind != LAST_NAME)
		goto out_drop;
	inode_lock(w->path.dentry->inode);
	err = walk_positive(w->path.dentry, &w->last, true, &there);
	if (err)
		goto out_unlock;
	if (there) {
		dentry_put(there);
		err = -EEXIST;
	} else if (w->slash && !directory) {
		err = -ENOENT;
	} else if (read_only(&w->path)) {
		err = -EROFS;
	}
	if (!err)
		return 0;
out_unlock:
	inode_unlock(w->path.dentry->inode);
out_drop:
	walk_drop(w);
	return err;
}

static void create_end(struct walk *w)
{
	inode_unlock(w->path.dentry->inode);
	walk_drop(w);
}

static __cold int create(const char *path, u32 mode, u32 device, const char *target)
{
	struct dentry *d;
	struct walk w;
	int err = create_begin(&w, path, S_ISDIR(mode));

	if (err)
		return err;
	err = name_create(&w.path, &w.last, mode, device, target, &d);
	if (!err)
		dentry_put(d);
	create_end(&w);
	return err;
}

__cold int fs_mkdir(const char *path, u32 mode)
{
	return create(path, S_IFDIR | (mode & 01777 & ~fs_context()->mask), 0, NULL);
}

__cold int fs_mknod(const char *path, u32 mode, u32 device)
{
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode))
		return -EPERM;
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode))
		return -EINVAL;
	mode &= S_IFMT | 07777;
	return create(path, mode & ~fs_context()->mask, device, NULL);
}

__cold int fs_symlink(const char *target, const char *path)
{
	if (!*target)
		return -ENOENT;
	if (strnlen(target, PATH_MAX) == PATH_MAX)
		return -ENAMETOOLONG;
	return create(path, S_IFLNK | 0777, 0, target);
}

/* @inode gets the name that @w is at. Directory's lock held. */
static __cold int add_link(struct walk *w, struct inode *inode)
{
	struct inode *dir = w->path.dentry->inode;
	struct dentry *d;
	int err = permit_link(inode) ? -EPERM : permit(dir, MAY_WRITE | MAY_EXEC);

	if (!err && (S_ISDIR(inode->mode) || !dir->ops->create))
		err = -EPERM;
	if (err)
		return err;
	inode_get(inode);
	d = dentry_alloc(&w->last, inode);
	if (!d) {
		inode_put(inode);
		return -ENOMEM;
	}
	if (dir->ops->link)
		err = dir->ops->link(dir, &w->last, inode);
	if (!err) {
		err = link_in(w->path.dentry, d, &w->last, true);
		if (err && dir->ops->unlink)
			dir->ops->unlink(dir, &w->last, inode);
	}
	dentry_put(d);
	return err;
}

static __cold int link_path(const struct path *from, const char *new_path)
{
	struct walk w;
	int err = create_begin(&w, new_path, false);

	if (!err) {
		err = w.path.mount == from->mount ? add_link(&w, from->dentry->inode) : -EXDEV;
		create_end(&w);
	}
	return err;
}

__cold int fs_link(const char *path, bool follow, const char *new_path)
{
	struct path from;
	int err = walk_path(path, follow, &from);

	if (err)
		return err;
	walk_second();
	err = link_path(&from, new_path);
	path_put(&from);
	return err;
}

#ifdef CONFIG_PROCESS
__cold int file_link(struct file *file, const char *new_path)
{
	return link_path(&file->path, new_path);
}
#endif

/* The name @d is no more. Links are counted. Tree's lock held. */
static void take_out_locked(struct dentry *dir, struct dentry *d)
{
	dentry_unlink_locked(d);
	d->inode->links--;
	d->inode->changed = time_real();
	touch(dir->inode, d->inode->changed);
	if (is_dir(d)) {
		d->inode->links--;
		dir->inode->links--;
	}
}

/* Why @d may not be taken away, or 0. Tree's lock held. */
static int may_take_out(const struct dentry *d)
{
	if (d->flags & DENTRY_MOUNT)
		return -EBUSY;
	return list_empty(&d->children) ? 0 : -ENOTEMPTY;
}

static int take_out(struct dentry *dir, struct dentry *d, const struct fs_name *name)
{
	const struct inode_ops *ops = dir->inode->ops;
	unsigned long state;
	int err = 0;

	if (!ops->create)
		return -EPERM;
	if (ops->lookup && is_dir(d))
		fs_cache_shrink();	/* names below it that nobody uses are in the way */
	if (dentry_has_mount(d))
		err = -EBUSY;
	else if (ops->unlink)
		err = ops->unlink(dir->inode, name, d->inode);
	if (err)
		return err;
	state = tree_lock_inline();
	err = may_take_out(d);
	if (!err)
		take_out_locked(dir, d);
	tree_unlock_inline(state);
	return err;
}

/* Removes @path: @no_name is what "..", "." and "/" give, in this order. */
static int take_away(const char *path, bool directory, const int no_name[3])
{
	struct dentry *d;
	struct walk w;
	int err = walk_begin(&w, path);

	if (err)
		return err;
	err = w.kind == LAST_NAME ? 0 : no_name[w.kind - LAST_DOT];
	if (!err && read_only(&w.path))
		err = -EROFS;
	if (err)
		goto out_drop;
	fs_lock_inline(&w.path.dentry->inode->lock);
	err = walk_positive(w.path.dentry, &w.last, true, &d);
	if (!err && !d)
		err = -ENOENT;
	if (err)
		goto out_unlock;
	err = permit_remove(w.path.dentry->inode, d->inode);
	if (!err && directory != is_dir(d))
		err = directory ? -ENOTDIR : -EISDIR;
	else if (!err && w.slash && !directory)
		err = -ENOTDIR;
	else if (!err)
		err = take_out(w.path.dentry, d, &w.last);
	mutex_unlock(&w.path.dentry->inode->lock);
	dentry_put_inline(d);	/* what nobody else has open is given back here, without a lock */
	walk_drop(&w);
	return err;
out_unlock:
	inode_unlock(w.path.dentry->inode);
out_drop:
	walk_drop(&w);
	return err;
}

int fs_rmdir(const char *path)
{
	static const int no_name[] = { -EINVAL, -ENOTEMPTY, -EBUSY };

	return take_away(path, true, no_name);
}

int fs_unlink(const char *path)
{
	static const int no_name[] = { -EISDIR, -EISDIR, -EISDIR };

	return take_away(path, false, no_name);
}

/* What a rename is about. */
struct move {
	struct walk from, to;
	struct dentry *source;
	struct dentry *victim;	/* what has the new name, or NULL */
	char *name;		/* the new one, terminated */
};

/* The looks that need both names. Locks held. 1: both are the same file, nothing is to be done. */
static __cold int move_check(struct move *m, unsigned int flags)
{
	struct dentry *from = m->from.path.dentry, *to = m->to.path.dentry;
	bool directory = is_dir(m->source);
	int err;

	if (m->victim && flags & RENAME_NOREPLACE)
		return -EEXIST;
	if (!directory && (m->from.slash || m->to.slash))
		return -ENOTDIR;
	/* within one directory it cannot be, and rename_lock is not held */
	if (from != to && dentry_is_below(to, m->source))
		return -EINVAL;
	if (from != to && m->victim && dentry_is_below(from, m->victim))
		return -ENOTEMPTY;
	if (m->victim && m->victim->inode == m->source->inode)
		return 1;
	err = permit_move(from, m->source, to, m->victim);
	if (err)
		return err;
	if (m->victim && directory != is_dir(m->victim))
		return directory ? -ENOTDIR : -EISDIR;
	if (!from->inode->ops->create || !to->inode->ops->create)
		return -EPERM;
	return 0;
}

/* The step itself: all or nothing. What is given up is in @m afterwards. Tree's lock held. */
static __cold int move_locked(struct move *m)
{
	struct dentry *from = m->from.path.dentry, *to = m->to.path.dentry, *negative;
	bool up = is_dir(m->source) && from != to;
	int err = m->victim ? may_take_out(m->victim) : 0;

	if (m->source->flags & DENTRY_MOUNT)
		err = -EBUSY;
	if (err)
		return err;
	if (!(to->flags & DENTRY_LINKED) && to->parent != to)
		return -ENOENT;
	if (up && !m->victim && to->inode->links >= LINKS_MAX)
		return -EMLINK;
	negative = drop_negative(to, &m->to.last);
	if (m->victim)
		take_out_locked(to, m->victim);
	else
		m->victim = negative;
	m->name = dentry_move_locked(m->source, to, m->name, &m->to.last);
	if (up) {
		from->inode->links--;
		to->inode->links++;
	}
	return 0;
}

static __cold int move_do(struct move *m)
{
	struct inode *from = m->from.path.dentry->inode, *to = m->to.path.dentry->inode;
	unsigned long state;
	int err = 0;

	m->name = kzalloc(m->to.last.length + 1);
	if (!m->name)
		return -ENOMEM;
	memcpy(m->name, m->to.last.text, m->to.last.length);
	if (from->ops->rename)
		err = from->ops->rename(from, &m->from.last, to, &m->to.last);
	if (!err) {
		state = tree_lock();
		err = move_locked(m);
		tree_unlock(state);
		if (!err)
			dentry_put(m->from.path.dentry);	/* the one that the name had */
	}
	kfree(m->name);
	if (err)
		return err;
	m->source->inode->changed = time_real();
	touch(from, m->source->inode->changed);
	touch(to, m->source->inode->changed);
	return 0;
}

/* With the locks of both directories. */
static __cold int move_named(struct move *m, unsigned int flags)
{
	int err = walk_positive(m->from.path.dentry, &m->from.last, true, &m->source);

	if (!err && !m->source)
		err = -ENOENT;
	if (!err)
		err = walk_positive(m->to.path.dentry, &m->to.last, true, &m->victim);
	if (!err && exchanges(flags))
		return names_exchange(&m->from, m->source, &m->to, m->victim);
	if (!err)
		err = move_check(m, flags);
	return err ? err : move_do(m);
}

static __cold int move_paths(struct move *m, unsigned int flags)
{
	struct dentry *from = m->from.path.dentry, *to = m->to.path.dentry;
	int err;

	if (m->from.path.mount != m->to.path.mount)
		return -EXDEV;
	if (m->from.kind != LAST_NAME)
		return -EBUSY;
	if (m->to.kind != LAST_NAME)
		return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (read_only(&m->from.path))
		return -EROFS;
	lock_check_name(&rename_lock.check, "rename_lock");
	if (from != to)
		fs_lock(&rename_lock);
	inode_lock_two(from->inode, to->inode);
	err = move_named(m, flags);
	inode_unlock_two(from->inode, to->inode);
	if (from != to)
		fs_unlock(&rename_lock);
	return err > 0 ? 0 : err;
}

__cold int fs_rename(const char *path, const char *new_path, unsigned int flags)
{
	struct move m;
	int err;

	err = walk_begin(&m.from, path);
	if (err)
		return err;
	walk_second();
	err = walk_begin(&m.to, new_path);
	if (!err) {
		m.source = m.victim = NULL;
		err = move_paths(&m, flags);
		if (m.source)
			dentry_put(m.source);
		if (m.victim)
			dentry_put(m.victim);
		walk_drop(&m.to);
	}
	walk_drop(&m.from);
	return err;
}
