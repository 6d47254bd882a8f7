/* SPDX-License-Identifier: MIT */
/*
 * Calls to the hypervisor or the secure firmware (ARM DEN 0028): function and arguments are in
 * x0 to x3 already, so is the result.
 */
#include <asm/asm.h>

#define NOT_SUPPORTED	-1

	.text

/* Where nobody serves it, the instruction is undefined: the answer is that of an unknown call. */
	.macro	CALL instruction
1:	\instruction	#0
	ret
#ifdef CONFIG_EXCEPTION_TABLE
2:	mov	x0, #NOT_SUPPORTED
	ret
	.pushsection .table.exception.1, "a"
	.balign	8
	.quad	1b, 2b				// struct exception_entry
	.popsection
#endif
	.endm

/*
 * In: x0 = function, x1 to x3 = arguments. Out: x0. Clobbers: x1 to x17, which the C convention
 * allows.
 */
FUNC arch_hvc
	CALL	hvc
ENDFUNC arch_hvc

FUNC arch_smc
	CALL	smc
ENDFUNC arch_smc
