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

/*
 * The initial ramdisk as the boot loader left it, with its exact size in bytes in *@size. NULL
 * when there is none, when it is not in RAM that the kernel can reach, and when its reservation
 * is gone. Thread context, after map_init().
 */
const void *memory_initrd(size_t *size);

#endif
