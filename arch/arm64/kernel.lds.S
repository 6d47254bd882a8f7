/* SPDX-License-Identifier: MIT */
/*
 * The image: text R-X, then read-only data, then everything writable, each from a page boundary
 * of the chosen granule on. What takes no room in the file comes last. Link-time tables need no
 * line of their own (lib/table.h).
 */
#include <asm/memory.h>
#include <asm/pgtable.h>

/*
 * How many tables there must be for early boot and for the first RAM, which has nowhere else to
 * take them from. Where the image was linked: the root, one of each level below it, and of the
 * last as many as the windows there take; with 16K and 64K one is enough for all of them.
 * Where it was loaded: a whole walk. For RAM, of which the first piece is at most 32 GiB long:
 * two of each level that it may begin and end in, and one more where the image makes pages of a
 * block.
 */
#define LAST_TABLES(bytes)	(((bytes) >> LEVEL_SHIFT(2)) + 1)
#if PAGE_SHIFT == 12
#define IMAGE_TABLES	LAST_TABLES(ABSOLUTE(boot_tables) + 32 * PAGE_SIZE - ARCH_IMAGE_START)
#define WINDOW_TABLES \
	(IMAGE_TABLES + LAST_TABLES(ARCH_TREE_START + ARCH_TREE_MAX - ARCH_BOOT_UART_START))
#define RAM_TABLES	(3 + 2 + IMAGE_TABLES)
#else
#define WINDOW_TABLES	1
#define RAM_TABLES	(2 + 2)
#endif
#define LEVELS(va_bits)	(4 - START_LEVEL(va_bits))
#define BOOT_TABLES \
	(LEVELS(VA_BITS) - 1 + WINDOW_TABLES + LEVELS(IDMAP_BITS) + RAM_TABLES + \
	 2 * (BLOCK_LEVEL_MIN - START_LEVEL(VA_BITS)))

OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(image_head)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = ARCH_IMAGE_START;

	.text : {
		_text = .;
		section_text_start = .;
		KEEP(*(.head.text))
		. = ALIGN(8);
		/* small, so that it shares as few pages as it can with the rest */
		section_idmap_start = .;
		KEEP(*(.idmap.text))
		section_idmap_end = .;
		/*
		 * small things, most of them the machine's, fit in before the vectors, which want
		 * 2 KiB alignment
		 */
		*(.early.text)
		*(.entry.text)
		*arch/arm64/trap.o(.text .text.*)
		*kernel/sched_none.o(.text .text.*)
		*mm/heap_none.o(.text .text.*)
		*arch/arm64/smccc.o(.text .text.*)
		*kernel/print.o(.text .text.*)
		*lib/errno.o(.text .text.*)
		*lib/stack_protector.o(.text .text.*)
		*(.text.vectors)
		*(.text.early_vectors)
		*(.text .text.*)
		_etext = .;
		/*
		 * early boot's own constants, beside the code that reads them before there are
		 * rights ("/" is "?", for cpp)
		 */
		*arch/arm64/boot?*.o(.rodata .rodata.*)
	} :text
	. = ALIGN(PAGE_SIZE);
	section_text_end = .;

	.rodata : {
		section_rodata_start = .;
		*(.rodata .rodata.*)
		. = ALIGN(8);
		KEEP(*(SORT_BY_NAME(.table.*)))
		*(.got .got.plt)
		/*
		 * last: its size depends on all symbols, and no address before it may depend on
		 * its size
		 */
		*(.kallsyms)
	} :rodata
	. = ALIGN(PAGE_SIZE);
	section_rodata_end = .;

	.data : {
		section_data_start = .;
		*(.data .data.*)
		. = ALIGN(16);
		section_data_end = .;
	} :data

	.bss (NOLOAD) : {
		. = ALIGN(64);
		section_bss_start = .;
		section_percpu_start = .;
		*(.percpu)
		. = ALIGN(64);
		section_percpu_end = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(64);
		section_bss_end = .;
		*(.noinit)
		section_noinit_end = .;
	} :data

	/* as much as the stack is never mapped below it: falling below the stack faults */
	.stack (NOLOAD) : {
		. = . + STACK_SIZE;
		. = ALIGN(2 * STACK_SIZE);
		boot_stack = .;
		boot_stack_guard = . - STACK_SIZE;
		. = . + STACK_SIZE;
		boot_stack_top = .;
	} :data

	/*
	 * What boot alone writes, with the MMU off or on; read-only afterwards
	 */
	.boot (NOLOAD) : {
		section_boot_start = .;
		*(.boot.bss)
		. = ALIGN(64);
		section_ro_after_init_start = .;
		*(.ro_after_init)
		. = ALIGN(64);
		section_ro_after_init_end = .;
		. = ALIGN(PAGE_SIZE);
		section_boot_end = .;
	} :data

	.tables (NOLOAD) : {
		boot_tables = .;
		. = . + PAGE_SIZE * BOOT_TABLES;
		boot_tables_end = .;
	} :data
	section_image_end = .;

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr)
		*(.interp .dynamic .dynsym .dynstr .hash .gnu.hash)
	}
	/* nobody would apply these at run time: empty, which is checked below */
	.relocations : { *(.rela.* .rela_*) }
	.plt : { *(.plt .iplt .igot .igot.plt) }
	.debug_info 0 : { *(.debug_info) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_ranges 0 : { *(.debug_ranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_loc 0 : { *(.debug_loc) }
	.debug_str 0 : { *(.debug_str) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_str_offsets 0 : { *(.debug_str_offsets) }
	.debug_addr 0 : { *(.debug_addr) }
	.debug_line 0 : { *(.debug_line) }
	.debug_frame 0 : { *(.debug_frame) }
	.symtab 0 : { *(.symtab) }
	.strtab 0 : { *(.strtab) }
	.shstrtab 0 : { *(.shstrtab) }
}

ASSERT(image_head == ARCH_IMAGE_START, "the Image header must come first")
ASSERT((vectors & 0x7ff) == 0, "exception vectors are 2 KiB-aligned")
ASSERT((section_idmap_end - section_idmap_start) <= 0x1000, "the identity-mapped code is small")
ASSERT(section_image_end - section_text_start <= ARCH_IMAGE_MAX, "the image outgrew its window")
ASSERT((boot_stack_top & (2 * STACK_SIZE - 1)) == STACK_SIZE,
       "a stack is aligned to twice its size")
ASSERT(SIZEOF(.relocations) == 0, "the image needs relocation at run time")
ASSERT(SIZEOF(.plt) == 0, "the image has indirect functions")
