/* SPDX-License-Identifier: MIT */
/* From the entries of archives to files. Boot thread, one user. */
#ifndef FS_INITRAMFS_FILES_H
#define FS_INITRAMFS_FILES_H

#include <lib/types.h>
#include <uapi/fcntl.h>

#include "cpio.h"

struct file;

#define LINK_BUCKETS	256U

/* A file that further names are to come for. */
struct link {
	struct link *next;
	u32 inode, major, minor;
	u32 left;		/* how many */
	char path[];
};

struct files {
	struct file *file;	/* the entry's; NULL: nobody wants what is in it */
	u64 began;		/* when the archive did: what has changed since is in it */
	u32 mask;		/* the context's, while it is 0 */
	char *last;		/* the entry's last name, in path */
	size_t dir_length;
	char dir[PATH_MAX];	/* the current one as an entry has called it, with its slash */
	char path[PATH_MAX];
	struct link *links[LINK_BUCKETS];
};

/* Files are made below / from here on; @f is all zeroes. */
void files_start(struct files *f);

/* A new archive begins: what it has, replaces what others had. */
void files_archive(struct files *f);

/* Makes what an entry is. NULL, or why it cannot be. */
const char *files_begin(struct files *f, const struct cpio *c);

/* The next bytes of it, while there is f->file. As above. */
const char *files_data(struct files *f, const struct cpio *c);

/* The end of it, if there is f->file: if it is not @good, nothing of it is left. */
void files_end(struct files *f, bool good);

/* No further entry comes. */
void files_stop(struct files *f);

#endif
