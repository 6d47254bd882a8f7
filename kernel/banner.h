/* SPDX-License-Identifier: MIT */
/* The last lines of boot. */
#ifndef KERNEL_BANNER_H
#define KERNEL_BANNER_H

/*
 * Logs what this image was configured for and what it found. Boot thread, when all drivers have
 * been probed.
 */
void banner_print(void);

#endif
