/* SPDX-License-Identifier: MIT */
/*
 * What the machine layer calls in the kernel, and nothing else. All but secondary_map() and its
 * opposite are called with interrupts masked.
 */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H

#include <lib/types.h>

struct arch_frame;
struct arch_space;

/* From head.S once, on the boot CPU, at the link address, on the boot thread's stack. */
__noreturn void kernel_main(void);

/*
 * On another CPU, which arch_cpu_start() has started, likewise, on the stack of its first thread.
 * With CONFIG_SMP.
 */
__noreturn void secondary_main(void);

/*
 * From arch_cpu_start(): the word at @pa, in RAM that is not in the linear map, as device memory;
 * NULL where there is no such RAM, or no room to map it. And takes that mapping back. With
 * CONFIG_SMP.
 */
void *secondary_map(paddr_t pa);
void secondary_unmap(void *word);

/* An interrupt was taken. It may go on in another thread, and not return. */
void irq_entry(struct arch_frame *frame);

/*
 * A fast interrupt was taken, which comes through where interrupts are masked as well. With
 * CONFIG_SMP.
 */
void fiq_entry(struct arch_frame *frame);

/* A thread that arch_context_leave() left is about to return from its interrupt. */
void sched_resumed(void);

#ifdef CONFIG_PROCESS
/* A program's SVC, with interrupts on. The frame holds its registers, and gets the result. */
void syscall_entry(struct arch_frame *frame);

/* What a program did that it may not. */
enum arch_user_exception {
	ARCH_USER_READ,		/* at @address there is no memory that it may use so */
	ARCH_USER_WRITE,
	ARCH_USER_FETCH,
	ARCH_USER_ALIGNMENT,
	ARCH_USER_ILLEGAL,	/* an instruction that there is not, or not for it */
	ARCH_USER_BREAK,	/* BRK */
	ARCH_USER_BUS,		/* memory that does not answer */
};

/* A program did that; @why is for arch_user_words(). Interrupts on. */
void user_exception(struct arch_frame *frame, enum arch_user_exception kind, vaddr_t address,
		    u64 why);

/* A zeroed page for a table of @space, which keeps it; 0: no memory. */
paddr_t space_table(struct arch_space *space);

/*
 * By what number TLBs are to know @space, on the CPU that runs this, which enters it now. Of other
 * generations of numbers nothing is left in any TLB.
 */
u64 space_number(struct arch_space *space);

/*
 * The thread is about to go on in its program and has bits of work set, which are cleared; it comes
 * from a system call, or (@in_call false) from another exception.
 */
void user_work(struct arch_frame *frame, u32 work, bool in_call);
#endif

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
