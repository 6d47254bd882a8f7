/* SPDX-License-Identifier: MIT */
/* Calls about children: wait4, waitid, vfork, clone, execveat, getrusage, times. */
#include "abi.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <time.h>

static pid_t child_that_exits(int status)
{
	pid_t pid = fork();

	if (!pid)
		_exit(status);
	return pid;
}

static void wait4_tells(void)
{
	struct rusage usage;
	int status;
	pid_t pid = child_that_exits(77);

	EQ(wait4(pid, &status, 0, &usage), pid);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 77);
	FAILS(wait4(pid, &status, 0, &usage), ECHILD);
	FAILS(wait4(-1, &status, 0, NULL), ECHILD);
	FAILS(wait4(-1, &status, 0x100, NULL), EINVAL);
	FAILS(syscall(SYS_wait4, 0x80000000, &status, 0, NULL), ESRCH);
	pid = fork();
	if (!pid) {
		signal(SIGILL, SIG_DFL);
		__builtin_trap();
	}
	EQ(wait4(0, &status, 0, NULL), pid);
	OK(WIFSIGNALED(status));
	pid = child_that_exits(0);
	/* the child is gone all the same */
	FAILS(syscall(SYS_wait4, pid, BAD, 0, NULL), EFAULT);
	FAILS(wait4(pid, &status, 0, NULL), ECHILD);
	pid = child_that_exits(0);
	FAILS(syscall(SYS_wait4, pid, &status, 0, KERNEL), EFAULT);
	FAILS(wait4(pid, &status, 0, NULL), ECHILD);
}

static void wait4_no_hang(void)
{
	int ends[2], status = 5;
	pid_t pid;
	char c;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		close(ends[1]);
		_exit((int)read(ends[0], &c, 1));
	}
	EQ(wait4(-1, &status, WNOHANG, NULL), 0);
	EQ(status, 5);
	FAILS(wait4(getpid(), &status, WNOHANG, NULL), ECHILD);
	close(ends[1]);
	EQ(wait4(pid, &status, 0, NULL), pid);
	EQ(status, 0);
}

static void waitid_tells(void)
{
	siginfo_t info;
	pid_t pid = child_that_exits(33);

	memset(&info, 0x55, sizeof(info));
	EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	EQ(info.si_signo, SIGCHLD);
	EQ(info.si_errno, 0);
	EQ(info.si_code, CLD_EXITED);
	EQ(info.si_pid, pid);
	EQ(info.si_uid, getuid());
	EQ(info.si_status, 33);
	EQ(waitid(P_ALL, 0, &info, WEXITED), 0);
	EQ(info.si_pid, pid);
	memset(&info, 0x55, sizeof(info));
	FAILS(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
	pid = fork();
	if (!pid) {
		signal(SIGILL, SIG_DFL);
		__builtin_trap();
	}
	EQ(waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED), 0);
	OK(info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED);
	EQ(info.si_pid, pid);
}

static void waitid_fails(void)
{
	siginfo_t info;
	pid_t pid = child_that_exits(0);

	FAILS(waitid(P_PID, (id_t)pid, &info, 0), EINVAL);
	FAILS(waitid(P_PID, (id_t)pid, &info, WNOHANG), EINVAL);
	FAILS(waitid(P_PID, (id_t)pid, &info, WEXITED | 0x100), EINVAL);
	FAILS(waitid(P_PID, 0, &info, WEXITED), EINVAL);
	FAILS(waitid(P_PID, (id_t)-1, &info, WEXITED), EINVAL);
	FAILS(waitid((idtype_t)9, 1, &info, WEXITED), EINVAL);
	FAILS(waitid((idtype_t)3, 77, &info, WEXITED), EBADF);
	FAILS(waitid(P_PGID, 0x7ffffff0, &info, WEXITED), ECHILD);
	EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	FAILS(syscall(SYS_waitid, P_PID, pid, BAD, WEXITED | WNOWAIT, NULL), EFAULT);
	FAILS(waitid(P_PID, (id_t)pid, &info, WSTOPPED), ECHILD);
	EQ(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED, NULL), 0);
	FAILS(waitid(P_PID, (id_t)pid, &info, WEXITED), ECHILD);
}

static void waitid_no_hang(void)
{
	siginfo_t info;
	int ends[2];
	pid_t pid;
	char c;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		close(ends[1]);
		_exit((int)read(ends[0], &c, 1));
	}
	memset(&info, 0x55, sizeof(info));
	EQ(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), 0);
	EQ(info.si_signo, 0);
	EQ(info.si_pid, 0);
	close(ends[1]);
	EQ(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
	EQ(info.si_pid, pid);
}

