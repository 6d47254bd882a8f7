/* SPDX-License-Identifier: MIT */
/*
 * What boot mounts: the filesystems that say where they belong, in the order of their names. One
 * that cannot be mounted is a line in the log: the others, and the shell, do without it.
 */
#include <lib/log.h>

#include "vfs.h"

static int mount_one(const struct filesystem *fs)
{
	int err = fs_mkdir(fs->place, 0755);

	return err && err != -EEXIST ? err : fs_mount(NULL, fs->place, fs->name, NULL, NULL);
}

void fs_mount_boot(void)
{
	if (list_empty(&tree.mounts))
		return;
	TABLE_FOREACH(filesystem, struct filesystem, fs) {
		int err = (*fs)->place ? mount_one(*fs) : 0;

		if (err)
			log_err("%s is not mounted on %s: %pe", (*fs)->name, (*fs)->place,
				(void *)(intptr_t)err);
	}
}
