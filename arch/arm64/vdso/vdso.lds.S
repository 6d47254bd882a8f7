/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: all of it is one segment that may be read and executed, and the file is what is in
 * memory. Nothing in it is ever written, and nothing has to be relocated: what would is an error.
 */
#include <asm/memory.h>

OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)

PHDRS
{
	text PT_LOAD FLAGS(5) FILEHDR PHDRS;
	dynamic PT_DYNAMIC FLAGS(4);
	unwind PT_GNU_EH_FRAME FLAGS(4);
}

SECTIONS
{
	/* the kernel maps struct vdso_data there */
	HIDDEN(vdso_data = . - PAGE_SIZE);
	. = SIZEOF_HEADERS;

	.hash : { *(.hash) } :text
	.gnu.hash : { *(.gnu.hash) }
	.dynsym : { *(.dynsym) }
	.dynstr : { *(.dynstr) }
	.gnu.version : { *(.gnu.version) }
	.gnu.version_d : { *(.gnu.version_d) }
	.gnu.version_r : { *(.gnu.version_r) }
	.dynamic : { *(.dynamic) } :text :dynamic
	.eh_frame_hdr : { *(.eh_frame_hdr) } :text :unwind
	.eh_frame : { KEEP(*(.eh_frame)) } :text
	.rodata : { *(.rodata .rodata.*) }
	.text : ALIGN(16) { *(.text .text.*) }

	.relocations : { *(.rela .rela.* .rel .rel.*) }
	.writable : { *(.data .data.* .bss .bss.* .dynbss COMMON) }
	/* the linker keeps room for itself here; an entry in use has a relocation, see above */
	.got : { *(.got .got.* .plt .iplt .igot .igot.plt) }
	vdso_end = .;
	/DISCARD/ : { *(.comment .note .note.*) }
}

VERSION
{
	LINUX_2.6.39 {
	global:
		__kernel_clock_getres;
		__kernel_clock_gettime;
		__kernel_gettimeofday;
		__kernel_rt_sigreturn;
	local:
		*;
	};
}

ASSERT(vdso_end <= PAGE_SIZE, "the vDSO is longer than a page")
ASSERT(SIZEOF(.relocations) == 0, "the vDSO needs relocation at run time")
ASSERT(SIZEOF(.writable) == 0, "the vDSO has data that is written")
