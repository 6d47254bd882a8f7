/* SPDX-License-Identifier: MIT */
/* Of calls that copy from one open file to another: both, and where; in sys_copy.c. */
#ifndef PROCESS_PAIR_H
#define PROCESS_PAIR_H

#include <arch/user.h>
#include <fs/file.h>
#include <lib/types.h>

/* Both files of a call, with references. */
struct pair {
	struct file *in, *out;
};

/* 0; -EBADF, also where one may not be read, or the other not written. put_pair() is due always. */
long get_pair(struct pair *p, int in, int out);
void put_pair(const struct pair *p);

/*
 * Where a call reads or writes, and how far it has come: a position in the program's memory at
 * @from or @to, or, where that is 0, the file's own. -EFAULT, -EINVAL, -ESPIPE.
 */
long get_position(struct file *file, uaddr_t from, s64 *pos);
long put_position(struct file *file, uaddr_t to, s64 pos);

#endif
