/* SPDX-License-Identifier: MIT */
/* Where a program without a C library begins: the stack as the kernel has filled it. */
	.text
	.globl	_start
	.type	_start, %function
_start:
	mov	x29, xzr
	mov	x30, xzr
	ldr	w0, [sp]			// argc
	add	x1, sp, #8			// argv, ended by NULL
	add	x2, x1, w0, sxtw #3
	add	x2, x2, #8			// envp behind it
	bl	main
	mov	x8, #93				// exit
	svc	0
	.size	_start, . - _start

	.section .note.GNU-stack, "", %progbits
