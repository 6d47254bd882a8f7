/* SPDX-License-Identifier: MIT */
/* The inline half of <arch/context.h>. */
#ifndef ASM_CONTEXT_H
#define ASM_CONTEXT_H

#include <lib/types.h>

/* In the order in which switch.S stores them. */
struct arch_context {
	u64 x19_x28[10];
	u64 fp;		/* x29 */
	u64 lr;		/* x30 */
	u64 sp;
};

static inline vaddr_t arch_context_pc(const struct arch_context *context)
{
	return context->lr;
}

static inline vaddr_t arch_context_fp(const struct arch_context *context)
{
	return context->fp;
}

#endif
