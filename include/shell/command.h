/* SPDX-License-Identifier: MIT */
/*
 * Shell commands: one file each, a plain initialiser and one macro.
 *
 *   static int uptime(int argc, char **argv) { ... }
 *   static const struct command uptime_command = {
 *           .name = "uptime", .usage = "", .help = "time since reset", .run = uptime,
 *   };
 *   COMMAND(uptime_command);
 */
#ifndef SHELL_COMMAND_H
#define SHELL_COMMAND_H

#include <kernel/printk.h>
#include <lib/table.h>
#include <lib/types.h>

/* A command's status, as a Unix shell counts it. */
enum { STATUS_OK = 0, STATUS_FAIL = 1, STATUS_USAGE = 2, STATUS_UNKNOWN = 127 };

struct completion;

struct command {
	const char *name;
	const char *usage;	/* what follows the name: "[-n] PATH" */
	const char *help;	/* one line, lower case, no full stop */
	/*
	 * argv[0] is the name, argv[argc] NULL. Returns a status; for STATUS_USAGE the shell
	 * prints the usage line. Prints by print().
	 */
	int (*run)(int argc, char **argv);
	/* Bounds of argc - 1; the shell checks them. */
	unsigned char min_args;
	unsigned char max_args;	/* 255: any number */
	/* Runs with the parameters that threads have by default, not with the shell's. */
	bool ordinary;
	/*
	 * Offers what the word being typed may become (<shell/complete.h>). NULL: the words of
	 * the usage line.
	 */
	void (*complete)(struct completion *c);
};

/* The variable must be named <name>_command: the table is sorted by it. */
#define COMMAND(c)	TABLE_ENTRY(command, struct command, c)

/* Runs one line. Returns the status of its last command. */
int shell_run(const char *line);

/* Reads and runs lines from the console for ever. Thread context. */
__noreturn void shell_main(void);

#endif
