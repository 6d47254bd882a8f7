/* SPDX-License-Identifier: MIT */
/* ln: gives a file a further name, or with -s makes a symbolic link. */
#include <fs/fs.h>
#include <shell/command.h>

#include "files.h"

enum { SYMBOLIC, TARGET, LINK };

static const struct argument ln_arguments[] = {
	[SYMBOLIC] = { .letter = 's', .type = ARGUMENT_FLAG, .help = "a symbolic link" },
	[TARGET] = { .name = "TARGET", .type = ARGUMENT_TEXT },
	[LINK] = { .name = "PATH", .type = ARGUMENT_TEXT },
};

static int ln(const struct arguments *a)
{
	const char *target = a->value[TARGET].text, *path = a->value[LINK].text;

	if (a->given & 1U << SYMBOLIC)
		return file_status("ln", path, fs_symlink(target, path));
	return file_status("ln", path, fs_link(target, false, path));
}

static const struct command ln_command = {
	.name = "ln", .help = "make a link", .parsed = ln, ARGUMENTS(ln_arguments),
};
COMMAND(ln_command);
