/* SPDX-License-Identifier: MIT */
/* Which way the firmware's PSCI is called (Linux's binding arm/psci.yaml). */
#include <arch/cpu.h>
#include <arch/firmware.h>
#include <device/fdt.h>
#include <lib/log.h>
#include <lib/string.h>

arch_firmware_call *arch_psci_conduit(const struct dt_node *psci)
{
	const char *method = dt_string(psci, "method", 0), *why;
	bool smc = method && strcmp(method, "smc") == 0;

	if (!smc && !(method && strcmp(method, "hvc") == 0))
		why = "its `method` is neither hvc nor smc";
	else if (arch_boot_el() >= (smc ? 3 : 2))
		/* nobody is there but this image, which was entered at that level */
		why = "the kernel was entered where firmware would answer";
	else
		return smc ? arch_smc : arch_hvc;
	log_err("%s: cannot be called: %s", psci->name, why);
	return NULL;
}
