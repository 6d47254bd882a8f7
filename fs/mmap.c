/* SPDX-License-Identifier: MIT */
/* Files as what stands behind mappings (<mm/space.h>). */
#include <fs/file.h>
#include <mm/space.h>

#include "permission.h"

static void get(void *object)
{
	file_get(object);
}

static void put(void *object)
{
	file_put(object);
}

static int page(void *object, u64 index, struct page **result)
{
	struct file *file = object;

	return file->ops->page(file->inode, index, result);
}

static void name(void *object, char *buf, size_t size)
{
	file_print(object, buf, size);
}

static void identity(void *object, u64 *device, u64 *inode)
{
	const struct file *file = object;

	*device = file->inode->super->device;
	*inode = file->inode->number;
}

void mmap_cut(const struct inode *inode)
{
	if (inode->mapped)
		space_cut(inode->super->device, inode->number,
			  (inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

const struct vma_ops file_vma_ops = {
	.get = get, .put = put, .page = page, .name = name, .identity = identity,
};
