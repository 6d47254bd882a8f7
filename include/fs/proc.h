/* SPDX-License-Identifier: MIT */
/*
 * What /proc shows: each file or directory in it is an entry in a table. A file's text is written
 * by a function, when it is first read after it was opened or from its beginning, and kept until
 * it is closed: so that whoever reads in small pieces gets one text, that of one moment. A
 * directory is a synthetic one (<fs/synth.h>). CONFIG_FS_PROCFS.
 */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <lib/table.h>
#include <lib/types.h>

struct file;
struct inode;
struct iov;
struct synth_dir;

/* The text of a file while it is written. */
struct proc_text {
	size_t size;		/* how much of it is kept */
	size_t length;		/* of all of it */
	char text[];
};

struct proc_entry {
	const char *name;
	/* one of these; @show may sleep, and is called again where the text became longer than
	 * expected, with the file's lock held */
	void (*show)(struct proc_text *t);
	const struct synth_dir *dir;
#ifdef CONFIG_PROCESS
	/* Names beside its own one: they come and go, and are told of as a synth_dir's are. */
	const struct synth_dir *more;
#endif
};

/* The variable's name must end in _proc. */
#define PROC_ENTRY(entry)	TABLE_ENTRY(proc_entry, struct proc_entry, entry)

#ifdef CONFIG_PROCESS
/* For files elsewhere: as read() of a file whose text @show writes; @show's errno ends it. */
ssize_t proc_read(struct file *file, struct iov *iov, u64 pos,
		  int (*show)(const struct inode *inode, struct proc_text *t));
void proc_release(struct file *file);

/* The texts of /proc/<pid>/mounts, which is that of /proc/mounts, and of mountinfo: 0. */
int proc_show_mounts(const struct inode *inode, struct proc_text *t);
int proc_show_mountinfo(const struct inode *inode, struct proc_text *t);
#endif

/* For show(): adds formatted text, or @length bytes as they are. */
void proc_print(struct proc_text *t, const char *fmt, ...) __printf(2, 3);
void proc_write(struct proc_text *t, const char *text, size_t length);

#endif
