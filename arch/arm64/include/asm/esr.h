/* SPDX-License-Identifier: MIT */
/* ESR_EL1 and the fields of its syndromes (ARM DDI 0487, D19.2.37). */
#ifndef ASM_ESR_H
#define ASM_ESR_H

#define ESR_EC_SHIFT		26
#define ESR_EC(esr)		(((esr) >> ESR_EC_SHIFT) & 0x3f)
#define ESR_ISS(esr)		((esr) & 0x1ffffff)

#define EC_UNKNOWN		0x00
#define EC_WFX			0x01
#define EC_FP			0x07
#define EC_PAC			0x09
#define EC_BTI			0x0d
#define EC_ILLEGAL		0x0e
#define EC_SVC64		0x15
#define EC_HVC64		0x16
#define EC_SMC64		0x17
#define EC_SYSREG		0x18
#define EC_SVE			0x19
#define EC_IABT_LOWER		0x20
#define EC_IABT			0x21
#define EC_PC_ALIGN		0x22
#define EC_DABT_LOWER		0x24
#define EC_DABT			0x25
#define EC_SP_ALIGN		0x26
#define EC_FP_TRAP		0x2c
#define EC_SERROR		0x2f
#define EC_BREAK_LOWER		0x30
#define EC_BREAK		0x31
#define EC_STEP_LOWER		0x32
#define EC_STEP			0x33
#define EC_WATCH_LOWER		0x34
#define EC_WATCH		0x35
#define EC_BRK			0x3c

/* Data and instruction aborts */
#define ISS_FSC(iss)		((iss) & 0x3f)
#define ISS_WNR			(1 << 6)
#define ISS_CM			(1 << 8)
#define ISS_FNV			(1 << 10)

#define FSC_ADDRESS_SIZE	0x00	/* + level */
#define FSC_TRANSLATION		0x04
#define FSC_ACCESS_FLAG		0x08
#define FSC_PERMISSION		0x0c
#define FSC_EXTERNAL		0x10
#define FSC_EXTERNAL_WALK	0x14
#define FSC_PARITY		0x18
#define FSC_ALIGNMENT		0x21
#define FSC_TLB_CONFLICT	0x30

#endif
