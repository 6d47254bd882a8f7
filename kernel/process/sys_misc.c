/* SPDX-License-Identifier: MIT */
/* Calls that fit nowhere else. */
#include <kernel/random.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

long sys_getrandom(uaddr_t to, unsigned long n, unsigned long flags)
{
	u8 piece[64];
	size_t done = 0;

	if (flags & ~7UL)
		return -EINVAL;
	n = MIN(n, (unsigned long)INT32_MAX);
	while (done < n) {
		size_t size = MIN(n - done, sizeof(piece));

		random_bytes(piece, size);
		if (copy_to_user(to + done, piece, size))
			return done ? (long)done : -EFAULT;
		done += size;
	}
	return (long)done;
}
