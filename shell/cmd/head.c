/* SPDX-License-Identifier: MIT */
/* head: the first lines of its input, whole however long they are. */
#include <lib/string.h>
#include <shell/command.h>

static const struct argument head_arguments[] = {
	{ .letter = 'n', .name = "COUNT", .type = ARGUMENT_NUMBER, .max = INT64_MAX, .preset = 10,
	  .help = "lines, 10 unless given" },
};

static int head(const struct arguments *a)
{
	s64 left = a->value[0].number;
	char buffer[SHELL_READ_SIZE];
	ssize_t n;

	while (left > 0 && (n = shell_read(buffer, sizeof(buffer))) > 0) {
		const char *at = buffer, *end = buffer + n;

		while (left > 0 && at < end) {
			const char *newline = memchr(at, '\n', (size_t)(end - at));

			left -= newline != NULL;
			at = newline ? newline + 1 : end;
		}
		print("%.*s", (int)(at - buffer), buffer);
	}
	return shell_stopped() ? STATUS_STOPPED : STATUS_OK;
}

static const struct command head_command = {
	.name = "head", .help = "the first lines of what it reads", .parsed = head,
	ARGUMENTS(head_arguments),
};
COMMAND(head_command);
