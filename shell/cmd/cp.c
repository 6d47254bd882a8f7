/* SPDX-License-Identifier: MIT */
/*
 * cp: copies files, to a new name or into a directory; with -r directories and all that is in them:
 * symbolic links as links, devices as nodes.
 */
#include <lib/types.h>
#include <shell/command.h>

#include "copy.h"
#include "files.h"
#include "targets.h"

enum { ALL, PATHS };

static const struct argument cp_arguments[] = {
	[ALL] = { .letter = 'r', .type = ARGUMENT_FLAG, .help = "directories and what is in them" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int one(const char *path, const char *target)
{
	int err = copy_file("cp", path, target);

	return err > 0 ? err : file_status("cp", target, err);
}

static int all(const char *path, const char *target)
{
	const struct copy_job job = {
		.command = "cp", .path = path, .target = target, .shown = target,
	};

	return copy_tree(&job);
}

static int cp(const struct arguments *a)
{
	return targets_each("cp", a, a->given & 1U << ALL ? all : one);
}

static const struct command cp_command = {
	.name = "cp", .usage = "[-r] PATH... NEW",
	.help = "copy files, or all that is in directories", .parsed = cp, ARGUMENTS(cp_arguments),
};
COMMAND(cp_command);