/* A group that nobody outside looked after is not told of it when one of its processes ends. */
static void stops_among_orphans(void)
{
	int status, leader = fork();
	pid_t stopped;

	if (leader) {
		EQ(waitpid(leader, &status, 0), leader);
		EQ(status, 0);
		return;
	}
	EQ(setsid(), getpid());
	stopped = fork();
	if (!stopped) {
		raise(SIGSTOP);
		_exit(7);
	}
	EQ(waitpid(stopped, &status, WUNTRACED), stopped);
	OK(WIFSTOPPED(status));
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		EQ(waitpid(pid, &status, 0), pid);
	}
	EQ(waitpid(stopped, &status, WNOHANG | WCONTINUED), 0);
	EQ(kill(stopped, SIGCONT), 0);
	EQ(waitpid(stopped, &status, 0), stopped);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	_exit(0);
}

static void orphans_go_to_the_subreaper(void)
{
	int status, got;
	pid_t middle;
	int ends[2];
	pid_t orphan;

	EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	EQ(prctl(PR_GET_CHILD_SUBREAPER, &got), 0);
	EQ(got, 1);
	EQ(pipe(ends), 0);
	middle = fork();
	if (!middle) {
		orphan = fork();
		if (!orphan) {
			char c;

			close(ends[1]);
			(void)!read(ends[0], &c, 1);
			_exit(9);
		}
		_exit(0);
	}
	EQ(waitpid(middle, &status, 0), middle);
	close(ends[1]);
	orphan = wait(&status);
	OK(orphan > 0 && orphan != middle);
	EQ(WEXITSTATUS(status), 9);
	FAILS(wait(&status), ECHILD);
}

static void children_of_who_does_not_ask(void)
{
	int status;

	signal(SIGCHLD, SIG_IGN);
	OK(child_that_exits(3) > 0);
	FAILS(wait(&status), ECHILD);
}

/* --- vfork, clone ----------------------------------------------------------------------------- */

static volatile int shared;

#if !defined(__GLIBC__) && defined(__aarch64__)
/* musl's is a fork. The stack is the parent's, so the way back is kept in x30 alone. */
__asm__(".pushsection .text\n"
	"abi_vfork:\n"
	"	mov x0, #0x4111	// CLONE_VM | CLONE_VFORK | SIGCHLD\n"
	"	mov x1, #0\n"
	"	mov x8, #220\n"
	"	svc #0\n"
	"	ret\n"
	".popsection");
pid_t abi_vfork(void) __attribute__((returns_twice));
#define vfork	abi_vfork
#endif

static void vfork_shares_memory(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		shared = 17;
		_exit(4);
	}
	EQ(shared, 17);		/* the parent has waited */
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 4);
}

static void vfork_goes_on_at_exec(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		shared = 18;
		execl("/proc/self/exe", "abi_wait", "--status", NULL);
		_exit(1);
	}
	EQ(shared, 18);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 21);
}

static void vfork_after_failed_exec(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execl("/nowhere", "nowhere", NULL);
		shared = errno;
		_exit(2);
	}
	EQ(shared, ENOENT);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 2);
}

static void vfork_of_one_that_dies(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid)
		__builtin_trap();
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status));
}

static void clone_sets_ids(void)
{
	int parent = 0, child = 0, status;
	long flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD;
	/* x86 has the last two the other way round */
	long pid = syscall(SYS_clone, flags, 0, &parent, &child, &child);

	if (!pid)
		_exit(child == getpid() ? 6 : 7);
	EQ(parent, pid);
	EQ(child, 0);
	EQ(waitpid((pid_t)pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 6);
	FAILS(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), EINVAL);
	FAILS(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), EINVAL);
}

static void clone_shares_files(void)
{
	int status, fd = dup(1);
	long pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (!pid) {
		close(fd);
		_exit(0);
	}
	EQ(waitpid((pid_t)pid, &status, 0), pid);
	FAILS(close(fd), EBADF);
}

/* --- exec ------------------------------------------------------------------------------------- */

