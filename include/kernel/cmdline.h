/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: CONFIG_CMDLINE, then /chosen's bootargs. Words are separated by
 * spaces; a word is NAME or NAME=VALUE, and a value in double quotes may hold spaces. The last
 * one of a name wins. What nobody asks for is left to others, as in Linux.
 */
#ifndef KERNEL_CMDLINE_H
#define KERNEL_CMDLINE_H

#include <lib/types.h>

#define CMDLINE_MAX	1024	/* bytes, with the final NUL */

/*
 * Takes in the two parts (@bootargs may be NULL). What is longer than CMDLINE_MAX is cut, with
 * a log line. Boot CPU, once.
 */
void cmdline_init(const char *builtin, const char *bootargs);

/* The whole line. */
const char *cmdline_get(void);

/* True when @name is there, with or without a value. */
bool cmdline_has(const char *name);

/*
 * Copies the value of @name, without its quotes, to @buf. 0; -ENOENT when it is not there;
 * -EINVAL when it has no value; -ERANGE when it does not fit, and *@buf is cut then.
 */
int cmdline_value(const char *name, char *buf, size_t size);

/*
 * A value as a number, and as a size in bytes (512M). Logs one that makes no sense, and returns
 * -EINVAL for it.
 */
int cmdline_u64(const char *name, u64 *value);
int cmdline_size(const char *name, u64 *value);

#endif
