/* SPDX-License-Identifier: MIT */
/* /proc/cmdline: the kernel's command line. */
#include <fs/proc.h>
#include <kernel/cmdline.h>

static void show(struct proc_text *t)
{
	proc_print(t, "%s\n", cmdline_get());
}

static const struct proc_entry cmdline_proc = { .name = "cmdline", .show = show };
PROC_ENTRY(cmdline_proc);
