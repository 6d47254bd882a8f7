/* SPDX-License-Identifier: MIT */
/*
 * Shell commands: one file each, a plain initialiser and one macro.
 *
 *   static int uptime(int argc, char **argv) { ... }
 *   static const struct command uptime_command = {
 *           .name = "uptime", .usage = "", .help = "time since reset", .run = uptime,
 *   };
 *   COMMAND(uptime_command);
 *
 * One with options lets the shell parse them, and has its usage line from them:
 *
 *   enum { COUNT, FILE };
 *   static const struct argument head_arguments[] = {
 *           [COUNT] = { .letter = 'n', .name = "COUNT", .type = ARGUMENT_NUMBER, .max = 1000,
 *                       .preset = 10, .help = "so many lines" },
 *           [FILE] = { .name = "FILE", .type = ARGUMENT_TEXT, .optional = true },
 *   };
 *   static int head(const struct arguments *a) { ... a->value[COUNT].number ... }
 *   static const struct command head_command = {
 *           .name = "head", .help = "the first lines", .parsed = head, ARGUMENTS(head_arguments),
 *   };
 *   COMMAND(head_command);
 */
#ifndef SHELL_COMMAND_H
#define SHELL_COMMAND_H

#include <kernel/printk.h>
#include <lib/table.h>
#include <lib/types.h>

/* A command's status, as a Unix shell counts it. */
enum {
	STATUS_OK = 0,
	STATUS_FAIL = 1,
	STATUS_USAGE = 2,
	STATUS_CANNOT_RUN = 126,	/* a program that is there */
	STATUS_UNKNOWN = 127,
	STATUS_STOPPED = 130,	/* by Ctrl-C, kill, or for want of somebody who reads */
};

enum argument_type {
	ARGUMENT_FLAG,		/* an option without a value */
	ARGUMENT_NUMBER,	/* decimal, 0x or 0 before it */
	ARGUMENT_ADDRESS,	/* as a number, of 64 bits without a sign; without bounds */
	ARGUMENT_SIZE,		/* bytes, with K, M, G or T behind the number */
	ARGUMENT_DURATION,	/* seconds, also 1.5, or with us, ms, s, m, h behind the number */
	ARGUMENT_CHOICE,	/* one of some words */
	ARGUMENT_TEXT,
};

/* An option, or without letter and word a positional argument; these stand behind the options. */
struct argument {
	char letter;			/* -n */
	unsigned char type;		/* enum argument_type */
	bool optional;			/* positional, as are all behind it */
	bool many;			/* the last positional: all words that are left */
	const char *word;		/* --count */
	const char *name;		/* of the value: "COUNT"; NULL for flags and choices */
	const char *help;		/* for `help COMMAND`; NULL where the name says it */
	const char *const *choices;	/* with a NULL behind */
	/* numbers, bytes, ns: */
	s64 min, max;			/* max 0: no bounds */
	s64 preset;			/* the value when it is not given; a choice's number */
};

#define ARGUMENTS_MAX	12

/* What was given, by the index in the command's table. */
struct arguments {
	union {
		s64 number;	/* also bytes, ns, an address, a choice's index, 1 for a flag */
		const char *text;
	} value[ARGUMENTS_MAX];
	u32 given;			/* a bit each */
	int count;			/* of the words below */
	char **words;			/* those of a positional of many; with a NULL behind */
};

struct completion;

struct command {
	const char *name;
	const char *usage;	/* what follows the name; NULL: made of the arguments */
	const char *help;	/* one line, lower case, no full stop */
	/*
	 * argv[0] is the name, argv[argc] NULL. Returns a status; for STATUS_USAGE the shell
	 * prints the usage line. Prints by print(). Either this, or the other one with arguments.
	 */
	int (*run)(int argc, char **argv);
	/* Bounds of argc - 1; the shell checks them. */
	unsigned char min_args;
	unsigned char max_args;	/* 255: any number */
	/*
	 * Its status is that of other commands, which have had their say about their words. Only
	 * with arguments.
	 */
	bool runs_others;
	/* Runs with the parameters that threads have by default, not with the shell's. */
	bool ordinary;
	/*
	 * Offers what the word being typed may become (<shell/complete.h>). NULL: the words of
	 * the usage line.
	 */
	void (*complete)(struct completion *c);
	unsigned char argument_count;
	const struct argument *arguments;
	int (*parsed)(const struct arguments *a);
};

#define ARGUMENTS(table)	.arguments = (table), .argument_count = ARRAY_SIZE(table)

/* The variable must be named <name>_command: the table is sorted by it. */
#define COMMAND(c)	TABLE_ENTRY(command, struct command, c)

/* Runs text of one or more lines. Returns the status of its last command. */
int shell_run(const char *text);

/* Runs the command that the words are; words as they are, nothing is expanded. Its status. */
int shell_run_words(int argc, char **argv);

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/* Prints "usage: " and the line of @c. */
void command_usage(const struct command *c);

/* Reads and runs lines from the console for ever. Thread context. */
__noreturn void shell_main(void);

/*
 * For commands that go on for long: true when it is time to end, with STATUS_STOPPED. False for
 * ever in images in which nothing can stop a command.
 */
#if defined(CONFIG_SHELL_LANGUAGE) || defined(CONFIG_SHELL_EDIT)
bool shell_stopped(void);

/*
 * From now on Ctrl-C makes shell_stopped() true and ends no sleep, or again does both: for what
 * other threads rely on while it waits for them. In the shell's own thread; others do not ask.
 */
void shell_stop_gently(bool on);
#else
static inline bool shell_stopped(void)
{
	return false;
}

static inline void shell_stop_gently(bool on __unused)
{
}
#endif

/* Those below are there only with CONFIG_SHELL_LANGUAGE. */

/*
 * Ctrl-C was typed: ends what the shell runs in the foreground, and does nothing at the prompt.
 * Any context.
 */
void shell_interrupt(void);

/* Sleeps for @ns. False when it was stopped meanwhile. */
bool shell_sleep(u64 ns);

/*
 * Runs @words as a command; when there is only one of them, as a line of text. For commands that
 * run others.
 */
int shell_run_either(int count, char **words);

/*
 * Runs the lines of the file at @path: 0 and *@status, or what opening and reading it said. With
 * CONFIG_SHELL_REDIRECT.
 */
int shell_run_file(const char *path, int *status);

/* Reads from the command's input: the bytes read, 0 at its end, a negative errno. */
ssize_t shell_read(void *buf, size_t len);

#define SHELL_READ_SIZE	512

/* Reads a command's input line by line. All zeroes at its beginning. */
struct line_reader {
	size_t at, len;		/* what of the buffer is not read yet */
	bool ended;
	int error;		/* why it ended: 0, or what shell_read() returned */
	char buffer[SHELL_READ_SIZE];
};

/*
 * Reads the next line without its newline, terminated; what of it does not fit is dropped. The
 * number of bytes it had, or -1 at the end of the input.
 */
ssize_t shell_read_line(struct line_reader *r, char *line, size_t size);

#endif
