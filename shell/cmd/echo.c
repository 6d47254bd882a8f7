/* SPDX-License-Identifier: MIT */
/* echo: its words, as they are. */
#include <lib/string.h>
#include <shell/command.h>

/* What is written at once, so that a line which others write beside it stays one. */
struct line {
	size_t len;
	char text[512];
};

static void flush(struct line *l)
{
	print("%.*s", (int)l->len, l->text);
	l->len = 0;
}

static void add(struct line *l, const char *text)
{
	for (; *text; text++) {
		if (l->len == sizeof(l->text))
			flush(l);
		l->text[l->len++] = *text;
	}
}

static int echo_run(int argc, char **argv)
{
	bool newline = argc < 2 || strcmp(argv[1], "-n");
	struct line l;

	l.len = 0;
	for (int i = newline ? 1 : 2; i < argc; i++) {
		add(&l, argv[i]);
		if (i + 1 < argc)
			add(&l, " ");
	}
	if (newline)
		add(&l, "\n");
	flush(&l);
	return STATUS_OK;
}

static const struct command echo_command = {
	.name = "echo", .usage = "[-n] [WORD...]", .help = "print the words",
	.run = echo_run, .min_args = 0, .max_args = 255,
};
COMMAND(echo_command);
