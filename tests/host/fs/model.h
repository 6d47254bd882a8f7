/* SPDX-License-Identifier: MIT */
/*
 * Files as plain as can be, to compare fs/ with: nodes with arrays of names, contents in one piece,
 * paths walked by recursion. Each function answers as the one of <fs/fs.h> that it is named after.
 */
#ifndef HOST_FS_MODEL_H
#define HOST_FS_MODEL_H

#include <lib/types.h>

#define MODEL_NAMES	16	/* in a directory, at most */
#define MODEL_SIZE	40000	/* of a file, at most */

struct model {
	char kind;		/* d, f, l */
	unsigned int links;
	struct model *up;	/* of a directory */
	struct {
		char *name;
		struct model *node;
	} names[MODEL_NAMES];
	unsigned int count;
	char *target;
	u8 *data;
	size_t size;
};

struct model *model_root(void);

int model_find(const char *path, bool follow, struct model **node);
int model_open(const char *path, int flags, struct model **node);
int model_make(const char *path, char kind, const char *target);
int model_remove(const char *path, bool directory);
int model_link(const char *path, bool follow, const char *new_path);
int model_rename(const char *path, const char *new_path, bool replace);

/* Writes, or cuts and grows where @data is NULL. */
void model_write(struct model *node, size_t at, const u8 *data, size_t n);

#endif
