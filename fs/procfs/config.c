/* SPDX-License-Identifier: MIT */
/* /proc/config: the .config that this image was built with, as text (CONFIG_IKCONFIG). */
#include <fs/proc.h>
#include <kernel/config_data.h>

static void show(struct proc_text *t)
{
	proc_write(t, config_data, (size_t)(config_data_end - config_data));
}

static const struct proc_entry config_proc = { .name = "config", .show = show };
PROC_ENTRY(config_proc);
