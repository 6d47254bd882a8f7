/* SPDX-License-Identifier: MIT */
/* wc: counts lines (newlines), words and bytes of its input; all three, or those asked for. */
#include <shell/command.h>

enum { LINES, WORDS, BYTES, KINDS };

static const struct argument wc_arguments[] = {
	[LINES] = { .letter = 'l', .type = ARGUMENT_FLAG, .help = "lines" },
	[WORDS] = { .letter = 'w', .type = ARGUMENT_FLAG, .help = "words" },
	[BYTES] = { .letter = 'c', .type = ARGUMENT_FLAG, .help = "bytes" },
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int wc(const struct arguments *a)
{
	char buffer[SHELL_READ_SIZE], before = ' ';
	u64 count[KINDS] = { 0 };
	const char *gap = "";
	ssize_t n;

	while ((n = shell_read(buffer, sizeof(buffer))) > 0) {
		count[BYTES] += (u64)n;
		for (ssize_t i = 0; i < n; i++) {
			count[LINES] += buffer[i] == '\n';
			count[WORDS] += is_space(before) && !is_space(buffer[i]);
			before = buffer[i];
		}
	}
	if (shell_stopped())
		return STATUS_STOPPED;
	for (unsigned int i = 0; i < KINDS; i++) {
		if (a->given && !(a->given & 1U << i))
			continue;
		print("%s%lu", gap, count[i]);
		gap = " ";
	}
	print("\n");
	return STATUS_OK;
}

static const struct command wc_command = {
	.name = "wc", .help = "count lines, words and bytes of what it reads", .parsed = wc,
	ARGUMENTS(wc_arguments),
};
COMMAND(wc_command);
