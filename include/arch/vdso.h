/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: a shared object that the kernel brings along and maps into each program, whose
 * functions read the clock without a system call. A page of data comes before it in the program's
 * memory: read-only there, written by the kernel. With CONFIG_PROCESS.
 */
#ifndef ARCH_VDSO_H
#define ARCH_VDSO_H

#include <lib/types.h>

/*
 * That page. There is no sequence count: each word is read whole, and none depends on another. The
 * first stays as it is from boot on.
 */
struct vdso_data {
	u64 ns_per_tick;	/* of the counter, << VDSO_NS_SHIFT */
	u64 real_offset;	/* atomic: ns, of the time of day from the time since reset */
};

#define VDSO_NS_SHIFT	48

/* The object's file, which is as it is in memory and shorter than a page. */
extern const u8 vdso_image[], vdso_image_end[];

/* Where in it a signal's handler returns to that has no restorer of its own: bytes. */
extern const u64 vdso_sigreturn;

#endif
