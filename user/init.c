/* SPDX-License-Identifier: MIT */
/*
 * The first process, where the command line names it (init=/sbin/init): runs /etc/rc, if there is
 * one, and waits for the end of every process that has lost its parent.
 */
#include "sys.h"

static void run(const char *path)
{
	char *const argv[] = { (char *)(uintptr_t)path, NULL };
	char *const envp[] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/", "TERM=linux", NULL };
	long pid = fork_now(), err;

	if (pid)
		return;
	err = sys3(SYS_execve, (long)path, (long)argv, (long)envp);
	if (err != -2) {	/* ENOENT: there is none */
		put("init: ");
		put(path);
		put(": error ");
		put_number(-err);
		put("\n");
	}
	exit_now(1);
}

int main(int argc __attribute__((unused)), char **argv __attribute__((unused)),
	 char **envp __attribute__((unused)))
{
	static const int64_t long_time[2] = { 3600, 0 };

	run("/etc/rc");
	for (;;)
		/* without children there is nothing to wait for until somebody gives it one */
		if (sys4(SYS_wait4, -1, 0, 0, 0) < 0)
			sys3(SYS_nanosleep, (long)long_time, 0, 0);
}
