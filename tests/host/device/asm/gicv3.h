/* SPDX-License-Identifier: MIT */
/* <asm/gicv3.h> for host tests of drivers: the CPU interface as a few variables. */
#ifndef ASM_GICV3_H
#define ASM_GICV3_H

#include "device/bus.h"

static inline bool arch_gicv3_enable_sre(void)
{
	return bus_icc.sre_allowed;
}

static inline void arch_gicv3_cpu_init(u32 priority_mask)
{
	bus_icc.mask = priority_mask;
}

static inline u32 arch_gicv3_acknowledge(void)
{
	return bus_icc.pending;
}

static inline void arch_gicv3_end(u64 intid)
{
	bus_icc.ended = (u32)intid;
}

static inline void arch_gicv3_send_sgi(u64 value __unused)
{
}

#endif
