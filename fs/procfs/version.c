/* SPDX-License-Identifier: MIT */
/* /proc/version: as Linux has it, "NAME version NUMBER (COMPILER) DATE". */
#include <fs/proc.h>
#include <generated/version.h>

static void show(struct proc_text *t)
{
	proc_print(t, "Cairn version " CAIRN_VERSION " (" CAIRN_COMPILER ") " CAIRN_BUILD_DATE
		      "\n");
}

static const struct proc_entry version_proc = { .name = "version", .show = show };
PROC_ENTRY(version_proc);
