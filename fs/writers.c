/* SPDX-License-Identifier: MIT */
/*
 * Files whose contents stay as they are: programs while they run, which nobody opens to be written
 * to (and what is open for that does not run: ETXTBSY); and files in memory with seals,
 * fcntl(2)'s F_ADD_SEALS.
 */
#include <lib/assert.h>
#include <mm/space.h>

#include "permission.h"

/* --- Programs that run ------------------------------------------------------------------------ */

/* Counts a writer, or (@step -1) one that runs it, where there is none of the other kind. */
static int count(struct inode *inode, s32 step)
{
	s32 now = atomic_load_relaxed(&inode->writers);

	do {
		if (step > 0 ? now < 0 : now > 0)
			return -ETXTBSY;
	} while (!atomic_cas_acquire(&inode->writers, &now, now + step));
	return 0;
}

int file_count(struct file *file, int flags)
{
	bool runs = flags & FILE_OPEN_EXEC;
	int err;

	if (!S_ISREG(file->inode->mode))
		return 0;
	err = count(file->inode, runs ? -1 : 1);
	if (!err)
		file->access |= runs ? FILE_RUNS : FILE_WRITES;
	return err;
}

void file_uncount(struct file *file)
{
	atomic_add_acq_rel(&file->inode->writers, file->access & FILE_RUNS ? 1 : -1);
	file->access &= ~(u32)(FILE_RUNS | FILE_WRITES);
}

void file_may_change(struct file *file)
{
	if (!(file->access & FILE_RUNS))
		return;
	file->inode->mapped = true;
	file_uncount(file);
}

/* --- Seals ------------------------------------------------------------------------------------ */

/* Those that keep programs from writing to what is there. */
#define NO_WRITING	(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

int seals_write(const struct inode *inode, u64 pos, size_t *n)
{
	u64 whole = ALIGN_DOWN(inode->size, PAGE_SIZE);

	if (inode->seals & NO_WRITING)
		return -EPERM;
	/* page by page, as Linux does it: the one that would make it longer is not written to */
	if (inode->seals & F_SEAL_GROW && pos + *n > inode->size) {
		if (pos >= whole)
			return -EPERM;
		*n = whole - pos;
	}
	return 0;
}

int seals_size(const struct inode *inode, u64 size)
{
	u32 seal = size < inode->size ? F_SEAL_SHRINK : size > inode->size ? F_SEAL_GROW : 0;

	return inode->seals & seal ? -EPERM : 0;
}

int file_get_seals(const struct file *file)
{
	return file->inode->can_seal ? file->inode->seals : -EINVAL;
}

/* Seals @inode so that nobody writes: -EBUSY where somebody can, by a mapping. */
static int seal_writing(struct inode *inode)
{
	int err = 0;

	/* who maps it now looks at the seals again; the spaces' locks come before the inode's */
	inode_lock(inode);
	inode->seals |= F_SEAL_WRITE;
	inode_unlock(inode);
	if (space_is_written(inode->super->device, inode->number)) {
		inode_lock(inode);
		inode->seals &= (u8)~F_SEAL_WRITE;
		inode_unlock(inode);
		err = -EBUSY;
	}
	return err;
}

int file_add_seals(struct file *file, u32 seals)
{
	struct inode *inode = file->inode;
	int err = 0;

	if (!(file->access & FILE_WRITE))
		return -EPERM;
	if (seals & ~F_SEALS || !inode->can_seal)
		return -EINVAL;
	if (inode->seals & F_SEAL_SEAL)
		return -EPERM;
	if (seals & F_SEAL_WRITE && !(inode->seals & F_SEAL_WRITE))
		err = seal_writing(inode);
	if (err)
		return err;
	inode_lock(inode);
	inode->seals |= (u8)seals;
	inode_unlock(inode);
	return 0;
}
