/* SPDX-License-Identifier: MIT */
/*
 * A kernel made of one line, for the tests of scripts/run-qemu on the virt machine: prints TEXT and
 * then does as ENDING says. Position-independent, because like the kernel it is linked high and
 * runs where QEMU loaded it, without the MMU.
 *
 * ENDING: OFF power off, RESET reset, HALT wait for ever, SPIN loop for ever, CHATTER print on,
 *         ECHO send back what is received until a byte 4 comes, then print "cairn: off", power off,
 *         ENTRY print "EL<n> tree" (or "EL<n> no tree") for the level of entry and what x0 points
 *         at, then "cairn: off".
 */
#define OFF	1
#define RESET	2
#define HALT	3
#define SPIN	4
#define CHATTER	5
#define ECHO	6
#define ENTRY	7

	.section .text, "ax"
	.global	_start, image_head
_start:
image_head:
	b	boot
	.word	0
	.quad	0			// text_offset
	.quad	0x10000			// image_size
	.quad	0xa
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0

	.type	boot, %function
boot:
	mov	x21, x0			// the tree
	mov	x20, #0x09000000	// the PL011 of virt: no test of drivers, this
	mov	w1, #0x70		// 8 bits, FIFOs
	str	w1, [x20, #0x2c]
	mov	w1, #0x301
	str	w1, [x20, #0x30]
	adr	x0, text
	bl	puts
#if ENDING == OFF
	b	power_off
#elif ENDING == RESET
	movz	x0, #0x8400, lsl #16
	movk	x0, #9
	hvc	#0
#elif ENDING == CHATTER
	b	boot
#elif ENDING == ECHO
	b	echo
#elif ENDING == ENTRY
	mrs	x1, CurrentEL
	lsr	w1, w1, #2
	add	w1, w1, #'0'
	str	w1, [x20]
	ldr	w1, [x21]
	ldr	w2, =0xedfe0dd0		// the tree's magic, as a little-endian CPU reads it
	cmp	w1, w2
	adr	x0, with_tree
	adr	x1, without_tree
	csel	x0, x0, x1, eq
	bl	puts
	b	spin_here		// whether and how PSCI is there depends on the level
#elif ENDING == HALT
	b	wait_here
#endif
	b	spin_here
	.size	boot, . - boot

	.type	wait_here, %function
wait_here:
	wfi
	b	wait_here
	.size	wait_here, . - wait_here

	.type	spin_here, %function
spin_here:
	nop
	b	spin_here
	.size	spin_here, . - spin_here

	.type	echo, %function
echo:
	ldr	w1, [x20, #0x18]
	tbnz	w1, #4, echo		// receive FIFO empty
	ldr	w1, [x20]
	and	w1, w1, #0xff
	cmp	w1, #4
	b.eq	1f
	str	w1, [x20]
	b	echo
1:	adr	x0, goodbye
	bl	puts
	b	power_off
	.size	echo, . - echo

	.type	power_off, %function
power_off:
	movz	x0, #0x8400, lsl #16
	movk	x0, #8
	hvc	#0
	b	spin_here
	.size	power_off, . - power_off

	.type	puts, %function
puts:
	ldrb	w1, [x0], #1
	cbz	w1, 1f
	str	w1, [x20]
	b	puts
1:	ret
	.size	puts, . - puts

text:	.asciz	TEXT
goodbye: .asciz	"\ncairn: off\n"
with_tree: .asciz " tree\ncairn: off\n"
without_tree: .asciz " no tree\ncairn: off\n"
	.balign	8
