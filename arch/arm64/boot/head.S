/* SPDX-License-Identifier: MIT */
/*
 * The first instructions: the Image header, then from whatever exception level the boot loader
 * entered at (EL3, EL2 or EL1) down to EL1, tables made and checked by C, the MMU on, and
 * kernel_main() at the address it was linked for.
 *
 * Entry, as Linux's Documentation/arch/arm64/booting.rst has it: x0 = device tree, MMU and data
 * cache off, interrupts masked, loaded at any multiple of 2 MiB. Registers that keep their
 * meaning through this file:
 *
 *   x19  entry exception level
 *   x20  physical address of the device tree
 */
#include <asm/asm.h>
#include <generated/asm-offsets.h>

	.section .head.text, "ax"
	.globl	image_head
image_head:
	b	primary_entry
	.long	0
	.quad	0					// text_offset: any multiple of 2 MiB
	.quad	section_image_end - image_head		// image_size: zeroed parts too
	.quad	(PAGE_SHIFT / 2 - 5) << 1 | 1 << 3	// little-endian, granule, anywhere
	.quad	0
	.quad	0
	.quad	0
	.ascii	"ARM\x64"
	.long	0

	.section .early.text, "ax"

/*
 * In: x0 = tree. Out: does not return. State: MMU off, any of EL1 to EL3.
 */
