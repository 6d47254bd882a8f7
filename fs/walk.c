/* SPDX-License-Identifier: MIT */
/*
 * The walk along a path, name by name, with a reference of where it is and no lock in between. It
 * stops before the last name, since who makes, removes or renames something needs the directory;
 * walk_last() goes on. A symbolic link on the way is followed by pushing what is left of the path;
 * nothing recurses. 40 links are followed, as Linux does it.
 */
#include <lib/string.h>
#include <mm/heap.h>

#include "permission.h"

/* A link on the way: what comes behind it, and the inode in which that text stands. */
struct walk_nest {
	const char *rest;
	struct inode *held;
};

static inline void start(struct walk *w, const struct fs_context *context, bool at_root)
{
	unsigned long state = tree_lock_inline();

	w->path = at_root ? context->root : context->cwd;
	path_get(&w->path);
	tree_unlock_inline(state);
}

/* Goes to @to, whose reference it takes over, in the same mount. */
static inline void move(struct walk *w, struct dentry *to)
{
	struct dentry *from = w->path.dentry;

	w->path.dentry = to;
	dentry_put(from);
	if (unlikely(dentry_has_mount(to)))
		mount_cross(&w->path);
}

static __cold void move_up(struct walk *w)
{
	struct fs_context *context = fs_context();
	struct path from = w->path;
	unsigned long state = tree_lock();

	mount_up_locked(&w->path, &context->root);
	path_get(&w->path);
	tree_unlock(state);
	path_put(&from);
	if (dentry_has_mount(w->path.dentry))
		mount_cross(&w->path);
}

/* The filesystem is asked. Its answer is kept, also that there is none. Directory's lock held. */
static __cold int ask(struct dentry *dir, const struct fs_name *name, struct dentry **found)
{
	struct inode *inode = NULL;
	unsigned long state;
	struct dentry *d;
	int err;

	state = tree_lock();
	d = dentry_find(dir, name);
	if (d)
		dentry_get_locked(d);
	tree_unlock(state);
	*found = d;
	if (d)
		return 0;
	err = dir->inode->ops->lookup(dir->inode, name, &inode);
	if (err && err != -ENOENT)
		return err;
	d = dentry_alloc(name, inode);
	if (!d) {
		if (inode)
			inode_put(inode);
		return -ENOMEM;
	}
#ifdef CONFIG_PROCESS
	if (dir->inode->ops->valid)
		d->flags |= DENTRY_ASK;
#endif
	state = tree_lock();
	err = dentry_link_locked(dir, d);
	tree_unlock(state);
	if (err) {
		dentry_put(d);
		d = NULL;
	}
	*found = d;
	return 0;
}

#ifdef CONFIG_PROCESS
/* Whether @d is what its name still means; else nobody finds it any more. */
static __cold bool still_valid(struct dentry *dir, const struct fs_name *name, struct dentry *d)
{
	unsigned long state;

	if (dir->inode->ops->valid(dir->inode, name, d->inode))
		return true;
	state = tree_lock();
	/* a mount stays where it is; and another one may have been here */
	if (d->flags & DENTRY_MOUNT) {
		tree_unlock(state);
		return true;
	}
	if (d->flags & DENTRY_LINKED)
		dentry_unlink_locked(d);
	tree_unlock(state);
	dentry_put(d);
	return false;
}
#endif

int walk_positive(struct dentry *dir, const struct fs_name *name, bool locked,
		  struct dentry **found)
{
	unsigned long state = tree_lock_inline();
	struct dentry *d = dentry_find(dir, name);
	int err = 0;

	if (d)
		dentry_get_locked(d);
	tree_unlock_inline(state);
#ifdef CONFIG_PROCESS
	if (unlikely(d && d->flags & DENTRY_ASK) && !still_valid(dir, name, d))
		d = NULL;
#endif
	if (unlikely(!d && dir->inode->ops->lookup)) {
		if (!locked)
			inode_lock(dir->inode);
		err = ask(dir, name, &d);
		if (!locked)
			inode_unlock(dir->inode);
		if (err)
			return err;
	}
	if (d && unlikely(!d->inode)) {
		dentry_put(d);
		d = NULL;
	}
	*found = d;
	return 0;
}

/* The name that @text begins with. Returns where it ends. */
static inline const char *read_name(const char *text, struct fs_name *name)
{
	const char *end = text;
	u32 hash = 0;

	/* most characters are above the slash, and take one comparison */
	for (u8 c; (c = (u8)*end) > '/' || (c && c != '/'); end++)
		hash = hash * 0x01000193 + c;
	*name = (struct fs_name){ text, (u32)(end - text), hash };
	return end;
}

