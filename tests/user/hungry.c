/* SPDX-License-Identifier: MIT */
/*
 * Takes all there is of something: `hungry processes|descriptors|memory|files`, and says what came
 * when there was no more. `hungry little` makes each call that allocates in the kernel, once; what
 * fails must say ENOMEM, or end the process that had no memory for a page by SIGKILL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int odd;

/* Of a call that may fail for want of memory alone: whether it did not. */
static int is_well(long result, const char *what)
{
	if (result >= 0)
		return 1;
	if (errno != ENOMEM) {
		dprintf(2, "%s: %s\n", what, strerror(errno));
		odd++;
	}
	return 0;
}

/* The child did what it should, or was killed since there was no memory for it. */
static void check_child(pid_t pid, const char *what)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		status = -1;
	/* 127: the C library, when it could not begin */
	if (status && (status & 0x7f) != SIGKILL && status != ENOMEM << 8 && status != 127 << 8) {
		dprintf(2, "%s: child %#x\n", what, status);
		odd++;
	}
}

/* --- Until there is no more ------------------------------------------------------------------- */

/* All wait for the end of the pipe, and go by themselves. */
/*
 * fork(); where that fails, @spare is unmapped before anything is written to, be it on the stack:
 * a page of the caller's own would have to be copied for that. The pid, or a negative errno.
 */
static long fork_or_free(void *spare, size_t size)
{
	register long x0 __asm__("x0") = SIGCHLD, x1 __asm__("x1") = 0, x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0, x4 __asm__("x4") = 0, x8 __asm__("x8") = SYS_clone;

	__asm__ volatile("svc	0\n"
			 "	tbz	x0, #63, 1f\n"
			 "	mov	x9, x0\n"
			 "	mov	x0, %[spare]\n"
			 "	mov	x1, %[size]\n"
			 "	mov	x8, %[munmap]\n"
			 "	svc	0\n"
			 "	mov	x0, x9\n"
			 "1:"
			 : "+r"(x0), "+r"(x1), "+r"(x8)
			 : "r"(x2), "r"(x3), "r"(x4), [spare] "r"(spare), [size] "r"(size),
			   [munmap] "i"(SYS_munmap)
			 : "x9", "memory", "cc");
	return x0;
}

#define SPARE	(1 << 20)

static int take_processes(void)
{
	long n = 0, reaped = 0, killed = 0, pid;
	char *spare = mmap(NULL, SPARE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ends[2], status, why;
	char byte;

	if (spare == MAP_FAILED || madvise(spare, SPARE, MADV_DONTFORK) || pipe(ends))
		return 1;
	memset(spare, 1, SPARE);
	while ((pid = fork_or_free(spare, SPARE)) > 0)
		n++;
	if (!pid) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1));
	}
	why = (int)-pid;
	close(ends[1]);
	while (wait(&status) > 0) {
		reaped++;
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		odd += status && !WIFSIGNALED(status);
	}
	/* what the last ones lacked memory for, killed them */
	odd += killed > n / 2;
	printf("%s processes, %s, %s reaped, %d odd\n", n > 50 ? "many" : "few",
	       why == EAGAIN ? "EAGAIN" : why == ENOMEM ? "ENOMEM" : strerror(why),
	       reaped == n ? "all" : "some", odd);
	return odd != 0;
}

/* A child that makes children that make children: nobody waits for them but whoever comes last. */
static int bomb(void)
{
	int ends[2];
	char byte;

	if (pipe(ends))
		return 1;
	if (!fork()) {
		close(ends[0]);
		for (int i = 0; i < 10; i++)
			fork();
		_exit(0);
	}
	close(ends[1]);
	/* the pipe ends with the last of them */
	printf("the bomb is over: %zd\n", read(ends[0], &byte, 1));
	while (wait(NULL) > 0)
		;
	return 0;
}

static const char *name_of(int number)
{
	return number == EMFILE ? "EMFILE" : number == ENFILE ? "ENFILE" :
	       number == ENOMEM ? "ENOMEM" : strerror(number);
}

static int take_descriptors(void)
{
	struct rlimit all = { 4096, 4096 };
	int n = 0, m = 0, ends[2], fd, rest;
	const char *first;

	while (open("/dev/null", O_RDONLY) >= 0)
		n++;
	first = name_of(errno);
	printf("%d more, then %s; ", n, first);
	printf("dup %s, ", dup(0) < 0 ? name_of(errno) : "is well");
	printf("pipe %s, ", pipe(ends) < 0 ? name_of(errno) : "is well");
	close(100);
	printf("with one free %s\n", pipe(ends) < 0 ? name_of(errno) : "is well");
	setrlimit(RLIMIT_NOFILE, &all);
	while ((fd = memfd_create("x", 0)) >= 0)
		m++;
	printf("%s more, then %s", m > 1000 ? "many" : "few", name_of(errno));
	for (rest = 3; rest < 4096; rest++)
		close(rest);
	printf("; and again %s\n", pipe(ends) < 0 ? name_of(errno) : "is well");
	return 0;
}

/* By writing to it, or by having a call write to it. */
static void take_pages(int zero)
{
	for (;;) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);

		if (p == MAP_FAILED)
			_exit(1);
		if (zero < 0)
			memset(p, 1, 1 << 20);
		else if (read(zero, p, 1 << 20) < 0)
			_exit(errno);
	}
}

