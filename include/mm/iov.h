/* SPDX-License-Identifier: MIT */
/*
 * The caller's memory in a read or a write: where the next byte goes or comes from, and how many
 * are left. Filesystems copy by these functions only, each of which returns how many bytes it did,
 * so that a program's memory, which may be missing, can stand behind them as well. Whoever gets
 * less than it asked for has come to such a place, and stops. The callers keep to what is left.
 */
#ifndef MM_IOV_H
#define MM_IOV_H

#include <lib/string.h>
#include <lib/types.h>

struct iov {
	u8 *base;		/* an address of the kernel; or of the program, where those lie */
	size_t left;
#ifdef CONFIG_PROCESS
	bool may_fault;		/* a program's memory may be brought in while it is copied: no lock
				 * is held that this could need, which are those of files */
	bool faulted;		/* it was not there, and may not, or cannot, be brought in */
#endif
};

#ifdef CONFIG_PROCESS
/* In mm/iov.c. As below. */
size_t iov_put(struct iov *iov, const void *from, size_t n);
size_t iov_get(struct iov *iov, void *to, size_t n);
size_t iov_zero(struct iov *iov, size_t n);
#else

/* Copies @n bytes to the caller. */
static inline size_t iov_put(struct iov *iov, const void *from, size_t n)
{
	memcpy(iov->base, from, n);
	iov->base += n;
	iov->left -= n;
	return n;
}

/* Copies @n bytes from the caller. */
static inline size_t iov_get(struct iov *iov, void *to, size_t n)
{
	memcpy(to, iov->base, n);
	iov->base += n;
	iov->left -= n;
	return n;
}

/* @n bytes of zero for the caller. */
static inline size_t iov_zero(struct iov *iov, size_t n)
{
	memset(iov->base, 0, n);
	iov->base += n;
	iov->left -= n;
	return n;
}
#endif

#endif
