/* SPDX-License-Identifier: MIT */
/*
 * What system calls take: a micro-benchmark that runs on any kernel with Linux's ABI for arm64. It
 * needs no C library, so that a fork of it is one of a small program. One line a figure, "name
 * value ns"; where an instruction takes a nanosecond (QEMU's -icount shift=0) these are
 * instructions.
 *
 *   lat [FOLDER [GLIBC [NAME]]]
 *
 * Files are made in FOLDER (-, which is /); GLIBC is a program that ends at once, or -; NAME is the
 * only figure that is wanted. Each is a loop's time by its number of rounds, less what an empty
 * loop takes, after a few rounds that nobody counts.
 */
#include "sys.h"

#define ROUNDS	200

static char path[128], other[128];
static const char *self, *glibc, *only;
static int zero, null, in[2], out[2], file;
static long self_pid;
static char block[65536];

/* The counter's ticks. */
static uint64_t now(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static uint64_t ns_of(uint64_t ticks)
{
	uint64_t frequency;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	return ticks * 1000000000 / frequency;
}

static void fail(const char *what, long err)
{
	put("lat: ");
	put(what);
	put(": ");
	put_number(err);
	put("\n");
	exit_now(1);
}

static void must(const char *what, long result)
{
	if (result < 0)
		fail(what, result);
}

/* --- What is measured ------------------------------------------------------------------------- */

static void nothing(void)
{
	__asm__ volatile("" ::: "memory");
}

static void null_call(void)
{
	sys0(SYS_getppid);
}

static void read_zero(void)
{
	sys3(SYS_read, zero, (long)block, 1);
}

static void write_null(void)
{
	sys3(SYS_write, null, (long)block, 1);
}

static void pipe_trip(void)
{
	sys3(SYS_write, out[1], (long)block, 1);
	sys3(SYS_read, in[0], (long)block, 1);
}

static void pipe_block(void)
{
	sys3(SYS_write, in[1], (long)block, sizeof(block));
	for (long got = 0, n; got < (long)sizeof(block); got += n) {
		n = sys3(SYS_read, in[0], (long)block, sizeof(block));
		if (n <= 0)
			fail("reading a pipe", n);
	}
}

static volatile int handled;

static void handler(int signal)
{
	handled = signal;
}

static void signal_self(void)
{
	sys3(SYS_kill, self_pid, SIGUSR1, 0);
}

/* What the kernel takes of struct sigaction. */
struct action {
	void (*handler)(int signal);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/* --- Threads ---------------------------------------------------------------------------------- */

static volatile int tid, unused_word, ping, pong;

static long futex(volatile int *word, int op, int value)
{
	return sys6(SYS_futex, (long)word, op, value, 0, 0, 0);
}

static void wait_for_end(void)
{
	for (int now_tid; (now_tid = tid);)
		futex(&tid, FUTEX_WAIT, now_tid);
}

static void thread_join(void)
{
	must("clone", thread_now(nothing, block + sizeof(block), &tid));
	wait_for_end();
}

static void futex_wake(void)
{
	futex(&unused_word, FUTEX_WAKE | FUTEX_PRIVATE, 1);
}

/* One says so and waits until the other has. */
static void futex_trip(void)
{
	ping = 1;
	futex(&ping, FUTEX_WAKE | FUTEX_PRIVATE, 1);
	while (!pong)
		futex(&pong, FUTEX_WAIT | FUTEX_PRIVATE, 0);
	pong = 0;
}

/* The other one, until it is told to end. */
static void answer(void)
{
	for (;;) {
		while (!ping)
			futex(&ping, FUTEX_WAIT | FUTEX_PRIVATE, 0);
		if (ping == 2)
			return;
		ping = 0;
		pong = 1;
		futex(&pong, FUTEX_WAKE | FUTEX_PRIVATE, 1);
	}
}

static volatile int *shared;

/* To the other process, which has it changed, and back. */
static void yield_trip(void)
{
	*shared = 1;
	while (*shared)
		sys0(SYS_sched_yield);
}

static _Noreturn void yield_back(void)
{
	for (;;) {
		*shared = 0;
		sys0(SYS_sched_yield);
	}
}

static void wait_for(long pid)
{
	int status = 1;

	must("fork", pid);
	must("wait4", sys4(SYS_wait4, pid, (long)&status, 0, 0));
	if (status)
		fail("the child's status", status);
}

static void fork_exit(void)
{
	long pid = fork_now();

	if (!pid)
		exit_now(0);
	wait_for(pid);
}

static void fork_exec(const char *program)
{
	char *const argv[] = { (char *)(uintptr_t)program, "child", NULL };
	char *const envp[] = { NULL };
	long pid = fork_now();

	if (!pid) {
		sys3(SYS_execve, (long)program, (long)argv, (long)envp);
		exit_now(1);
	}
	wait_for(pid);
}

static void fork_exec_self(void)
{
	fork_exec(self);
}

static void fork_exec_glibc(void)
{
	fork_exec(glibc);
}

#define FAULT_PAGES	64

static char *map(size_t size)
{
	long p = sys6(SYS_mmap, 0, (long)size, 3, MAP_PRIVATE_ANONYMOUS, -1, 0);

	must("mmap", p);
	return (char *)p;
}

/* The time that touching fresh pages takes, of which each comes in by a fault. */
static uint64_t time_faults(void)
{
	char *p = map(FAULT_PAGES * 4096);
	uint64_t before = now();

	for (int i = 0; i < FAULT_PAGES; i++)
		*(volatile char *)(p + i * 4096) = 1;
	before = now() - before;
	sys3(SYS_munmap, (long)p, FAULT_PAGES * 4096, 0);
	return before;
}

static void map_64k(void)
{
	sys3(SYS_munmap, (long)map(65536), 65536, 0);
}

static void open_close(void)
{
	sys3(SYS_close, sys4(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0), 0, 0);
}

static void stat_file(void)
{
	sys4(SYS_newfstatat, AT_FDCWD, (long)path, (long)block, 0);
}

static void create_unlink(void)
{
	sys3(SYS_close, sys4(SYS_openat, AT_FDCWD, (long)other, O_CREAT | O_WRONLY, 0600), 0, 0);
	sys3(SYS_unlinkat, AT_FDCWD, (long)other, 0);
}

static void write_file(void)
{
	sys3(SYS_lseek, file, 0, 0);
	for (int i = 0; i < 16; i++)
		if (sys3(SYS_write, file, (long)block, sizeof(block)) != sizeof(block))
			fail("writing a file", 0);
}

static void read_file(void)
{
	sys3(SYS_lseek, file, 0, 0);
	for (int i = 0; i < 16; i++)
		if (sys3(SYS_read, file, (long)block, sizeof(block)) != sizeof(block))
			fail("reading a file", 0);
}

/* --- Measuring -------------------------------------------------------------------------------- */

static uint64_t measure(void (*what)(void), int rounds)
{
	uint64_t before;

	for (int i = 0; i < 4; i++)
		what();
	before = now();
	for (int i = 0; i < rounds; i++)
		what();
	return ns_of(now() - before);
}

static void show(const char *name, long ns)
{
	put(name);
	put(" ");
	put_number(ns);
	put(" ns\n");
}

static void figure(const char *name, void (*what)(void), int rounds)
{
	uint64_t empty, all;

	if (only && !same(only, name))
		return;
	empty = measure(nothing, rounds);
	all = measure(what, rounds);
	show(name, (long)((all - empty + (uint64_t)rounds / 2) / (uint64_t)rounds));
}

/* Sends back what comes, until nobody can send any more. */
static void echo(void)
{
	sys3(SYS_close, out[1], 0, 0);
	sys3(SYS_close, in[0], 0, 0);
	while (sys3(SYS_read, out[0], (long)block, 1) == 1)
		sys3(SYS_write, in[1], (long)block, 1);
	exit_now(0);
}

static void measure_signals(void)
{
	const struct action action = { .handler = handler };

	self_pid = sys0(SYS_getpid);
	must("rt_sigaction", sys4(SYS_rt_sigaction, SIGUSR1, (long)&action, 0, 8));
	figure("signal", signal_self, ROUNDS);
	if (handled != SIGUSR1 && (!only || same(only, "signal")))
		fail("a handler that did not run", handled);
}

static void measure_pipes(void)
{
	long pid;

	must("pipe2", sys3(SYS_pipe2, (long)in, 0, 0));
	must("pipe2", sys3(SYS_pipe2, (long)out, 0, 0));
	pid = fork_now();
	if (!pid)
		echo();
	figure("pipe.trip", pipe_trip, ROUNDS);
	sys3(SYS_close, out[1], 0, 0);
	wait_for(pid);
	figure("pipe.64k", pipe_block, 20);
}

static void measure_threads(void)
{
	long pid;

	figure("thread.join", thread_join, 50);
	figure("futex.wake", futex_wake, ROUNDS);
	must("clone", thread_now(answer, block + sizeof(block), &tid));
	figure("futex.trip", futex_trip, ROUNDS);
	ping = 2;
	futex(&ping, FUTEX_WAKE | FUTEX_PRIVATE, 1);
	wait_for_end();
	shared = (int *)sys6(SYS_mmap, 0, 4096, 3, MAP_SHARED_ANONYMOUS, -1, 0);
	must("mmap", (long)shared);
	pid = fork_now();
	if (!pid)
		yield_back();
	figure("yield.trip", yield_trip, ROUNDS);
	sys3(SYS_kill, pid, 9, 0);
	must("wait4", sys4(SYS_wait4, pid, 0, 0, 0));
}

static void measure_memory(void)
{
	uint64_t ticks = 0;

	if (!only || same(only, "fault.anonymous")) {
		time_faults();
		for (int i = 0; i < 20; i++)
			ticks += time_faults();
		show("fault.anonymous", (long)(ns_of(ticks) / (20 * FAULT_PAGES)));
	}
	figure("mmap.64k", map_64k, ROUNDS);
}

static void measure_files(void)
{
	figure("open.close", open_close, ROUNDS);
	figure("stat", stat_file, ROUNDS);
	figure("create.unlink", create_unlink, ROUNDS);
	figure("write.1m", write_file, 5);
	figure("read.1m", read_file, 5);
}

static void join(char *to, const char *folder, const char *name)
{
	while (*folder)
		*to++ = *folder++;
	while (*name)
		*to++ = *name++;
	*to = '\0';
}

int main(int argc, char **argv, char **envp __attribute__((unused)))
{
	const char *folder = argc > 1 && !same(argv[1], "-") ? argv[1] : "";

	if (argc > 1 && same(argv[1], "child"))
		return 0;
	self = argv[0];
	only = argc > 3 ? argv[3] : NULL;
	join(path, folder, "/lat");
	join(other, folder, "/new");
	zero = (int)sys4(SYS_openat, AT_FDCWD, (long)"/dev/zero", O_RDONLY, 0);
	null = (int)sys4(SYS_openat, AT_FDCWD, (long)"/dev/null", O_WRONLY, 0);
	must("/dev/zero", zero);
	must("/dev/null", null);
	file = (int)sys4(SYS_openat, AT_FDCWD, (long)path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(path, file);
	figure("null", null_call, ROUNDS);
	figure("read.zero", read_zero, ROUNDS);
	figure("write.null", write_null, ROUNDS);
	measure_pipes();
	figure("fork.exit", fork_exit, 50);
	figure("fork.exec", fork_exec_self, 50);
	if (argc > 2 && !same(argv[2], "-")) {
		glibc = argv[2];
		figure("fork.exec.glibc", fork_exec_glibc, 20);
	}
	measure_threads();
	measure_memory();
	measure_files();
	/* last: one that was handled has used V registers, which switches keep from then on */
	measure_signals();
	sys3(SYS_unlinkat, AT_FDCWD, (long)path, 0);
	return 0;
}
