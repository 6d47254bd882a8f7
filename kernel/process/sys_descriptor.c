/* SPDX-License-Identifier: MIT */
/* Calls on descriptors: closing and copying them, their flags, and files that have no name. */
#include <arch/atomic.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "file_lock.h"
#include "process.h"
#include "syscall.h"

long sys_close(int fd)
{
	return files_close(files_here(), fd);
}

static long duplicate(int fd, int min, bool cloexec)
{
	struct file *file = files_get_any(files_here(), fd);
	int copy;

	if (!file)
		return -EBADF;
	copy = files_add(files_here(), file, min, cloexec);
	if (copy < 0)
		file_put(file);
	return copy;
}

long sys_dup(int fd)
{
	return duplicate(fd, 0, false);
}

long sys_dup3(int fd, int to, unsigned long flags)
{
	struct file *file;
	int err;

	if (flags & ~(unsigned long)O_CLOEXEC || fd == to)
		return -EINVAL;
	file = files_get_any(files_here(), fd);
	if (!file || to < 0) {
		if (file)
			file_put(file);
		return -EBADF;
	}
	err = files_set(files_here(), to, file, flags & O_CLOEXEC);
	if (err)
		file_put(file);
	return err ? err : to;
}

#define FLAGS_SETTABLE	(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

long sys_fcntl(int fd, unsigned int command, unsigned long argument)
{
	struct file *file = files_get_any(files_here(), fd);
	long result = 0;

	if (!file)
		return -EBADF;
	if (file->access & FILE_PATH && command > F_GETFL && command != F_DUPFD_CLOEXEC)
		command = UINT32_MAX;
	switch (command) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		result = argument >= files_here()->limit ? -EINVAL :
			 duplicate(fd, (int)argument, command == F_DUPFD_CLOEXEC);
		break;
	case F_GETFD:
		result = files_get_cloexec(files_here(), fd);
		break;
	case F_SETFD:
		result = files_set_cloexec(files_here(), fd, argument & FD_CLOEXEC);
		break;
	case F_GETFL:
		result = file->flags;
		break;
	case F_SETFL:
		file->flags = (file->flags & ~FLAGS_SETTABLE) | ((int)argument & FLAGS_SETTABLE);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		result = file_lock_control(file, fd, command, argument);
		break;
	case F_GETPIPE_SZ:
		result = pipe_get_size(file);
		break;
	case F_SETPIPE_SZ:
		result = pipe_set_size(file, argument);
		break;
	case F_GET_SEALS:
		result = file_get_seals(file);
		break;
	case F_ADD_SEALS:
		result = file_add_seals(file, (u32)argument);
		break;
	default:
		result = file->access & FILE_PATH ? -EBADF : -EINVAL;
	}
	file_put(file);
	return result;
}

#define CLOSE_RANGE_UNSHARE	2UL
#define CLOSE_RANGE_CLOEXEC	4UL

long sys_close_range(unsigned int first, unsigned int last, unsigned long flags)
{
	struct process *p = process_current();

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	/* tasks of one process have the same files */
	if (flags & CLOSE_RANGE_UNSHARE && p->task_count > 1)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE && atomic_load_relaxed(&p->files->users) > 1) {
		struct files *own = files_copy(p->files), *shared = p->files;

		if (!own)
			return -ENOMEM;
		p->files = own;
		files_put(shared);
	}
	files_close_range(p->files, first, last, flags & CLOSE_RANGE_CLOEXEC);
	return 0;
}

#define MFD_CLOEXEC	1UL
#define MFD_ALLOW_SEALING 2UL
#define MFD_NAME_MAX	249
#define MFD_PREFIX	"memfd:"

/* The name is for those who look at it in /proc only. */
long sys_memfd_create(uaddr_t name, unsigned long flags)
{
	char text[sizeof(MFD_PREFIX) + MFD_NAME_MAX] = MFD_PREFIX;
	struct file *file;
	ssize_t n;
	int fd;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	n = copy_string_from_user(text + strlen(text), name, MFD_NAME_MAX + 1);
	if (n < 0)
		return n == -ENAMETOOLONG ? -EINVAL : n;
	file = memory_file(0, flags & MFD_ALLOW_SEALING ? 0 : F_SEAL_SEAL);
	if (!file)
		return -ENOMEM;
	file->flags |= O_LARGEFILE;
	fd = anon_name(file, text);
	if (!fd)
		fd = files_add(files_here(), file, 0, flags & MFD_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}
