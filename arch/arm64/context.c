/* SPDX-License-Identifier: MIT */
/* How a thread's context begins (see <arch/context.h>). */
#include <arch/context.h>
#include <lib/assert.h>

#include "context.h"

void arch_context_init(struct arch_context *context, vaddr_t top, void (*entry)(void *arg),
		       void *arg)
{
	assert((top & 15) == 0);
	*context = (struct arch_context){
		.x19_x28 = { (u64)entry, (u64)arg },
		.lr = (u64)arch_context_start,
		.sp = top,
	};
}
