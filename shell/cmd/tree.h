/* SPDX-License-Identifier: MIT */
/* Going through directories and all that is in them, for commands. */
#ifndef SHELL_CMD_TREE_H
#define SHELL_CMD_TREE_H

#include <fs/fs.h>
#include <lib/types.h>

#define TREE_PATH	4096	/* bytes of a path */

struct tree_level;

/* Where a walk is. All zeroes but for the first fields before the first one. */
struct tree {
	const char *command;	/* who complains */
	/*
	 * Called for t->path, whose last part is @name, before all that is in it: 0; an errno,
	 * which is complained of, and what is in it is left out; so it is by 1, in silence.
	 */
	int (*visit)(struct tree *t, const char *name, u8 type);
	/* Called for t->path, a directory, behind all that is in it; or NULL. */
	int (*left)(struct tree *t);
	int status;		/* STATUS_FAIL when something was complained of */
	char *path;
	/* the walk's own: */
	struct tree_level *levels;
	size_t depth, room;
	u64 next;
};

/*
 * Visits @path and all that is in it, a directory before what is in it; symbolic links are visited
 * and not followed. Ends when the command is told to.
 */
void tree_walk(struct tree *t, const char *path);

/* Gives back the memory of all walks. */
void tree_end(struct tree *t);

/* Complains of t->path. */
void tree_complain(struct tree *t, int err);

#endif
