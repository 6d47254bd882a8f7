/* SPDX-License-Identifier: MIT */
/*
 * The GICv3 CPU interface, which lives in system registers (ARM IHI 0069, 12.2). For the GICv3
 * driver alone. Interrupts off; each call concerns this CPU only.
 */
#ifndef ARCH_GICV3_H
#define ARCH_GICV3_H

#include <lib/types.h>

/* Turns the system-register interface on. False when a higher exception level keeps it from us. */
static inline bool arch_gicv3_enable_sre(void);

/* Group 1 on, priority mask open to @priority_mask, EOI drops priority and deactivates at once. */
static inline void arch_gicv3_cpu_init(u32 priority_mask);

/*
 * Acknowledges the most urgent pending group-1 interrupt: its INTID, 1020 to 1023 when there is
 * none.
 */
static inline u32 arch_gicv3_acknowledge(void);

/* Ends interrupt @intid. */
static inline void arch_gicv3_end(u64 intid);

#ifdef CONFIG_SMP
/* Lets group 0, which comes as FIQ, in as well. */
static inline void arch_gicv3_fiq_init(void);

/* Acknowledges the most urgent group-0 interrupt and ends it: its INTID, as above. */
static inline u32 arch_gicv3_take_fiq(void);

/* Generates a group-0 SGI; @value as ICC_SGI0R_EL1 takes it. */
static inline void arch_gicv3_send_fiq(u64 value);
#endif

/* Generates a group-1 SGI; @value as ICC_SGI1R_EL1 takes it. */
static inline void arch_gicv3_send_sgi(u64 value);

#include <asm/gicv3.h>

#endif
