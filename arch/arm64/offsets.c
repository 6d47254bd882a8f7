/* SPDX-License-Identifier: MIT */
/*
 * Offsets and sizes that assembly needs. This file is compiled to assembly text only; the build
 * turns each marked line into a #define in asm-offsets.h.
 */
#include "smp.h"

#include <arch/context.h>
#include <asm/boot.h>
#include <asm/frame.h>

#define DEFINE(name, value)	__asm__ volatile("\n.ascii \"->" #name " %0\"" :: "i"(value))
#define OFFSET(name, type, member)	DEFINE(name, offsetof(type, member))

static void __used offsets(void)
{
	OFFSET(FRAME_REGS, struct arch_frame, regs);
	OFFSET(FRAME_SP, struct arch_frame, sp);
	OFFSET(FRAME_PC, struct arch_frame, pc);
	OFFSET(FRAME_ORIG_X0, struct arch_frame, orig_x0);
	OFFSET(FRAME_SYSCALLNO, struct arch_frame, syscallno);
	OFFSET(FRAME_RECORD, struct arch_frame, record);
	DEFINE(FRAME_SIZE, sizeof(struct arch_frame));
	OFFSET(BOOT_INFO_MAIR, struct boot_info, mair);
	OFFSET(BOOT_INFO_TCR, struct boot_info, tcr);
	OFFSET(BOOT_INFO_SCTLR, struct boot_info, sctlr);
	OFFSET(BOOT_INFO_IDMAP_ROOT, struct boot_info, idmap_root);
	OFFSET(BOOT_INFO_KERNEL_ROOT, struct boot_info, kernel_root);
	OFFSET(BOOT_INFO_NEXT_TABLE, struct boot_info, next_table);
	OFFSET(CPU_START_AFFINITY, struct cpu_start, affinity);
	OFFSET(CPU_START_STATE, struct cpu_start, state);
	OFFSET(CPU_START_STACK, struct cpu_start, with.stack_top);
	OFFSET(CPU_START_PERCPU, struct cpu_start, with.percpu_offset);
	OFFSET(CPU_START_THREAD, struct cpu_start, with.thread);
#ifdef CONFIG_PROCESS
	OFFSET(CONTEXT_WORK, struct arch_context, work);
#endif
	DEFINE(START_REQUESTED, START_REQUESTED);
	DEFINE(START_CLAIMED, START_CLAIMED);
}
