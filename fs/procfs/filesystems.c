/* SPDX-License-Identifier: MIT */
/* /proc/filesystems: the types that mount(2) takes; none of them is kept on a block device. */
#include <fs/inode.h>
#include <fs/proc.h>

static void show(struct proc_text *t)
{
	TABLE_FOREACH(filesystem, struct filesystem, fs)
		proc_print(t, "nodev\t%s\n", (*fs)->name);
}

static const struct proc_entry filesystems_proc = { .name = "filesystems", .show = show };
PROC_ENTRY(filesystems_proc);
