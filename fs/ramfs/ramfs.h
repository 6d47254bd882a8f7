/* SPDX-License-Identifier: MIT */
/* What the two files of ramfs share. */
#ifndef FS_RAMFS_RAMFS_H
#define FS_RAMFS_RAMFS_H

#include <fs/inode.h>

/* Of a mount. */
struct ramfs {
	u64 limit;	/* pages; 0: none */
	u64 used;	/* atomic: pages with contents */
};

extern const struct inode_ops ramfs_file_inode_ops;
extern const struct file_ops ramfs_file_ops;

/* Gives back what of the file lies from page number @first on. Its lock held, or nobody has it. */
void ramfs_free_pages(struct inode *inode, u64 first);

#endif
