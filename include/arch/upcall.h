/* SPDX-License-Identifier: MIT */
/*
 * What the machine layer calls in the kernel, and nothing else. All are called with interrupts
 * masked.
 */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H

#include <lib/types.h>

struct arch_frame;

/* From head.S once, on the boot CPU, at the link address, on the boot thread's stack. */
__noreturn void kernel_main(void);

/*
 * On another CPU, which arch_cpu_start() has started, likewise, on the stack of its first thread.
 * With CONFIG_SMP.
 */
__noreturn void secondary_main(void);

/* An interrupt was taken. It may go on in another thread, and not return. */
void irq_entry(struct arch_frame *frame);

/*
 * A fast interrupt was taken, which comes through where interrupts are masked as well. With
 * CONFIG_SMP.
 */
void fiq_entry(struct arch_frame *frame);

/* A thread that arch_context_leave() left is about to return from its interrupt. */
void sched_resumed(void);

/*
 * An exception that nobody handles; @what names it in words, @address is what it was about, or 0.
 * Panics, with the frame's registers and backtrace.
 */
__noreturn void exception_fatal(struct arch_frame *frame, const char *what, vaddr_t address);

/*
 * An exception came when the thread's stack had no room for its frame; this is another stack. @how
 * says which exception, in a few words; @address is what it was about, or 0. Panics likewise.
 */
__noreturn void stack_fatal(struct arch_frame *frame, const char *how, vaddr_t address);

#endif
