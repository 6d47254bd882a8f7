/* SPDX-License-Identifier: MIT */
/* The table that the build generates with CONFIG_KALLSYMS; without it, an empty one that costs nothing. */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#ifdef CONFIG_KALLSYMS
extern const unsigned int kallsyms_count;
extern const unsigned int kallsyms_offsets[];	/* from section_text_start, ascending */
extern const char kallsyms_names[];		/* NUL-terminated, in the same order */

#define KALLSYMS_COUNT		kallsyms_count
#define KALLSYMS_OFFSETS	kallsyms_offsets
#define KALLSYMS_NAMES		kallsyms_names
#else
#define KALLSYMS_COUNT		0U
#define KALLSYMS_OFFSETS	((const unsigned int[]){ 0 })
#define KALLSYMS_NAMES		""
#endif

#endif
