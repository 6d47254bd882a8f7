/* SPDX-License-Identifier: MIT */
/* Memory as the tree describes it, on its way to <mm/boot_mem.h>. Boot CPU, once each. */
#ifndef DEVICE_MEMORY_H
#define DEVICE_MEMORY_H

#include <device/fdt.h>

/*
 * Hands banks and reservations to boot memory, the kernel image and the tree among them. Panics
 * where there is no RAM.
 */
void memory_scan(void);

#endif
