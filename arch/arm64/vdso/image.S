/* SPDX-License-Identifier: MIT */
/* The vDSO's file in the kernel's image: page by page what programs get (kernel/process/vdso.c). */
	.section .rodata.vdso, "a"
	.balign	8
	.globl	vdso_image
vdso_image:
	.incbin	"generated/vdso.so"
	.globl	vdso_image_end
vdso_image_end:
