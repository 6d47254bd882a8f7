/* SPDX-License-Identifier: MIT */
/* Finding a command in the table and running it with its words. */
#include <kernel/thread.h>
#include <lib/string.h>
#include <shell/argument.h>
#include <shell/command.h>
#include <shell/program.h>

#include "command.h"

const struct command *command_find(const char *name)
{
	/* most differ in the first letter: that is looked at without a call */
	TABLE_FOREACH(command, struct command, c)
		if (*(*c)->name == *name && !strcmp((*c)->name, name))
			return *c;
	return NULL;
}

void command_usage(const struct command *c)
{
	char text[160];
	const char *usage = c->usage;

	if (IS_ENABLED(CONFIG_SHELL_ARGUMENTS) && !usage) {
		arguments_usage(c, text, sizeof(text));
		usage = text;
	}
	print("usage: %s%s%s\n", c->name, *usage ? " " : "", usage);
}

/* Runs a command that has a table of arguments. */
static int run_parsed(const struct command *c, int argc, char **argv)
{
	struct arguments a;
	char problem[128];

	if (!arguments_parse(c, argc, argv, &a, problem, sizeof(problem)))
		return c->parsed(&a);
	if (*problem)
		print("%s: %s\n", c->name, problem);
	/* whoever sees the status takes it for another command's */
	if (c->runs_others)
		command_usage(c);
	return STATUS_USAGE;
}

static int run_checked(const struct command *c, int argc, char **argv)
{
	if (IS_ENABLED(CONFIG_SHELL_ARGUMENTS) && c->arguments)
		return run_parsed(c, argc, argv);
	if (argc - 1 < c->min_args || (c->max_args != 255 && argc - 1 > c->max_args))
		return STATUS_USAGE;
	return c->run(argc, argv);
}

#ifdef CONFIG_THREADS
void command_swap_params(struct sched_params *params)
{
	struct sched_params old = boot_thread.params;

	thread_set_params(&boot_thread, params);
	*params = old;
}

/* Only the shell's own thread is more urgent than others. */
static bool must_swap(const struct command *c)
{
	return c->ordinary &&
	       (!IS_ENABLED(CONFIG_SHELL_LANGUAGE) || thread_current() == &boot_thread);
}
#else
static bool must_swap(const struct command *c __unused)
{
	return false;
}
#endif

/* Measurements and tests count on being no more urgent than the threads that they make. */
static int run_as_it_wants(const struct command *c, int argc, char **argv)
{
	struct sched_params params = SCHED_PARAMS_DEFAULT;
	bool swap = must_swap(c);
	int status;

	if (swap)
		command_swap_params(&params);
	status = run_checked(c, argc, argv);
	if (swap)
		command_swap_params(&params);
	return status;
}

static void unknown(const char *name)
{
	const char *near = IS_ENABLED(CONFIG_SHELL_SUGGEST) ? command_suggest(name) : NULL;

	if (near)
		print("%s: unknown command; did you mean %s?\n", name, near);
	else
		print("%s: unknown command; `help` lists them\n", name);
}

/* What is no command may be a program's name. */
static int run_program(char **argv)
{
#ifdef CONFIG_PROCESS
	char path[256];

	if (program_find(argv[0], path, sizeof(path)))
		return program_run(path, argv, false);
#endif
	unknown(argv[0]);
	return STATUS_UNKNOWN;
}

#define STACK_LEFT	(6UL << 10)	/* bytes that a command can count on */

/* Commands that run commands that run commands ... */
static bool too_deep(void)
{
	return thread_stack_left() < STACK_LEFT;
}

int shell_run_words(int argc, char **argv)
{
	const struct command *c = command_find(argv[0]);
	int status;

	if (IS_ENABLED(CONFIG_SHELL_LANGUAGE) && too_deep()) {
		print("%s: not run: too many commands inside each other\n", argv[0]);
		return STATUS_FAIL;
	}
	if (!c)
		return run_program(argv);
	status = run_as_it_wants(c, argc, argv);
	if (status == STATUS_USAGE && !(IS_ENABLED(CONFIG_SHELL_ARGUMENTS) && c->runs_others))
		command_usage(c);
	return status;
}
