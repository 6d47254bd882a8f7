/* SPDX-License-Identifier: MIT */
/*
 * System registers: access, and the fields that Cairn uses, by their names in the Arm
 * Architecture Reference Manual (ARM DDI 0487, chapters D19 and D24). C and assembly read this.
 */
#ifndef ASM_SYSREG_H
#define ASM_SYSREG_H

#include <asm/memory.h>

#ifndef __ASSEMBLER__
#include <lib/types.h>

#define sysreg_read(reg) ({ \
	u64 sysreg_v_; \
	__asm__ volatile("mrs %0, " STRINGIFY(reg) : "=r"(sysreg_v_)); \
	sysreg_v_; })

#define sysreg_write(reg, value) \
	__asm__ volatile("msr " STRINGIFY(reg) ", %x0" :: "rZ"((u64)(value)) : "memory")

#define isb()		__asm__ volatile("isb" ::: "memory")
#define dsb(domain)	__asm__ volatile("dsb " #domain ::: "memory")
#define dmb(domain)	__asm__ volatile("dmb " #domain ::: "memory")
#endif

/* CurrentEL and SPSR */
#define CURRENT_EL_SHIFT	2
#define SPSR_EL1H		0x5
#define SPSR_EL2H		0x9
#define SPSR_DAIF		(0xf << 6)
#define SPSR_EL_MASK		0xf		/* 0: EL0, in AArch64 */

/* SCTLR_EL1: RES1 bits for a CPU without any later feature, then what is turned on with the MMU */
#define SCTLR_EL1_RES1 \
	((1 << 29) | (1 << 28) | (1 << 23) | (1 << 22) | (1 << 20) | (1 << 11) | (1 << 8) | \
	 (1 << 7))
#define SCTLR_EL2_RES1 ((3 << 28) | (3 << 22) | (1 << 18) | (1 << 16) | (1 << 11) | (3 << 4))
#define SCTLR_M			(1 << 0)
#define SCTLR_C			(1 << 2)
#define SCTLR_SA		(1 << 3)
#define SCTLR_I			(1 << 12)
#define SCTLR_WXN		(1 << 19)
#define SCTLR_SPAN_SHIFT	23		/* an exception leaves PSTATE.PAN as it is */
#define SCTLR_SPAN		(1 << SCTLR_SPAN_SHIFT)
/*
 * What programs may do: DC ZVA, reading CTR_EL0, cache maintenance, WFI and WFE; and their stack
 * pointer is checked as the kernel's is
 */
#define SCTLR_USER		(1 << 4 | 1 << 14 | 1 << 15 | 1 << 26 | 1 << 16 | 1 << 18)

/* CPACR_EL1: V registers trap neither at EL0 nor at EL1 */
#define CPACR_FPEN		(3 << 20)

/* CTR_EL0: code is fetched as written without cleaning D-caches, or invalidating I-caches */
#define CTR_IDC			(1 << 28)
#define CTR_DIC			(1 << 29)

/* HCR_EL2 */
#define HCR_RW			(UL(1) << 31)
#define HCR_APK			(UL(1) << 40)
#define HCR_API			(UL(1) << 41)

/* SCR_EL3 */
#define SCR_NS			(1 << 0)
#define SCR_RES1		(3 << 4)
#define SCR_SMD			(1 << 7)
#define SCR_HCE			(1 << 8)
#define SCR_RW			(1 << 10)
#define SCR_APK			(1 << 16)
#define SCR_API			(1 << 17)
#define SCR_FGTEN		(1 << 27)

/* MAIR_EL1: the memory types and their indices in a table entry */
#define MAIR_NORMAL		0
#define MAIR_DEVICE		1
#define MAIR_VALUE		(UL(0xff) << (8 * MAIR_NORMAL) | UL(0x04) << (8 * MAIR_DEVICE))

/* TCR_EL1 */
#define TCR_T0SZ(bits)		(UL(64) - (bits))
#define TCR_T0SZ_MASK		UL(0x3f)
#define TCR_T1SZ(bits)		((UL(64) - (bits)) << 16)
#define TCR_WALK_CACHED \
	(UL(0x3500) | UL(0x3500) << 16) /* both walks: inner shareable, write-back */
#define TCR_IPS_SHIFT		32
#define TCR_AS			(UL(1) << 36)
#if CONFIG_PAGE_SHIFT == 12
#define TCR_GRANULE		(UL(0) << 14 | UL(2) << 30)
#elif CONFIG_PAGE_SHIFT == 14
#define TCR_GRANULE		(UL(2) << 14 | UL(1) << 30)
#else
#define TCR_GRANULE		(UL(1) << 14 | UL(3) << 30)
#endif

/* CNTKCTL_EL1: programs read the counter; the event stream, and by which bit of the counter */
#define CNTKCTL_EL0VCTEN	(1 << 1)
#define CNTKCTL_EVNTEN		(1 << 2)
#define CNTKCTL_EVNTI_SHIFT	4

/* DCZID_EL0: DC ZVA is not allowed; below the bit, log2 of its block in words of 4 bytes */
#define DCZID_DZP		(1 << 4)

/* ID_AA64MMFR0_EL1: fields by their lowest bit */
#define MMFR0_PARANGE		0
#define MMFR0_ASIDBITS		4
#define MMFR0_TGRAN16		20
#define MMFR0_TGRAN64		24
#define MMFR0_TGRAN4		28
#define MMFR0_FGT		56

/* ID_AA64MMFR1_EL1 */
#define MMFR1_PAN		20

/* PSTATE.PAN, by encoding: it came with ARMv8.1 */
#define PSTATE_PAN		S3_0_C4_C2_3
#define PSTATE_PAN_ON		(1 << 22)

/* ID_AA64PFR0_EL1 */
#define PFR0_EL2		8
#define PFR0_GIC		24

#define ICC_SRE_SRE		(1 << 0)
#define ICC_SRE_ENABLE		(1 << 3)

/* GICv3 system registers by encoding: not every assembler knows their names */
#define ICC_SRE_EL1		S3_0_C12_C12_5
#define ICC_SRE_EL2		S3_4_C12_C9_5
#define ICC_SRE_EL3		S3_6_C12_C12_5
#define ICC_PMR_EL1		S3_0_C4_C6_0
#define ICC_BPR1_EL1		S3_0_C12_C12_3
#define ICC_CTLR_EL1		S3_0_C12_C12_4
#define ICC_CTLR_EL3		S3_6_C12_C12_4
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7
#define ICC_IAR1_EL1		S3_0_C12_C12_0
#define ICC_EOIR1_EL1		S3_0_C12_C12_1
#define ICC_SGI1R_EL1		S3_0_C12_C11_5
#define ICC_SGI0R_EL1		S3_0_C12_C11_7
#define ICC_IGRPEN0_EL1		S3_0_C12_C12_6
#define ICC_IAR0_EL1		S3_0_C12_C8_0
#define ICC_EOIR0_EL1		S3_0_C12_C8_1
#define ICH_HCR_EL2		S3_4_C12_C11_0

#endif
