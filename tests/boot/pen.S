/* SPDX-License-Identifier: MIT */
/*
 * Stands in for firmware that has turned CPU 1 on before the kernel comes, by QEMU's own PSCI, and
 * keeps it in a pen: until an address is written to the word at PEN + 0x800, and for DELAY seconds
 * more. Then it says so in the word behind that and goes there. CPU 0 goes on to the Image. At EL3,
 * where there is no PSCI, all CPUs start here.
 *
 * tests/boot/test_firmware.py gives PEN, DELAY, TREE and IMAGE.
 */
	.text
	.global	_start
_start:
	mrs	x0, mpidr_el1
	tst	x0, #0xffffff
	b.ne	pen
	mrs	x0, CurrentEL
	cmp	x0, #(3 << 2)
	b.eq	1f
	ldr	x0, =0xc4000003			// CPU_ON
	mov	x1, #1
	adr	x2, pen
	mov	x3, xzr
	hvc	#0
1:	ldr	x0, =TREE
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	ldr	x4, =IMAGE
	br	x4

pen:
	ldr	x19, =PEN + 0x800
1:	wfe
	ldr	x0, [x19]
	cbz	x0, 1b
	mrs	x1, cntfrq_el0
	mov	x2, #DELAY
	mul	x1, x1, x2
	mrs	x2, cntvct_el0
2:	yield
	mrs	x3, cntvct_el0
	sub	x3, x3, x2
	cmp	x3, x1
	b.lo	2b
	mov	x1, #1
	str	x1, [x19, #8]
	dsb	sy
	br	x0
