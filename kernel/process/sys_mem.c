/* SPDX-License-Identifier: MIT */
/* Calls about memory: mappings and the heap. */
#include <fs/inode.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

static inline struct space *space_here(void)
{
	return process_current()->space;
}

static u32 rights_of(unsigned long prot)
{
	return (prot & PROT_READ ? VMA_READ : 0) | (prot & PROT_WRITE ? VMA_WRITE : 0) |
	       (prot & PROT_EXEC ? VMA_EXEC : 0);
}

/* Whether the seals of a file in memory let it be mapped so: 0, -EPERM. */
static long check_seals(const struct file *file, struct space_mapping *m)
{
	if (!(m->flags & VMA_SHARED) ||
	    !(file->inode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)))
		return 0;
	m->flags &= ~(u32)VMA_MAY_WRITE;
	return m->flags & VMA_WRITE ? -EPERM : 0;
}

/* /dev/zero: what is mapped of it is memory of its own. */
static bool is_zero(const struct file *file)
{
	return S_ISCHR(file->inode->mode) && file->inode->device == NODE_NUMBER(1, 5);
}

/* What of a file may be mapped how: 0; -EOVERFLOW, -EPERM, -EACCES, -ENODEV. */
static long check_file(const struct file *file, struct space_mapping *m)
{
	bool shared = m->flags & VMA_SHARED;

	/* no file can be that long */
	if (S_ISREG(file->inode->mode) &&
	    m->offset > (INT64_MAX - ALIGN_UP(m->size, PAGE_SIZE)) >> PAGE_SHIFT)
		return -EOVERFLOW;
	if (!(file->access & FILE_READ))
		return -EACCES;
	if (shared && m->flags & VMA_WRITE && !(file->access & FILE_WRITE))
		return -EACCES;
	if (shared && !(file->access & FILE_WRITE))
		m->flags &= ~(u32)VMA_MAY_WRITE;
	if (m->flags & VMA_GROWS_DOWN)
		return file->ops->page || is_zero(file) ? -EINVAL : -ENODEV;
	return file->ops->page ? check_seals(file, m) : is_zero(file) ? 0 : -ENODEV;
}

/* What is shared among a process and its children: a file that has no name. */
static long map_shared_memory(struct space_mapping *m)
{
	struct file *file;
	long result;

	if (m->flags & VMA_GROWS_DOWN)
		return -EINVAL;
	file = memory_file(ALIGN_UP(m->size, PAGE_SIZE), F_SEAL_SEAL);
	if (!file)
		return -ENOMEM;
	m->ops = &file_vma_ops;
	m->object = file;
	m->offset = 0;
	result = space_map(space_here(), m);
	file_put(file);
	return result;
}

static long map_file(int fd, struct space_mapping *m)
{
	struct file *file = files_get(files_here(), fd);
	long result;

	if (!file)
		return -EBADF;
	result = check_file(file, m);
	if (!result && is_zero(file)) {
		result = m->flags & VMA_SHARED ? map_shared_memory(m) : space_map(space_here(), m);
	} else if (!result) {
		m->ops = &file_vma_ops;
		m->object = file;
		m->may_shrink = true;
		file->inode->mapped = true;
		result = space_map(space_here(), m);
	}
	/* sealed meanwhile */
	if (result >= 0 && check_seals(file, m)) {
		space_unmap(space_here(), (vaddr_t)result, m->size);
		result = -EPERM;
	}
	file_put(file);
	return result;
}

/* Whether @more bytes are more than may be mapped (RLIMIT_AS). */
static bool is_too_much(const struct space *space, unsigned long more)
{
	u64 limit = process_current()->limits[RLIMIT_AS].now;

	return more > limit || (u64)space->pages << PAGE_SHIFT > limit - more;
}

bool user_stack_may_grow(const struct space *space, size_t size, size_t more)
{
	return size <= process_current()->limits[RLIMIT_STACK].now && !is_too_much(space, more);
}

long sys_mmap(unsigned long address, unsigned long size, unsigned long prot, unsigned long flags,
	      int fd, unsigned long offset)
{
	unsigned long type = flags & MAP_TYPE;
	struct space_mapping m = {
		.address = address, .size = size, .offset = offset >> PAGE_SHIFT,
		.flags = rights_of(prot) | VMA_MAY_WRITE |
			 (flags & MAP_GROWSDOWN ? VMA_GROWS_DOWN : 0),
		.where = flags & MAP_FIXED_NOREPLACE ? SPACE_FIXED_NEW :
			 flags & MAP_FIXED ? SPACE_FIXED : SPACE_ANYWHERE,
	};
	long result;

	if (offset & ~PAGE_MASK || !size)
		return -EINVAL;
	if (flags & MAP_HUGETLB)	/* there is no pool of them */
		return flags & MAP_ANONYMOUS ? -ENOMEM : -EINVAL;
	if (type == MAP_SHARED || (type == MAP_SHARED_VALIDATE && !(flags & MAP_ANONYMOUS)))
		m.flags |= VMA_SHARED;
	else if (type != MAP_PRIVATE)
		return -EINVAL;
	if (is_too_much(space_here(), size))
		return -ENOMEM;
	if (!(flags & MAP_ANONYMOUS))
		result = map_file(fd, &m);
	else if (m.flags & VMA_SHARED)
		result = map_shared_memory(&m);
	else
		result = space_map(space_here(), &m);
	/* what cannot be there yet comes when it is used, or is an error then */
	if (result >= 0 && flags & MAP_POPULATE)
		space_populate(space_here(), (vaddr_t)result, ALIGN_UP(size, PAGE_SIZE));
	return result;
}

