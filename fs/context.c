/* SPDX-License-Identifier: MIT */
/* Where paths begin: the contexts of thread groups, the current directory and its path. */
#include <kernel/thread.h>
#include <lib/string.h>
#include <mm/heap.h>

#include "permission.h"

static struct fs_context first = { .refs = 1, .mask = 022 };

struct fs_context *fs_context(void)
{
	struct thread *t = arch_current();

	return t->fs ? t->fs : &first;
}

void context_start(const struct path *root)
{
	first.root = *root;
	first.cwd = *root;
	path_get(root);
	path_get(root);
}

struct fs_context *fs_context_copy(void)
{
	struct fs_context *from = fs_context(), *to = kmalloc(sizeof(*to));
	unsigned long state;

	if (!to)
		return NULL;
	state = tree_lock();
	*to = *from;
	to->refs = 1;
	if (to->root.mount) {
		path_get(&to->root);
		path_get(&to->cwd);
	}
	tree_unlock(state);
	return to;
}

void fs_context_get(struct fs_context *context)
{
	atomic_add_relaxed(&context->refs, 1);
}

void fs_context_put(struct fs_context *context)
{
	if (atomic_add_acq_rel(&context->refs, -1U) > 1)
		return;
	if (context->root.mount) {
		path_put(&context->root);
		path_put(&context->cwd);
	}
	kfree(context);
}

int fs_chdir(const char *path)
{
	struct fs_context *context = fs_context();
	unsigned long state;
	struct path to, old;
	int err = walk_path(path, true, &to);

	if (err)
		return err;
	err = S_ISDIR(to.dentry->inode->mode) ? permit(to.dentry->inode, MAY_EXEC) : -ENOTDIR;
	if (err) {
		path_put(&to);
		return err;
	}
	state = tree_lock();
	old = context->cwd;
	context->cwd = to;
	tree_unlock(state);
	path_put(&old);
	return 0;
}

u32 fs_umask(u32 mask)
{
	struct fs_context *context = fs_context();
	u32 old = context->mask;

	context->mask = mask & 0777;
	return old;
}

/* Puts @name and a slash before it in front of what ends at @at. NULL: there is no room. */
static char *prepend(char *buf, char *at, const char *name, size_t length)
{
	if ((size_t)(at - buf) < length + 1)
		return NULL;
	at -= length;
	memcpy(at, name, length);
	*--at = '/';
	return at;
}

/* The path of @path seen from @root, at the end of @buf. Tree's lock held. */
static int path_text(struct path path, const struct path *root, char *buf, size_t size, char **text)
{
	char *at = buf + size - 1;

	*at = '\0';
	while (path.dentry != root->dentry || path.mount != root->mount) {
		struct dentry *d = path.dentry;

		if (d == path.mount->root) {
			if (!path.mount->parent)
				break;
			path.dentry = path.mount->point;
			path.mount = path.mount->parent;
			continue;
		}
		if (!(d->flags & DENTRY_LINKED))
			return -ENOENT;
		at = prepend(buf, at, d->name, d->length);
		if (!at)
			return -ERANGE;
		path.dentry = d->parent;
	}
	if (!*at)
		at = prepend(buf, at, NULL, 0);
	*text = at;
	return at ? 0 : -ERANGE;
}

int path_print(const struct path *path, char *buf, size_t size)
{
	struct fs_context *context = fs_context();
	unsigned long state;
	char *text;
	int err;

	if (!size)
		return -ERANGE;
	state = tree_lock();
	err = path_text(*path, &context->root, buf, size, &text);
	tree_unlock(state);
	if (err)
		return err;
	memmove(buf, text, (size_t)(buf + size - text));
	return (int)(buf + size - text);
}

static inline ssize_t print(const struct fs_context *context, bool root, char *buf, size_t size)
{
	unsigned long state = tree_lock();
	struct path path = root ? context->root : context->cwd;
	int n;

	if (path.mount)
		path_get(&path);
	tree_unlock(state);
	if (!path.mount)
		return -ENOENT;
	/* what is longer than a path may be is told too */
	n = path_print(&path, buf, MIN(size, (size_t)PATH_MAX));
	path_put(&path);
	return n;
}

#ifdef CONFIG_PROCESS
ssize_t fs_path_print(const struct path *path, char *buf, size_t size)
{
	return path_print(path, buf, size);
}

ssize_t fs_context_print(const struct fs_context *context, bool root, char *buf, size_t size)
{
	return print(context, root, buf, size);
}
#endif

#ifdef CONFIG_PROCESS
bool fs_cwd_is_below_root(void)
{
	const struct fs_context *context = fs_context();
	unsigned long state = tree_lock();
	struct path path = context->cwd;
	const struct path *root = &context->root;
	bool is_top = false;

	while (!is_top && (path.dentry != root->dentry || path.mount != root->mount)) {
		if (path.dentry != path.mount->root) {
			path.dentry = path.dentry->parent;
		} else if (path.mount->parent) {
			path.dentry = path.mount->point;
			path.mount = path.mount->parent;
		} else {
			is_top = true;
		}
	}
	tree_unlock(state);
	return !is_top;
}
#endif

ssize_t fs_getcwd(char *buf, size_t size)
{
	return print(fs_context(), false, buf, size);
}
