/* SPDX-License-Identifier: MIT */
/*
 * The shell: reads a line and has it run (run.c, or minimal.c without the language). Lines given on
 * the kernel's command line (autorun="...") run first.
 */
#include <kernel/cmdline.h>
#include <kernel/panic.h>
#include <kernel/thread.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/files.h>
#include <shell/prompt.h>
#include <uapi/errno.h>

#include "command.h"
#include "edit.h"
#include "line.h"
#include "run.h"

#define SHELL_PRIORITY	24
/* something may end what runs */
#define INTERRUPTS	(IS_ENABLED(CONFIG_SHELL_LANGUAGE) || IS_ENABLED(CONFIG_SHELL_EDIT))

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
	if (INTERRUPTS)
		shell_foreground(true);
	shell_run(text);
	if (INTERRUPTS)
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

/* Where the shell is at home it begins with this. */
#define RC_FILE	"/etc/rc"

static void run_rc(void)
{
	int status = STATUS_OK, err;

	if (IS_ENABLED(CONFIG_SHELL_GLOB))
		shell_files = &shell_fs_files;
	shell_foreground(true);
	err = shell_run_file(RC_FILE, &status);
	shell_foreground(false);
	if (err && err != -ENOENT)
		log_err(RC_FILE ": %s", errno_text(-err));
}

/* Reads a line, and those that it needs behind it. */
static int read_lines(void)
{
	const char *prompt = "cairn> ";
	size_t len = 0;
	int err;

	for (;;) {
		err = edit_read_line(prompt, line + len, sizeof(line) - len);
		if (err || !IS_ENABLED(CONFIG_SHELL_LANGUAGE) || !run_unfinished(line))
			return err;
		len = strlen(line);
		if (len + 2 > sizeof(line))
			return -E2BIG;
		line[len++] = '\n';
		line[len] = 0;
		prompt = "> ";
	}
}

void shell_main(void)
{
	become_urgent();
	edit_init();
	if (IS_ENABLED(CONFIG_SHELL_REDIRECT))
		run_rc();
	autorun();
	for (;;) {
		int err;

		if (IS_ENABLED(CONFIG_SHELL_JOBS))
			jobs_report();
		err = read_lines();
		if (!err)
			run(line);
		else if (err == -E2BIG)
			print("line too long: at most %u bytes, nothing of it was run\n",
			      LINE_SIZE - 1);
		else if (err != -EINTR)
			panic("the console cannot be read any more: error %d", err);
	}
}
