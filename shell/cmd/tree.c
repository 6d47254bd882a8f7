/* SPDX-License-Identifier: MIT */
/*
 * Going through directories (see tree.h). Those between the first one and where it stands are kept
 * open, in memory of the heap: a tree may be as deep as a path is long. A directory ends the
 * listing of the one that it is in, which goes on behind it later.
 */
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "files.h"
#include "tree.h"

struct tree_level {
	struct file *dir;
	size_t len;		/* of its path */
};

void tree_complain(struct tree *t, int err)
{
	t->status |= file_status(t->command, t->path, err);
}

static int visit(struct tree *t, const char *name, u8 type)
{
	int err = t->visit(t, name, type);

	if (err < 0)
		tree_complain(t, err);
	return err;
}

/* Sets the path to @name in the directory whose path is @len long. */
static bool set_path(struct tree *t, size_t len, const char *name)
{
	const char *slash = len && t->path[len - 1] == '/' ? "" : "/";
	size_t room = TREE_PATH - len;

	if (snprintf(t->path + len, room, "%s%s", slash, name) < room)
		return true;
	t->path[len] = 0;
	tree_complain(t, -ENAMETOOLONG);
	return false;
}

/* Visits an entry; a directory ends the listing, and is the path. */
static int see(void *arg, const struct dir_entry *entry)
{
	struct tree *t = arg;

	if (shell_stopped())
		return -EINTR;
	if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..") ||
	    !set_path(t, t->levels[t->depth - 1].len, entry->name))
		return 0;
	t->next = entry->next;
	return !visit(t, entry->name, entry->type) && entry->type == DT_DIR;
}

/* Opens t->path, to go on in it. */
static int enter(struct tree *t)
{
	struct tree_level *more;
	int err;

	if (t->depth == t->room) {
		size_t room = t->room ? 2 * t->room : 16;

		more = krealloc(t->levels, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		t->levels = more;
		t->room = room;
	}
	more = &t->levels[t->depth];
	err = file_open(t->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &more->dir);
	more->len = strlen(t->path);
	t->depth += !err;
	return err;
}

static void leave(struct tree *t)
{
	file_put(t->levels[--t->depth].dir);
}

/* Goes on in the directory where it stands, up to one that is in it, or its end. */
static void step(struct tree *t)
{
	struct tree_level *level = &t->levels[t->depth - 1];
	int found = file_readdir(level->dir, see, t);

	if (found > 0) {
		file_seek(level->dir, (s64)t->next, SEEK_SET);
		found = enter(t);
		if (found)
			tree_complain(t, found);
		return;
	}
	t->path[level->len] = 0;
	if (!found && t->left)
		found = t->left(t);
	if (found && found != -EINTR)
		tree_complain(t, found);
	leave(t);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void tree_walk(struct tree *t, const char *path)
{
	struct file_stat stat;
	int err = 0;

	if (!t->path)
		t->path = kmalloc(TREE_PATH);
	if (!t->path) {
		t->status |= file_status(t->command, path, -ENOMEM);
		return;
	}
	if (strlcpy(t->path, path, TREE_PATH) >= TREE_PATH)
		err = -ENAMETOOLONG;
	err = err ? err : fs_stat(t->path, false, &stat);
	if (err) {
		tree_complain(t, err);
		return;
	}
	if (visit(t, last_part(path), (u8)DT_OF_MODE(stat.mode)) || !S_ISDIR(stat.mode))
		return;
	err = enter(t);
	if (err)
		tree_complain(t, err);
	while (t->depth) {
		if (shell_stopped())
			leave(t);
		else
			step(t);
	}
}

void tree_end(struct tree *t)
{
	kfree(t->levels);
	kfree(t->path);
}