long sys_munmap(unsigned long address, unsigned long size)
{
	return space_unmap(space_here(), address, size);
}

long sys_mprotect(unsigned long address, unsigned long size, unsigned long prot)
{
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	return space_protect(space_here(), address, size, rights_of(prot));
}

long sys_brk(unsigned long brk)
{
	struct space *space = space_here();

	if (brk > space->brk && is_too_much(space, brk - space->brk))
		return (long)space->brk;
	return (long)space_brk(space, brk);
}

static_assert(MREMAP_MAYMOVE == SPACE_REMAP_MOVE && MREMAP_FIXED == SPACE_REMAP_FIXED &&
	      MREMAP_DONTUNMAP == SPACE_REMAP_KEEP, "flags are handed through");

long sys_mremap(unsigned long address, unsigned long size, unsigned long new_size,
		unsigned long flags, unsigned long new_address)
{
	unsigned long more = flags & MREMAP_DONTUNMAP || new_size < size ? new_size :
			     new_size - size;

	if (flags & ~(unsigned long)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((new_size > size || flags & MREMAP_DONTUNMAP) && is_too_much(space_here(), more))
		return -ENOMEM;
	return space_remap(space_here(), address, size, new_size, (u32)flags, new_address);
}

/* What is mapped shared is the file itself: there is nothing to write back. */
long sys_msync(unsigned long address, unsigned long size, unsigned long flags)
{
	if (flags & ~(unsigned long)(MS_ASYNC | MS_INVALIDATE | MS_SYNC) ||
	    (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	return space_check_mapped(space_here(), address, size);
}

/* Up to the first hole: what is behind it stays as it is. */
static long prefault(struct space *space, unsigned long address, unsigned long size, u32 access)
{
	size_t pages = ALIGN_UP(size, PAGE_SIZE);

	if (!IS_ALIGNED(address, PAGE_SIZE) || (size && !pages) || address + pages < address)
		return -EINVAL;
	return space_prefault(space, address, pages, access);
}

/* Advice that changes nothing here is taken, as Linux takes it. */
long sys_madvise(unsigned long address, unsigned long size, int advice)
{
	struct space *space = space_here();

	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
		return space_discard(space, address, size, false);
	case MADV_FREE:
		return space_discard(space, address, size, true);
	case MADV_REMOVE:
		return space_punch(space, address, size);
	case MADV_POPULATE_READ:
		return prefault(space, address, size, VMA_READ);
	case MADV_POPULATE_WRITE:
		return prefault(space, address, size, VMA_WRITE);
	case MADV_DONTFORK:
		return space_advise(space, address, size, VMA_DONT_FORK, 0);
	case MADV_DOFORK:
		return space_advise(space, address, size, 0, VMA_DONT_FORK);
	case MADV_WIPEONFORK:
		return space_advise(space, address, size, VMA_WIPE_ON_FORK, 0);
	case MADV_KEEPONFORK:
		return space_advise(space, address, size, 0, VMA_WIPE_ON_FORK);
	case MADV_HUGEPAGE:
		return space_advise(space, address, size, VMA_BLOCKS, VMA_NO_BLOCKS);
	case MADV_NOHUGEPAGE:
		return space_advise(space, address, size, VMA_NO_BLOCKS, VMA_BLOCKS);
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
		return space_advise(space, address, size, 0, 0);
	default:
		return -EINVAL;
	}
}

/*
 * --- Locked memory: nothing is ever written out, so all that is to be done is to have it there --
 */

static long lock_range(unsigned long address, unsigned long size, bool bring_in)
{
	unsigned long start = ALIGN_DOWN(address, PAGE_SIZE), end;
	long err;

	if (__builtin_add_overflow(address, size, &end))
		return -EINVAL;
	end = ALIGN_UP(end, PAGE_SIZE);
	err = space_check_mapped(space_here(), start, end - start);
	return !err && bring_in ? space_populate(space_here(), start, end - start) : err;
}

long sys_mlock(unsigned long address, unsigned long size)
{
	return lock_range(address, size, true);
}

long sys_mlock2(unsigned long address, unsigned long size, unsigned long flags)
{
	if (flags & ~(unsigned long)MLOCK_ONFAULT)
		return -EINVAL;
	return lock_range(address, size, !(flags & MLOCK_ONFAULT));
}

long sys_munlock(unsigned long address, unsigned long size)
{
	return lock_range(address, size, false);
}

long sys_mlockall(unsigned long flags)
{
	if (!flags || flags & ~(unsigned long)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) ||
	    flags == MCL_ONFAULT)
		return -EINVAL;
	return 0;
}

long sys_munlockall(void)
{
	return 0;
}

long sys_mincore(unsigned long address, unsigned long size, uaddr_t to)
{
	unsigned long end = address + ALIGN_UP(size, PAGE_SIZE);
	long err;

	if (!IS_ALIGNED(address, PAGE_SIZE))
		return -EINVAL;
	if (!arch_user_range_ok(address, size))
		return -ENOMEM;
	if (!arch_user_range_ok(to, (end - address) >> PAGE_SHIFT))
		return -EFAULT;
	err = space_check_mapped(space_here(), address, end - address);
	for (; !err && address < end; address += PAGE_SIZE, to++) {
		u8 there = space_is_there(space_here(), address);

		err = copy_to_user(to, &there, 1);
	}
	return err;
}
