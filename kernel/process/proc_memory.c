/* SPDX-License-Identifier: MIT */
/* /proc/<pid>: what is in its memory: maps, and the strings and numbers that it was begun with. */
#include <lib/string.h>

#include "proc.h"

#define AUXV_MAX	1024	/* bytes */
#define NAME_COLUMN	73UL	/* of a line in maps */

int proc_show_maps(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	struct vma_info info;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	for (vaddr_t at = 0; s->space && space_vma_info(s->space, at, &info); at = info.end) {
		size_t begin = t->length, length;

		proc_print(t, "%08lx-%08lx %c%c%c%c %08lx %02lx:%02lx %lu ", info.start, info.end,
			   info.flags & VMA_READ ? 'r' : '-', info.flags & VMA_WRITE ? 'w' : '-',
			   info.flags & VMA_EXEC ? 'x' : '-', info.flags & VMA_SHARED ? 's' : 'p',
			   info.offset, info.device >> 8, info.device & 0xff, info.inode);
		length = t->length - begin;
		if (*info.name)
			proc_print(t, "%*s%s", (int)(NAME_COLUMN - MIN(length, NAME_COLUMN)), "",
				   info.name);
		proc_print(t, "\n");
	}
	proc_snapshot_put(s);
	return 0;
}

/* Adds what lies in the process's own memory. */
static int show_memory(const struct inode *inode, struct proc_text *t, bool env)
{
	struct proc_snapshot *s;
	char piece[256];
	vaddr_t at, end;
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	if (s->space) {
		at = env ? s->space->args_end : s->space->args;
		end = env ? s->space->env_end : s->space->args_end;
		for (size_t n; at < end; at += n) {
			n = space_read(s->space, at, piece, MIN(sizeof(piece), end - at));
			if (!n)
				break;
			proc_write(t, piece, n);
		}
	}
	proc_snapshot_put(s);
	return 0;
}

int proc_show_cmdline(const struct inode *inode, struct proc_text *t)
{
	return show_memory(inode, t, false);
}

int proc_show_environ(const struct inode *inode, struct proc_text *t)
{
	return show_memory(inode, t, true);
}


/* Up to the entry that ends it, and with that. */
int proc_show_auxv(const struct inode *inode, struct proc_text *t)
{
	struct proc_snapshot *s;
	u64 entry[2];
	int err = proc_snapshot_take(inode, &s);

	if (err)
		return err;
	for (vaddr_t at = s->space ? s->space->aux : 0; at; at += sizeof(entry)) {
		if (space_read(s->space, at, entry, sizeof(entry)) < sizeof(entry))
			break;
		proc_write(t, (const char *)entry, sizeof(entry));
		/* what lies there is the program's to change */
		if (!entry[0] || t->length >= AUXV_MAX)
			break;
	}
	proc_snapshot_put(s);
	return 0;
}
