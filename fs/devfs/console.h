/* SPDX-License-Identifier: MIT */
/* The terminal for programs, of which several may read at a time: console_user.c. */
#ifndef FS_DEVFS_CONSOLE_H
#define FS_DEVFS_CONSOLE_H

#include <fs/file.h>
#include <kernel/tty.h>

#ifdef CONFIG_PROCESS
/* Reads up to @size bytes as @file's flags say. */
ssize_t console_read_some(struct file *file, char *text, size_t size);

/* Whether the calling process may write: 0; -EINTR, -EIO as tty_may(). */
int console_may_write(void);

long console_ioctl(struct file *file, unsigned int request, u64 argument);
unsigned int console_poll_file(struct file *file, struct poller *poller);
#else
static inline ssize_t console_read_some(struct file *file __unused, char *text, size_t size)
{
	return tty_read_some(text, size);
}

static inline int console_may_write(void)
{
	return 0;
}
#endif

#endif
