/* SPDX-License-Identifier: MIT */
/* What the CPU that runs says of itself, for those who show it. */
#ifndef KERNEL_CPU_INFO_H
#define KERNEL_CPU_INFO_H

#include <lib/types.h>

struct cpu_info {
	/* of MIDR_EL1 (ARM DDI 0487, D19.2.99): */
	u8 implementer;
	u8 variant;
	u16 part;
	u8 revision;
	char features[128];	/* Linux's names of what programs can use, blanks between them */
};

/* Tells of the CPU that calls it. Any context. */
void cpu_info(struct cpu_info *info);

#endif
