/* SPDX-License-Identifier: MIT */
/*
 * The two names that compilers put into code built with -fstack-protector. Nobody else uses
 * them.
 */
#ifndef LIB_STACK_PROTECTOR_H
#define LIB_STACK_PROTECTOR_H

#include <lib/types.h>

extern const uintptr_t __stack_chk_guard;

__noreturn void __stack_chk_fail(void);

#endif
