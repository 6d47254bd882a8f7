/* SPDX-License-Identifier: MIT */
/* Between the files that execve() is made of, and those that call it. */
#ifndef PROCESS_EXEC_H
#define PROCESS_EXEC_H

#include <uapi/elf.h>

#include "process.h"

#define SEGMENTS_MAX	64

/* Strings for a program that begins: in the kernel's memory, one behind the other. */
struct exec_strings {
	char *text;
	size_t used, room;
	size_t limit;		/* bytes, with 8 for each pointer to one; 0: none */
	u32 argc, envc;
	bool no_scripts;	/* their names lead nowhere when the program begins: -ENOENT */
};

/* Adds one, from the kernel's memory or the program's: 0, -E2BIG, -ENOMEM, -EFAULT. */
int exec_add(struct exec_strings *strings, const char *text, size_t length);
int exec_add_user(struct exec_strings *strings, uaddr_t from);

/* Puts @text before all others; with @drop the first one goes. 0, -E2BIG, -ENOMEM. */
int exec_put_first(struct exec_strings *strings, const char *text, bool drop);

/* A file that is being loaded. */
struct image {
	struct file *file;
	struct elf_header header;
	struct elf_segment segments[SEGMENTS_MAX];
	vaddr_t bias;		/* where it lies less where it says it does */
	vaddr_t low, high;	/* of its segments, as it says */
	vaddr_t end;		/* behind the highest, where it lies: the heap begins there */
	vaddr_t table;		/* where it says that its program headers lie, or 0 */
	bool may_shrink;	/* the file may change when it is mapped: it is an interpreter's */
	char interpreter[256];
};

/* Reads the headers of the ELF file @image->file: 0; -ENOEXEC for what cannot be run. */
int elf_read_headers(struct image *image);

/*
 * Maps all that @image is in @space, which the calling thread uses; where it may lie anywhere,
 * above @base, or where there is room. 0, -ENOEXEC, -ENOMEM.
 */
int elf_map(struct space *space, struct image *image, vaddr_t base);

/* A stack for @strings. 0, -ENOMEM. */
int exec_map_stack(struct space *space, const struct exec_strings *strings);

/* Maps the vDSO, where there is one: 0, -ENOMEM. */
int exec_map_vdso(struct space *space);

/* Has the vDSO be ready for programs. Boot thread, once, before the first one. */
void vdso_init(void);

/* Writes it, in the space in use: 0 and the stack pointer in *@sp; -ENOMEM. */
int exec_write_stack(struct space *space, const struct exec_strings *strings, const char *name,
		     const struct image *image, const struct image *interpreter, vaddr_t *sp);

#endif
