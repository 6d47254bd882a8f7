/* SPDX-License-Identifier: MIT */
/*
 * What a thread keeps while another one runs: where it goes on, and on which stack. All other
 * registers are on that stack, saved by the compiler or by an exception.
 */
#ifndef ARCH_CONTEXT_H
#define ARCH_CONTEXT_H

#include <lib/types.h>

struct arch_context;
struct arch_frame;
struct arch_user;

/*
 * Makes a context that starts at @entry, with @arg as its argument, on the stack whose upper end
 * is @top (16-byte aligned). @entry does not return.
 */
void arch_context_init(struct arch_context *context, vaddr_t top, void (*entry)(void *arg),
		       void *arg);

/*
 * Saves the caller's context in @from and goes on in @to. It returns when somebody switches back to
 * @from. Interrupts off.
 */
static inline void arch_context_switch(struct arch_context *from, const struct arch_context *to);

/*
 * The same at the end of the interrupt whose frame is @frame: @from goes on by a call of
 * sched_resumed() and the return from the interrupt, and nothing but @frame is kept of it.
 */
static inline __noreturn void arch_context_leave(struct arch_context *from,
						 const struct arch_frame *frame,
						 const struct arch_context *to);

/*
 * Gives the CPU what @to's program needs of it, and keeps what is @from's, just before the switch.
 * Nothing where neither runs a program. Interrupts off.
 */
static inline void arch_context_user(const struct arch_context *from,
				     const struct arch_context *to);

/* What @context's thread keeps of the program that it runs; NULL: it runs none. */
static inline struct arch_user *arch_context_program(const struct arch_context *context);

#ifdef CONFIG_PROCESS
/* It runs that one. Before it begins. */
static inline void arch_context_set_program(struct arch_context *context, struct arch_user *user);

/*
 * Has user_work() called with the bits @work, among others, before the thread goes on in its
 * program. Whoever wants that soon interrupts the CPU that the thread runs on. Any context.
 */
static inline void arch_context_work(struct arch_context *context, u32 work);
#endif

/* Where a thread that does not run goes on, for its call chain. */
static inline vaddr_t arch_context_pc(const struct arch_context *context);
static inline vaddr_t arch_context_fp(const struct arch_context *context);

#include <asm/context.h>

#endif
