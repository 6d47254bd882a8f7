/* SPDX-License-Identifier: MIT */
/* Inodes: their references, their locks, and what is told of them. */
#include <fs/file.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "vfs.h"

struct inode *inode_alloc(struct super *super, u32 mode)
{
	struct inode *inode = kmalloc(sizeof(*inode));
	u64 now = time_real();

	if (!inode)
		return NULL;
	/* one by one: clearing all of it first takes twice as long */
	inode->refs = 1;
	inode->device = 0;
	inode->number = atomic_add_relaxed(&super->numbers, 1) + 1;
	inode->super = super;
	inode->ops = NULL;
	inode->file_ops = NULL;
	inode->link = NULL;
	inode->lock = (struct mutex)MUTEX_INIT(inode->lock);
	inode->mode = mode;
	inode->links = 1;
	inode->uid = 0;
	inode->gid = 0;
	inode->size = 0;
	inode->pages = 0;
	inode->accessed = now;
	inode->modified = now;
	inode->changed = now;
	inode->cookie = 2;	/* behind "." and ".." */
	inode->data = NULL;
#ifdef CONFIG_PROCESS
	inode->born = now;
	inode->unnamed = false;
	inode->can_seal = false;
	inode->seals = 0;
	inode->mapped = false;
	inode->writers = 0;
	inode->locks = NULL;
#endif
	lock_check_name(&inode->lock.check, "inode.lock");
	return inode;
}

void inode_get(struct inode *inode)
{
	atomic_add_relaxed(&inode->refs, 1);
}

void inode_put(struct inode *inode)
{
	if (atomic_add_acq_rel(&inode->refs, -1U) > 1)
		return;
	if (inode->super->ops->evict)
		inode->super->ops->evict(inode);
	atomic_add_relaxed(&inode->super->freed, 1);
	if (inode->link)
		kfree(inode->link);
	kfree(inode);
}

/* Nobody waits long for a file; so a kill does not end the wait, but the sleep after it. */
__cold void fs_lock_again(struct mutex *m, int err)
{
	for (; err; err = mutex_lock(m, TIME_NEVER))
		if (err != -EINTR)
			panic("a lock of a file is taken twice: error %d", err);
	thread_kill(arch_current());
}

__noinline void fs_lock(struct mutex *m)
{
	fs_lock_inline(m);
}

__noinline void fs_unlock(struct mutex *m)
{
	mutex_unlock(m);
}

void inode_lock(struct inode *inode)
{
	fs_lock(&inode->lock);
}

void inode_unlock(struct inode *inode)
{
	fs_unlock(&inode->lock);
}

__cold void inode_lock_two(struct inode *a, struct inode *b)
{
	inode_lock(MIN(a, b));
	if (a != b)
		inode_lock(MAX(a, b));
}

__cold void inode_unlock_two(struct inode *a, struct inode *b)
{
	inode_unlock(a);
	if (a != b)
		inode_unlock(b);
}

void inode_stat(struct inode *inode, struct file_stat *stat)
{
	*stat = (struct file_stat){
		.device = inode->super->device,
		.inode = inode->number,
		.mode = inode->mode,
		.links = inode->links,
		.uid = inode->uid,
		.gid = inode->gid,
		.node = inode->device,
		.size = inode->size,
		.blocks = inode->pages << (PAGE_SHIFT - 9),
		.block_size = PAGE_SIZE,
		.accessed = inode->accessed,
		.modified = inode->modified,
		.changed = inode->changed,
#ifdef CONFIG_PROCESS
		.born = inode->born,
#endif
	};
}
