/* SPDX-License-Identifier: MIT */
/* Calls about users, groups, process groups and sessions, capabilities. Run as root. */
#include "abi.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define NONE	((uid_t)-1)

static void is(uid_t real, uid_t effective, uid_t saved)
{
	uid_t r, e, s;

	EQ(getresuid(&r, &e, &s), 0);
	EQ(r, real);
	EQ(e, effective);
	EQ(s, saved);
	EQ(getuid(), real);
	EQ(geteuid(), effective);
}

static void users_of_root(void)
{
	is(0, 0, 0);
	EQ(setresuid(1, NONE, 3), 0);
	is(1, 0, 3);
	EQ(setreuid(NONE, 5), 0);
	is(1, 5, 5);
	FAILS(setuid(0), EPERM);
	FAILS(setresuid(0, NONE, NONE), EPERM);
	FAILS(setreuid(0, NONE), EPERM);
	FAILS(setreuid(NONE, 0), EPERM);
	EQ(setresuid(5, 1, 1), 0);
	is(5, 1, 1);
	EQ(setuid(5), 0);
	is(5, 5, 1);
	FAILS(syscall(SYS_setuid, NONE), EINVAL);
}

static void users_set_for_ever(void)
{
	EQ(setuid(7), 0);
	is(7, 7, 7);
	FAILS(setuid(0), EPERM);
	EQ(setresuid(NONE, NONE, NONE), 0);
	EQ(setreuid(NONE, NONE), 0);
	is(7, 7, 7);
	FAILS(setgid(3), EPERM);
	FAILS(setgroups(0, NULL), EPERM);
}

static void users_back_and_forth(void)
{
	EQ(seteuid(9), 0);
	is(0, 9, 0);
	FAILS(setgroups(0, NULL), EPERM);
	EQ(seteuid(0), 0);
	EQ(setgroups(0, NULL), 0);
	EQ(setreuid(4, 0), 0);
	is(4, 0, 0);
	EQ(setreuid(0, 4), 0);
	is(0, 4, 4);
	EQ(setreuid(4, 0), 0);
	is(4, 0, 0);
}

static void users_of_files(void)
{
	EQ(setfsuid(11), 0);
	EQ(setfsuid(NONE), 11);
	EQ(setfsgid(12), 0);
	EQ(setfsgid(NONE), 12);
	EQ(setresuid(1, 1, 1), 0);
	EQ(setfsuid(11), 1);
	EQ(setfsuid(NONE), 1);
}

static void groups_of_root(void)
{
	gid_t r, e, s;

	EQ(setresgid(1, 2, 3), 0);
	EQ(getresgid(&r, &e, &s), 0);
	OK(r == 1 && e == 2 && s == 3);
	EQ(getgid(), 1);
	EQ(getegid(), 2);
	EQ(setregid((gid_t)-1, 5), 0);
	EQ(getresgid(&r, &e, &s), 0);
	OK(r == 1 && e == 5 && s == 5);
	EQ(setgid(6), 0);
	EQ(getresgid(&r, &e, &s), 0);
	OK(r == 6 && e == 6 && s == 6);
	EQ(setuid(1), 0);
	FAILS(setresgid(1, (gid_t)-1, (gid_t)-1), EPERM);
	FAILS(setregid(1, (gid_t)-1), EPERM);
	FAILS(setregid((gid_t)-1, 1), EPERM);
	EQ(setgid(6), 0);
	FAILS(syscall(SYS_setgid, -1), EINVAL);
	FAILS(syscall(SYS_getresgid, BAD, &e, &s), EFAULT);
	FAILS(syscall(SYS_getresuid, &r, BAD, &s), EFAULT);
	FAILS(syscall(SYS_getresuid, &r, &e, KERNEL), EFAULT);
}

