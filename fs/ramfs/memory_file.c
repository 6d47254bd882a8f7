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

struct file *memory_file(u64 size)
{
	struct file *file = kzalloc(sizeof(*file));

	if (!file)
		return NULL;
	file->inode = inode_alloc(&memory, S_IFREG | 0777);
	if (!file->inode) {
		kfree(file);
		return NULL;
	}
	file->inode->links = 0;
	file->inode->ops = &ramfs_file_inode_ops;
	file->inode->file_ops = &ramfs_file_ops;
	file->inode->size = size;
	file->refs = 1;
	file->access = FILE_READ | FILE_WRITE;
	file->flags = O_RDWR;
	file->ops = &ramfs_file_ops;
	return file;
}
