/* SPDX-License-Identifier: MIT */
/*
 * ramfs: files in memory, gone when it is unmounted. Names live in the cache of names alone; what
 * is in a file is in pages (pages.c), of which there may be as many as the option size= says
 * (bytes, with k, m or g; 0: no limit), half of the memory unless it is given.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/fs.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "ramfs.h"

static const struct inode_ops dir_ops;

static int create(struct inode *dir, const struct fs_name *name __unused, u32 mode, u32 device,
		  const char *target, struct inode **made)
{
	struct inode *inode = inode_alloc(dir->super, mode);

	if (!inode)
		return -ENOMEM;
	inode->ops = &dir_ops;
	inode->device = device;
	if (likely(S_ISREG(mode))) {
		inode->ops = &ramfs_file_inode_ops;
		inode->file_ops = &ramfs_file_ops;
	} else if (S_ISLNK(mode)) {
		inode->link = kstrdup(target);
		if (!inode->link) {
			inode_put(inode);
			return -ENOMEM;
		}
		inode->size = strlen(target);
	}
	*made = inode;
	return 0;
}

static const struct inode_ops dir_ops = {
	.create = create,
};

static void evict(struct inode *inode)
{
	if (S_ISREG(inode->mode))
		ramfs_free_pages(inode, 0);
	assert(!inode->pages);
}

static void statfs(struct super *super, struct fs_statfs *stat)
{
	const struct ramfs *fs = super->data;

	stat->blocks = fs->limit;
	stat->free = fs->limit - MIN(fs->limit, atomic_load_relaxed(&fs->used));
}

static void unmount(struct super *super)
{
	struct ramfs *fs = super->data;

	assert(!fs->used);
	kfree(fs);
}

/* size=, in bytes: kept as pages, rounded up. */
static __cold int option(struct super *super, const char *word)
{
	struct ramfs *fs = super->data;
	u64 bytes;

	if (strncmp(word, "size=", 5) || parse_size(word + 5, &bytes) || bytes > FILE_SIZE_MAX)
		return -EINVAL;
	fs->limit = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
	return 0;
}

static const struct super_ops super_ops = {
	.evict = evict, .statfs = statfs, .option = option, .unmount = unmount,
};

static __cold int mount(struct super *super, const char *source __unused)
{
	struct ramfs *fs = kzalloc(sizeof(*fs));

	if (!fs)
		return -ENOMEM;
	fs->limit = page_bytes_total() >> (PAGE_SHIFT + 1);
	super->ops = &super_ops;
	super->data = fs;
	super->root = inode_alloc(super, S_IFDIR | 0755);
	if (!super->root) {
		kfree(fs);
		return -ENOMEM;
	}
	super->root->ops = &dir_ops;
	super->root->links = 2;
	return 0;
}

static const struct filesystem ramfs_filesystem = {
	.name = "ramfs", .mount = mount,
};
FILESYSTEM(ramfs_filesystem);

#ifdef CONFIG_PROCESS
/* What Linux's programs call a filesystem in memory that is told how much it may take. */
static const struct filesystem tmpfs_filesystem = {
	.name = "tmpfs", .mount = mount,
};
FILESYSTEM(tmpfs_filesystem);
#endif
