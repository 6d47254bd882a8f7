/* SPDX-License-Identifier: MIT */
/*
 * The first process: what the command line names by init=, as on Linux. It is waited for, and where
 * it cannot be run, or ends, the kernel's shell takes over.
 */
#include <kernel/cmdline.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/log.h>
#include <process/init.h>
#include <process/process.h>
#include <uapi/errno.h>

#include "exec.h"

void init_run(void)
{
	static char *const environment[] = {
		"HOME=/", "TERM=linux", "PATH=/bin:/sbin:/usr/bin:/usr/sbin", NULL,
	};
	char path[128], *const argv[] = { path, NULL };
	struct process *process;
	int wait, err = cmdline_value("init", path, sizeof(path));

	vdso_init();
	space_blocks_init();
	if (err < 0)
		return;
	/* until the kernel's shell begins */
	tty_set_signal_hook(process_key);
	err = process_spawn(path, argv, environment, 0, &process);
	if (err) {
		log_err("init=%s: %s", path, errno_text(-err));
		return;
	}
	/* nobody tells this thread to end but for a key that is meant for programs */
	while (process_wait(process, &wait))
		;
	if (WAIT_IS_SIGNALED(wait))
		log_err("init=%s: %s", path, signal_words(WAIT_SIGNAL(wait)));
	else
		log_err("init=%s: ended with status %d", path, WAIT_STATUS(wait));
}