/* The next name of w->rest. */
static int next_name(struct walk *w)
{
	const char *text = w->rest, *end = read_name(text, &w->last);

	if (unlikely(w->last.length > NAME_MAX))
		return -ENAMETOOLONG;
	w->slash = *end;
	while (*end == '/')
		end++;
	w->rest = end;
	w->kind = LAST_NAME;
	if (unlikely(text[0] == '.')) {
		if (w->last.length == 1)
			w->kind = LAST_DOT;
		else if (w->last.length == 2 && text[1] == '.')
			w->kind = LAST_DOTDOT;
	}
	return 0;
}

/* The walk goes on with the text of the link @inode, of which it takes the reference over. */
static __cold void enter(struct walk *w, struct inode *inode)
{
	w->held = inode;
	w->rest = inode->link;
	if (*w->rest == '/') {
		path_put(&w->path);
		start(w, fs_context(), true);
		while (*w->rest == '/')
			w->rest++;
	}
}

/* Counts a link and takes a reference of it. */
static __cold int count_link(struct walk *w, struct dentry *d)
{
	if (w->links == WALK_LINKS_MAX)
		return -ELOOP;
	w->links++;
	if (!*d->inode->link)
		return -ENOENT;
	inode_get(d->inode);
	return 0;
}

#ifdef CONFIG_PROCESS
static bool jumps(const struct dentry *d)
{
	return d->inode->ops && d->inode->ops->jump;
}

/* The link @d leads to a place, and not on: the walk is there then. Takes its reference over. */
static __cold int jump(struct walk *w, struct dentry *d)
{
	struct path to;
	int err = w->links == WALK_LINKS_MAX ? -ELOOP : d->inode->ops->jump(d->inode, &to);

	dentry_put(d);
	if (err)
		return err;
	w->links++;
	path_put(&w->path);
	w->path = to;
	return 0;
}
#else
static bool jumps(const struct dentry *d __unused)
{
	return false;
}

static int jump(struct walk *w __unused, struct dentry *d __unused)
{
	return 0;
}
#endif

/* A link on the way: what is left of the path waits. Takes the reference of @d over. */
static __cold int nest(struct walk *w, struct dentry *d)
{
	struct inode *inode = d->inode;
	int err;

	if (jumps(d))
		return jump(w, d);
	err = count_link(w, d);
	dentry_put(d);
	if (err)
		return err;
	if (!w->nest)
		w->nest = kmalloc(WALK_LINKS_MAX * sizeof(*w->nest));
	if (!w->nest) {
		inode_put(inode);
		return -ENOMEM;
	}
	w->nest[w->depth++] = (struct walk_nest){ w->rest, w->held };
	enter(w, inode);
	return 0;
}

static __cold void pop(struct walk *w)
{
	if (w->held)
		inode_put(w->held);
	w->depth--;
	w->rest = w->nest[w->depth].rest;
	w->held = w->nest[w->depth].held;
}

/* One step to w->last, which is not the end. */
static __cold int step(struct walk *w)
{
	struct dentry *d = NULL;
	int err;

	if (!S_ISDIR(w->path.dentry->inode->mode))
		return -ENOTDIR;
	err = permit(w->path.dentry->inode, MAY_EXEC);
	if (err)
		return err;
	if (w->kind == LAST_DOTDOT)
		move_up(w);
	if (w->kind != LAST_NAME)
		return 0;
	err = walk_positive(w->path.dentry, &w->last, false, &d);
	if (err)
		return err;
	if (!d)
		return -ENOENT;
	if (S_ISLNK(d->inode->mode))
		return nest(w, d);
	move(w, d);
	return 0;
}

/* As far as the last name. */
static __cold int to_parent(struct walk *w)
{
	int err;

	for (;;) {
		while (!*w->rest && w->depth)
			pop(w);
		if (!*w->rest) {	/* nothing but slashes, at the beginning */
			w->kind = LAST_ROOT;
			w->slash = false;
			return 0;
		}
		err = next_name(w);
		if (err)
			return err;
		if (!*w->rest && !w->depth)
			break;
		err = step(w);
		if (err)
			return err;
	}
	return S_ISDIR(w->path.dentry->inode->mode) ?
	       permit(w->path.dentry->inode, MAY_EXEC) : -ENOTDIR;
}

