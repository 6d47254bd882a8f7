/* SPDX-License-Identifier: MIT */
/* openat and openat2. */
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

#define TMPFILE	(O_TMPFILE & ~O_DIRECTORY)	/* the bit of its own */

#define FLAGS_KNOWN \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | \
	 O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | \
	 TMPFILE)
#define FLAGS_OF_PATH	(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)

/* What goes another way than file_open(). */
static __noinline int open_otherwise(const char *path, int flags, u32 mode, struct file **file)
{
	if (flags & O_PATH)
		return file_open_path(path, flags, file);
	if (!(flags & O_DIRECTORY))
		return -EINVAL;
	return file_open_unnamed(path, flags, mode, file);
}

static long open_at(int fd, uaddr_t from, int flags, u32 mode)
{
	struct user_path path;
	struct file *file;
	struct at at;
	int result = path_get_user(&path, from), how = flags & ~O_CLOEXEC;

	if (!result) {
		result = at_begin(&at, fd, path.text);
		if (!result && likely(!(flags & (O_PATH | TMPFILE))))
			result = file_open(path.text, how, mode, &file);
		else if (!result)
			result = open_otherwise(path.text, how, mode, &file);
		at_end(&at);
	}
	path_done(&path);
	if (result)
		return result;
	result = files_add(files_here(), file, 0, flags & O_CLOEXEC);
	if (result < 0)
		file_put(file);
	return result;
}

/* Flags that are not known do not count. */
long sys_openat(int fd, uaddr_t path, unsigned long flags, unsigned long mode)
{
	return open_at(fd, path, ((int)flags & FLAGS_KNOWN) | O_LARGEFILE, (u32)mode & 07777);
}

/* Reads @how, which may be longer than what is known of it, if the rest is zero. */
static long get_how(struct abi_open_how *how, uaddr_t from, unsigned long size)
{
	u8 more;

	if (size < sizeof(*how))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (copy_from_user(how, from, sizeof(*how)))
		return -EFAULT;
	for (size_t i = sizeof(*how); i < size; i++) {
		if (copy_from_user(&more, from + i, 1))
			return -EFAULT;
		if (more)
			return -E2BIG;
	}
	return 0;
}

static bool is_how(const struct abi_open_how *how)
{
	bool makes = how->flags & (O_CREAT | TMPFILE);

	if (how->flags & ~(u64)FLAGS_KNOWN || how->mode & ~07777UL || (how->mode && !makes))
		return false;
	return !(how->flags & O_PATH) || !(how->flags & ~(u64)FLAGS_OF_PATH);
}

/*
 * The walk knows no limits yet: they are refused as if nobody had ever heard of them. That names
 * are looked for in the cache alone may always fail, and what is made is not there.
 */
long sys_openat2(int fd, uaddr_t path, uaddr_t from, unsigned long size)
{
	struct abi_open_how how;
	long err = get_how(&how, from, size);

	if (err)
		return err;
	if (!is_how(&how) || how.resolve & ~(u64)RESOLVE_CACHED)
		return -EINVAL;
	if (how.resolve)
		return -EAGAIN;
	return open_at(fd, path, (int)how.flags | O_LARGEFILE, (u32)how.mode);
}
