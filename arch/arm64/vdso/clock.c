/* SPDX-License-Identifier: MIT */
/*
 * What the vDSO does: it reads clocks (see <arch/vdso.h>) as kernel/time.c does, with the same
 * numbers, and hands all else on to the system call. This runs at EL0, in any thread of any
 * program; it writes to what the caller names alone.
 *
 * A reading is not earlier than what the program did before: arch_counter() waits for that. It is
 * not later than what the program does with it, since that is what it waits for.
 */
#include <arch/timer.h>

#include "vdso.h"

#define NS_PER_US	1000
#define NS_PER_SEC	1000000000

/* Linux's numbers (asm-generic/unistd.h). */
enum { SYS_clock_gettime = 113, SYS_clock_getres = 114, SYS_gettimeofday = 169 };

static long call(long number, long a, void *b)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a;
	register void *x1 __asm__("x1") = b;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
	return x0;
}

static inline u64 since_reset(void)
{
	return (u64)(((unsigned __int128)arch_counter() * vdso_data.ns_per_tick) >> VDSO_NS_SHIFT);
}

static inline u64 time_of_day(void)
{
	return since_reset() + __atomic_load_n(&vdso_data.real_offset, __ATOMIC_RELAXED);
}

#define ONE(clock)	(1U << (clock))
#define REAL		(ONE(CLOCK_REALTIME) | ONE(CLOCK_REALTIME_COARSE))
#define MONOTONIC	(ONE(CLOCK_MONOTONIC) | ONE(CLOCK_MONOTONIC_RAW) | \
			 ONE(CLOCK_MONOTONIC_COARSE) | ONE(CLOCK_BOOTTIME))

static inline unsigned int kind_of(int clock)
{
	return (unsigned int)clock <= CLOCK_BOOTTIME ? ONE(clock) : 0;
}

long __kernel_clock_gettime(int clock, struct abi_timespec *to)
{
	unsigned int kind = kind_of(clock);
	u64 ns;

	if (kind & MONOTONIC)
		ns = since_reset();
	else if (kind & REAL)
		ns = time_of_day();
	else
		return call(SYS_clock_gettime, clock, to);
	to->sec = (s64)(ns / NS_PER_SEC);
	to->nsec = (s64)(ns % NS_PER_SEC);
	return 0;
}

long __kernel_gettimeofday(struct abi_timeval *to, void *zone)
{
	u64 ns;

	if (zone)
		return call(SYS_gettimeofday, (long)to, zone);
	if (!to)
		return 0;
	ns = time_of_day();
	to->sec = (s64)(ns / NS_PER_SEC);
	to->usec = (s64)(ns % NS_PER_SEC / NS_PER_US);
	return 0;
}

long __kernel_clock_getres(int clock, struct abi_timespec *to)
{
	if (!(kind_of(clock) & (REAL | MONOTONIC)))
		return call(SYS_clock_getres, clock, to);
	if (to)
		*to = (struct abi_timespec){ 0, 1 };
	return 0;
}
