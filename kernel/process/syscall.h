/* SPDX-License-Identifier: MIT */
/*
 * System calls: the functions that syscalls.def names, each `long sys_<name>(arguments)`, and what
 * several of them need. Thread context, interrupts on, no lock held; a negative errno is the error.
 */
#ifndef PROCESS_SYSCALL_H
#define PROCESS_SYSCALL_H

#include <arch/user.h>
#include <fs/fs.h>
#include <kernel/thread.h>
#include <lib/types.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/fcntl.h>
#include <uapi/signal.h>

struct file;
struct process;

/* The types of syscalls.def in C. */
typedef int sys_fd, sys_at, sys_int, sys_sig;
typedef unsigned int sys_uint, sys_id;
typedef long sys_long;
typedef unsigned long sys_ulong, sys_hex, sys_open, sys_mode, sys_prot, sys_map;
typedef uaddr_t sys_path, sys_in, sys_out, sys_both, sys_buf, sys_argv;

/* SYS_TYPES(fd, out) is "sys_fd, sys_out"; nothing is "void". */
#define SYS_COUNT_(_0, _1, _2, _3, _4, _5, _6, n, ...)	n
#define SYS_COUNT(...)	SYS_COUNT_(0, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)
#define SYS_TYPES_0()	void
#define SYS_TYPES_1(a)	sys_##a
#define SYS_TYPES_2(a, b)	sys_##a, sys_##b
#define SYS_TYPES_3(a, b, c)	sys_##a, sys_##b, sys_##c
#define SYS_TYPES_4(a, b, c, d)	sys_##a, sys_##b, sys_##c, sys_##d
#define SYS_TYPES_5(a, b, c, d, e)	sys_##a, sys_##b, sys_##c, sys_##d, sys_##e
#define SYS_TYPES_6(a, b, c, d, e, f)	sys_##a, sys_##b, sys_##c, sys_##d, sys_##e, sys_##f
#define SYS_JOIN_(a, b)	a##b
#define SYS_JOIN(a, b)	SYS_JOIN_(a, b)
#define SYS_TYPES(...)	SYS_JOIN(SYS_TYPES_, SYS_COUNT(__VA_ARGS__))(__VA_ARGS__)

#define SYSCALLS	512	/* numbers that the table has */

/*
 * How often the call with that number was made and was not there; SYSCALLS: those with larger ones
 * together.
 */
u32 syscall_missed(unsigned int number);

#define SYSCALL(number, name, ...) long sys_##name(SYS_TYPES(__VA_ARGS__));
#include "syscalls.def"
#undef SYSCALL

#define READ_MAX	0x7ffff000UL	/* bytes at one call, as Linux's MAX_RW_COUNT */

/* What file_read() and the like take: a program's address and its length, checked. */
static inline bool is_buffer(uaddr_t buf, size_t n)
{
	return arch_user_range_ok(buf, n);
}

/* What syscalls.def says of a call; the list ends with a name that is NULL. */
struct syscall_info {
	u16 number;
	const char *name;
	const char *types;	/* "fd, out, ulong" */
};
extern const struct syscall_info syscall_list[];
const struct syscall_info *syscall_info(u64 number);

/* What Linux calls the call with that number, whether or not it is there; or NULL. */
const char *syscall_name(u64 number);

/* Those of which a trace knows more than their types, or whose ends by signals are special. */
#define SYS_EPOLL_PWAIT		22
#define SYS_PSELECT6		72
#define SYS_PPOLL		73
#define SYS_EXIT		93
#define SYS_EXIT_GROUP		94
#define SYS_NANOSLEEP		101
#define SYS_CLOCK_NANOSLEEP	115
#define SYS_RESTART_SYSCALL	128
#define SYS_RT_SIGSUSPEND	133
#define SYS_FUTEX		98
#define SYS_RT_SIGTIMEDWAIT	137
#define SYS_RT_SIGRETURN	139
#define SYS_BRK			214
#define SYS_MREMAP		216
#define SYS_MMAP		222
#define SYS_EPOLL_PWAIT2	441

