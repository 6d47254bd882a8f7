/* SPDX-License-Identifier: MIT */
/* Files without a path: pipes, and what stands for the kernel's streams. */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <mm/heap.h>

#include "process.h"

static const struct super_ops no_ops;

/* A filesystem that is mounted nowhere. */
static struct super anon_super = { .ops = &no_ops, .device = 0xf };

struct file *anon_file(const struct file_ops *ops, u32 mode, int flags, void *data)
{
	struct file *file = kzalloc(sizeof(*file));

	if (!file)
		return NULL;
	file->inode = inode_alloc(&anon_super, mode);
	if (!file->inode) {
		kfree(file);
		return NULL;
	}
	file->refs = 1;
	file->access = ((u32)(flags + 1) & (FILE_READ | FILE_WRITE)) | FILE_STREAM;
	file->flags = flags & ~O_CLOEXEC;
	file->ops = ops;
	file->data = data;
	return file;
}
