/* SPDX-License-Identifier: MIT */
/* The vDSO's file in the kernel's image: page by page what programs get (kernel/process/vdso.c). */
#include <generated/vdso-offsets.h>

	.section .rodata.vdso, "a"
	.balign	8
	.globl	vdso_image
vdso_image:
	.incbin	"generated/vdso.so"
	.globl	vdso_image_end
vdso_image_end:
	/* where in it a handler returns to that has no restorer of its own */
	.balign	8
	.globl	vdso_sigreturn
vdso_sigreturn:
	.quad	VDSO_SIGRETURN
