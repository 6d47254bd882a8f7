/* SPDX-License-Identifier: MIT */
/*
 * The exception table: instructions that may fault on data or be undefined, and where the CPU goes
 * on then, with x0 = a pointer to the reason in words. trap.c looks there before it panics. It is a
 * table of pairs, not of pointers, in the place of link-time tables (lib/table.h).
 */
#ifndef ASM_EXCEPTION_TABLE_H
#define ASM_EXCEPTION_TABLE_H

#include <lib/types.h>

struct exception_entry {
	vaddr_t fault;		/* the instruction */
	vaddr_t resume;
};

/* In inline assembly: when the instruction at label @fault faults, go on at @resume. */
#define EXCEPTION_ENTRY(fault, resume) \
	".pushsection .table.exception.1, \"a\"\n" \
	"	.balign	8\n" \
	"	.quad	" #fault ", " #resume "\n" \
	".popsection\n"

#endif
