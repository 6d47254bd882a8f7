/* SPDX-License-Identifier: MIT */
/* What cp, mv and ln have in common: paths, and behind them a new name, or a directory for all. */
#ifndef SHELL_CMD_TARGETS_H
#define SHELL_CMD_TARGETS_H

#include <lib/types.h>
#include <shell/command.h>

/*
 * Calls @act for each path of a->words but the last one, with the name that it is to get: the last
 * one, or where that is a directory, its own name in there. @act complains itself. The worst
 * status; STATUS_USAGE when there are fewer than two, or more and no directory.
 */
int targets_each(const char *command, const struct arguments *a,
		 int (*act)(const char *path, const char *target));

/* Where the last name of @path begins, and how long it is without slashes behind it. */
const char *target_name(const char *path, size_t *length);

#endif
