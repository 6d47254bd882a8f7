/* SPDX-License-Identifier: MIT */
/*
 * mount: mounts a filesystem on a directory, or lists what is mounted. What is mounted may be named
 * before the directory, as for Linux's mount; the list shows it.
 */
#include <fs/fs.h>
#include <fs/inode.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/complete.h>

#include "files.h"

enum { TYPE, OPTIONS, PATHS };

static const struct argument mount_arguments[] = {
	[TYPE] = { .letter = 't', .name = "TYPE", .type = ARGUMENT_TEXT,
		   .help = "ramfs, proc, ..." },
	[OPTIONS] = { .letter = 'o', .name = "OPTIONS", .type = ARGUMENT_TEXT,
		      .help = "ro, size=BYTES (ramfs), with commas" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .optional = true, .many = true,
		    .help = "the directory; before it, what is mounted" },
};

static int list(void)
{
	struct fs_mount_info m;

	for (unsigned int i = 0; fs_mount_info(i, &m); i++)
		print("%s on %s type %s (%s)\n", *m.source ? m.source : "none", m.target,
		      m.stat.type, m.stat.read_only ? "ro" : "rw");
	return STATUS_OK;
}

/* What there is to say of @err, in the words that were given where it is about one of them. */
static int tell(const char *target, const char *type, const char *refused, int err)
{
	const char *end = refused ? strchr(refused, ',') : NULL;

	if (err == -ENODEV)
		print("mount: %s: unknown filesystem\n", type);
	else if (refused)
		print("mount: %s: bad option: %.*s\n", target,
		      (int)(end ? end - refused : (ssize_t)strlen(refused)), refused);
	else
		return file_status("mount", target, err);
	return STATUS_FAIL;
}

static int mount(const struct arguments *a)
{
	const char *options = a->given & 1U << OPTIONS ? a->value[OPTIONS].text : NULL;
	const char *source = a->count == 2 ? a->words[0] : NULL, *target, *type, *refused = NULL;
	int err;

	if (!a->given && !a->count)
		return list();
	if (!a->count || a->count > 2 || !(a->given & 1U << TYPE)) {
		print("mount: -t TYPE and a PATH are needed\n");
		return STATUS_USAGE;
	}
	target = a->words[a->count - 1];
	type = a->value[TYPE].text;
	err = fs_mount(source, target, type, options, &refused);
	return tell(target, type, refused, err);
}

static void offer_types(struct completion *c)
{
	TABLE_FOREACH(filesystem, struct filesystem, fs)
		complete_offer(c, (*fs)->name, " ");
}

static const struct completer type_completer = { .kinds = "TYPE", .offer = offer_types };
COMPLETER(type_completer);

static const struct command mount_command = {
	.name = "mount", .help = "mount a filesystem, or list them", .parsed = mount,
	ARGUMENTS(mount_arguments),
};
COMMAND(mount_command);
