/* SPDX-License-Identifier: MIT */
/*
 * Calls to firmware by the SMC Calling Convention (ARM DEN 0028), 64-bit arguments. May take
 * long.
 */
#ifndef ARCH_FIRMWARE_H
#define ARCH_FIRMWARE_H

#include <lib/types.h>

struct dt_node;

typedef s64 arch_firmware_call(u64 function, u64 a1, u64 a2, u64 a3);

/*
 * By HVC or by SMC, as the tree says. The wrong one of the two may hang. Where nobody serves it, it
 * returns -1, NOT_SUPPORTED; without CONFIG_EXCEPTION_TABLE that is a panic.
 */
arch_firmware_call arch_hvc;
arch_firmware_call arch_smc;

/*
 * The one of them by which the firmware of @psci, a node of the PSCI binding, is to be called; NULL
 * when there is none, with a log line: `method` is neither of the two, this image was entered at
 * the very level that the call goes to, or nobody answers.
 */
arch_firmware_call *arch_psci_conduit(const struct dt_node *psci);

/* Whether that firmware is of version 0.2 or later, whose calls have fixed numbers. */
bool arch_psci_fixed(const struct dt_node *psci);

#endif
