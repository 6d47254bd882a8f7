/* SPDX-License-Identifier: MIT */
/*
 * Time from the architected counter. Ticks become nanoseconds by one multiplication and a
 * shift: 128 bits wide, so that nothing overflows and a second is exact to less than a
 * nanosecond in a day.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/timer.h>
#include <device/timer.h>
#include <kernel/time.h>
#include <lib/types.h>
#include <uapi/errno.h>

#define SHIFT	32

static struct {
	u32 frequency;		/* Hz; 0 until somebody knows */
	u64 ns_per_tick;	/* << SHIFT */
	u64 ticks_per_ns;	/* << SHIFT */
	const struct dt_node *node;
} clock __ro_after_init;

static void set_frequency(u32 hz)
{
	clock.frequency = hz;
	clock.ns_per_tick = (NS_PER_SEC << SHIFT) / hz;
	clock.ticks_per_ns = ((u64)hz << SHIFT) / NS_PER_SEC;
}

int timer_register(const struct dt_node *node, u32 frequency)
{
	if (clock.node)
		return -EBUSY;
	clock.node = node;
	set_frequency(frequency);
	return 0;
}

u64 time_from_ticks(u64 ticks)
{
	/* before the timer's driver: what firmware says is better than no time at all */
	if (!clock.frequency) {
		u32 hz = arch_counter_frequency();

		if (!hz)
			return 0;
		set_frequency(hz);
	}
	return (u64)(((unsigned __int128)ticks * clock.ns_per_tick) >> SHIFT);
}

u64 time_now(void)
{
	return time_from_ticks(arch_counter());
}

u32 time_frequency(void)
{
	return clock.frequency;
}

const struct dt_node *time_source(void)
{
	return clock.node;
}

void time_busy_wait(u64 ns)
{
	u64 end = time_now() + ns;

	while (clock.frequency && time_now() < end)
		arch_relax();
}

void time_wake_at(u64 deadline)
{
	u64 now, ticks;

	if (deadline == TIME_NEVER || !clock.node)
		return;
	now = time_now();
	ticks = deadline > now
			? (u64)(((unsigned __int128)(deadline - now) * clock.ticks_per_ns) >> SHIFT)
			: 0;
	/* one more: the division rounded down, and waking early is waking twice */
	arch_timer_set(arch_counter() + ticks + 1);
}

void timer_expired(void)
{
	/* whoever waits in WFI looks at the clock itself */
}

int time_sleep_until(u64 deadline)
{
	/* time stands still where nobody knows its rate */
	if (!time_now() && deadline)
		return -ENODEV;
	while (time_now() < deadline) {
		/*
		 * masked, so that the timer's interrupt cannot slip in between the check and
		 * the wait
		 */
		arch_irq_disable();
		if (time_now() < deadline && clock.node) {
			time_wake_at(deadline);
			arch_wait_for_interrupt();
		}
		arch_irq_enable();
		if (!clock.node)
			arch_relax();
	}
	return 0;
}
