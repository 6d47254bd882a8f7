/* SPDX-License-Identifier: MIT */
/*
 * Files in memory that have no name: what is mapped shared without a file, and memfd_create(2).
 * They are in a ramfs that is mounted nowhere, and go with the last who has them open or mapped.
 */
#include <fs/file.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "ramfs.h"

static void evict(struct inode *inode)
{
	ramfs_free_pages(inode, 0);
}

static const struct super_ops memory_ops = { .evict = evict };

static struct ramfs no_limit;

static struct super memory = { .ops = &memory_ops, .data = &no_limit, .device = 1 };

struct file *memory_file(u64 size, u32 seals)
{
	struct inode *inode = anon_inode(&memory, S_IFREG | 0777, &ramfs_file_ops, NULL);
	struct file *file;

	if (!inode)
		return NULL;
	inode->links = 0;
	inode->ops = &ramfs_file_inode_ops;
	inode->size = size;
	inode->can_seal = true;
	inode->seals = (u8)seals;
	file = anon_file(inode, &ramfs_file_ops, O_RDWR);
	inode_put(inode);
	return file;
}
