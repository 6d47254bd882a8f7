/* SPDX-License-Identifier: MIT */
/* Locks of files (file_lock.c). */
#ifndef PROCESS_FILE_LOCK_H
#define PROCESS_FILE_LOCK_H

#include <arch/user.h>
#include <fs/file.h>
#include <fs/inode.h>
#include <lib/types.h>

#include "files.h"

#define F_GETLK		5
#define F_SETLK		6
#define F_SETLKW	7
#define F_OFD_GETLK	36
#define F_OFD_SETLK	37
#define F_OFD_SETLKW	38

/* fcntl(2)'s calls about locks: @command is one of those above, @at where a struct flock is. */
long file_lock_control(struct file *file, int fd, unsigned int command, uaddr_t at);

/* A descriptor of @files for @file is closed: what they have locked by fcntl(2) is free again. */
void file_lock_close(struct files *files, struct file *file);

#ifdef CONFIG_PROCESS
static inline void file_lock_closed(struct files *files, struct file *file)
{
	if (unlikely(file->inode->locks))
		file_lock_close(files, file);
}
#endif

/* Nobody uses @file any more: neither do its own locks exist. */
void file_lock_gone(struct file *file);

#endif
