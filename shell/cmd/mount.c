/* SPDX-License-Identifier: MIT */
/* mount: mounts a filesystem on a directory, or lists what is mounted. */
#include <fs/fs.h>
#include <lib/string.h>
#include <shell/command.h>

#include "files.h"

enum { TYPE, OPTIONS, TARGET };

static const struct argument mount_arguments[] = {
	[TYPE] = { .letter = 't', .name = "TYPE", .type = ARGUMENT_TEXT, .help = "ramfs, ..." },
	[OPTIONS] = { .letter = 'o', .name = "OPTIONS", .type = ARGUMENT_TEXT, .help = "ro,..." },
	[TARGET] = { .name = "PATH", .type = ARGUMENT_TEXT, .optional = true },
};

static int list(void)
{
	struct fs_mount_info m;

	for (unsigned int i = 0; fs_mount_info(i, &m); i++)
		print("%s on %s type %s (%s)\n", *m.source ? m.source : "none", m.target,
		      m.stat.type, m.stat.read_only ? "ro" : "rw");
	return STATUS_OK;
}

static int mount(const struct arguments *a)
{
	const char *options = a->given & 1U << OPTIONS ? a->value[OPTIONS].text : NULL;

	if (!a->given)
		return list();
	if (!(a->given & 1U << TARGET) || !(a->given & 1U << TYPE)) {
		print("mount: -t TYPE and a PATH are needed\n");
		return STATUS_USAGE;
	}
	return file_status("mount", a->value[TARGET].text,
			   fs_mount(NULL, a->value[TARGET].text, a->value[TYPE].text, options));
}

static const struct command mount_command = {
	.name = "mount", .help = "mount a filesystem, or list them", .parsed = mount,
	ARGUMENTS(mount_arguments),
};
COMMAND(mount_command);
