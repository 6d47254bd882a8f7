/* SPDX-License-Identifier: MIT */
/*
 * What code that was compiled with -fstack-protector elsewhere asks for: a distribution's
 * libfdt is. Cairn's own code is not. The guard is a constant, because a random number is not
 * to be had that early; its zero byte stops a string that overruns a buffer.
 */
#include <lib/assert.h>
#include <lib/stack_protector.h>

const uintptr_t __stack_chk_guard = 0x6b8f1d00c35ae297;

void __stack_chk_fail(void)
{
	panic("stack smashed: %pS wrote beyond a buffer on its stack", __builtin_return_address(0));
}
