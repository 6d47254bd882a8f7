/* SPDX-License-Identifier: MIT */
/*
 * grep: the lines of files or of its input that hold a pattern. The pattern is a small regular
 * expression (../regex.h). Lines are looked at up to LINE_MAX bytes; the rest of a longer one is
 * dropped.
 */
#include <lib/string.h>
#include <shell/regex.h>

#include "inputs.h"

#define LINE_MAX	1024

enum { COUNT, IGNORE_CASE, NUMBERS, QUIET, INVERT, PATTERN, FILES };

static const struct argument grep_arguments[] = {
	[COUNT] = { .letter = 'c', .type = ARGUMENT_FLAG, .help = "print how many lines fit" },
	[IGNORE_CASE] = { .letter = 'i', .type = ARGUMENT_FLAG, .help = "capitals are no matter" },
	[NUMBERS] = { .letter = 'n', .type = ARGUMENT_FLAG, .help = "print their numbers as well" },
	[QUIET] = { .letter = 'q', .type = ARGUMENT_FLAG, .help = "print nothing" },
	[INVERT] = { .letter = 'v', .type = ARGUMENT_FLAG, .help = "the lines that do not fit" },
	[PATTERN] = { .name = "PATTERN", .type = ARGUMENT_TEXT,
		      .help = "characters, . * + ? ^ $ [a-z] [^a-z], \\ before one of these" },
	[FILES] = INPUT_FILES,
};

struct search {
	const struct arguments *a;
	bool names;		/* before each line */
	u64 found;		/* in all inputs */
};

static bool wants(const struct search *s, unsigned int option)
{
	return s->a->value[option].number;
}

static void show(const struct search *s, const char *name, u64 number, const char *line)
{
	if (s->names)
		print("%s:", name);
	if (wants(s, NUMBERS))
		print("%lu:", number);
	print("%s\n", line);
}

static int search(const char *name, void *arg)
{
	struct line_reader reader = { 0 };
	struct search *s = arg;
	u64 number = 0, found = 0;
	char line[LINE_MAX];

	if (!wants(s, COUNT) && !wants(s, QUIET) && input_loops())
		return INPUT_LOOPS;
	if (name && !strcmp(name, "-"))
		name = "(standard input)";
	while (!shell_stopped() && shell_read_line(&reader, line, sizeof(line)) >= 0) {
		bool fits = regex_find(s->a->value[PATTERN].text, line, wants(s, IGNORE_CASE));

		number++;
		if (fits == wants(s, INVERT))
			continue;
		found++;
		if (wants(s, QUIET))
			break;
		if (!wants(s, COUNT))
			show(s, name, number, line);
	}
	s->found += found;
	if (wants(s, COUNT) && !wants(s, QUIET) && !reader.error && !shell_stopped())
		print("%s%s%lu\n", s->names ? name : "", s->names ? ":" : "", found);
	return reader.error;
}

static int grep(const struct arguments *a)
{
	struct search s = { .a = a, .names = a->count > 1 };
	int status = inputs_each("grep", a, search, &s);

	return status ? status : s.found ? STATUS_OK : STATUS_FAIL;
}

static const struct command grep_command = {
	.name = "grep", .help = "the lines of files, or of what it reads, that fit", .parsed = grep,
	ARGUMENTS(grep_arguments),
};
COMMAND(grep_command);
