/* SPDX-License-Identifier: MIT */
/*
 * A machine with RAM for host tests of what stands on the page allocator: boot memory and the page
 * allocator are the kernel's own, with all their state; RAM and the array of struct page are mapped
 * where asm/memory.h says, filled with garbage. Only RAM is mapped, and of the array only what
 * the allocator asked for, so that a stray access faults. The array has memory of its own; that
 * which it was to be in is filled with a pattern.
 *
 * Build with the flags, sources and link options of tests/lib/host_machine.py. There is no way back
 * from machine_start(): a test that wants several machines runs each in a process (apart.h).
 */
#ifndef HOST_MACHINE_H
#define HOST_MACHINE_H

#include <lib/types.h>
#include <mm/boot_mem.h>

/*
 * Starts a machine with @banks banks and @reserves reservations (their names and no_map as given),
 * up to and including page_init().
 */
void machine_start(const struct boot_mem_range *bank, unsigned int banks,
		   const struct boot_mem_range *reserved, unsigned int reserves);

/* The same with one bank of @mib MiB from 1 GiB on, and the first MiB of it reserved. */
void machine_start_simple(size_t mib);

/* Whether nobody has written to the memory that the array is in. */
bool machine_array_is_intact(void);

/* Makes the calling thread a further CPU. Once for each thread but the first. */
void machine_cpu_start(void);

/* Nanoseconds since reset; a test may move it on. */
extern u64 machine_now;

/* Interrupts of the calling thread, see asm/irq.h. */
extern __thread bool machine_irqs_off;
extern __thread void (*machine_interrupt)(void);

#endif
