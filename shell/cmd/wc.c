/* SPDX-License-Identifier: MIT */
/*
 * wc: counts lines (newlines), words and bytes of files or of its input; all three, or those asked
 * for; of several files also the sum.
 */
#include "inputs.h"

enum { LINES, WORDS, BYTES, KINDS, FILES = KINDS };

static const struct argument wc_arguments[] = {
	[LINES] = { .letter = 'l', .type = ARGUMENT_FLAG, .help = "lines" },
	[WORDS] = { .letter = 'w', .type = ARGUMENT_FLAG, .help = "words" },
	[BYTES] = { .letter = 'c', .type = ARGUMENT_FLAG, .help = "bytes" },
	[FILES] = INPUT_FILES,
};

struct totals {
	u32 wanted;		/* a bit each */
	u64 count[KINDS];
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void show(const struct totals *t, const u64 *count, const char *name)
{
	const char *gap = "";

	for (unsigned int i = 0; i < KINDS; i++) {
		if (t->wanted && !(t->wanted & 1U << i))
			continue;
		print("%s%lu", gap, count[i]);
		gap = " ";
	}
	print("%s%s\n", name ? " " : "", name ? name : "");
}

static int count_one(const char *name, void *arg)
{
	char buffer[SHELL_READ_SIZE], before = ' ';
	u64 count[KINDS] = { 0 };
	struct totals *t = arg;
	ssize_t n = 0;

	while (!shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0) {
		count[BYTES] += (u64)n;
		for (ssize_t i = 0; i < n; i++) {
			count[LINES] += buffer[i] == '\n';
			count[WORDS] += is_space(before) && !is_space(buffer[i]);
			before = buffer[i];
		}
	}
	if (shell_stopped())
		return 0;
	for (unsigned int i = 0; i < KINDS; i++)
		t->count[i] += count[i];
	if (n == 0)
		show(t, count, name);
	return (int)n;
}

static int wc(const struct arguments *a)
{
	struct totals t = { .wanted = a->given & ((1U << KINDS) - 1) };
	int status = inputs_each("wc", a, count_one, &t);

	if (a->count > 1 && !shell_stopped())
		show(&t, t.count, "total");
	return status;
}

static const struct command wc_command = {
	.name = "wc", .help = "count lines, words and bytes of files, or of what it reads",
	.parsed = wc, ARGUMENTS(wc_arguments),
};
COMMAND(wc_command);
