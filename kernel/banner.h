/* SPDX-License-Identifier: MIT */
/* The last lines of boot. */
#ifndef KERNEL_BANNER_H
#define KERNEL_BANNER_H

/*
 * Logs what this image was configured for and what it found; @files ends the line of what was
 * chosen. Boot thread, when all drivers have been probed.
 */
void banner_print(const char *files);

#endif
