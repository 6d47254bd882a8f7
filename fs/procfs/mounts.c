/* SPDX-License-Identifier: MIT */
/*
 * /proc/mounts: a line for each mount, as in fstab: source, target, type, options, 0 0. Blanks and
 * backslashes in names are written as octal numbers, as Linux does it.
 */
#include <fs/fs.h>
#include <fs/proc.h>
#include <lib/string.h>

static void name(struct proc_text *t, const char *text)
{
	for (; *text; text++)
		proc_print(t, strchr(" \t\n\\", *text) ? "\\%03o" : "%c", *text);
	proc_print(t, " ");
}

static void show(struct proc_text *t)
{
	struct fs_mount_info m;

	for (unsigned int i = 0; fs_mount_info(i, &m); i++) {
		name(t, m.source);
		name(t, m.target);
		proc_print(t, "%s %s 0 0\n", m.stat.type, m.stat.read_only ? "ro" : "rw");
	}
}

static const struct proc_entry mounts_proc = { .name = "mounts", .show = show };
PROC_ENTRY(mounts_proc);
