/* SPDX-License-Identifier: MIT */
/* What programs find in the vDSO, by the names that Linux gave it, and what that finds. */
#ifndef VDSO_H
#define VDSO_H

#include <arch/vdso.h>
#include <uapi/abi.h>

/* The page before this object (vdso.lds.S). */
extern const struct vdso_data vdso_data __attribute__((visibility("hidden")));

#define EXPORT	__attribute__((visibility("default")))

/* As the system calls of these names, but for an address that is none: that is a fault. */
EXPORT long __kernel_clock_gettime(int clock, struct abi_timespec *to);
EXPORT long __kernel_clock_getres(int clock, struct abi_timespec *to);
EXPORT long __kernel_gettimeofday(struct abi_timeval *to, void *zone);

/* sigreturn.S: where a signal's handler returns to. */
EXPORT void __kernel_rt_sigreturn(void);

#endif
