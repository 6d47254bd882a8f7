/* SPDX-License-Identifier: MIT */
/*
 * write: words into a file, as echo prints them: instead of what is in it, behind that (-a), or
 * over it from some place on (-o). Says how many bytes it wrote.
 */
#include <fs/file.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "files.h"

enum { APPEND, OFFSET, NO_NEWLINE, FILE, TEXT };

static const struct argument write_arguments[] = {
	[APPEND] = { .letter = 'a', .type = ARGUMENT_FLAG, .help = "behind what is in the file" },
	[OFFSET] = { .letter = 'o', .name = "OFFSET", .type = ARGUMENT_SIZE,
		     .help = "over what is in the file from this byte on" },
	[NO_NEWLINE] = { .letter = 'n', .type = ARGUMENT_FLAG, .help = "no newline at the end" },
	[FILE] = { .name = "FILE", .type = ARGUMENT_TEXT },
	[TEXT] = { .name = "TEXT", .type = ARGUMENT_TEXT, .many = true },
};

/* All of @text at *@pos, which moves: 0 or an error. */
static int put(struct file *file, const char *text, s64 *pos, bool append)
{
	size_t len = strlen(text), done = 0;

	while (done < len) {
		ssize_t n = append ? file_write(file, text + done, len - done)
				   : file_pwrite(file, text + done, len - done, *pos);

		if (n <= 0)
			return n ? (int)n : -EIO;
		done += (size_t)n;
		*pos += n;
	}
	return 0;
}

static int write_words(const struct arguments *a, struct file *file, s64 *pos)
{
	bool append = a->given & 1U << APPEND;
	int err = 0;

	for (int i = 0; i < a->count && !err; i++) {
		err = put(file, a->words[i], pos, append);
		if (!err && i + 1 < a->count)
			err = put(file, " ", pos, append);
	}
	return err || a->value[NO_NEWLINE].number ? err : put(file, "\n", pos, append);
}

static int write(const struct arguments *a)
{
	const char *path = a->value[FILE].text;
	bool append = a->given & 1U << APPEND, over = a->given & 1U << OFFSET;
	s64 begin = a->value[OFFSET].number, pos = begin;
	struct file *file;
	int err;

	if (append && over) {
		print("write: -a and -o: one of them\n");
		return STATUS_USAGE;
	}
	err = file_open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : over ? 0 : O_TRUNC), 0666,
			&file);
	if (!err) {
		err = write_words(a, file, &pos);
		file_put(file);
	}
	if (!err)
		print("%ld byte%s written\n", pos - begin, pos - begin == 1 ? "" : "s");
	return file_status("write", path, err);
}

static const struct command write_command = {
	.name = "write", .help = "write words into a file", .parsed = write,
	ARGUMENTS(write_arguments),
};
COMMAND(write_command);
