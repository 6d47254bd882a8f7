/* SPDX-License-Identifier: MIT */
/* cat: prints files, or its input, byte by byte. */
#include <fs/file.h>
#include <kernel/stream.h>
#include <shell/command.h>

#include "files.h"

static const struct argument cat_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .optional = true, .many = true },
};

static int copy_file(const char *path)
{
	char buffer[SHELL_READ_SIZE];
	struct file *file;
	int err = file_open(path, O_RDONLY, 0, &file);
	ssize_t n = 1;

	if (err)
		return err;
	while (!err && n > 0 && !shell_stopped()) {
		n = file_read(file, buffer, sizeof(buffer));
		err = n > 0 ? stream_write(stream_out(), buffer, (size_t)n) : (int)n;
	}
	file_put(file);
	return err;
}

static int copy_input(void)
{
	char buffer[SHELL_READ_SIZE];
	ssize_t n = 1;
	int err = 0;

	while (!err && n > 0 && !shell_stopped()) {
		n = shell_read(buffer, sizeof(buffer));
		err = n > 0 ? stream_write(stream_out(), buffer, (size_t)n) : (int)n;
	}
	return err && !shell_stopped() ? file_status("cat", "input", err) : STATUS_OK;
}

static int cat(const struct arguments *a)
{
	int status = a->count ? file_each("cat", a, copy_file) : copy_input();

	return shell_stopped() ? STATUS_STOPPED : status;
}

static const struct command cat_command = {
	.name = "cat", .help = "print files, or what it reads", .parsed = cat,
	ARGUMENTS(cat_arguments),
};
COMMAND(cat_command);
