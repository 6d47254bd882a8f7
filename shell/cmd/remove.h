/* SPDX-License-Identifier: MIT */
/* Removing a name and all that is below it: for rm, and for mv to another filesystem. */
#ifndef SHELL_CMD_REMOVE_H
#define SHELL_CMD_REMOVE_H

#include <lib/types.h>

/*
 * Removes @root, and of a directory what is in it; symbolic links are not followed. Complains in
 * the name of @command. The status. @to_end: also when the command is told to end.
 */
int remove_tree(const char *command, const char *root, bool to_end);

#endif
