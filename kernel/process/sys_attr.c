/* SPDX-License-Identifier: MIT */
/* Calls that change what is known of files, and that ask what may be done with them. */
#include <fs/inode.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

static long set_path(const char *path, void *arg)
{
	return fs_set_attr(path, arg);
}

static long set_file(struct file *file, void *arg)
{
	return file_set_attr(file, arg);
}

/* Not with O_PATH. */
static long set_descriptor(int fd, const struct file_attr *attr)
{
	struct file *file = files_get(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = file_set_attr(file, attr);
	file_put(file);
	return err;
}

/* --- Permissions and owners ------------------------------------------------------------------- */

long sys_fchmod(int fd, unsigned long mode)
{
	const struct file_attr attr = { .set = FILE_MODE, .mode = (u32)mode & 07777 };

	return set_descriptor(fd, &attr);
}

long sys_fchmodat(int fd, uaddr_t path, unsigned long mode)
{
	struct file_attr attr = { .set = FILE_MODE, .mode = (u32)mode & 07777 };

	return path_act(fd, path, set_path, &attr);
}

/* An id of -1 stays as it is. */
static struct file_attr owner(unsigned int uid, unsigned int gid)
{
	struct file_attr attr = { .uid = uid, .gid = gid };

	attr.set = (uid == UINT32_MAX ? 0 : FILE_OWNER) | (gid == UINT32_MAX ? 0 : FILE_GROUP);
	return attr;
}

long sys_fchown(int fd, unsigned int uid, unsigned int gid)
{
	const struct file_attr attr = owner(uid, gid);

	return set_descriptor(fd, &attr);
}

long sys_fchownat(int fd, uaddr_t path, unsigned int uid, unsigned int gid, unsigned long flags)
{
	struct file_attr attr = owner(uid, gid);

	if (flags & ~(unsigned long)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_SYMLINK_NOFOLLOW)
		attr.set |= FILE_LINK;
	return path_act_empty(fd, path, flags, set_path, set_file, &attr);
}

long sys_umask(unsigned long mask)
{
	return fs_umask((u32)mask & 0777);
}

/* --- Times ------------------------------------------------------------------------------------ */

#define UTIME_NOW	((1L << 30) - 1)
#define UTIME_OMIT	((1L << 30) - 2)
#define NS_MAX		999999999

#define TIME_MAX	(9223372036L * 1000000000)

/* One of the two times. What is more than 292 years from 1970 becomes the nearest that is kept. */
static u64 time_of(const struct abi_timespec *t)
{
	s64 ns;

	if (t->nsec == UTIME_NOW)
		return FILE_TIME_NOW;
	if (t->nsec == UTIME_OMIT)
		return FILE_TIME_KEEP;
	if (__builtin_mul_overflow(t->sec, 1000000000L, &ns) ||
	    __builtin_add_overflow(ns, t->nsec, &ns))
		return t->sec < 0 ? (u64)-TIME_MAX : (u64)TIME_MAX;
	return (u64)MAX(MIN(ns, TIME_MAX), -TIME_MAX);
}

static bool is_time(const struct abi_timespec *t)
{
	return t->nsec == UTIME_NOW || t->nsec == UTIME_OMIT || (t->nsec >= 0 && t->nsec <= NS_MAX);
}

/* 1: nothing is to be done. */
static long get_times(uaddr_t from, struct file_attr *attr)
{
	struct abi_timespec t[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };

	if (from && copy_from_user(t, from, sizeof(t)))
		return -EFAULT;
	if (!is_time(&t[0]) || !is_time(&t[1]))
		return -EINVAL;
	attr->set = FILE_TIMES;
	attr->accessed = time_of(&t[0]);
	attr->modified = time_of(&t[1]);
	if (attr->accessed == FILE_TIME_NOW && attr->modified == FILE_TIME_NOW)
		attr->set |= FILE_TIMES_NOW;
	return attr->accessed == FILE_TIME_KEEP && attr->modified == FILE_TIME_KEEP;
}

long sys_utimensat(int fd, uaddr_t path, uaddr_t times, unsigned long flags)
{
	struct file_attr attr = { 0 };
	long err = get_times(times, &attr);

	if (err)
		return err > 0 ? 0 : err;
	if (!path && fd != AT_FDCWD)
		return flags ? -EINVAL : set_descriptor(fd, &attr);
	if (flags & ~(unsigned long)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_SYMLINK_NOFOLLOW)
		attr.set |= FILE_LINK;
	return path_act_empty(fd, path, flags, set_path, set_file, &attr);
}

/* --- Whether something may be done ------------------------------------------------------------ */

struct access_request {
	u32 want;
	bool follow;
};

static long access_path(const char *path, void *arg)
{
	const struct access_request *r = arg;

	return fs_access(path, r->follow, r->want);
}

static long access_file(struct file *file, void *arg)
{
	const struct access_request *r = arg;

	return file_access(file, r->want);
}

#define ACCESS_FLAGS	(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)

long sys_faccessat2(int fd, uaddr_t path, unsigned long want, unsigned long flags)
{
	struct access_request r = { (u32)want, !(flags & AT_SYMLINK_NOFOLLOW) };
	struct thread *t = arch_current();
	const struct credentials *before = t->cred;
	struct credentials real;
	long err;

	if (want & ~7UL || flags & ~(unsigned long)ACCESS_FLAGS)
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		real = *before;
		real.fsuid = real.uid;
		real.fsgid = real.gid;
		t->cred = &real;
	}
	err = path_act_empty(fd, path, flags, access_path, access_file, &r);
	t->cred = before;
	return err;
}

long sys_faccessat(int fd, uaddr_t path, unsigned long want)
{
	return sys_faccessat2(fd, path, want, 0);
}
