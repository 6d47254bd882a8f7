/* SPDX-License-Identifier: MIT */
/*
 * /proc/mounts: a line for each mount, as in fstab: source, target, type, options, 0 0. Blanks and
 * backslashes in names are written as octal numbers, as Linux does it.
 */
#include <fs/fs.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <uapi/stat.h>

static void name(struct proc_text *t, const char *text)
{
	for (; *text; text++)
		proc_print(t, strchr(" \t\n\\", *text) ? "\\%03o" : "%c", *text);
	proc_print(t, " ");
}

#ifdef CONFIG_PROCESS
static void options(struct proc_text *t, const struct fs_mount_info *m)
{
	proc_print(t, "%s%s%s%s", m->stat.read_only ? "ro" : "rw",
		   m->stat.flags & MOUNT_NOSUID ? ",nosuid" : "",
		   m->stat.flags & MOUNT_NODEV ? ",nodev" : "",
		   m->stat.flags & MOUNT_NOEXEC ? ",noexec" : "");
}

static void type_and_options(struct proc_text *t, const struct fs_mount_info *m)
{
	proc_print(t, "%s ", m->stat.type);
	options(t, m);
	proc_print(t, " 0 0\n");
}
#else
static void type_and_options(struct proc_text *t, const struct fs_mount_info *m)
{
	proc_print(t, "%s %s 0 0\n", m->stat.type, m->stat.read_only ? "ro" : "rw");
}
#endif

static void show(struct proc_text *t)
{
	struct fs_mount_info m;

	for (unsigned int i = 0; fs_mount_info(i, &m); i++) {
		name(t, m.source);
		name(t, m.target);
		type_and_options(t, &m);
	}
}

static const struct proc_entry mounts_proc = { .name = "mounts", .show = show };
PROC_ENTRY(mounts_proc);

#ifdef CONFIG_PROCESS
int proc_show_mounts(const struct inode *inode __unused, struct proc_text *t)
{
	show(t);
	return 0;
}

/*
 * A line for each: its number and that of the one that it is mounted in, the device that stat(2)
 * tells, what of it is mounted (all), where, options of the mount, type, source, options of the
 * filesystem. A mount is known by its device, which it shares with no other.
 */
int proc_show_mountinfo(const struct inode *inode __unused, struct proc_text *t)
{
	struct fs_mount_info m;

	for (unsigned int i = 0; fs_mount_info(i, &m); i++) {
		proc_print(t, "%u %u %u:%u / ", m.stat.device, m.parent,
			   NODE_MAJOR(m.stat.device), NODE_MINOR(m.stat.device));
		name(t, m.target);
		options(t, &m);
		proc_print(t, " - %s ", m.stat.type);
		name(t, m.source);
		proc_print(t, m.stat.read_only ? "ro\n" : "rw\n");
	}
	return 0;
}
#endif