static int take_memory(void)
{
	for (int i = 0; i < 2; i++) {
		int zero = i ? open("/dev/zero", O_RDONLY) : -1, status;
		pid_t pid = fork();

		if (!pid)
			take_pages(zero);
		if (waitpid(pid, &status, 0) != pid)
			return 1;
		printf("%#x, and its parent is there\n", status);
		fflush(stdout);
		close(zero);
	}
	/* and now itself: what nobody needs goes first, names of files among it */
	take_pages(-1);
	return 0;
}

static int take_files(void)
{
	static char text[65536];
	int fd = open("/tmp/large", O_RDWR | O_CREAT, 0644);
	ssize_t n;

	while ((n = write(fd, text, sizeof(text))) > 0)
		;
	printf("write: %s\n", n ? strerror(errno) : "0");
	printf("fallocate: %s\n", fallocate(fd, 0, 0, 1L << 32) ? strerror(errno) : "is well");
	unlink("/tmp/large");
	return close(fd);
}

/* --- A little of everything ------------------------------------------------------------------- */

static void map_memory(void)
{
	char *p = mmap(NULL, 16 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	if (!is_well(p == MAP_FAILED ? -1 : 0, "mmap"))
		return;
	p[0] = p[5 * 65536] = 1;
	is_well(mprotect(p + 65536, 65536, PROT_READ), "mprotect");
	is_well(munmap(p + 3 * 65536, 65536), "munmap");
	is_well(madvise(p, 65536, MADV_DONTNEED), "madvise");
	if (mremap(p, 65536, 40 * 65536, MREMAP_MAYMOVE) == MAP_FAILED)
		is_well(-1, "mremap");
	is_well(munmap(p, 16 * 65536), "munmap");
}

static void map_file(void)
{
	int fd = open("/tmp/little", O_RDWR | O_CREAT, 0644);
	char *p;

	if (!is_well(fd, "open"))
		return;
	is_well(write(fd, "text", 4), "write");
	is_well(ftruncate(fd, 40 * 65536), "ftruncate");
	is_well(pwrite(fd, "text", 4, 39 * 65536), "pwrite");
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (is_well(p == MAP_FAILED ? -1 : 0, "mmap of a file")) {
		p[5] = 1;
		munmap(p, 65536);
	}
	close(fd);
	is_well(rename("/tmp/little", "/tmp/another"), "rename");
	if (unlink("/tmp/another"))
		unlink("/tmp/little");
}

static void use_names(void)
{
	char text[64];

	if (is_well(mkdir("/tmp/d", 0755), "mkdir")) {
		is_well(symlink("/tmp/d", "/tmp/d/link"), "symlink");
		unlink("/tmp/d/link");
		rmdir("/tmp/d");
	}
	is_well(readlink("/proc/self/exe", text, sizeof(text)), "readlink");
}

/* One that has ended is there, and its program is not. */
static void use_zombie(void)
{
	siginfo_t info;
	char path[32], text[64];
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (!is_well(pid, "fork"))
		return;
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	for (int i = 0; i < 2; i++)
		if (readlink(path, text, sizeof(text)) != -1 || errno != ENOENT)
			is_well(errno == ENOMEM ? 0 : -1, "a zombie's exe");
	check_child(pid, "zombie");
}

static void use_pipe(void)
{
	struct pollfd polled = { .events = POLLIN };
	int ends[2], fd;

	if (!is_well(pipe(ends), "pipe"))
		return;
	is_well(write(ends[1], "x", 1), "write to a pipe");
	polled.fd = ends[0];
	is_well(poll(&polled, 1, 0), "poll");
	is_well(fcntl(ends[0], F_SETPIPE_SZ, 1 << 18), "F_SETPIPE_SZ");
	/* more than lie in the table itself */
	fd = fcntl(ends[0], F_DUPFD, 100);
	if (is_well(fd, "F_DUPFD"))
		close(fd);
	close(ends[0]);
	close(ends[1]);
	fd = memfd_create("x", 0);
	if (is_well(fd, "memfd_create"))
		close(fd);
}

static void use_terminal(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), slave;
	char *name = master < 0 ? NULL : ptsname(master);

	if (!is_well(master, "a pseudo-terminal"))
		return;
	is_well(unlockpt(master), "unlockpt");
	slave = open(name, O_RDWR | O_NOCTTY);
	if (is_well(slave, "its other side"))
		close(slave);
	close(master);
}

static void fork_and_exec(void)
{
	char *argv[] = { "/hungry", "nothing", NULL };
	pid_t pid = fork();

	if (!pid)
		_exit(odd);
	if (is_well(pid, "fork"))
		check_child(pid, "fork");
	pid = vfork();
	if (!pid) {
		execv(argv[0], argv);
		_exit(errno);
	}
	if (is_well(pid, "vfork"))
		check_child(pid, "vfork and exec");
}

static int take_little(void)
{
	static void (*const parts[])(void) = {
		map_memory, map_file, use_names, use_zombie, use_pipe, use_terminal,
		fork_and_exec,
	};

	/* of one that was killed */
	unlink("/tmp/little");
	unlink("/tmp/another");
	unlink("/tmp/d/link");
	rmdir("/tmp/d");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i]();
	return odd ? 2 : 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} kinds[] = {
		{ "processes", take_processes }, { "bomb", bomb },
		{ "descriptors", take_descriptors },
		{ "memory", take_memory }, { "files", take_files }, { "little", take_little },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(argv[1], kinds[i].name))
			return kinds[i].run();
	return 0;
}
