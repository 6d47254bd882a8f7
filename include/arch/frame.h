/* SPDX-License-Identifier: MIT */
/*
 * What every exception saves, whole, at the top of the stack: Linux's struct pt_regs for arm64,
 * so that debuggers and later signal frames find what they know. Portable code reads it by
 * these functions.
 */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

#include <lib/types.h>

struct arch_frame;

/* The interrupted program counter, stack pointer, frame pointer. */
static inline vaddr_t arch_frame_pc(const struct arch_frame *frame);
static inline vaddr_t arch_frame_sp(const struct arch_frame *frame);
static inline vaddr_t arch_frame_fp(const struct arch_frame *frame);

/* What the interrupt that is being handled came to, for who has no frame. Interrupts off. */
static inline vaddr_t arch_irq_pc(void);

/* Continues at @pc when the exception returns. */
static inline void arch_frame_set_pc(struct arch_frame *frame, vaddr_t pc);

/* The same with that stack pointer. */
static inline void arch_frame_set_sp(struct arch_frame *frame, vaddr_t sp);

/* True when the exception came from EL0. */
static inline bool arch_frame_is_user(const struct arch_frame *frame);

/* What a system call is: its number, an argument of it (0 to 5); and what it returns. */
static inline u64 arch_syscall_number(const struct arch_frame *frame);
static inline u64 arch_syscall_argument(const struct arch_frame *frame, unsigned int i);
static inline void arch_syscall_return(struct arch_frame *frame, long result);

/*
 * Of one that has been made: what it returns; has the program make it once more; as another call,
 * with the same arguments.
 */
static inline long arch_syscall_result(const struct arch_frame *frame);
static inline void arch_syscall_restart(struct arch_frame *frame);
static inline void arch_syscall_change(struct arch_frame *frame, u64 number);

/* Prints all registers in a few log lines. */
void arch_frame_print(const struct arch_frame *frame);

#include <asm/frame.h>

#endif
