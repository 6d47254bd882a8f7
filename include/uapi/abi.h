/* SPDX-License-Identifier: MIT */
/*
 * What system calls take and give by address: Linux's layouts on arm64 (asm-generic/stat.h, statx
 * in linux/stat.h, linux/time_types.h, linux/uio.h, linux/utsname.h, linux/resource.h).
 */
#ifndef UAPI_ABI_H
#define UAPI_ABI_H

#include <lib/types.h>

struct abi_iovec {
	u64 base;
	u64 size;
};

struct abi_timespec {
	s64 sec;
	s64 nsec;
};

struct abi_timeval {
	s64 sec;
	s64 usec;
};

struct abi_itimerspec {
	struct abi_timespec interval, value;
};

struct abi_itimerval {
	struct abi_timeval interval, value;
};

#define ITIMER_REAL	0
#define ITIMER_VIRTUAL	1
#define ITIMER_PROF	2

struct abi_stat {
	u64 dev;
	u64 ino;
	u32 mode;
	u32 nlink;
	u32 uid;
	u32 gid;
	u64 rdev;
	u64 pad1;
	s64 size;
	s32 blksize;
	s32 pad2;
	s64 blocks;
	struct abi_timespec atime, mtime, ctime;
	u32 unused[2];
};
static_assert(sizeof(struct abi_stat) == 128, "Linux's struct stat on arm64");

struct abi_open_how {
	u64 flags;
	u64 mode;
	u64 resolve;
};

struct abi_statx_time {
	s64 sec;
	u32 nsec;
	s32 pad;
};

struct abi_statx {
	u32 mask;
	u32 blksize;
	u64 attributes;
	u32 nlink;
	u32 uid;
	u32 gid;
	u16 mode;
	u16 pad1;
	u64 ino;
	u64 size;
	u64 blocks;
	u64 attributes_mask;
	struct abi_statx_time atime, btime, ctime, mtime;
	u32 rdev_major, rdev_minor;
	u32 dev_major, dev_minor;
	u64 spare[14];
};
static_assert(sizeof(struct abi_statx) == 256, "Linux's struct statx");

#define STATX_BASIC_STATS	0x7ffU
#define STATX_BTIME		0x800U
#define STATX_RESERVED		0x80000000U

struct abi_statfs {
	s64 type;
	s64 bsize;
	u64 blocks;
	u64 bfree;
	u64 bavail;
	u64 files;
	u64 ffree;
	s32 fsid[2];
	s64 namelen;
	s64 frsize;
	s64 flags;
	s64 spare[4];
};
static_assert(sizeof(struct abi_statfs) == 120, "Linux's struct statfs on arm64");

#define ST_RDONLY	0x0001U
#define ST_NOSUID	0x0002U
#define ST_NODEV	0x0004U
#define ST_NOEXEC	0x0008U
#define ST_VALID	0x0020U
#define ST_NOATIME	0x0400U

struct abi_utsname {
	char sysname[65];
	char nodename[65];
	char release[65];
	char version[65];
	char machine[65];
	char domainname[65];
};

struct abi_rusage {
	struct abi_timeval utime, stime;
	s64 maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock, oublock, msgsnd, msgrcv;
	s64 nsignals, nvcsw, nivcsw;
};

/* What waitid() tells of a child: the beginning of siginfo_t. */
struct abi_siginfo_child {
	s32 signo, err, code;
	u32 pad;
	s32 pid;
	u32 uid;
	s32 status;
};

struct abi_tms {
	s64 utime, stime, cutime, cstime;
};

struct abi_sysinfo {
	s64 uptime;
	u64 loads[3];		/* 1 << 16 is one thread that is always ready */
	u64 totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	u16 procs, pad;
	u64 totalhigh, freehigh;
	u32 mem_unit;
	u32 pad2;
};
static_assert(sizeof(struct abi_sysinfo) == 112, "Linux's struct sysinfo on arm64");

struct abi_sigaction {
	u64 handler;
	u64 flags;
	u64 restorer;
	u64 mask;
};

struct abi_dirent {
	u64 ino;
	s64 off;
	u16 reclen;
	u8 type;
	char name[];
};

#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4

#define MAP_SHARED		0x01
#define MAP_PRIVATE		0x02
#define MAP_SHARED_VALIDATE	0x03
#define MAP_TYPE		0x0f
#define MAP_FIXED		0x10
#define MAP_ANONYMOUS		0x20
#define MAP_GROWSDOWN		0x0100
#define MAP_POPULATE		0x008000
#define MAP_HUGETLB		0x040000
#define MAP_FIXED_NOREPLACE	0x100000

#define MREMAP_MAYMOVE		1
#define MREMAP_FIXED		2
#define MREMAP_DONTUNMAP	4

#define MS_ASYNC		1
#define MS_INVALIDATE		2
#define MS_SYNC			4

#define MADV_NORMAL		0
#define MADV_RANDOM		1
#define MADV_SEQUENTIAL		2
#define MADV_WILLNEED		3
#define MADV_DONTNEED		4
#define MADV_FREE		8
#define MADV_REMOVE		9
#define MADV_DONTFORK		10
#define MADV_DOFORK		11
#define MADV_MERGEABLE		12
#define MADV_UNMERGEABLE	13
#define MADV_HUGEPAGE		14
#define MADV_NOHUGEPAGE		15
#define MADV_DONTDUMP		16
#define MADV_DODUMP		17
#define MADV_WIPEONFORK		18
#define MADV_KEEPONFORK		19
#define MADV_COLD		20
#define MADV_PAGEOUT		21
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#define MADV_DONTNEED_LOCKED	24

#define MCL_CURRENT		1
#define MCL_FUTURE		2
#define MCL_ONFAULT		4
#define MLOCK_ONFAULT		1

#define F_DUPFD		0
#define F_GETFD		1
#define F_SETFD		2
#define F_GETFL		3
#define F_SETFL		4
#define F_DUPFD_CLOEXEC	1030
#define F_SETPIPE_SZ	1031
#define F_GETPIPE_SZ	1032
#define F_ADD_SEALS	1033
#define F_GET_SEALS	1034
#define FD_CLOEXEC	1

#define CLOCK_REALTIME		0
#define CLOCK_MONOTONIC		1
#define CLOCK_PROCESS_CPUTIME	2
#define CLOCK_THREAD_CPUTIME	3
#define CLOCK_MONOTONIC_RAW	4
#define CLOCK_REALTIME_COARSE	5
#define CLOCK_MONOTONIC_COARSE	6
#define CLOCK_BOOTTIME		7
#define CLOCK_REALTIME_ALARM	8
#define CLOCK_BOOTTIME_ALARM	9
#define CLOCK_TAI		11
#define TIMER_ABSTIME		1

#endif
