/* SPDX-License-Identifier: MIT */
/*
 * The shell: reads a line, splits it into commands, finds each in the command table and runs
 * it. Lines given on the kernel's command line (autorun="...") run first.
 */
#include <kernel/cmdline.h>
#include <kernel/panic.h>
#include <kernel/thread.h>
#include <kernel/tty.h>
#include <lib/log.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/prompt.h>
#include <uapi/errno.h>

#include "edit.h"
#include "line.h"
#include "split.h"

#define SHELL_PRIORITY	24

u64 shell_prompt_time;

static const struct command *find(const char *name)
{
	TABLE_FOREACH(command, struct command, c)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

#ifdef CONFIG_THREADS
/* Gives the shell's thread @params, and @params the ones that it had. */
static void swap_params(struct sched_params *params)
{
	struct sched_params old = boot_thread.params;

	thread_set_params(&boot_thread, params);
	*params = old;
}
#else
static void swap_params(struct sched_params *params __unused)
{
}
#endif

/* More urgent than what it spawns, or a busy thread would take the prompt away. */
static void become_urgent(void)
{
	struct sched_params params = { .priority = SHELL_PRIORITY };

	swap_params(&params);
}

/* Measurements and tests count on being no more urgent than the threads that they make. */
static int run_as_it_wants(const struct command *command, int argc, char **argv)
{
	struct sched_params params = SCHED_PARAMS_DEFAULT;
	int status;

	if (command->ordinary)
		swap_params(&params);
	status = command->run(argc, argv);
	if (command->ordinary)
		swap_params(&params);
	return status;
}

static int run_one(int argc, char **argv)
{
	const struct command *command = find(argv[0]);
	int status;

	if (!command) {
		print("%s: unknown command; `help` lists them\n", argv[0]);
		return STATUS_UNKNOWN;
	}
	if (argc - 1 < command->min_args ||
	    (command->max_args != 255 && argc - 1 > command->max_args))
		status = STATUS_USAGE;
	else
		status = run_as_it_wants(command, argc, argv);
	if (status == STATUS_USAGE)
		print("usage: %s%s%s\n", command->name, *command->usage ? " " : "", command->usage);
	return status;
}

int shell_run(const char *text)
{
	char line[LINE_SIZE], *rest = line, *argv[ARGS_MAX];
	int argc, status = STATUS_OK;

	if (strlcpy(line, text, sizeof(line)) >= sizeof(line)) {
		print("line too long: at most %u bytes\n", LINE_SIZE - 1);
		return STATUS_USAGE;
	}
	while (!tty_interrupted() && (argc = command_split(&rest, argv)) != -1) {
		if (argc < 0) {
			print(argc == -E2BIG ? "too many words in a command: at most %d\n"
					     : "a quote is not closed\n",
			      ARGS_MAX - 1);
			return STATUS_USAGE;
		}
		if (argc)
			status = run_one(argc, argv);
	}
	return status;
}

static void autorun(void)
{
	char line[LINE_SIZE];
	int err = cmdline_value("autorun", line, sizeof(line));

	if (err == -ENOENT)
		return;
	if (err)
		log_err("autorun= %s",
			err == -ERANGE ? "is too long and not run" : "has no commands");
	else
		shell_run(line);
}

void shell_main(void)
{
	char line[LINE_SIZE];

	become_urgent();
	edit_init();
	autorun();
	for (;;) {
		int err = edit_read_line("cairn> ", line, sizeof(line));

		if (!err)
			shell_run(line);
		else if (err == -E2BIG)
			print("line too long: at most %u bytes, nothing of it was run\n",
			      LINE_SIZE - 1);
		else if (err != -EINTR)
			panic("the console cannot be read any more: error %d", err);
	}
}
