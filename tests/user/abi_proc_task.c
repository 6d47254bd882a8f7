/* SPDX-License-Identifier: MIT */
/*
 * /proc/<pid>/task and /proc/thread-self; names of threads, what waits for each of them, and where
 * in the kernel they are.
 */
#include "proc.h"

#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* --- Threads ---------------------------------------------------------------------------------- */

static int begun[2], over[2];		/* pipes */

static void *wait_here(void *arg)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	char byte;

	prctl(PR_SET_NAME, (const char *)arg);
	EQ(write(begun[1], &tid, sizeof(tid)), sizeof(tid));
	EQ(read(over[0], &byte, 1), 1);
	return NULL;
}

static pid_t start(pthread_t *t, const char *name)
{
	pid_t tid;

	EQ(pthread_create(t, NULL, wait_here, (void *)name), 0);
	EQ(read(begun[0], &tid, sizeof(tid)), sizeof(tid));
	return tid;
}

static int listed(const char *dir, pid_t *ids, int most)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	OK(d);
	while ((e = readdir(d)))
		if (isdigit((unsigned char)*e->d_name) && n < most)
			ids[n++] = atoi(e->d_name);
	closedir(d);
	return n;
}

static void tasks(void)
{
	char name[64], path[128];
	pid_t tid, ids[8];
	pthread_t t;

	EQ(pipe(begun), 0);
	EQ(pipe(over), 0);
	EQ(listed("/proc/self/task", ids, 8), 1);
	EQ(ids[0], getpid());
	tid = start(&t, "another");
	EQ(listed("/proc/self/task", ids, 8), 2);
	EQ(ids[0], getpid());
	EQ(ids[1], tid);

	sprintf(name, "/proc/self/task/%d", tid);
	sprintf(path, "%s/comm", name);
	EQ(get(path), 8);
	EQ(strcmp(text, "another\n"), 0);
	sprintf(path, "%s/stat", name);
	OK(get(path) > 0);
	EQ(atoi(text), tid);
	OK(strstr(text, " (another) "));
	sprintf(path, "%s/status", name);
	OK(get(path) > 0);
	EQ(number("Tgid:\t"), getpid());
	EQ(number("\nPid:\t"), tid);
	EQ(number("Threads:\t"), 2);
	EQ(strncmp(field("Name:\t"), "another\n", 8), 0);
	sprintf(path, "%s/exe", name);
	OK(readlink(path, text, sizeof(text)) > 0);
	sprintf(path, "%s/fd/%d", name, begun[0]);
	EQ(access(path, F_OK), 0);
	sprintf(path, "%s/cmdline", name);
	OK(get(path) > 0);

	/* the leader's are its own */
	sprintf(path, "/proc/%d/task/%d/status", getpid(), getpid());
	OK(get(path) > 0);
	EQ(number("\nPid:\t"), getpid());
	OK(get("/proc/self/status") > 0);
	EQ(number("\nPid:\t"), getpid());
	EQ(number("Threads:\t"), 2);

	EQ(write(over[1], "", 1), 1);
	EQ(pthread_join(t, NULL), 0);
	/* it has been waited for by a word in memory, and may be there for a little while */
	while (listed("/proc/self/task", ids, 8) != 1)
		sched_yield();
	FAILS(access(name, F_OK), ENOENT);
}

static void tasks_missing(void)
{
	struct stat s;

	EQ(stat("/proc/self/task", &s), 0);
	EQ(s.st_mode, S_IFDIR | 0555);
	FAILS(access("/proc/self/task/0", F_OK), ENOENT);
	FAILS(access("/proc/self/task/x", F_OK), ENOENT);
	FAILS(mkdir("/proc/self/task/x", 0700), ENOENT);
	FAILS(open("/proc/self/task/99999999999/stat", O_RDONLY), ENOENT);
}

