/* SPDX-License-Identifier: MIT */
/*
 * The table of functions that the build generates and links in (scripts/kallsyms.awk). With
 * CONFIG_KALLSYMS only.
 */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

extern const unsigned int kallsyms_count;
extern const unsigned int kallsyms_offsets[];	/* from section_text_start, ascending */
extern const char kallsyms_names[];		/* NUL-terminated, in the same order */

#endif
