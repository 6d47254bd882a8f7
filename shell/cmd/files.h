/* SPDX-License-Identifier: MIT */
/* For commands about files. */
#ifndef SHELL_CMD_FILES_H
#define SHELL_CMD_FILES_H

#include <lib/format.h>
#include <shell/command.h>
#include <uapi/errno.h>

/*
 * Prints what went wrong with @path, and is the status: STATUS_FAIL; STATUS_OK when @err is 0. Of
 * -EINTR there is nothing to say: STATUS_STOPPED.
 */
static inline int file_status(const char *command, const char *path, int err)
{
	if (!err)
		return STATUS_OK;
	if (err == -EINTR)
		return STATUS_STOPPED;
	print("%s: %s: %s\n", command, path, errno_text(-err));
	return STATUS_FAIL;
}

/* Does @act to each path that was given: the worst status. */
static inline int file_each(const char *command, const struct arguments *a,
			    int (*act)(const char *path))
{
	int status = STATUS_OK;

	for (int i = 0; i < a->count && !shell_stopped(); i++)
		status |= file_status(command, a->words[i], act(a->words[i]));
	return status;
}

#endif
