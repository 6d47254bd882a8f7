/* SPDX-License-Identifier: MIT */
/* The end of a signal's handler, for programs that name none of their own. */
#include <asm/asm.h>

#define SYS_RT_SIGRETURN	139

/*
 * Ends a signal's handler that has no restorer of its own. Unwinders know a signal's frame by these
 * two instructions, so there is no unwind information; and they look for it one instruction before
 * where a function returns to, so there is one.
 *
 * In: sp = the signal's frame
 * Out: does not return
 * State: EL0
 */
	.text
	nop
	.globl	__kernel_rt_sigreturn
	.type	__kernel_rt_sigreturn, %function
	.align	2
__kernel_rt_sigreturn:
	mov	x8, #SYS_RT_SIGRETURN
	svc	#0
	.size	__kernel_rt_sigreturn, . - __kernel_rt_sigreturn
