/* SPDX-License-Identifier: MIT */
/* Copying files and all that is in directories: for cp, and for mv to another filesystem. */
#ifndef SHELL_CMD_COPY_H
#define SHELL_CMD_COPY_H

#include <lib/types.h>

/*
 * Copies what the file at @path has to that at @target, which it makes or overwrites: 0; an errno,
 * of @target; a status, where it has complained in the name of @command.
 */
int copy_file(const char *command, const char *path, const char *target);

struct copy_job {
	const char *command;	/* who complains */
	const char *path, *target;
	const char *shown;	/* how complaints call @target */
	bool keep;		/* permissions and times as well */
};

/*
 * Copies @path and all that is in it: symbolic links as links, devices as nodes. Complains. The
 * status; also 0 when the command was told to end.
 */
int copy_tree(const struct copy_job *job);

#endif