static int status_of(int fd, const char *path, int flags)
{
	char *argv[] = { "abi_wait", "--status", NULL }, *envp[] = { NULL };
	pid_t pid = fork();
	int status;

	if (!pid) {
		syscall(SYS_execveat, fd, path, argv, envp, flags);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void execveat_runs(void)
{
	int self = open("/proc/self/exe", O_RDONLY), folder = open("/tmp", O_RDONLY);
	char *argv[] = { "abi_wait", NULL };

	OK(self >= 0 && folder >= 0);
	EQ(status_of(self, "", AT_EMPTY_PATH), 21);
	EQ(status_of(-1, "/proc/self/exe", 0), 21);
	EQ(status_of(self, "", 0), ENOENT);
	EQ(status_of(99, "", AT_EMPTY_PATH), EBADF);
	EQ(status_of(99, "x", 0), EBADF);
	EQ(status_of(self, "x", 0), ENOTDIR);
	EQ(status_of(folder, "nowhere", 0), ENOENT);
	EQ(status_of(folder, "", AT_EMPTY_PATH), EACCES);
	EQ(status_of(self, "", AT_EMPTY_PATH | 1), EINVAL);
	FAILS(syscall(SYS_execveat, AT_FDCWD, BAD, argv, NULL, 0), EFAULT);
	FAILS(syscall(SYS_execve, KERNEL, argv, NULL), EFAULT);
	FAILS(syscall(SYS_execve, "/proc/self/exe", BAD, NULL), EFAULT);
	FAILS(syscall(SYS_execve, "/proc/self/exe", argv, KERNEL), EFAULT);
}

static void exec_errors(void)
{
	int fd = open("/tmp/abi_text", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char *argv[] = { "x", NULL }, *long_path = malloc(5000);

	EQ(write(fd, "no program", 10), 10);
	close(fd);
	FAILS(execve("/tmp/abi_text", argv, NULL), EACCES);
	unlink("/tmp/abi_text");
	fd = open("/tmp/abi_text", O_WRONLY | O_CREAT | O_TRUNC, 0755);
	EQ(write(fd, "no program", 10), 10);
	close(fd);
	FAILS(execve("/tmp/abi_text", argv, NULL), ENOEXEC);
	FAILS(execve("/tmp", argv, NULL), EACCES);
	FAILS(execve("/tmp/abi_text/x", argv, NULL), ENOTDIR);
	FAILS(execve("", argv, NULL), ENOENT);
	memset(long_path, 'x', 4999);
	long_path[4999] = 0;
	FAILS(execve(long_path, argv, NULL), ENAMETOOLONG);
	unlink("/tmp/abi_text");
}

/* --- What was used ---------------------------------------------------------------------------- */

static void burn(void)
{
	struct timespec t;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while (t.tv_sec == 0 && t.tv_nsec < 60 * 1000 * 1000);
}

static long ms(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000 +
	       (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000;
}

static void usage(void)
{
	struct rusage self, children, of_child;
	struct tms tms;
	pid_t pid;

	pid = fork();
	if (!pid) {
		volatile char *p = malloc(4 << 20);

		for (size_t i = 0; i < 4 << 20; i += 4096)
			p[i] = 1;
		burn();
		_exit(p[4096] != 1);
	}
	EQ(wait4(pid, NULL, 0, &of_child), pid);
	OK(ms(&of_child) >= 50);
	OK(of_child.ru_maxrss >= 4 << 10);
	OK(of_child.ru_minflt >= 4 << 20 >> 16);
	EQ(getrusage(RUSAGE_CHILDREN, &children), 0);
	OK(ms(&children) >= 50);
	burn();
	EQ(getrusage(RUSAGE_SELF, &self), 0);
	OK(ms(&self) >= 50 && self.ru_maxrss > 0 && self.ru_minflt > 0);
	EQ(getrusage(RUSAGE_THREAD, &self), 0);
	OK(ms(&self) >= 50);
	FAILS(syscall(SYS_getrusage, 7, &self), EINVAL);
	FAILS(syscall(SYS_getrusage, RUSAGE_SELF, BAD), EFAULT);
	OK(times(&tms) != -1);
	OK(tms.tms_utime + tms.tms_stime >= 5);
	OK(tms.tms_cutime + tms.tms_cstime >= 5);
	OK(syscall(SYS_times, NULL) > 0);
	FAILS(syscall(SYS_times, KERNEL), EFAULT);
}

static void limit_of_processes(void)
{
	struct rlimit limit = { 1, 1 };

	EQ(setrlimit(RLIMIT_NPROC, &limit), 0);
	EQ(setresuid(77, 77, 77), 0);
	FAILS(fork(), EAGAIN);
}

static const struct abi_case cases[] = {
	CASE(wait4_tells), CASE(wait4_no_hang), CASE(waitid_tells), CASE(waitid_fails),
	CASE(waitid_no_hang), CASE(stops_among_orphans),
	CASE(orphans_go_to_the_subreaper),
	CASE(children_of_who_does_not_ask), CASE(vfork_shares_memory), CASE(vfork_goes_on_at_exec),
	CASE(vfork_after_failed_exec), CASE(vfork_of_one_that_dies), CASE(clone_sets_ids),
	CASE(clone_shares_files), CASE(execveat_runs), CASE(exec_errors), CASE(usage),
	CASE(limit_of_processes),
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--status"))
		return 21;
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