static void more_groups(void)
{
	gid_t groups[32], got[32];

	for (gid_t i = 0; i < 32; i++)
		groups[i] = 31 - i;
	EQ(setgroups(32, groups), 0);
	EQ(getgroups(0, NULL), 32);
	EQ(getgroups(32, got), 32);
	/* in their order */
	for (gid_t i = 0; i < 32; i++)
		EQ(got[i], i);
	FAILS(getgroups(31, got), EINVAL);
	FAILS(getgroups(-1, got), EINVAL);
	FAILS(syscall(SYS_getgroups, 32, BAD), EFAULT);
	FAILS(setgroups(65537, groups), EINVAL);
	FAILS(syscall(SYS_setgroups, 2, BAD), EFAULT);
	EQ(setgroups(1, groups), 0);
	EQ(getgroups(32, got), 1);
	EQ(got[0], 31);
}

static void capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	EQ(syscall(SYS_capget, &header, data), 0);
	OK(data[0].effective & 1u << CAP_SETUID && data[0].permitted & 1u << CAP_KILL);
	OK(data[1].permitted & 1u << (CAP_SYSLOG - 32));
	header.version = 7;
	FAILS(syscall(SYS_capget, &header, data), EINVAL);
	EQ(header.version, _LINUX_CAPABILITY_VERSION_3);
	header.version = 7;
	EQ(syscall(SYS_capget, &header, NULL), 0);
	header.pid = -1;
	FAILS(syscall(SYS_capget, &header, data), EINVAL);
	header.pid = 0x7ffffff0;
	FAILS(syscall(SYS_capget, &header, data), ESRCH);
	FAILS(syscall(SYS_capset, &header, data), EPERM);
	header.pid = 0;
	FAILS(syscall(SYS_capget, BAD, data), EFAULT);
	FAILS(syscall(SYS_capget, &header, KERNEL), EFAULT);
	FAILS(syscall(SYS_capset, &header, BAD), EFAULT);
	data[0].effective &= ~(1u << CAP_SETUID);
	EQ(syscall(SYS_capset, &header, data), 0);
	FAILS(setresuid(1, 2, 3), EPERM);
	data[0].effective |= 1u << CAP_SETUID;
	data[0].permitted &= ~(1u << CAP_SETUID);
	FAILS(syscall(SYS_capset, &header, data), EPERM);
	data[0].effective = 0;
	EQ(syscall(SYS_capset, &header, data), 0);
	data[0].permitted |= 1u << CAP_SETUID;
	FAILS(syscall(SYS_capset, &header, data), EPERM);
}

static void capabilities_go_with_root(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	EQ(seteuid(1), 0);
	EQ(syscall(SYS_capget, &header, data), 0);
	OK(!data[0].effective && data[0].permitted);
	EQ(seteuid(0), 0);
	EQ(syscall(SYS_capget, &header, data), 0);
	OK(data[0].effective && data[0].permitted);
	EQ(prctl(PR_SET_KEEPCAPS, 1), 0);
	EQ(setresuid(1, 1, 1), 0);
	EQ(syscall(SYS_capget, &header, data), 0);
	OK(!data[0].effective && data[0].permitted);
	data[0].effective = data[0].permitted;
	EQ(syscall(SYS_capset, &header, data), 0);
	EQ(setresuid(0, 0, 0), 0);
	EQ(prctl(PR_SET_KEEPCAPS, 0), 0);
	EQ(setresuid(1, 1, 1), 0);
	EQ(syscall(SYS_capget, &header, data), 0);
	OK(!data[0].effective && !data[0].permitted);
}

/* --- Process groups and sessions -------------------------------------------------------------- */

/* A child that waits until the other end of *@fd is closed. */
static pid_t waiting_child(int *fd)
{
	int ends[2];
	pid_t pid;
	char c;

	EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		close(ends[1]);
		while (read(ends[0], &c, 1) < 0)
			;
		_exit(0);
	}
	close(ends[0]);
	*fd = ends[1];
	return pid;
}

