/* SPDX-License-Identifier: MIT */
/*
 * Where the linker script put things. The symbols have addresses only: they are arrays, so that
 * nobody reads their value.
 */
#ifndef ARCH_SECTIONS_H
#define ARCH_SECTIONS_H

#include <lib/types.h>

extern const char section_text_start[], section_text_end[];		/* R-X */
extern const char section_idmap_start[],
	section_idmap_end[]; /* in text: also mapped where it is loaded */
extern const char section_rodata_start[], section_rodata_end[];	/* R-- */
extern char section_data_start[], section_data_end[];		/* RW-, with everything below */
extern char section_percpu_start[], section_percpu_end[];		/* zeroed; CPU 0's copy */
extern char section_bss_start[], section_bss_end[];			/* zeroed */
extern char section_noinit_end[];	/* from here to the boot stack's guard there is nothing */
/* written at boot only, first with the MMU off; R-- from map_protect() on */
extern char section_boot_start[], section_boot_end[];
extern char section_ro_after_init_start[], section_ro_after_init_end[];	/* in it; zeroed */
extern char boot_stack_guard[], boot_stack[], boot_stack_top[];
extern char boot_tables[], boot_tables_end[];
extern char section_image_end[];

/*
 * A variable that is written during boot only, and without initialiser: it starts as zeroes, and a
 * write after map_protect() is a panic.
 */
#define __ro_after_init	__section(".ro_after_init")

/* An object that each CPU has its own copy of; starts as zeroes. Reach it by this_cpu(). */
#define PER_CPU		__section(".percpu")

/*
 * This CPU's copy of per-CPU object @object. Preemption off, or the thread may find itself
 * elsewhere.
 */
#if defined(__CAIRN__) && !defined(CONFIG_SMP)
#define this_cpu(object)	(&(object))	/* the only copy */
#else
#define this_cpu(object) \
	((typeof(object) *)(void *)((char *)&(object) + arch_percpu_offset()))
#endif

#endif
