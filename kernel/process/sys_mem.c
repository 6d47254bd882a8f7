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

/* What of a file may be mapped how: 0; -EACCES, -ENODEV. */
static long check_file(const struct file *file, struct space_mapping *m)
{
	bool shared = m->flags & VMA_SHARED;

	if (!(file->access & FILE_READ))
		return -EACCES;
	if (shared && m->flags & VMA_WRITE && !(file->access & FILE_WRITE))
		return -EACCES;
	if (shared && !(file->access & FILE_WRITE))
		m->flags &= ~(u32)VMA_MAY_WRITE;
	return file->ops->page ? 0 : -ENODEV;
}

static long map_file(int fd, struct space_mapping *m)
{
	struct file *file = files_get(process_current()->files, fd);
	long result;

	if (!file)
		return -EBADF;
	result = check_file(file, m);
	if (!result) {
		m->ops = &file_vma_ops;
		m->object = file;
		result = space_map(space_here(), m);
	}
	file_put(file);
	return result;
}

/* What is shared among a process and its children: a file that has no name. */
static long map_shared_memory(struct space_mapping *m)
{
	struct file *file = memory_file(ALIGN_UP(m->size, PAGE_SIZE));
	long result;

	if (!file)
		return -ENOMEM;
	m->ops = &file_vma_ops;
	m->object = file;
	m->offset = 0;
	result = space_map(space_here(), m);
	file_put(file);
	return result;
}

long sys_mmap(unsigned long address, unsigned long size, unsigned long prot, unsigned long flags,
	      int fd, unsigned long offset)
{
	unsigned long type = flags & MAP_TYPE;
	struct space_mapping m = {
		.address = address, .size = size, .offset = offset >> PAGE_SHIFT,
		.flags = rights_of(prot) | VMA_MAY_WRITE,
		.where = flags & MAP_FIXED_NOREPLACE ? SPACE_FIXED_NEW :
			 flags & MAP_FIXED ? SPACE_FIXED : SPACE_ANYWHERE,
	};

	if (offset & ~PAGE_MASK || !size)
		return -EINVAL;
	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		m.flags |= VMA_SHARED;
	else if (type != MAP_PRIVATE)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS))
		return map_file(fd, &m);
	return m.flags & VMA_SHARED ? map_shared_memory(&m) : space_map(space_here(), &m);
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
	return (long)space_brk(space_here(), brk);
}
