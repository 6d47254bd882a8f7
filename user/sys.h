/* SPDX-License-Identifier: MIT */
/*
 * For programs without a C library: Linux's system calls on arm64, by which they run on Cairn and
 * on Linux alike, and a few functions of one's own. main() is called by start.S.
 */
#ifndef USER_SYS_H
#define USER_SYS_H

#include <stddef.h>
#include <stdint.h>

int main(int argc, char **argv, char **envp);

/* Linux's numbers (asm-generic/unistd.h). */
enum {
	SYS_unlinkat = 35, SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_lseek = 62,
	SYS_read = 63, SYS_write = 64, SYS_newfstatat = 79, SYS_exit = 93, SYS_futex = 98,
	SYS_nanosleep = 101,
	SYS_sched_yield = 124, SYS_kill = 129, SYS_rt_sigaction = 134, SYS_getpid = 172,
	SYS_getppid = 173, SYS_munmap = 215,
	SYS_clone = 220, SYS_execve = 221, SYS_mmap = 222, SYS_wait4 = 260, SYS_mount = 40,
	SYS_mkdirat = 34, SYS_dup3 = 24, SYS_reboot = 142,
};

/* Of clone(2): what threads of C libraries have together; the id where they say, until the end. */
#define THREAD_FLAGS	0x00050f00L
#define THREAD_IDS	0x00300000L
#define FUTEX_WAIT	0
#define FUTEX_WAKE	1
#define FUTEX_PRIVATE	128

#define MAP_SHARED_ANONYMOUS	0x21
#define MAP_PRIVATE_ANONYMOUS	0x22

#define AT_FDCWD	(-100)
#define O_RDONLY	0
#define O_WRONLY	1
#define O_RDWR		2
#define O_CREAT		0100
#define O_TRUNC		01000
#define SIGUSR1		10
#define SIGCHLD		17

/* A system call with up to six arguments: its result, a negative errno for an error. */
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c, x3 __asm__("x3") = d, x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0" : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

static inline long sys0(long number)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0");

	__asm__ volatile("svc 0" : "=r"(x0) : "r"(x8) : "memory");
	return x0;
}

static inline long sys3(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}

static inline long sys4(long number, long a, long b, long c, long d)
{
	return sys6(number, a, b, c, d, 0, 0);
}

static inline _Noreturn void exit_now(int status)
{
	for (;;)
		sys3(SYS_exit, status, 0, 0);
}

/* A copy of the calling process: its pid, 0 in the child. */
static inline long fork_now(void)
{
	return sys6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
}

/*
 * A thread that calls @run on the stack below @top and then ends: its id, which is also at *@tid
 * until it has ended. The latter is also a futex.
 */
static inline long thread_now(void (*run)(void), void *top, volatile int *tid)
{
	register long x8 __asm__("x8") = SYS_clone, x0 __asm__("x0") = THREAD_FLAGS | THREAD_IDS;
	register long x1 __asm__("x1") = (long)top, x2 __asm__("x2") = (long)tid;
	register long x3 __asm__("x3") = 0, x4 __asm__("x4") = (long)tid;
	register void (*x9)(void) __asm__("x9") = run;

	__asm__ volatile("svc	0\n"
			 "	cbnz	x0, 1f\n"
			 "	blr	x9\n"
			 "	mov	x0, #0\n"
			 "	mov	x8, %[exit]\n"
			 "	svc	0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x9),
			   [exit] "i"(SYS_exit)
			 : "memory", "cc");
	return x0;
}

/* text.c: a line to standard output; numbers in decimal. */
void put(const char *text);
void put_number(long n);
int same(const char *a, const char *b);

#endif
