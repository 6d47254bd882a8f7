/* SPDX-License-Identifier: MIT */
/*
 * Copies for reads and writes (see <mm/iov.h>) whose memory may be a program's: then an address has
 * its upper bits clear. What is missing there is brought in where that may be done here; else it is
 * noted, for the caller who can do so when no lock is in the way.
 */
#include <mm/iov.h>
#include <mm/space.h>

static inline bool is_user(const struct iov *iov)
{
	return (s64)(uintptr_t)iov->base >= 0;
}

static inline size_t advance(struct iov *iov, size_t n)
{
	iov->base += n;
	iov->left -= n;
	return n;
}

/* The program's memory was missing at iov->base: true when it is there now. */
static __noinline bool bring_in(struct iov *iov, u32 access)
{
	if (iov->may_fault && !user_fault_in((uaddr_t)iov->base, access))
		return true;
	iov->faulted = true;
	return false;
}

size_t iov_put(struct iov *iov, const void *from, size_t n)
{
	size_t done = 0;

	if (!is_user(iov)) {
		memcpy(iov->base, from, n);
		return advance(iov, n);
	}
	do
		done += advance(iov, arch_copy_to_user((uaddr_t)iov->base, (const u8 *)from + done,
						       n - done));
	while (unlikely(done < n) && bring_in(iov, VMA_WRITE));
	return done;
}

size_t iov_get(struct iov *iov, void *to, size_t n)
{
	size_t done = 0;

	if (!is_user(iov)) {
		memcpy(to, iov->base, n);
		return advance(iov, n);
	}
	do
		done += advance(iov, arch_copy_from_user((u8 *)to + done, (uaddr_t)iov->base,
							 n - done));
	while (unlikely(done < n) && bring_in(iov, VMA_READ));
	return done;
}

size_t iov_zero(struct iov *iov, size_t n)
{
	size_t done = 0;

	if (!is_user(iov)) {
		memset(iov->base, 0, n);
		return advance(iov, n);
	}
	do
		done += advance(iov, arch_clear_user((uaddr_t)iov->base, n - done));
	while (unlikely(done < n) && bring_in(iov, VMA_WRITE));
	return done;
}
