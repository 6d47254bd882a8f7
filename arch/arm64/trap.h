/* SPDX-License-Identifier: MIT */
/* What entry.S calls, each with interrupts masked and the saved frame. */
#ifndef ARM64_TRAP_H
#define ARM64_TRAP_H

#include <asm/memory.h>
#include <lib/types.h>

struct arch_frame;

extern char emergency_stack[EMERGENCY_STACK_SIZE];

/* A synchronous exception at EL1. */
void arch_trap(struct arch_frame *frame);

#ifdef CONFIG_PROCESS
struct arch_context;

/* One at EL0 that is no SVC, in the thread whose context that is. */
void arch_user_trap(struct arch_frame *frame, const struct arch_context *context);

/* The text of usercopy.S, in which a data abort goes on where x4 says. */
extern const char usercopy_start[], usercopy_end[];
#endif

/* One of the vectors that this kernel never expects; @kind is its number, 0 to 15. */
__noreturn void arch_bad_exception(struct arch_frame *frame, unsigned int kind);

/*
 * The stack pointer was below its stack, or misaligned; this runs on the emergency stack. @irq:
 * found when an interrupt was taken, else a synchronous exception.
 */
__noreturn void arch_bad_stack(struct arch_frame *frame, bool irq);

#endif
