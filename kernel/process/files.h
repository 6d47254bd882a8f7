/* SPDX-License-Identifier: MIT */
/* Descriptors: what a process has open, by number (files.c). */
#ifndef PROCESS_FILES_H
#define PROCESS_FILES_H

#include <arch/atomic.h>
#include <fs/file.h>
#include <kernel/spinlock.h>
#include <lib/types.h>

#define FILES_INLINE	32	/* descriptors that take no memory of their own */
#define FILES_MAX	65536	/* however high RLIMIT_NOFILE is */

struct files {
	u32 users;		/* atomic: processes that share it */
	struct spinlock lock;
	/* lock held: */
	u32 size;		/* slots */
	u32 next;		/* none is free below it */
	u32 limit;		/* RLIMIT_NOFILE */
	struct file **file;
	u64 *cloexec;		/* a bit for each: closed by exec */
	struct file *inline_file[FILES_INLINE];
	u64 inline_cloexec[1];
};

struct files *files_create(void);
struct files *files_copy(struct files *from);
void files_put(struct files *files);

/* The file @fd, with a reference; NULL: there is none. Perhaps one that was opened with O_PATH. */
struct file *files_get_any(struct files *files, int fd);

/* The same for those that do more than name it: not with O_PATH. */
static inline struct file *files_get(struct files *files, int fd)
{
	struct file *file = files_get_any(files, fd);

	if (likely(file) && unlikely(file->access & FILE_PATH)) {
		file_put(file);
		return NULL;
	}
	return file;
}

/*
 * The same for the length of a call of the process whose table it is, which changes no descriptor:
 * without a reference, where nobody else can close it meanwhile. NULL: ask files_get().
 */
static inline struct file *file_borrow(const struct files *files, int fd)
{
	if (unlikely(atomic_load_relaxed(&files->users) > 1) || unlikely((u32)fd >= files->size))
		return NULL;
	return files->file[fd];
}

/* The lowest free descriptor from @min on for @file, whose reference it takes: -EMFILE, -ENOMEM. */
int files_add(struct files *files, struct file *file, int min, bool cloexec);

/* Makes @fd be @file, whose reference it takes; what it was is closed: -EBADF, -ENOMEM. */
int files_set(struct files *files, int fd, struct file *file, bool cloexec);
int files_close(struct files *files, int fd);

/*
 * A descriptor of the calling process for a new file without a path, of @super, that has @ops and
 * @data and is opened as @access and @flags (O_NONBLOCK, O_CLOEXEC) say. @data is from the heap;
 * where this fails, by -ENOMEM or -EMFILE, it is given back, by @ops->release().
 */
int anon_descriptor(struct super *super, const struct file_ops *ops, void *data, int access,
		    unsigned long flags);
void files_close_range(struct files *files, u32 first, u32 last, bool mark_only);
void files_close_on_exec(struct files *files);
int files_get_cloexec(struct files *files, int fd);
int files_set_cloexec(struct files *files, int fd, bool on);

#endif
