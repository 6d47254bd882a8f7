/* SPDX-License-Identifier: MIT */
/* For tests of what /proc says: its files as texts. */
#ifndef TESTS_USER_PROC_H
#define TESTS_USER_PROC_H

#include "abi.h"

#include <fcntl.h>

static char text[65536];

/* All of a file, in @text with a NUL: how many bytes; -1. */
static inline ssize_t get(const char *name)
{
	int fd = open(name, O_RDONLY), saved;
	ssize_t n, all = 0;

	if (fd < 0)
		return -1;
	while ((n = read(fd, text + all, sizeof(text) - 1 - (size_t)all)) > 0)
		all += n;
	saved = errno;
	close(fd);
	errno = saved;
	text[all] = '\0';
	return n < 0 ? -1 : all;
}

/* As write(2) to the file @name. */
static inline ssize_t put(const char *name, const char *what)
{
	int fd = open(name, O_WRONLY), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, what, strlen(what));
	saved = errno;
	close(fd);
	errno = saved;
	return n;
}

/* What stands behind @label in @text, or "". */
static inline const char *field(const char *label)
{
	const char *at = strstr(text, label);

	return at ? at + strlen(label) : "";
}

static inline long number(const char *label)
{
	return strtol(field(label), NULL, 10);
}

#endif
