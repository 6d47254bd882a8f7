/* SPDX-License-Identifier: MIT */
/*
 * grep: the lines of its input that hold a pattern. The pattern is a small regular expression
 * (../regex.h). Lines are looked at up to LINE_MAX bytes; the rest of a longer one is dropped.
 */
#include <lib/string.h>
#include <shell/command.h>
#include <shell/regex.h>

#define LINE_MAX	1024

enum { COUNT, IGNORE_CASE, NUMBERS, QUIET, INVERT, PATTERN };

static const struct argument grep_arguments[] = {
	[COUNT] = { .letter = 'c', .type = ARGUMENT_FLAG, .help = "print how many lines fit" },
	[IGNORE_CASE] = { .letter = 'i', .type = ARGUMENT_FLAG, .help = "capitals are no matter" },
	[NUMBERS] = { .letter = 'n', .type = ARGUMENT_FLAG, .help = "print their numbers as well" },
	[QUIET] = { .letter = 'q', .type = ARGUMENT_FLAG, .help = "print nothing" },
	[INVERT] = { .letter = 'v', .type = ARGUMENT_FLAG, .help = "the lines that do not fit" },
	[PATTERN] = { .name = "PATTERN", .type = ARGUMENT_TEXT,
		      .help = "characters, . * + ? ^ $ [a-z] [^a-z], \\ before one of these" },
};

static int grep(const struct arguments *a)
{
	const char *pattern = a->value[PATTERN].text;
	struct line_reader reader = { 0 };
	u64 number = 0, found = 0;
	char line[LINE_MAX];

	while (!shell_stopped() && shell_read_line(&reader, line, sizeof(line)) >= 0) {
		bool fits = regex_find(pattern, line, a->value[IGNORE_CASE].number);

		number++;
		if (fits == !!a->value[INVERT].number)
			continue;
		found++;
		if (a->value[QUIET].number)
			break;
		if (a->value[COUNT].number)
			continue;
		if (a->value[NUMBERS].number)
			print("%lu:%s\n", number, line);
		else
			print("%s\n", line);
	}
	if (shell_stopped())
		return STATUS_STOPPED;
	if (a->value[COUNT].number && !a->value[QUIET].number)
		print("%lu\n", found);
	return found ? STATUS_OK : STATUS_FAIL;
}

static const struct command grep_command = {
	.name = "grep", .help = "the lines of what it reads that fit a pattern", .parsed = grep,
	ARGUMENTS(grep_arguments),
};
COMMAND(grep_command);
