/* SPDX-License-Identifier: MIT */
/*
 * Early boot in C, with the MMU off: finds a UART to speak through, checks what the CPU and the
 * boot loader offer, and has the tables made and checked. Whatever is wrong here ends in one
 * line on that UART. Debug builds may name a UART by hand (CONFIG_EARLY_UART), for when there
 * is no tree to find one in.
 */
#include "boot.h"
#include "break.h"

#include <arch/sections.h>
#include <asm/esr.h>
#include <asm/pgtable.h>

struct boot_info boot_info __section(".boot.bss");

/* Kinds of UARTs; the first is a PL011, the second has all registers 4 bytes wide and apart. */
static const char uart_kinds[][22] = {
	"arm,pl011",
	"brcm,bcm2835-aux-uart",
	"ns16550a",
	"ns16550",
	"snps,dw-apb-uart",
};

/* Takes the UART at @node into use when it is of a known kind and can be reached. */
static bool uart_from(const struct early_node *node)
{
	struct boot_uart *u = &boot_info.uart;
	unsigned int kind = 0;
	paddr_t base;

	while (!early_is_compatible(node, uart_kinds[kind]))
		if (++kind == ARRAY_SIZE(uart_kinds))
			return false;
	if (!early_is_enabled(node))
		return false;
	break_uart(node);
	base = early_reg(node, 0, NULL);
	if (!base)
		return false;
	base += early_prop_u32(node, "reg-offset", 0);
	u->kind = kind == 0 ? BOOT_UART_PL011 : BOOT_UART_8250;
	u->reg_shift = early_prop_u32(node, "reg-shift", kind == 1 ? 2 : 0);
	u->io_width = early_prop_u32(node, "reg-io-width", kind <= 1 ? 4 : 1);
	u->base = base;
	u->addr = base;
	return true;
}

/* The UART that stdout-path names; without one that is of use, the first that is known. */
static void find_uart(const u8 *tree)
{
	struct early_node node;

	if (early_tree_stdout(tree, &node) && uart_from(&node))
		return;
	boot_info.tree_broken = true;	/* it may well be that which hides the UART */
	for (unsigned int kind = 0; kind < ARRAY_SIZE(uart_kinds); kind++)
		if (early_tree_compatible(tree, uart_kinds[kind], &node) && uart_from(&node))
			return;
}

void early_begin(paddr_t tree, u64 entry_el)
{
	const char *wrong;

	/* field by field: the section is not zeroed yet, and memset() is not for here */
	boot_info.failing = 0;
	boot_info.tree_broken = false;
	boot_info.entry_el = entry_el;
	boot_info.image = (paddr_t)section_text_start;
	boot_info.tree = tree;
	boot_info.next_table = (paddr_t)boot_tables;
	boot_info.uart.kind = BOOT_UART_NONE;
	boot_info.uart.base = 0;
#ifdef CONFIG_EARLY_UART
	boot_info.uart.kind =
		IS_ENABLED(CONFIG_EARLY_UART_PL011) ? BOOT_UART_PL011 : BOOT_UART_8250;
	boot_info.uart.reg_shift = CONFIG_EARLY_UART_REG_SHIFT;
	boot_info.uart.io_width =
		IS_ENABLED(CONFIG_EARLY_UART_PL011) || CONFIG_EARLY_UART_REG_SHIFT == 2 ? 4 : 1;
	boot_info.uart.base = CONFIG_EARLY_UART_BASE;
	boot_info.uart.addr = CONFIG_EARLY_UART_BASE;
#endif
	wrong = early_tree_find(tree);
	if (!wrong) {
		/* first: what is wrong with a tree can be said only on the UART that it leads to */
		find_uart((const u8 *)tree);
		wrong = early_tree_check((const u8 *)tree, &boot_info.tree_size);
	}
	if (wrong)
		early_fail(wrong, &tree);
	if (entry_el != 3)
		return;
#ifdef CONFIG_BOOT_EL3
	early_el3((const u8 *)tree);
#else
	early_fail("entered at EL3, but this image was built without CONFIG_BOOT_EL3", NULL);
#endif
}

static void check_granule(void)
{
	u64 mmfr0 = sysreg_read(id_aa64mmfr0_el1);

#if CONFIG_PAGE_SHIFT == 12
	/* 0 = supported, 1 = with 52 bits, 15 = not */
	if (((mmfr0 >> MMFR0_TGRAN4) & 0xf) >= 8)
		early_fail("this CPU has no 4K granule (ID_AA64MMFR0_EL1)", &mmfr0);
#elif CONFIG_PAGE_SHIFT == 14
	if (!((mmfr0 >> MMFR0_TGRAN16) & 0xf))
		early_fail("this CPU has no 16K granule (ID_AA64MMFR0_EL1)", &mmfr0);
#else
	if (((mmfr0 >> MMFR0_TGRAN64) & 0xf) >= 8)
		early_fail("this CPU has no 64K granule (ID_AA64MMFR0_EL1)", &mmfr0);
#endif
}

void early_main(void)
{
	u64 mmfr0 = sysreg_read(id_aa64mmfr0_el1);
	paddr_t image = (paddr_t)section_text_start;

	check_granule();
	if (image & (MIB(2) - 1))
		early_fail("the image was not loaded at a multiple of 2 MiB, but at", &image);
	break_hang();
	boot_info.mair = break_mair(MAIR_VALUE);
	boot_info.tcr = break_tcr(TCR_T0SZ(IDMAP_BITS) | TCR_T1SZ(VA_BITS) | TCR_GRANULE |
				  TCR_WALK_CACHED |
				  /* no wider than 48 bits: entries hold no more */
				  MIN(mmfr0 & 0xf, 5UL) << TCR_IPS_SHIFT |
				  (((mmfr0 >> MMFR0_ASIDBITS) & 0xf) == 2 ? TCR_AS : 0));
	boot_info.sctlr = SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN;
	/* head.S sets PSTATE.PAN by this bit */
	if ((sysreg_read(id_aa64mmfr1_el1) >> MMFR1_PAN) & 0xf)
		boot_info.sctlr &= ~(u64)SCTLR_SPAN;
	early_map();
	early_check();
	/* from here on it is the vectors at the link address that have something to say */
	boot_info.uart.addr = ARCH_BOOT_UART_START + (boot_info.uart.base & ~PAGE_MASK);
}

void early_exception(u64 esr, u64 elr, u64 far, u64 kind)
{
	u64 image = (u64)section_text_start;

	if (boot_info.failing++)
		early_stop();	/* the UART itself: there is nothing to say it on */
	boot_info.uart.addr = boot_info.uart.base;
	early_print_hex("\nException before the MMU is on: ESR ", esr);
	early_print_hex(" ELR ", elr);
	early_print_hex(" FAR ", far);
	early_print_hex(" vector ", kind);
	early_print_hex(" image at ", image);
	early_fail("exception in early boot, class", &(u64){ ESR_EC(esr) });
}