/* The signals of one thread are not the process's. */
static void pending(void)
{
	sigset_t set;
	char path[64];
	pid_t tid;
	pthread_t t;

	EQ(pipe(begun), 0);
	EQ(pipe(over), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	tid = start(&t, "pending");
	EQ(syscall(SYS_tgkill, getpid(), tid, SIGUSR1), 0);
	EQ(kill(getpid(), SIGUSR2), 0);
	sprintf(path, "/proc/self/task/%d/status", tid);
	OK(get(path) > 0);
	EQ(strtoul(field("SigPnd:\t"), NULL, 16), 1UL << (SIGUSR1 - 1));
	EQ(strtoul(field("ShdPnd:\t"), NULL, 16), 1UL << (SIGUSR2 - 1));
	OK(get("/proc/self/status") > 0);
	EQ(strtoul(field("SigPnd:\t"), NULL, 16), 0);
	EQ(strtoul(field("ShdPnd:\t"), NULL, 16), 1UL << (SIGUSR2 - 1));
	EQ(write(over[1], "", 1), 1);
	EQ(pthread_join(t, NULL), 0);
}

static void *read_thread_self(void *arg)
{
	char is[64], expected[64];
	ssize_t n = readlink("/proc/thread-self", is, sizeof(is) - 1);

	(void)arg;
	OK(n > 0);
	is[n] = '\0';
	sprintf(expected, "%d/task/%ld", getpid(), syscall(SYS_gettid));
	EQ(strcmp(is, expected), 0);
	OK(get("/proc/thread-self/stat") > 0);
	EQ(atol(text), syscall(SYS_gettid));
	return NULL;
}

static void thread_self(void)
{
	pthread_t t;

	read_thread_self(NULL);
	EQ(pthread_create(&t, NULL, read_thread_self, NULL), 0);
	EQ(pthread_join(t, NULL), 0);
}

/* --- comm ------------------------------------------------------------------------------------- */

static void comm(void)
{
	char name[16], path[64];
	pthread_t t;
	pid_t tid, pid;
	int status;

	EQ(put("/proc/self/comm", "short"), 5);
	EQ(get("/proc/self/comm"), 6);
	EQ(strcmp(text, "short\n"), 0);
	EQ(prctl(PR_GET_NAME, name), 0);
	EQ(strcmp(name, "short"), 0);
	/* nothing is taken off it */
	EQ(put("/proc/self/comm", "line\n"), 5);
	EQ(get("/proc/self/comm"), 6);
	EQ(strcmp(text, "line\n\n"), 0);
	/* a name that is too long is cut, and all of it counts as written */
	EQ(put("/proc/thread-self/comm", "fifteen letters and more"), 24);
	OK(get("/proc/self/stat") > 0);
	OK(strstr(text, " (fifteen letters) "));

	EQ(pipe(begun), 0);
	EQ(pipe(over), 0);
	tid = start(&t, "thread");
	sprintf(path, "/proc/self/task/%d/comm", tid);
	EQ(put(path, "renamed"), 7);
	OK(get(path) > 0);
	EQ(strcmp(text, "renamed\n"), 0);
	OK(get("/proc/self/comm") > 0);
	EQ(strcmp(text, "fifteen letters\n"), 0);

	/* another process's is not to be had */
	pid = fork();
	if (!pid) {
		sprintf(path, "/proc/%d/comm", getppid());
		FAILS(put(path, "other"), EINVAL);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(write(over[1], "", 1), 1);
	EQ(pthread_join(t, NULL), 0);
}

static void comm_errors(void)
{
	int fd = open("/proc/self/comm", O_WRONLY);

	OK(fd >= 0);
	FAILS(syscall(SYS_write, fd, BAD, 4), EFAULT);
	FAILS(syscall(SYS_write, fd, KERNEL, 4), EFAULT);
	FAILS(read(fd, text, 1), EBADF);
}

/* --- Where it is ------------------------------------------------------------------------------ */

/* What a child that waits in a read of a pipe looks like. */
static void chain(void)
{
	char path[64];
	int p[2], ready[2];
	pid_t pid;

	EQ(pipe(p), 0);
	EQ(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		char byte;

		close(p[1]);
		EQ(write(ready[1], "", 1), 1);
		_exit(read(p[0], &byte, 1) != 0);
	}
	EQ(read(ready[0], path, 1), 1);
	sprintf(path, "/proc/%d/stat", pid);
	do
		OK(get(path) > 0);
	while (*(strrchr(text, ')') + 2) != 'S');

	sprintf(path, "/proc/%d/stack", pid);
	OK(get(path) > 0);
	for (char *at = text, *end; *at; at = end + 1) {
		unsigned long offset, size;
		char name[128];

		end = strchr(at, '\n');
		OK(end);
		EQ(sscanf(at, "[<0>] %127[^+]+0x%lx/0x%lx", name, &offset, &size), 3);
		OK(offset <= size);
	}
	OK(strstr(text, "read"));
	sprintf(path, "/proc/%d/task/%d/stack", pid, pid);
	OK(get(path) > 0);
	OK(strstr(text, "read"));

	sprintf(path, "/proc/%d/wchan", pid);
	OK(get(path) > 1);
	for (const char *c = text; *c; c++)
		OK(isalnum((unsigned char)*c) || *c == '_' || *c == '.');

	close(p[1]);
	EQ(waitpid(pid, NULL, 0), pid);

	/* it runs */
	EQ(get("/proc/self/wchan"), 1);
	EQ(*text, '0');
	OK(get("/proc/self/stack") > 0);
}

static const char *parents(const char *file)
{
	static char path[64];

	sprintf(path, "/proc/%d/%s", getppid(), file);
	return path;
}

static void chain_rights(void)
{
	struct stat s;
	int fd;

	EQ(stat("/proc/self/stack", &s), 0);
	EQ(s.st_mode, S_IFREG | 0400);
	EQ(stat("/proc/self/wchan", &s), 0);
	EQ(s.st_mode, S_IFREG | 0444);
	EQ(prctl(PR_SET_DUMPABLE, 1), 0);
	EQ(setresuid(1000, 1000, 1000), 0);
	EQ(prctl(PR_SET_DUMPABLE, 1), 0);
	fd = open("/proc/self/stack", O_RDONLY);
	OK(fd >= 0);
	FAILS(read(fd, text, sizeof(text)), EACCES);
	/* another user's */
	FAILS(open(parents("stack"), O_RDONLY), EACCES);
	FAILS(open(parents("auxv"), O_RDONLY), EACCES);
	FAILS(open(parents("io"), O_RDONLY), EACCES);
	FAILS(open(parents("comm"), O_WRONLY), EACCES);
	OK(get(parents("wchan")) >= 0);
	EQ(strcmp(text, "0"), 0);
	OK(get(parents("limits")) > 0);
	FAILS(open("/proc/sys/kernel/hostname", O_WRONLY), EACCES);
	FAILS(open("/proc/sys/kernel/pid_max", O_WRONLY), EACCES);
}

static const struct abi_case cases[] = {
	CASE(tasks), CASE(tasks_missing), CASE(pending), CASE(thread_self), CASE(comm),
	CASE(comm_errors), CASE(chain), CASE(chain_rights),
};

ABI_MAIN(cases)
