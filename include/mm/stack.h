/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks: STACK_SIZE bytes of single pages, mapped one behind the other and aligned to
 * twice their size, with nothing mapped in the half below: the vectors tell by one bit of the stack
 * pointer that it has left its stack, before they store anything (<asm/memory.h>).
 */
#ifndef MM_STACK_H
#define MM_STACK_H

#include <arch/mmu.h>
#include <lib/types.h>

/*
 * A stack: its lowest address. NULL when memory or space is out, with a line in the log. Any
 * context. It is zeroed, or holds what an earlier user left: a few that came back stay as they
 * are, for the next one.
 */
void *stack_alloc(void);

/* Takes a stack back that nobody runs on; NULL is fine. Any context. */
void stack_free(void *stack);

/* Gives back to the page allocator what this CPU keeps of stacks that came back. Any context. */
void stack_drop_cached(void);

/*
 * How many bytes of @stack, STACK_SIZE bytes that started as zeroes, have been used at most: from
 * its top down to the lowest word that is not zero. Of a stack that came back and went out again
 * this includes earlier users. Any context; reads some KiB.
 */
size_t stack_used_max(const void *stack);

#endif
