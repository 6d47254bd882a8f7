/* SPDX-License-Identifier: MIT */
/* What the CPU says of itself (see <kernel/cpu_info.h>). */
#include <arch/cpu.h>
#include <kernel/cpu_info.h>

void cpu_info(struct cpu_info *info)
{
	u64 id = arch_cpu_id();

	info->implementer = (u8)(id >> 24);
	info->variant = (id >> 20) & 0xf;
	info->part = (id >> 4) & 0xfff;
	info->revision = id & 0xf;
	arch_cpu_features(info->features, sizeof(info->features));
}
