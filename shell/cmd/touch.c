/* SPDX-License-Identifier: MIT */
/* touch: makes empty files where there are none. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

static const struct argument touch_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int make(const char *path)
{
	struct file *file;
	int err = file_open(path, O_WRONLY | O_CREAT, 0666, &file);

	if (!err)
		file_put(file);
	return err;
}

static int touch(const struct arguments *a)
{
	return file_each("touch", a, make);
}

static const struct command touch_command = {
	.name = "touch", .help = "make files that are not there", .parsed = touch,
	ARGUMENTS(touch_arguments),
};
COMMAND(touch_command);
