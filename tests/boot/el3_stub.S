/* SPDX-License-Identifier: MIT */
/*
 * Stands in for a boot loader, where QEMU's own cannot do what a test asks for: QEMU enters only an
 * ELF at EL3, and with x0 = 0; and the tree that it hands over is never a wrong one. Sets x0 and
 * jumps to the Image as the arm64 boot protocol wants it, at whatever level it was entered.
 * Prepares nothing else: what EL3 has to set up for the lower levels is what the kernel is tested
 * for.
 *
 * TREE and IMAGE are given by scripts/run-qemu. CPUs other than the first wait for good: without
 * PSCI all start here.
 */
	.section .text, "ax"
	.global	_start
_start:
	mrs	x4, mpidr_el1
	tst	x4, #0xffffff
	b.ne	park
	ldr	x0, =TREE
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	ldr	x4, =IMAGE
	br	x4
park:
	wfi
	b	park
