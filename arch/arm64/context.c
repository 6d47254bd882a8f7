/* SPDX-License-Identifier: MIT */
/* How a thread's context begins (see <arch/context.h>). */
#include <arch/context.h>
#include <lib/assert.h>

#include "context.h"

void arch_context_init(struct arch_context *context, vaddr_t top, void (*entry)(void *arg),
		       void *arg)
{
	u64 *start = (u64 *)top - 2;

	assert((top & 15) == 0);
	start[0] = (u64)entry;
	start[1] = (u64)arg;
	*context = (struct arch_context){ .pc = (u64)arch_context_start, .sp = (u64)start };
}
