/* SPDX-License-Identifier: MIT */
/*
 * Random system calls with random arguments: `fuzz SEED CALLS`. Processes make them, 200 each, and
 * may come to any end; the first one counts. What one seed makes is always the same, but for what
 * the calls themselves say. Who waits is disturbed by signals, and in the end killed. Status 0: all
 * were made, and the machine is still there to say so.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

#define PER_PROCESS	200
#define DISTURB_MS	10	/* a signal comes to who has not ended by then, and again */
#define PATIENCE	100	/* times */

/* What ends the caller, the machine or others; what others would feel; what only takes its time. */
#define LEFT_OUT " exit exit_group reboot kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo " \
	"pidfd_send_signal " \
	"rt_sigreturn clone clone3 vfork nanosleep clock_nanosleep waitid wait4 syslog mount " \
	"umount2 pivot_root sethostname setdomainname swapon swapoff acct init_module " \
	"delete_module "

static uint64_t state;

static uint64_t next_random(void)
{
	/* xorshift64*: all bits are of use */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dUL;
}

#define PICK(...) ({ \
	static const uint64_t choice_[] = { __VA_ARGS__ }; \
	choice_[next_random() % (sizeof(choice_) / sizeof(choice_[0]))]; \
})

static char buffer[4][65536] __attribute__((aligned(65536)));

static uint64_t pointer(void)
{
	switch (next_random() % 8) {
	case 0:
		return PICK(0, 8, 0x7fffffff00, 0x7ffffffff8, 0x8000000000, 1UL << 63, ~0UL,
			    0xffffff8000000000, 0xffffff8040200000, 0xffffffff80000000);
	case 1:
		return next_random();
	case 2:
		return (uintptr_t)buffer[1] - next_random() % 64;
	default:
		return (uintptr_t)buffer[next_random() % 4] + next_random() % 256;
	}
}

static uint64_t number(void)
{
	switch (next_random() % 4) {
	case 0:
		return next_random() % 16;
	case 1:
		return PICK(0, 1, 2, 4095, 4096, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
			    0x7fffffffffffffff, 1UL << 63, ~0UL);
	case 2:
		return 1UL << next_random() % 64;
	default:
		return next_random() >> next_random() % 64;
	}
}

static uint64_t path(void)
{
	static const char *const paths[] = {
		"a", "b", "c", "a/b", "c/d", ".", "..", "", "/dev/null", "/dev/zero",
		"/proc/self/stat", "/proc/self/fd", "/proc/self/maps", "/nowhere/x",
	};

	if (next_random() % 8 == 0)
		return pointer();
	return (uintptr_t)paths[next_random() % (sizeof(paths) / sizeof(paths[0]))];
}

static uint64_t argument(const char *type)
{
	if (next_random() % 16 == 0)
		return number();
	if (!strcmp(type, "fd"))
		return next_random() % 12;
	if (!strcmp(type, "at"))
		return next_random() % 3 ? (uint64_t)AT_FDCWD : next_random() % 12;
	if (!strcmp(type, "path"))
		return path();
	if (is_listed(" in out both buf argv ", type))
		return pointer();
	if (is_listed(" hex open mode prot map ", type) && next_random() % 4 == 0)
		return pointer();
	return number();
}

/* Descriptors 0 to 7: nothing among them that waits. */
static void prepare(void)
{
	static const char *const files[] = { "/dev/null", "/dev/zero", "a", "b", ".", "/proc" };
	struct rlimit memory = { 32 << 20, 32 << 20 };

	for (int fd = 0; fd < 16; fd++)
		close(fd);
	for (int i = 0; i < 3; i++)
		open("/dev/null", O_RDWR);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (open(files[i], O_RDWR | O_CREAT, 0644) < 0)
			open(files[i], O_RDONLY);
	/* one that fills the memory is another test, and takes its time */
	setrlimit(RLIMIT_AS, &memory);
	setrlimit(RLIMIT_FSIZE, &memory);
}

static void make_calls(uint64_t seed, unsigned long count)
{
	state = seed;
	prepare();
	for (unsigned long n = 0; n < count; n++) {
		const struct call *c = &calls[next_random() % CALLS];
		uint64_t a[6] = { 0 };
		char type[6][8];
		int arguments = read_types(c->types, type);

		for (int i = 0; i < 6; i++)
			a[i] = i < arguments ? argument(type[i]) : next_random();
		if (is_listed(LEFT_OUT, c->name))
			continue;
		/* who opens one waits for another who never comes */
		if (!strcmp(c->name, "mknodat") && S_ISFIFO(a[2]))
			continue;
		syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (next_random() % 64 == 0)
			syscall(next_random() % 600 + 450);	/* none of them is there */
	}
	_exit(0);
}

static void ignore(int signal)
{
	(void)signal;
}

/* What @pid ended with, our only child; *@stuck counts those that had to be killed. */
static int end_of(pid_t pid, unsigned long *stuck)
{
	const struct timespec t = { .tv_nsec = DISTURB_MS * 1000000 };
	int status, times = 0;
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (sigtimedwait(&ends, NULL, &t) > 0)
			continue;
		times++;
		*stuck += times == PATIENCE;
		kill(pid, times < PATIENCE ? SIGUSR1 : SIGKILL);
	}
	return status;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000, killed = 0;
	struct sigaction action = { .sa_handler = ignore };	/* and no SA_RESTART */
	unsigned long stuck = 0;
	sigset_t ends;

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	printf("seed %lu, %lu calls\n", seed, count);
	/* so deep that what goes up stays below the first one, which whoever calls this removes */
	mkdir("/tmp/fuzz", 0777);
	for (int depth = 0; depth < 40; depth++) {
		if (chdir(depth ? "d" : "/tmp/fuzz"))
			return 1;
		mkdir("d", 0777);
	}
	for (unsigned long done = 0, n = 1; done < count; done += PER_PROCESS, n++) {
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (!pid)
			make_calls(seed * 0x9e3779b97f4a7c15UL + n, PER_PROCESS);
		if (pid < 0) {
			perror("fork");
			return 1;
		}
		killed += WIFSIGNALED(end_of(pid, &stuck));
	}
	printf("done, %lu processes were killed, %lu of them waited\n", killed, stuck);
	return 0;
}