/* syscall.c: calls of traced processes go by syscall_trace() from now on, or none do. */
void syscall_trace_on(bool on);

/* syscall_trace.c: makes the call, and prints it. */
void syscall_trace(struct arch_frame *frame, long (*call)(struct arch_frame *frame));

/* syscall_trace.c: a signal is about to be acted on. */
void syscall_trace_signal(const struct process *process, const struct abi_siginfo *info);

/* The calling thread's registers as its program left them. */
static inline struct arch_frame *frame_here(void)
{
	return arch_user_frame(arch_current()->stack);
}

/* sys_time.c: what there is of a time to wait for. Whole: 0, -EFAULT, -EINVAL. */
long get_time(struct abi_timespec *time, uaddr_t from);

/* sys_timer.c: a timer's two times in ns, INT64_MAX at most: 0, -EFAULT, -EINVAL; and back. */
long get_itimerspec(uaddr_t from, u64 *value, u64 *interval);
long put_itimerspec(uaddr_t to, u64 value, u64 interval);

/* A path that a program gave: short ones need no memory of the heap. */
struct user_path {
	const char *text;
	char *more;
	char local[200];
};

/*
 * Reads one: 0; -EFAULT, -ENAMETOOLONG, -ENOMEM. Whatever it returns, path_done() comes behind it.
 */
int path_get_user(struct user_path *path, uaddr_t from);

static inline void path_done(struct user_path *path)
{
	if (unlikely(path->more))
		kfree(path->more);
}

/*
 * From here to at_end() paths of the calling thread that do not begin with / begin at the folder
 * that descriptor @fd has open, or, AT_FDCWD, where they do anyway; of two, the second one at
 * @second_fd. 0; -EBADF, -ENOTDIR where the path needs it. Whatever it returns, at_end() comes
 * behind it.
 */
struct at {
	bool on;		/* the rest is of use: a path begins elsewhere, or cannot begin */
	bool inside;		/* of fs_at_begin() and fs_at_end() */
	struct file *file, *second;
	struct fs_at fs;
};

int at_begin_slow(struct at *at, int fd, const char *path, int second_fd,
		  const char *second_path);
void at_end_slow(struct at *at);

static inline int at_begin_two(struct at *at, int fd, const char *path, int second_fd,
			       const char *second_path)
{
	at->on = false;
	if (likely((fd == AT_FDCWD || *path == '/') && second_fd == AT_FDCWD))
		return 0;
	return at_begin_slow(at, fd, path, second_fd, second_path);
}

static inline int at_begin(struct at *at, int fd, const char *path)
{
	return at_begin_two(at, fd, path, AT_FDCWD, NULL);
}

static inline void at_end(struct at *at)
{
	if (unlikely(at->on))
		at_end_slow(at);
}

/*
 * Calls @act(path, @arg) with the program's path at @from, which begins at @fd; the second form is
 * for calls that are made often.
 */
typedef long path_fn(const char *path, void *arg);
long path_act(int fd, uaddr_t from, path_fn *act, void *arg);

static __always_inline long path_act_inline(int fd, uaddr_t from, path_fn *act, void *arg)
{
	struct user_path path;
	struct at at;
	long result = path_get_user(&path, from);

	if (!result) {
		result = at_begin(&at, fd, path.text);
		if (!result)
			result = act(path.text, arg);
		at_end(&at);
	}
	path_done(&path);
	return result;
}

/*
 * The same; where @flags has AT_EMPTY_PATH and the path is empty, @act_file(file, @arg) with what
 * @fd has open, be it by O_PATH.
 */
typedef long file_fn(struct file *file, void *arg);
long path_act_empty(int fd, uaddr_t from, unsigned long flags, path_fn *act, file_fn *act_file,
		    void *arg);

#endif
