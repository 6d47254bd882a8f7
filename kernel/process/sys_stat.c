/* SPDX-License-Identifier: MIT */
/* Calls that ask what is known of files and of filesystems. */
#include <fs/inode.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

#define FIRST_SECOND	9223372036UL	/* before 1970: none is earlier */

static struct abi_timespec timespec_of(u64 ns)
{
	/* before 1970 too the parts of a second count forward */
	u64 since = ns + FIRST_SECOND * 1000000000;

	return (struct abi_timespec){
		(s64)(since / 1000000000 - FIRST_SECOND), (s64)(since % 1000000000),
	};
}

static long put_stat(const struct file_stat *s, uaddr_t to)
{
	struct abi_stat stat;

	/* one by one: clearing all of it first takes as long as this */
	stat.dev = s->device;
	stat.ino = s->inode;
	stat.mode = s->mode;
	stat.nlink = s->links;
	stat.uid = s->uid;
	stat.gid = s->gid;
	stat.rdev = s->node;
	stat.pad1 = 0;
	stat.size = (s64)s->size;
	stat.blksize = (s32)s->block_size;
	stat.pad2 = 0;
	stat.blocks = (s64)s->blocks;
	stat.atime = timespec_of(s->accessed);
	stat.mtime = timespec_of(s->modified);
	stat.ctime = timespec_of(s->changed);
	stat.unused[0] = stat.unused[1] = 0;

	return copy_to_user(to, &stat, sizeof(stat));
}

struct stat_request {
	bool follow;
	struct file_stat stat;
};

static long stat_path(const char *path, void *arg)
{
	struct stat_request *r = arg;

	return fs_stat(path, r->follow, &r->stat);
}

static long stat_file(struct file *file, void *arg)
{
	struct stat_request *r = arg;

	return file_stat(file, &r->stat);
}

long sys_fstat(int fd, uaddr_t to)
{
	struct file *file = files_get_any(files_here(), fd);
	struct file_stat stat;

	if (!file)
		return -EBADF;
	file_stat(file, &stat);
	file_put(file);
	return put_stat(&stat, to);
}

#define STAT_FLAGS	(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT)

long sys_newfstatat(int fd, uaddr_t path, uaddr_t to, unsigned long flags)
{
	struct stat_request r = { .follow = !(flags & AT_SYMLINK_NOFOLLOW) };
	long err;

	if (flags & ~(unsigned long)STAT_FLAGS)
		return -EINVAL;
	if (likely(!(flags & AT_EMPTY_PATH)))
		err = path_act_inline(fd, path, stat_path, &r);
	else
		err = path_act_empty(fd, path, flags, stat_path, stat_file, &r);
	return err ? err : put_stat(&r.stat, to);
}

static struct abi_statx_time statx_time_of(u64 ns)
{
	struct abi_timespec t = timespec_of(ns);

	return (struct abi_statx_time){ t.sec, (u32)t.nsec, 0 };
}

static long put_statx(const struct file_stat *s, u32 mask, uaddr_t to)
{
	struct abi_statx stat = {
		.mask = STATX_BASIC_STATS, .blksize = s->block_size, .nlink = s->links,
		.uid = s->uid, .gid = s->gid, .mode = (u16)s->mode, .ino = s->inode,
		.size = s->size, .blocks = s->blocks, .atime = statx_time_of(s->accessed),
		.ctime = statx_time_of(s->changed), .mtime = statx_time_of(s->modified),
		.rdev_major = NODE_MAJOR((u32)s->node), .rdev_minor = NODE_MINOR((u32)s->node),
		.dev_major = NODE_MAJOR((u32)s->device), .dev_minor = NODE_MINOR((u32)s->device),
	};

	/* where it is known, and by those who ask for it */
	if (mask & STATX_BTIME && s->born) {
		stat.mask |= STATX_BTIME;
		stat.btime = statx_time_of(s->born);
	}
	return copy_to_user(to, &stat, sizeof(stat));
}

long sys_statx(int fd, uaddr_t path, unsigned long flags, unsigned int mask, uaddr_t to)
{
	struct stat_request r = { .follow = !(flags & AT_SYMLINK_NOFOLLOW) };
	long err;

	if (mask & STATX_RESERVED || flags & ~(unsigned long)(STAT_FLAGS | AT_STATX_SYNC_TYPE) ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	err = path_act_empty(fd, path, flags, stat_path, stat_file, &r);
	return err ? err : put_statx(&r.stat, mask, to);
}

/* --- Filesystems ------------------------------------------------------------------------------ */

/* What programs know filesystems by (linux/magic.h). */
static const struct {
	const char *type;
	u64 magic;
} magics[] = {
	{ "ramfs", 0x858458f6 }, { "tmpfs", 0x01021994 }, { "devfs", 0x1373 },
	{ "proc", 0x9fa0 }, { "pipefs", 0x50495045 },
};

static u64 flags_of(const struct fs_statfs *s)
{
	u64 flags = ST_VALID | ST_NOATIME;

	if (s->read_only)
		flags |= ST_RDONLY;
	if (s->flags & MOUNT_NOSUID)
		flags |= ST_NOSUID;
	if (s->flags & MOUNT_NODEV)
		flags |= ST_NODEV;
	if (s->flags & MOUNT_NOEXEC)
		flags |= ST_NOEXEC;
	return flags;
}

static long put_statfs(const struct fs_statfs *s, uaddr_t to)
{
	struct abi_statfs stat = {
		.bsize = s->block_size, .frsize = s->block_size, .blocks = s->blocks,
		.bfree = s->free, .bavail = s->free, .files = s->files, .namelen = NAME_MAX,
		.fsid = { (s32)s->device, 0 }, .flags = (s64)flags_of(s),
	};

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (!strcmp(magics[i].type, s->type))
			stat.type = (s64)magics[i].magic;
	return copy_to_user(to, &stat, sizeof(stat));
}

static long statfs_path(const char *path, void *arg)
{
	return fs_statfs(path, arg);
}

long sys_statfs(uaddr_t path, uaddr_t to)
{
	struct fs_statfs stat;
	long err = path_act(AT_FDCWD, path, statfs_path, &stat);

	return err ? err : put_statfs(&stat, to);
}

long sys_fstatfs(int fd, uaddr_t to)
{
	struct file *file = files_get_any(files_here(), fd);
	struct fs_statfs stat;

	if (!file)
		return -EBADF;
	file_statfs(file, &stat);
	file_put(file);
	return put_statfs(&stat, to);
}
