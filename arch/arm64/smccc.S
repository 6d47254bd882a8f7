/* SPDX-License-Identifier: MIT */
/*
 * Calls to the hypervisor or the secure firmware (ARM DEN 0028): function and arguments are in
 * x0 to x3 already, so is the result.
 */
#include <asm/asm.h>

	.text

/*
 * In: x0 = function, x1 to x3 = arguments. Out: x0. Clobbers: x1 to x17, which the C convention
 * allows.
 */
FUNC arch_hvc
	hvc	#0
	ret
ENDFUNC arch_hvc

FUNC arch_smc
	smc	#0
	ret
ENDFUNC arch_smc
