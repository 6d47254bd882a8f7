/* SPDX-License-Identifier: MIT */
/*
 * The first process of a run that measures: mounts /dev where that is not there yet, runs lat, and
 * turns the machine off. For scripts/bench-linux, on Linux; Cairn's shell runs lat by itself.
 */
#include "sys.h"

#define REBOOT_1	0xfee1deadL
#define REBOOT_2	672274793L
#define REBOOT_OFF	0x4321fedcL

int main(int argc __attribute__((unused)), char **argv __attribute__((unused)),
	 char **envp __attribute__((unused)))
{
	char *const args[] = { "/bin/lat", "-", "/bin/exit-glibc", NULL };
	char *const env[] = { NULL };
	long pid;

	sys3(SYS_mkdirat, AT_FDCWD, (long)"/dev", 0755);
	sys6(SYS_mount, (long)"devtmpfs", (long)"/dev", (long)"devtmpfs", 0, 0, 0);
	pid = fork_now();
	if (!pid) {
		sys3(SYS_execve, (long)args[0], (long)args, (long)env);
		exit_now(1);
	}
	sys4(SYS_wait4, pid, 0, 0, 0);
	put("measured\n");
	for (;;)
		sys4(SYS_reboot, REBOOT_1, REBOOT_2, REBOOT_OFF, 0);
}
