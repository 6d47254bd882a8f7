/* SPDX-License-Identifier: MIT */
/* ln: gives files further names, or with -s makes symbolic links. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"
#include "targets.h"

enum { SYMBOLIC, PATHS };

static const struct argument ln_arguments[] = {
	[SYMBOLIC] = { .letter = 's', .type = ARGUMENT_FLAG, .help = "symbolic links" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static int link_hard(const char *path, const char *target)
{
	int err = fs_link(path, false, target);
	struct file_stat stat;

	/* which of the two is not there? */
	return file_status("ln", fs_stat(path, false, &stat) ? path : target, err);
}

static int link_symbolic(const char *path, const char *target)
{
	return file_status("ln", target, fs_symlink(path, target));
}

static int ln(const struct arguments *a)
{
	return targets_each("ln", a, a->given & 1U << SYMBOLIC ? link_symbolic : link_hard);
}

static const struct command ln_command = {
	.name = "ln", .usage = "[-s] PATH... NEW", .help = "make links", .parsed = ln,
	ARGUMENTS(ln_arguments),
};
COMMAND(ln_command);
