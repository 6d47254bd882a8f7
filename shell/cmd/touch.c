/* SPDX-License-Identifier: MIT */
/* touch: makes empty files where there are none; of the others, the date is now. */
#include <fs/fs.h>
#include <kernel/time.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "files.h"

static const struct argument touch_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int touch_one(const char *path)
{
	u64 now = time_real();
	struct file_attr attr = { .set = FILE_TIMES, .accessed = now, .modified = now };
	int err = fs_set_attr(path, &attr);
	struct file *file;

	if (err != -ENOENT)
		return err;
	err = file_open(path, O_WRONLY | O_CREAT, 0666, &file);
	if (!err)
		file_put(file);
	return err;
}

static int touch(const struct arguments *a)
{
	return file_each("touch", a, touch_one);
}

static const struct command touch_command = {
	.name = "touch", .help = "make files that are not there, date the others", .parsed = touch,
	ARGUMENTS(touch_arguments),
};
COMMAND(touch_command);
