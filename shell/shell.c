/* SPDX-License-Identifier: MIT */
/*
 * The shell: reads a line and has it run (run.c, or minimal.c without the language). Lines given on
 * the kernel's command line (autorun="...") run first.
 */
#include <kernel/cmdline.h>
#include <kernel/panic.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/log.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/prompt.h>
#include <uapi/errno.h>

#include "command.h"
#include "run.h"

#define LINE_SIZE	CONFIG_SHELL_LINE_SIZE	/* bytes, with the final NUL */
#define SHELL_PRIORITY	24

u64 shell_prompt_time;

/* More urgent than what it spawns, or a busy thread would take the prompt away. */
static void become_urgent(void)
{
	struct sched_params params = { .priority = SHELL_PRIORITY };

	command_swap_params(&params);
}

static char line[LINE_SIZE];

static void run(const char *text)
{
	if (IS_ENABLED(CONFIG_SHELL_LANGUAGE))
		shell_foreground(true);
	shell_run(text);
	if (IS_ENABLED(CONFIG_SHELL_LANGUAGE))
		shell_foreground(false);
}

static void autorun(void)
{
	int err = cmdline_value("autorun", line, sizeof(line));

	if (err == -ENOENT)
		return;
	if (err)
		log_err("autorun= %s",
			err == -ERANGE ? "is too long and not run" : "has no commands");
	else
		run(line);
}

void shell_main(void)
{
	become_urgent();
	autorun();
	for (;;) {
		int err;

		if (IS_ENABLED(CONFIG_SHELL_JOBS))
			jobs_report();
		tty_write("cairn> ", 7);
		if (!shell_prompt_time)
			shell_prompt_time = time_now();
		err = tty_read_line(line, sizeof(line));
		if (!err)
			run(line);
		else if (err == -E2BIG)
			print("line too long: at most %u bytes, nothing of it was run\n",
			      LINE_SIZE - 1);
		else if (err != -EINTR)
			panic("the console cannot be read any more: error %d", err);
	}
}
