/* SPDX-License-Identifier: MIT */
/* What a timer's driver gives to kernel/time.c. */
#ifndef DEVICE_TIMER_H
#define DEVICE_TIMER_H

#include <device/fdt.h>
#include <lib/types.h>

/*
 * From probe: the architected counter runs at @frequency Hz (ticks as arch_counter()), @node
 * names it. The driver has requested the timer's interrupt and calls timer_expired() from it.
 * 0, or -EBUSY when there is one already.
 */
int timer_register(const struct dt_node *node, u32 frequency);

/*
 * The event that arch_timer_set() asked for has come. From the timer's interrupt; the line has
 * been taken down.
 */
void timer_expired(void);

#endif
