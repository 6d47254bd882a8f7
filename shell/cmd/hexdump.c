/* SPDX-License-Identifier: MIT */
/* hexdump: bytes of files, one behind the other, or of its input (dump.h). */
#include "dump.h"
#include "inputs.h"

enum { CANONICAL, ALL, LENGTH, SKIP, FILES };

static const struct argument hexdump_arguments[] = {
	[CANONICAL] = { .letter = 'C', .type = ARGUMENT_FLAG, .help = "this form: the only one" },
	[ALL] = { .letter = 'v', .type = ARGUMENT_FLAG, .help = "no * for lines that repeat" },
	[LENGTH] = { .letter = 'n', .name = "LENGTH", .type = ARGUMENT_SIZE, .preset = INT64_MAX,
		     .help = "no more bytes than that" },
	[SKIP] = { .letter = 's', .name = "SKIP", .type = ARGUMENT_SIZE,
		   .help = "not so many of the first bytes" },
	[FILES] = INPUT_FILES,
};

struct wanted {
	struct dump dump;
	u64 skip, left;		/* bytes */
};

static int add(const char *name __unused, void *arg)
{
	char buffer[SHELL_READ_SIZE];
	struct wanted *w = arg;
	ssize_t n = 0;

	if (input_loops())
		return INPUT_LOOPS;
	while (w->left && !shell_stopped() && (n = shell_read(buffer, sizeof(buffer))) > 0) {
		u64 skipped = MIN(w->skip, (u64)n), end = MIN((u64)n, skipped + w->left);

		w->skip -= skipped;
		w->left -= end - skipped;
		if (end > skipped)
			dump_add(&w->dump, buffer + skipped, end - skipped);
	}
	return n < 0 ? (int)n : 0;
}

static int hexdump(const struct arguments *a)
{
	struct wanted w = {
		.skip = (u64)a->value[SKIP].number, .left = (u64)a->value[LENGTH].number,
		.dump = { .base = (u64)a->value[SKIP].number, .all = a->value[ALL].number },
	};
	int status = inputs_each("hexdump", a, add, &w);

	if (status != STATUS_STOPPED)
		dump_end(&w.dump);
	return status;
}

static const struct command hexdump_command = {
	.name = "hexdump", .help = "bytes of files, or of what it reads, in hexadecimal",
	.parsed = hexdump, ARGUMENTS(hexdump_arguments),
};
COMMAND(hexdump_command);