int walk_begin(struct walk *w, const char *path)
{
	const struct fs_context *context = fs_context();
	const char *end;
	int err;

	w->rest = path;
	w->links = 0;
	w->depth = 0;
	w->nest = NULL;
	w->held = NULL;
	if (!*path || !context->root.mount)
		return -ENOENT;
	while (*w->rest == '/')
		w->rest++;
	start(w, context, *path == '/');
	/* one name alone is what most paths are that make or remove something */
	end = read_name(w->rest, &w->last);
	if (likely(!*end && w->last.length - 1 < NAME_MAX && *w->rest != '.')) {
		w->rest = end;
		w->kind = LAST_NAME;
		w->slash = false;
		err = permit(w->path.dentry->inode, MAY_EXEC);
	} else {
		err = to_parent(w);
	}
	/* a path that is too long is that whatever else is wrong with it; now its end is known */
	if (unlikely(err) ? strnlen(path, PATH_MAX) == PATH_MAX : w->rest - path >= PATH_MAX)
		err = -ENAMETOOLONG;
	if (unlikely(err))
		walk_drop(w);
	return err;
}

int walk_take(struct walk *w, struct dentry *d, bool follow)
{
	struct inode *held = w->held, *inode = d->inode;
	bool slash = w->slash;
	int err;

	if (likely(!S_ISLNK(inode->mode)) || (!follow && !slash)) {
		move(w, d);
		return slash && !S_ISDIR(w->path.dentry->inode->mode) ? -ENOTDIR : 0;
	}
	if (jumps(d)) {
		err = jump(w, d);
		return !err && slash && !S_ISDIR(w->path.dentry->inode->mode) ? -ENOTDIR : err;
	}
	err = count_link(w, d);
	dentry_put(d);
	if (err)
		return err;
	enter(w, inode);
	if (held)
		inode_put(held);
	err = to_parent(w);
	/* slashes behind the link want a directory as those behind its target's name do */
	w->slash = w->slash || slash;
	return err ? err : 1;
}

int walk_last(struct walk *w, bool follow)
{
	struct dentry *d;
	int err;

	if (w->kind != LAST_NAME) {
		if (w->kind == LAST_DOTDOT)
			move_up(w);
		return 0;
	}
	err = walk_positive(w->path.dentry, &w->last, false, &d);
	if (err)
		return err;
	return d ? walk_take(w, d, follow) : -ENOENT;
}

void walk_end(struct walk *w)
{
	while (unlikely(w->depth))
		pop(w);
	if (unlikely(w->held))
		inode_put(w->held);
	if (unlikely(w->nest))
		kfree(w->nest);
}

void walk_drop(struct walk *w)
{
	walk_end(w);
	path_put_inline(&w->path);
}

/* How many names of a path are looked up with the tree's lock held from the first to the last. */
#define AT_ONCE	4

bool walk_fast(const char *path, struct path *result)
{
	struct fs_context *context = fs_context();
	const char *begin = path;
	bool all = permit_all();
	unsigned long state = tree_lock_inline();
	struct path at = *path == '/' ? context->root : context->cwd;
	struct dentry *d = at.dentry;

	for (unsigned int n = 0; d && n < AT_ONCE; n++) {
		struct fs_name name;

		while (*path == '/')
			path++;
		path = read_name(path, &name);
		/* no name, "." and "..", and what is too long */
		if (name.length - 1 >= NAME_MAX || (*name.text == '.' && name.length < 3) ||
		    !S_ISDIR(d->inode->mode) || (!all && permit(d->inode, MAY_EXEC)))
			break;
		d = dentry_find(d, &name);
		if (!d || !d->inode || d->flags & (DENTRY_MOUNT | DENTRY_ASK) ||
		    S_ISLNK(d->inode->mode))
			break;
		if (*path)
			continue;
		if (path - begin >= PATH_MAX)
			break;
		dentry_get_locked(d);
		mount_get(at.mount);
		tree_unlock_inline(state);
		*result = (struct path){ at.mount, d };
		return true;
	}
	tree_unlock_inline(state);
	return false;
}

int walk_path(const char *path, bool follow, struct path *result)
{
	struct walk w;
	int err;

	if (likely(walk_fast(path, result)))
		return 0;
	err = walk_begin(&w, path);
	if (err)
		return err;
	do {
		err = walk_last(&w, follow);
	} while (err > 0);
	walk_end(&w);
	if (err)
		path_put(&w.path);
	else
		*result = w.path;
	return err;
}
