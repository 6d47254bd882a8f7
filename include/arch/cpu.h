/* SPDX-License-Identifier: MIT */
/*
 * The CPU that runs this code: who it is, how it waits, and the two pointers that it keeps in
 * registers. Any context, also with interrupts off, unless a line says otherwise.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <lib/types.h>

struct thread;

/*
 * The thread that runs here (SP_EL0 while in the kernel). Never NULL once C runs at its link
 * address.
 */
static inline struct thread *arch_current(void);

/* Makes @thread the current one of this CPU. Interrupts off. */
static inline void arch_set_current(struct thread *thread);

/* Offset from the link address of a per-CPU object to this CPU's own copy, in bytes (TPIDR_EL1). */
static inline size_t arch_percpu_offset(void);

/* Sets that offset. Once, when the CPU starts. */
static inline void arch_set_percpu_offset(size_t offset);

/* The address of the code that this becomes part of. */
static inline vaddr_t arch_pc(void);

/*
 * A hint inside a busy-wait: lets another hardware thread, or an emulator's other CPU, run
 * (YIELD).
 */
static inline void arch_relax(void);

#ifdef CONFIG_SMP
/*
 * Returns *@p, after a wait (WFE) where it was @value: until somebody writes to it, or something
 * else wakes the CPU, as it does from time to time. An acquire.
 */
static inline u16 arch_wait_while(const u16 *p, u16 value);

/* Lets fast interrupts in on this CPU (fiq_entry()), once, when it starts. */
static inline void arch_fiq_enable(void);
#endif

/*
 * Stops until an interrupt is pending, also a masked one (WFI). Callers mask interrupts, check
 * their condition, wait, and unmask: so no wake-up is lost in between.
 */
static inline void arch_wait_for_interrupt(void);

/*
 * Goes on in @entry, at the top of the CPU's emergency stack; nothing on the stack that was in use
 * is changed, unless it is that one. For what is left after a panic. Interrupts off.
 */
__noreturn void arch_emergency_restart(void (*entry)(void));

/* Stops this CPU for good, interrupts masked. */
__noreturn void arch_halt(void);

/* The CPU's MPIDR affinity fields, as a cpu node's `reg` holds them (ARM DDI 0487, D19.2.101). */
u64 arch_cpu_affinity(void);

/*
 * Writes the core's name from MIDR_EL1 to @buf, e.g. "Cortex-A72 r0p3". Returns the length, as
 * snprintf does.
 */
size_t arch_cpu_name(char *buf, size_t size);

/* MIDR_EL1: who made this core, and which one it is (ARM DDI 0487, D19.2.99). */
u64 arch_cpu_id(void);

/*
 * Writes Linux's names of the instruction sets that this CPU has and programs can use, in Linux's
 * order, with blanks between them. Cut at @size.
 */
void arch_cpu_features(char *buf, size_t size);

/* The same as Linux's AT_HWCAP has it, a bit for each. */
u64 arch_cpu_hwcap(void);

/* The exception level (1 to 3) in which the boot loader or firmware entered this image. */
unsigned int arch_boot_el(void);

#include <asm/cpu.h>

#endif
