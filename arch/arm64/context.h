/* SPDX-License-Identifier: MIT */
/* Between context.c and switch.S. */
#ifndef ARM64_CONTEXT_H
#define ARM64_CONTEXT_H

/* Where a new thread's first switch returns to. Not to be called. */
void arch_context_start(void);

#endif
