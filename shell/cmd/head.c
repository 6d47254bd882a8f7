/* SPDX-License-Identifier: MIT */
/*
 * head: the first lines of files or of its input, whole however long they are. How many may also be
 * said as it was before there was -n: "head -3".
 */
#include <kernel/stream.h>
#include <lib/format.h>
#include <lib/string.h>

#include "inputs.h"

enum { COUNT, FILES };

static const struct argument head_arguments[] = {
	[COUNT] = { .letter = 'n', .name = "COUNT", .type = ARGUMENT_NUMBER, .max = INT64_MAX,
		    .preset = 10, .help = "lines, 10 unless given" },
	[FILES] = INPUT_FILES,
};

struct wanted {
	s64 lines;
	bool titles;
	const char *gap;
};

/* How much of the @n bytes at @buffer belongs to the next *@left lines, which it counts. */
static size_t part(const char *buffer, size_t n, s64 *left)
{
	const char *at = buffer, *end = buffer + n;

	while (*left > 0 && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		*left -= newline != NULL;
		at = newline ? newline + 1 : end;
	}
	return (size_t)(at - buffer);
}

static int show(const char *name, void *arg)
{
	struct wanted *w = arg;
	char buffer[SHELL_READ_SIZE];
	s64 left = w->lines;
	ssize_t n = 0;

	if (w->titles)
		print("%s==> %s <==\n", w->gap, strcmp(name, "-") ? name : "standard input");
	w->gap = "\n";
	while (left > 0 && !shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0)
		if (stream_write(stream_out(), buffer, part(buffer, (size_t)n, &left)))
			return 0;
	return n < 0 ? (int)n : 0;
}

static int head(const struct arguments *a)
{
	struct wanted w = { .lines = a->value[COUNT].number, .gap = "" };
	struct arguments files = *a;

	if (a->count && !(a->given & 1U << COUNT) && a->words[0][0] == '-' && a->words[0][1] &&
	    !parse_s64(a->words[0] + 1, 10, &w.lines)) {
		files.words++;
		files.count--;
	}
	w.titles = files.count > 1;
	return inputs_each("head", &files, show, &w);
}

static const struct command head_command = {
	.name = "head", .help = "the first lines of files, or of what it reads", .parsed = head,
	ARGUMENTS(head_arguments),
};
COMMAND(head_command);
