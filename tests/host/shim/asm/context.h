/* SPDX-License-Identifier: MIT */
/* <asm/context.h> for host tests: nobody switches. */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

struct arch_context {
	int none;
};

static inline void arch_context_switch(struct arch_context *from __unused,
				       const struct arch_context *to __unused)
{
}

static inline __noreturn void arch_context_leave(struct arch_context *from __unused,
						 const struct arch_frame *frame __unused,
						 const struct arch_context *to __unused)
{
	__builtin_trap();
}

static inline void arch_context_user(const struct arch_context *from __unused,
				     const struct arch_context *to __unused)
{
}

static inline struct arch_user *arch_context_program(const struct arch_context *context __unused)
{
	return NULL;
}

static inline vaddr_t arch_context_pc(const struct arch_context *context __unused)
{
	return 0;
}

static inline vaddr_t arch_context_fp(const struct arch_context *context __unused)
{
	return 0;
}

#endif
