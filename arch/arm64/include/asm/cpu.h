/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/cpu.h>. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/sysreg.h>

static inline struct thread *arch_current(void)
{
	struct thread *thread;

	/* not volatile: it never changes under the code of one thread, so reads may be merged */
	__asm__("mrs %0, sp_el0" : "=r"(thread));
	return thread;
}

static inline void arch_set_current(struct thread *thread)
{
	sysreg_write(sp_el0, (u64)thread);
}

static inline size_t arch_percpu_offset(void)
{
	return sysreg_read(tpidr_el1);
}

static inline void arch_set_percpu_offset(size_t offset)
{
	sysreg_write(tpidr_el1, offset);
}

static inline vaddr_t arch_pc(void)
{
	vaddr_t pc;

	__asm__("adr %0, ." : "=r"(pc));
	return pc;
}

static inline void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/*
 * Has a WFE of this CPU end after some 65,000 ticks of the counter at the latest (ARM DDI 0487,
 * D12.2.5): so whoever waits for a lock by it can also look at the clock.
 */
static inline void arch_event_stream_on(void)
{
	sysreg_write(cntkctl_el1, (IS_ENABLED(CONFIG_PROCESS) ? CNTKCTL_EL0VCTEN : 0) |
					  CNTKCTL_EVNTEN | 15 << CNTKCTL_EVNTI_SHIFT);
	isb();	// no WFE before it is on
}

static inline u16 arch_wait_while(const u16 *p, u16 value)
{
	u32 seen;

	/* the exclusive load has a later store to *p send an event to this CPU (B2.12) */
	__asm__ volatile("	ldaxrh	%w0, %1\n"
			 "	cmp	%w0, %w2\n"
			 "	b.ne	1f\n"
			 "	wfe\n"
			 "	ldarh	%w0, %1\n"
			 "1:"
			 : "=&r"(seen)
			 : "Q"(*p), "r"(value)
			 : "cc", "memory");
	return (u16)seen;
}

static inline void arch_fiq_enable(void)
{
	__asm__ volatile("msr daifclr, #1" ::: "memory");
}

static inline void arch_wait_for_interrupt(void)
{
	/* earlier writes are done before the CPU goes to sleep */
	dsb(sy);
	__asm__ volatile("wfi" ::: "memory");
}

#endif
