/* SPDX-License-Identifier: MIT */
/* Which way the firmware's PSCI is called (Linux's binding arm/psci.yaml). */
#include <arch/cpu.h>
#include <arch/firmware.h>
#include <device/fdt.h>
#include <lib/log.h>
#include <lib/string.h>

#define PSCI_VERSION		0x84000000
#define NOT_SUPPORTED		(-1)

bool arch_psci_fixed(const struct dt_node *psci)
{
	return dt_compatible(psci, "arm,psci-1.0") || dt_compatible(psci, "arm,psci-0.2");
}

/* Whether somebody is there. All must know this call, but for 0.1, which has nothing to ask. */
static bool answers(const struct dt_node *psci, arch_firmware_call *call)
{
	return !arch_psci_fixed(psci) || (s32)call(PSCI_VERSION, 0, 0, 0) != NOT_SUPPORTED;
}

arch_firmware_call *arch_psci_conduit(const struct dt_node *psci)
{
	const char *method = dt_string(psci, "method", 0), *why;
	bool smc = method && strcmp(method, "smc") == 0;

	if (!smc && !(method && strcmp(method, "hvc") == 0))
		why = "its `method` is neither hvc nor smc";
	else if (arch_boot_el() >= (smc ? 3 : 2))
		/* nobody is there but this image, which was entered at that level */
		why = "the kernel was entered where firmware would answer";
	else if (IS_ENABLED(CONFIG_EXCEPTION_TABLE) && !answers(psci, smc ? arch_smc : arch_hvc))
		why = "no firmware answers by its `method`";
	else
		return smc ? arch_smc : arch_hvc;
	log_err("%s: cannot be called: %s", psci->name, why);
	return NULL;
}
