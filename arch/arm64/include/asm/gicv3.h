/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/gicv3.h>. */
#ifndef ASM_GICV3_H
#define ASM_GICV3_H

#include <asm/sysreg.h>

static inline bool arch_gicv3_enable_sre(void)
{
	sysreg_write(ICC_SRE_EL1, sysreg_read(ICC_SRE_EL1) | ICC_SRE_SRE);
	isb();	// the other ICC registers exist only from here on
	return sysreg_read(ICC_SRE_EL1) & ICC_SRE_SRE;
}

static inline void arch_gicv3_cpu_init(u32 priority_mask)
{
	sysreg_write(ICC_PMR_EL1, priority_mask);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	isb();	// interrupts can be taken from here on
}

static inline u32 arch_gicv3_acknowledge(void)
{
	u32 intid = (u32)sysreg_read(ICC_IAR1_EL1);

	dsb(sy);	// the acknowledge is done before the handler touches its device
	return intid;
}

static inline void arch_gicv3_end(u64 intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();	// the priority has dropped before interrupts are unmasked
}

static inline void arch_gicv3_fiq_init(void)
{
	sysreg_write(ICC_IGRPEN0_EL1, 1);
	isb();	// group 0 can be taken from here on
}

static inline u32 arch_gicv3_take_fiq(void)
{
	u32 intid = (u32)sysreg_read(ICC_IAR0_EL1);

	dsb(sy);	// as arch_gicv3_acknowledge()
	if (intid < 1020)
		sysreg_write(ICC_EOIR0_EL1, intid);
	isb();	// as arch_gicv3_end()
	return intid;
}

static inline void arch_gicv3_send_fiq(u64 value)
{
	dsb(ishst);	// as arch_gicv3_send_sgi()
	sysreg_write(ICC_SGI0R_EL1, value);
	isb();
}

static inline void arch_gicv3_send_sgi(u64 value)
{
	dsb(ishst);	// what the receiver is to see is written first
	sysreg_write(ICC_SGI1R_EL1, value);
	isb();	// it has left before the sender goes on
}

#endif
