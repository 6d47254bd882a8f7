/* SPDX-License-Identifier: MIT */
/*
 * From the tree to boot memory: RAM banks, what firmware and the tree reserve, and what boot
 * itself sits on (image, tree, initial ramdisk).
 */
#include <arch/mmu.h>
#include <arch/sections.h>
#include <device/memory.h>
#include <lib/assert.h>
#include <lib/endian.h>
#include <lib/log.h>
#include <mm/boot_mem.h>
#include <mm/map.h>

/* linux,initrd-start and -end are one or two cells long, as the boot loader liked. */
static bool address_of(const struct dt_node *node, const char *name, u64 *value)
{
	u32 len;
	const u8 *p = dt_prop(node, name, &len);

	if (!p || (len != 4 && len != 8))
		return false;
	*value = len == 4 ? load_be32(p) : load_be64(p);
	return true;
}

static bool initrd_named(u64 *start, u64 *end)
{
	const struct dt_node *chosen = dt_chosen();

	return chosen && address_of(chosen, "linux,initrd-start", start) &&
	       address_of(chosen, "linux,initrd-end", end);
}

static void reserve_initrd(void)
{
	u64 start, end;

	if (!initrd_named(&start, &end))
		return;
	if (end <= start) {
		log_err("initrd: /chosen names an empty range, %#lx to %#lx", start, end);
		return;
	}
	boot_mem_reserve(start, end - start, boot_mem_initrd, false);
}

static bool holds(const struct boot_mem_range *r, u64 start, u64 end)
{
	return start >= r->base && end - r->base <= r->size && !r->no_map;
}

const void *memory_initrd(size_t *size)
{
	const struct boot_mem_range *r;
	bool reserved = false;
	u64 start, end;

	if (!initrd_named(&start, &end) || end <= start)
		return NULL;
	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		reserved |= holds(r, start, end);
	for (unsigned int i = 0; reserved && (r = boot_mem_bank(i)); i++) {
		if (!holds(r, start, end))
			continue;
		*size = end - start;
		return phys_to_virt(start);
	}
	return NULL;
}

void memory_scan(void)
{
	paddr_t image = arch_image_phys();
	size_t tree_size;

	arch_boot_tree(&tree_size);
	if (!dt_scan_memory(boot_mem_add, boot_mem_reserve))
		panic("no memory: no enabled node with device_type \"memory\" has a range");
	boot_mem_reserve(image, (u64)(section_image_end - section_text_start), "kernel", false);
	boot_mem_reserve(arch_boot_tree_phys(), tree_size, "device tree", false);
	reserve_initrd();
}
