/* SPDX-License-Identifier: MIT */
/*
 * Time from the architected counter. Ticks become nanoseconds, and nanoseconds ticks, by one
 * multiplication and a shift: 128 bits wide, so that nothing overflows, and with so many bits
 * behind the point that a year of uptime is exact to 20 ns.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <arch/vdso.h>
#include <device/timer.h>
#include <kernel/time.h>
#include <lib/types.h>
#include <uapi/errno.h>

#define NS_SHIFT	48	/* good for counters of 16 kHz and more */
static_assert(NS_SHIFT == VDSO_NS_SHIFT, "programs read the clock as the kernel does");
#define TICKS_SHIFT	60	/* up to 16 GHz */
#define NS_MAX		BIT(59)	/* 18 years; at 16 GHz they are ticks that just fit */

static struct {
	u32 frequency;		/* Hz; 0 until somebody knows */
	u64 ns_per_tick;	/* << NS_SHIFT */
	u64 ticks_per_ns;	/* << TICKS_SHIFT */
	const struct dt_node *node;
} counter __ro_after_init;

/*
 * (@a << @shift) / @b for numbers of 32 bits, and more of @shift than a division of 64 bits takes.
 */
static u64 ratio(u64 a, u64 b, unsigned int shift)
{
	return ((a << 32) / b << (shift - 32)) + ((a << 32) % b << (shift - 32)) / b;
}

/* 0 changes nothing: time stands still. */
static void set_frequency(u32 hz)
{
	if (!hz)
		return;
	counter.frequency = hz;
	counter.ns_per_tick = ratio(NS_PER_SEC, hz, NS_SHIFT);
	/* rounded up, or a time_to_ticks() might be early */
	counter.ticks_per_ns = ratio(hz, NS_PER_SEC, TICKS_SHIFT) + 1;
}

int timer_register(const struct dt_node *node, u32 frequency)
{
	if (counter.node)
		return -EBUSY;
	counter.node = node;
	set_frequency(frequency);
	return 0;
}

u64 time_from_ticks(u64 ticks)
{
	/* before the timer's driver: what firmware says is better than no time at all */
	if (!counter.frequency)
		set_frequency(arch_counter_frequency());
	return (u64)(((unsigned __int128)ticks * counter.ns_per_tick) >> NS_SHIFT);
}

u64 time_to_ticks(u64 ns)
{
	/* never stays never, also where a tick is shorter than a ns */
	if (unlikely(ns >= NS_MAX))
		return UINT64_MAX;
	/* one more: the shift rounds down, and to be early is to be there twice */
	return (u64)(((unsigned __int128)ns * counter.ticks_per_ns) >> TICKS_SHIFT) + 1;
}

u64 time_now(void)
{
	return time_from_ticks(arch_counter());
}

/* Of the time of day from the time since reset; 0: nobody has set it. */
static u64 real_offset_here;

/* What programs read, once there is that. */
static struct vdso_data *published;

static inline u64 *real_offset(void)
{
	if (IS_ENABLED(CONFIG_PROCESS) && published)
		return &published->real_offset;
	return &real_offset_here;
}

u64 time_real(void)
{
	return time_now() + atomic_load_relaxed(real_offset());
}

void time_set_real(u64 ns)
{
	atomic_store_relaxed(real_offset(), ns - time_now());
}

bool time_real_known(void)
{
	return atomic_load_relaxed(real_offset());
}

void time_publish(struct vdso_data *data)
{
	data->ns_per_tick = counter.ns_per_tick;
	data->real_offset = real_offset_here;
	published = data;
}

u32 time_frequency(void)
{
	return counter.frequency;
}

const struct dt_node *time_source(void)
{
	return counter.node;
}

void time_busy_wait(u64 ns)
{
	u64 end = time_now() + ns;

	while (counter.frequency && time_now() < end)
		arch_relax();
}

void time_wake_at(u64 deadline)
{
	if (deadline != TIME_NEVER && counter.node)
		arch_timer_set(time_to_ticks(deadline));
}