static void process_groups(void)
{
	pid_t self = getpid(), child;
	int fd;

	EQ(setsid(), self);
	EQ(getpgrp(), self);
	EQ(getsid(0), self);
	FAILS(setsid(), EPERM);
	FAILS(setpgid(0, 0), EPERM);	/* a session's leader stays */
	FAILS(setpgid(0, -1), EINVAL);
	FAILS(setpgid(-1, 0), EINVAL);
	FAILS(getpgid(0x7ffffff0), ESRCH);
	FAILS(getpgid(-1), ESRCH);
	FAILS(getsid(0x7ffffff0), ESRCH);
	FAILS(setpgid(0x7ffffff0, 0), ESRCH);
	child = waiting_child(&fd);
	EQ(getpgid(child), self);
	FAILS(setpgid(child, 0x7ffffff0), EPERM);
	EQ(setpgid(child, 0), 0);
	EQ(getpgid(child), child);
	EQ(setpgid(child, self), 0);
	EQ(getpgid(child), self);
	EQ(getsid(child), self);
	EQ(setpgid(child, child), 0);
	close(fd);
	EQ(waitpid(-child, NULL, 0), child);
	FAILS(getpgid(child), ESRCH);
}

static void process_group_of_others(void)
{
	pid_t child;
	int fd;

	EQ(setsid(), getpid());
	FAILS(setpgid(getppid(), 0), ESRCH);
	child = fork();
	if (!child) {
		EQ(setsid(), getpid());
		_exit(0);
	}
	EQ(waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT), 0);
	FAILS(setpgid(child, 0), EPERM);	/* in another session */
	EQ(waitpid(child, NULL, 0), child);
	child = waiting_child(&fd);
	EQ(setpgid(child, child), 0);
	if (!fork()) {
		EQ(setpgid(0, child), 0);
		EQ(getpgrp(), child);
		EQ(setpgid(0, 0), 0);
		EQ(getpgrp(), getpid());
		FAILS(setsid(), EPERM);
		_exit(0);
	}
	EQ(waitpid(-1, NULL, 0) > 0, 1);
	close(fd);
	EQ(waitpid(child, NULL, 0), child);
}

static void process_group_after_exec(void)
{
	int ends[2], back[2];
	pid_t child;
	char c;

	EQ(pipe(ends), 0);
	EQ(pipe(back), 0);
	child = fork();
	if (!child) {
		dup2(back[1], 1);
		dup2(ends[0], 0);
		close(ends[0]);
		close(ends[1]);
		close(back[0]);
		close(back[1]);
		execl("/proc/self/exe", "abi_ids", "--child", NULL);
		_exit(1);
	}
	close(back[1]);
	close(ends[0]);
	EQ(read(back[0], &c, 1), 1);
	FAILS(setpgid(child, 0), EACCES);
	close(ends[1]);
	EQ(waitpid(child, NULL, 0), child);
}

static void set_user_id(void)
{
	int status;
	pid_t child;
	int from = open("/proc/self/exe", O_RDONLY), to;
	static char text[65536];
	ssize_t n;

	OK(from >= 0);
	to = open("/tmp/abi_suid", O_WRONLY | O_CREAT | O_TRUNC, 04755);
	OK(to >= 0);
	while ((n = read(from, text, sizeof(text))) > 0)
		EQ(write(to, text, (size_t)n), n);
	close(to);
	child = fork();
	if (!child) {
		EQ(setresuid(5, 5, 5), 0);
		execl("/tmp/abi_suid", "abi_ids", "--who", NULL);
		_exit(1);
	}
	EQ(waitpid(child, &status, 0), child);
	EQ(WEXITSTATUS(status), 50);
	child = fork();
	if (!child) {
		EQ(setresuid(5, 5, 5), 0);
		EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
		execl("/tmp/abi_suid", "abi_ids", "--who", NULL);
		_exit(1);
	}
	EQ(waitpid(child, &status, 0), child);
	EQ(WEXITSTATUS(status), 55);
	unlink("/tmp/abi_suid");
}

static const struct abi_case cases[] = {
	CASE(users_of_root), CASE(users_set_for_ever), CASE(users_back_and_forth),
	CASE(users_of_files), CASE(groups_of_root), CASE(more_groups), CASE(capabilities),
	CASE(capabilities_go_with_root), CASE(process_groups), CASE(process_group_of_others),
	CASE(process_group_after_exec), CASE(set_user_id),
};

int main(int argc, char **argv)
{
	char c;

	if (argc == 2 && !strcmp(argv[1], "--child"))
		return write(1, "x", 1) != 1 || read(0, &c, 1) != 0;
	if (argc == 2 && !strcmp(argv[1], "--who"))
		return (int)(getuid() * 10 + geteuid());
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
