/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/context.h>. */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <asm/frame.h>
#include <lib/types.h>

struct arch_context {
	u64 fp;		/* x29 */
	u64 pc;
	u64 sp;
#ifdef CONFIG_PROCESS
	struct arch_user *user;	/* NULL: the thread runs no program */
	u32 work;		/* atomic: see arch_context_work() */
#endif
};

/*
 * All registers but the stack pointer and the frame pointer are declared as changed, so that the
 * compiler saves those that the function it is in has to preserve, once, and none twice.
 */
static inline void arch_context_switch(struct arch_context *from, const struct arch_context *to)
{
	register struct arch_context *x0 __asm__("x0") = from;
	register const struct arch_context *x1 __asm__("x1") = to;

	__asm__ volatile("mov	x2, sp\n"
			 "adr	x3, 1f\n"
			 "stp	x29, x3, [%0]\n"
			 "str	x2, [%0, #16]\n"
			 "ldp	x29, x3, [%1]\n"
			 "ldr	x2, [%1, #16]\n"
			 "mov	sp, x2\n"
			 "br	x3\n"
			 "1:"
			 : "+r"(x0), "+r"(x1)
			 :
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
			   "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22",
			   "x23", "x24", "x25", "x26", "x27", "x28", "x30", "cc", "memory");
}

void arch_context_resume(void);		/* switch.S */

static inline __noreturn void arch_context_leave(struct arch_context *from,
						 const struct arch_frame *frame,
						 const struct arch_context *to)
{
	from->fp = (u64)frame->record;
	from->pc = (u64)arch_context_resume;
	from->sp = (u64)frame;
	__asm__ volatile("ldp	x29, x3, [%0]\n"
			 "ldr	x2, [%0, #16]\n"
			 "mov	sp, x2\n"
			 "br	x3"
			 :
			 : "r"(to)
			 : "x2", "x3", "memory");
	__builtin_unreachable();
}

#ifdef CONFIG_PROCESS
void user_switch(struct arch_user *from, struct arch_user *to);	/* user.c */

static inline void arch_context_user(const struct arch_context *from, const struct arch_context *to)
{
	if (unlikely((uintptr_t)from->user | (uintptr_t)to->user))
		user_switch(from->user, to->user);
}

static inline struct arch_user *arch_context_program(const struct arch_context *context)
{
	return context->user;
}

static inline void arch_context_set_program(struct arch_context *context, struct arch_user *user)
{
	context->user = user;
}

static inline void arch_context_work(struct arch_context *context, u32 work)
{
	__atomic_fetch_or(&context->work, work, __ATOMIC_RELEASE);
}
#else
static inline void arch_context_user(const struct arch_context *from __unused,
				     const struct arch_context *to __unused)
{
}

static inline struct arch_user *arch_context_program(const struct arch_context *context __unused)
{
	return NULL;
}
#endif

static inline vaddr_t arch_context_pc(const struct arch_context *context)
{
	return context->pc;
}

static inline vaddr_t arch_context_fp(const struct arch_context *context)
{
	return context->fp;
}

#endif
