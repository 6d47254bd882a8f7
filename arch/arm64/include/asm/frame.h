/* SPDX-License-Identifier: MIT */
/*
 * The saved state of an interrupted context: Linux's struct pt_regs for arm64, field by field.
 * entry.S fills it by asm-offsets.h.
 */
#ifndef ASM_FRAME_H
#define ASM_FRAME_H

#include <asm/sysreg.h>

struct arch_frame {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 pstate;
	u64 orig_x0;
	s32 syscallno;
	u32 pad;
	u64 record[2]; /* a frame record: x29 and the interrupted pc, so that call chains cross
			  exceptions */
};

static_assert(sizeof(struct arch_frame) % 16 == 0, "the stack pointer stays 16-byte aligned");

#define PSTATE_MODE_MASK	0xf

static inline vaddr_t arch_frame_pc(const struct arch_frame *frame)
{
	return frame->pc;
}

static inline vaddr_t arch_frame_sp(const struct arch_frame *frame)
{
	return frame->sp;
}

static inline vaddr_t arch_frame_fp(const struct arch_frame *frame)
{
	return frame->regs[29];
}

static inline vaddr_t arch_irq_pc(void)
{
	/* no exception comes in between: it would be a panic */
	return sysreg_read(elr_el1);
}

static inline void arch_frame_set_pc(struct arch_frame *frame, vaddr_t pc)
{
	frame->pc = pc;
}

static inline void arch_frame_set_sp(struct arch_frame *frame, vaddr_t sp)
{
	frame->sp = sp;
}

static inline u64 arch_syscall_number(const struct arch_frame *frame)
{
	return frame->regs[8];
}

static inline u64 arch_syscall_argument(const struct arch_frame *frame, unsigned int i)
{
	return frame->regs[i];
}

static inline void arch_syscall_return(struct arch_frame *frame, long result)
{
	frame->regs[0] = (u64)result;
}

static inline long arch_syscall_result(const struct arch_frame *frame)
{
	return (long)frame->regs[0];
}

static inline void arch_syscall_restart(struct arch_frame *frame)
{
	frame->regs[0] = frame->orig_x0;
	frame->pc -= 4;		/* to the SVC */
}

static inline void arch_syscall_change(struct arch_frame *frame, u64 number)
{
	frame->regs[8] = number;
}

static inline bool arch_frame_is_user(const struct arch_frame *frame)
{
	return (frame->pstate & PSTATE_MODE_MASK) == 0;
}

#endif