FUNC primary_entry
	msr	daifset, #0xf
	mov	x20, x0
	mrs	x19, CurrentEL
	lsr	x19, x19, #CURRENT_EL_SHIFT
	/*
	 * What is written with the MMU off goes to memory at once. A dirty line of the same place
	 * that a boot loader left in the cache would be written back over it later: drop those
	 * first.
	 */
	adr_l	x0, section_boot_start
	adr_l	x1, boot_tables_end
	bl	invalidate_range
	adr_l	x1, early_stack_top
	msr	spsel, #1
	mov	sp, x1
	mov	x29, xzr
	bl	early_vectors_on
	mov	x0, x20
	mov	x1, x19
	bl	early_begin
	bl	drop_to_el1
	bl	early_vectors_on
	bl	early_main

	/*
	 * And a clean line may have been fetched since, by speculation: drop those too, or they
	 * would hide what was written once the MMU is on.
	 */
	adr_l	x0, section_boot_start
	adr_l	x1, section_boot_end
	bl	invalidate_range
	adr_l	x0, boot_info
	ldr	x1, [x0, #BOOT_INFO_NEXT_TABLE]
	adr_l	x0, boot_tables
	bl	invalidate_range

	adr_l	x0, boot_info
	mov_sym	x8, boot_linked
	b	enable_mmu
ENDFUNC primary_entry

/*
 * Vectors until the MMU is on. Boot runs on the present level's own stack and with interrupts
 * masked, so that of the 16 only the four for that state can be taken. Each prints its registers
 * and stops. What stands in the place of the others, and behind each, is code of its own.
 */
	.macro	early_vector kind
	.org	early_vectors + \kind * 128
	mov	x3, #\kind
	b	early_fault
	.endm

	.section .text.early_vectors, "ax"
	.align	11
early_vectors:
/*
 * Leaves EL3 and EL2 for EL1, with nothing trapped and nothing left behind that the higher
 * levels would still do.
 * In: x30 = where to go on. Out: at EL1h, the same stack. Clobbers: x0 to x3. State: MMU off.
 */
FUNC drop_to_el1
	mrs	x0, CurrentEL
	cmp	x0, #(2 << CURRENT_EL_SHIFT)
	b.hi	from_el3
	b.eq	from_el2
	ldr	x0, =SCTLR_EL1_RES1		// as a boot loader left it, it may do anything
	msr	sctlr_el1, x0
	isb					// in force from here
	ret

from_el3:
#ifdef CONFIG_BOOT_EL3
	mov	x0, #(SCR_NS | SCR_RES1 | SCR_SMD | SCR_RW)
	mrs	x1, id_aa64isar1_el1
	ubfx	x2, x1, #4, #8			// APA, API: pointer authentication
	cbz	x2, 1f
	orr	x0, x0, #SCR_APK
	orr	x0, x0, #SCR_API
1:	mrs	x1, id_aa64mmfr0_el1
	ubfx	x2, x1, #MMFR0_FGT, #4
	cbz	x2, 1f
	orr	x0, x0, #SCR_FGTEN
1:	msr	cptr_el3, xzr
	msr	mdcr_el3, xzr
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #PFR0_EL2, #4
	cbz	x1, 1f
	orr	x0, x0, #SCR_HCE
	msr	scr_el3, x0
	isb					// EL2's registers are the non-secure ones from here
	ldr	x0, =SCTLR_EL2_RES1
	msr	sctlr_el2, x0
	mov	x0, #(SPSR_DAIF | SPSR_EL2H)
	msr	spsr_el3, x0
	mov	x0, sp
	mov	x1, x30
	adr	x2, 2f
	msr	elr_el3, x2
	eret
2:	mov	sp, x0				// SP_EL2, now
	mov	x30, x1
	b	from_el2
1:	msr	scr_el3, x0
	ldr	x0, =SCTLR_EL1_RES1
	msr	sctlr_el1, x0
	mov	x0, #(SPSR_DAIF | SPSR_EL1H)
	msr	spsr_el3, x0
	msr	elr_el3, x30
	mov	x0, sp
	msr	sp_el1, x0
	eret
#endif

from_el2:
	ldr	x0, =SCTLR_EL2_RES1
	msr	sctlr_el2, x0
	mov	x0, #HCR_RW			// EL1 is AArch64; no stage 2
	mrs	x1, id_aa64isar1_el1
	ubfx	x2, x1, #4, #8			// APA, API: pointer authentication is not trapped
	cbz	x2, 1f
	orr	x0, x0, #HCR_APK
	orr	x0, x0, #HCR_API
1:	msr	hcr_el2, x0
	isb					// E2H off: the names below mean EL2's
	msr	vttbr_el2, xzr
	msr	hstr_el2, xzr
	mov	x0, #0x33ff			// CPTR_EL2: RES1 bits; FP and SIMD not trapped
	msr	cptr_el2, x0
	mov	x0, #3				// EL1 reads the physical counter and timer
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr		// the virtual counter is the physical one
	mrs	x0, id_aa64dfr0_el1
	ubfx	x1, x0, #8, #4			// PMUVer: 0 none, 15 not the architected one
	mov	x2, xzr
	sub	x1, x1, #1
	cmp	x1, #14
	b.hs	1f
	mrs	x2, pmcr_el0
	ubfx	x2, x2, #11, #5			// all counters belong to EL1
1:	msr	mdcr_el2, x2
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0
	mrs	x0, id_aa64mmfr0_el1
	ubfx	x0, x0, #MMFR0_FGT, #4
	cbz	x0, 1f
	msr	S3_4_C1_C1_4, xzr		// HFGRTR_EL2: no fine-grained traps
	msr	S3_4_C1_C1_5, xzr		// HFGWTR_EL2
	msr	S3_4_C1_C1_6, xzr		// HFGITR_EL2
	msr	S3_4_C3_C1_4, xzr		// HDFGRTR_EL2
	msr	S3_4_C3_C1_5, xzr		// HDFGWTR_EL2
1:	mrs	x0, id_aa64pfr0_el1
	ubfx	x0, x0, #PFR0_GIC, #4
	cbz	x0, 1f
	mrs	x0, ICC_SRE_EL2
	orr	x0, x0, #ICC_SRE_SRE
	orr	x0, x0, #ICC_SRE_ENABLE
	msr	ICC_SRE_EL2, x0
	isb					// ICH registers exist only with SRE
	mrs	x0, ICC_SRE_EL2
	tbz	x0, #0, 1f			// EL3 forbids it, or there is a GICv2
	msr	ICH_HCR_EL2, xzr
1:	ldr	x0, =SCTLR_EL1_RES1
	msr	sctlr_el1, x0
	mov	x0, #(SPSR_DAIF | SPSR_EL1H)
	msr	spsr_el2, x0
	msr	elr_el2, x30
	mov	x0, sp
	msr	sp_el1, x0
	eret
ENDFUNC drop_to_el1

	early_vector 4
/*
 * Lets exceptions of the present level come to early_vectors.
 * In: nothing. Clobbers: x0, x1.
 */
FUNC early_vectors_on
	adr_l	x0, early_vectors
	mrs	x1, CurrentEL
	cmp	x1, #(2 << CURRENT_EL_SHIFT)
	b.hi	1f
	b.eq	2f
	msr	vbar_el1, x0
	isb					// the next exception already uses it
	ret
1:	msr	vbar_el3, x0
	isb
	ret
2:	msr	vbar_el2, x0
	isb
	ret
ENDFUNC early_vectors_on

	early_vector 5
/*
 * Drops the cache lines of a range, to the point of coherency.
 * In: x0 = start, x1 = end. Clobbers: x0, x2, x3. State: MMU off.
 */
FUNC invalidate_range
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4			// DminLine: log2 of the words in the smallest line
	mov	x3, #4
	lsl	x2, x3, x2
	sub	x3, x2, #1
	bic	x0, x0, x3
1:	dc	ivac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
	dsb	sy				// done before anything is read through the cache
	ret
ENDFUNC invalidate_range

	early_vector 6
/* In: x3 = number of the vector. Out: does not return. */
FUNC early_fault
	adr_l	x0, early_stack_top		// whatever the old one was
	mov	sp, x0
	mrs	x4, CurrentEL
	cmp	x4, #(2 << CURRENT_EL_SHIFT)
	b.hi	3f
	b.eq	2f
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	b	early_exception
2:	mrs	x0, esr_el2
	mrs	x1, elr_el2
	mrs	x2, far_el2
	b	early_exception
3:	mrs	x0, esr_el3
	mrs	x1, elr_el3
	mrs	x2, far_el3
	b	early_exception
ENDFUNC early_fault

	early_vector 7

	.ltorg

	.section .early.text, "ax"
	.ltorg

	.section .idmap.text, "ax"
/*
 * Turns the MMU on. This code is mapped where it was loaded and where it was linked.
 * In: x0 = boot_info (physical), x8 = where to go on (link address). Clobbers: x1 to x7. State:
 * MMU off, EL1, interrupts masked.
 */
FUNC enable_mmu
	ldr	x1, [x0, #BOOT_INFO_MAIR]
	ldr	x2, [x0, #BOOT_INFO_TCR]
	ldr	x3, [x0, #BOOT_INFO_IDMAP_ROOT]
	ldr	x4, [x0, #BOOT_INFO_KERNEL_ROOT]
	ldr	x5, [x0, #BOOT_INFO_SCTLR]
	mov_sym	x6, vectors			// a fault from here on finds them
	msr	mair_el1, x1
	msr	tcr_el1, x2
	msr	ttbr0_el1, x3
	msr	ttbr1_el1, x4
	msr	vbar_el1, x6
	isb					// in force before the TLB is emptied
	tlbi	vmalle1
	ic	iallu
	dsb	nsh				// both are done before translation starts
	isb
	msr	sctlr_el1, x5
	isb					// the next instruction is translated
	tbnz	x5, #SCTLR_SPAN_SHIFT, 1f	// this CPU has no PAN
	mov	x1, #PSTATE_PAN_ON
	msr	PSTATE_PAN, x1
1:	br	x8
ENDFUNC enable_mmu

	.section .early.text, "ax"
/*
 * The first code at its link address: the stack, zeroed data, the CPU's two pointers, then C.
 * State: MMU on, interrupts masked. Out: does not return.
 */
FUNC boot_linked
	adr_l	x0, section_bss_start
	adr_l	x1, section_bss_end
1:	stp	xzr, xzr, [x0]
	stp	xzr, xzr, [x0, #16]
	stp	xzr, xzr, [x0, #32]
	stp	xzr, xzr, [x0, #48]
	add	x0, x0, #64
	cmp	x0, x1
	b.lo	1b
#ifndef CONFIG_BREAK_STACK
	adr_l	x0, boot_stack_top
	mov	sp, x0
#endif
	adr_l	x0, boot_thread
	msr	sp_el0, x0
	msr	tpidr_el1, xzr			// the boot CPU's copy is the linked one
	adr_l	x0, boot_info
	bl	arch_boot_finish
	mov	x29, xzr
	.cfi_undefined x30			// the call chain ends here
	bl	kernel_main
ENDFUNC boot_linked

#ifdef CONFIG_SMP
/*
 * Where the other CPUs come in, as firmware or their spin table has let them go. They find what
 * the boot CPU has made: its settings, its tables. Until they have a stack of their own they need
 * none; a fault here is reported on early boot's, by as many as have one.
 * In: nothing. Out: does not return. State: MMU off, any of EL1 to EL3.
 */
FUNC secondary_entry
	msr	daifset, #0xf
	msr	spsel, #1
	adr_l	x0, early_stack_top
	mov	sp, x0
	mov	x29, xzr
	bl	early_vectors_on
	bl	drop_to_el1
	bl	early_vectors_on
	adr_l	x0, boot_info
	mov_sym	x8, secondary_linked
	b	enable_mmu
ENDFUNC secondary_entry

/*
 * A CPU at its link address: is it the one that is waited for?
 * State: MMU on, interrupts masked. Out: does not return.
 */
FUNC secondary_linked
	mrs	x0, mpidr_el1
	and	x3, x0, #0xff00000000		// Aff3
	and	x0, x0, #0xffffff		// Aff2 to Aff0
	orr	x0, x0, x3
	adr_l	x1, cpu_start
	add	x2, x1, #CPU_START_STATE
1:	ldaxr	x3, [x2]
	ldr	x4, [x1, #CPU_START_AFFINITY]
	cmp	x3, #START_REQUESTED
	ccmp	x0, x4, #0, eq
	b.ne	secondary_unwanted
	mov	x3, #START_CLAIMED
	stlxr	w4, x3, [x2]
	cbnz	w4, 1b
	ldr	x3, [x1, #CPU_START_STACK]
	mov	sp, x3
	ldr	x3, [x1, #CPU_START_THREAD]
	msr	sp_el0, x3
	ldr	x3, [x1, #CPU_START_PERCPU]
	msr	tpidr_el1, x3
	bl	arch_secondary_begin
	mov	x29, xzr
	.cfi_undefined x30			// the call chain ends here
	bl	secondary_main
ENDFUNC secondary_linked

/* Nobody waits for this CPU. State: interrupts masked. Out: does not return. */
FUNC secondary_unwanted
	clrex
1:	wfi
	b	1b
ENDFUNC secondary_unwanted
#endif

	.section .boot.bss, "aw", %nobits
	.align	4
early_stack:
	.skip	4096
early_stack_top:
