/* SPDX-License-Identifier: MIT */
/* The terminal for programs, of which several may read at a time: console_user.c. */
#ifndef FS_DEVFS_CONSOLE_H
#define FS_DEVFS_CONSOLE_H

#include <fs/file.h>
#include <kernel/tty.h>

#ifdef CONFIG_PROCESS
/* Reads up to @size bytes as @file's flags say. */
ssize_t console_read_some(struct file *file, char *text, size_t size);

long console_ioctl(struct file *file, unsigned int request, u64 argument);
unsigned int console_poll_file(struct file *file, struct poller *poller);
#else
static inline ssize_t console_read_some(struct file *file __unused, char *text, size_t size)
{
	return tty_read_some(text, size);
}
#endif

#endif
