/* SPDX-License-Identifier: MIT */
/*
 * Time since reset in nanoseconds, from the architected counter: monotonic, the same on every
 * CPU, no tick.
 */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <lib/types.h>

struct vdso_data;

#define NS_PER_US	1000UL
#define NS_PER_MS	1000000UL
#define NS_PER_SEC	1000000000UL
#define TIME_NEVER	UINT64_MAX

/*
 * Nanoseconds since reset. Any context. Before the timer was found it assumes CNTFRQ, and 0 Hz
 * gives 0.
 */
u64 time_now(void);

/*
 * The time of day: nanoseconds since 1970-01-01 00:00 UTC, without leap seconds; since reset until
 * somebody has set it. It jumps when it is set. Any context.
 */
u64 time_real(void);

/* Sets it. A clock's driver does, and whoever knows better. Any context. */
void time_set_real(u64 ns);

/* Whether somebody has. */
bool time_real_known(void);

/*
 * From here on what programs need to read the clock by themselves is in @data, which stays. Once,
 * at boot, when the timer has been found and nobody else sets the time. With CONFIG_PROCESS.
 */
void time_publish(struct vdso_data *data);

/* Converts counter ticks to nanoseconds, without overflow for 500 years. */
u64 time_from_ticks(u64 ticks);

/*
 * And back, rounded up: the counter's value at the time @ns or right after it. From 18 years after
 * reset on, that is never: UINT64_MAX. Any context.
 */
u64 time_to_ticks(u64 ns);

/* Hz of the counter. 0 when it is not known. */
u32 time_frequency(void);

/* The timer's node, or NULL. */
const struct dt_node *time_source(void);

/*
 * Waits @ns nanoseconds without giving the CPU away: for device registers, a few microseconds.
 * Any context.
 */
void time_busy_wait(u64 ns);

/*
 * Makes sure that the CPU leaves arch_wait_for_interrupt() at @deadline (ns) at the latest.
 * Interrupts off. TIME_NEVER asks for nothing. Without CONFIG_THREADS only.
 */
void time_wake_at(u64 deadline);

/*
 * Sleeps until @deadline (ns). 0, or -EINTR when the sleep was cancelled; -ENODEV where time
 * stands still because nobody knows the counter's rate. Thread context, interrupts on.
 */
int time_sleep_until(u64 deadline);

#endif
