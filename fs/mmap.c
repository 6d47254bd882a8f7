/* SPDX-License-Identifier: MIT */
/* Files as what stands behind mappings (<mm/space.h>). */
#include <fs/file.h>
#include <mm/space.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

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

static int punch(void *object, u64 first, u64 count)
{
	struct inode *inode = ((struct file *)object)->inode;
	int err = -EPERM;

	if (!inode->ops || !inode->ops->punch)
		return -EOPNOTSUPP;
	inode_lock(inode);
	if (!(inode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)))
		err = inode->ops->punch(inode, first, count);
	inode_unlock(inode);
	return err;
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
	.get = get, .put = put, .page = page, .punch = punch, .name = name, .identity = identity,
};
