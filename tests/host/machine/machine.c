/* SPDX-License-Identifier: MIT */
/*
 * See machine.h. Garbage costs nothing until it is written: one file of it is mapped privately
 * again and again. What is in the array is the worst that a kernel which ran here before can have
 * left: states that say that a free run begins here, and pointers that lead nowhere.
 */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/mmu.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/map.h>
#include <mm/page_policy.h>
#include <uapi/errno.h>

#include <sys/mman.h>

#include "../../../mm/vmap.h"
#include "host.h"
#include "machine.h"

#define GARBAGE		0xa5
#define CHUNK		MIB(4)

/* As in mm/map.c: the largest block. */
#define LINEAR_ALIGN	(PAGE_SHIFT == 12 ? GIB(1) : PAGE_SHIFT == 14 ? MIB(32) : MIB(512))

extern char machine_percpu_start[], machine_percpu_end[];

paddr_t arch_linear_base;
u64 machine_now;
__thread size_t machine_percpu_offset;
__thread bool machine_irqs_off;
__thread void (*machine_interrupt)(void);

static void need(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(2);
}

/* A file of garbage, for RAM or for the array. */
static int garbage_file(bool array)
{
	static int fds[2] = { -1, -1 };
	int *fd = &fds[array];
	struct page *p;

	if (*fd >= 0)
		return *fd;
	*fd = memfd_create("garbage", 0);
	need(*fd >= 0 && ftruncate(*fd, (off_t)CHUNK) == 0, "memfd_create");
	p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	need(p != MAP_FAILED, "mmap");
	memset(p, GARBAGE, CHUNK);
	for (size_t i = 0; array && i < CHUNK / sizeof(*p); i++) {
		/* as long as its alignment allows, or a little shorter */
		unsigned int most = (unsigned int)__builtin_ctzl(i | BIT(16));
		unsigned int less = (unsigned int)host_random_below(3);

		*page_state_of(&p[i]) = PAGE_STATE(0, most - MIN(most, less), PAGE_USE_NONE,
						   PAGE_INDEX_FREE);
	}
	munmap(p, CHUNK);
	return *fd;
}

static void map_garbage(vaddr_t va, size_t size)
{
	bool array = va >= ARCH_MEMMAP_START;

	while (size) {
		/* up to where the file begins again */
		size_t at = va & (CHUNK - 1), part = MIN(size, CHUNK - at);
		void *p = mmap((void *)va, part, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
			       garbage_file(array), (off_t)at);

		need(p == (void *)va, "mmap");
		va += part;
		size -= part;
	}
}

/*
 * --- What the kernel has instead --------------------------------------------------------------
 */

#define PATTERN	0x5c
static struct boot_mem_range array[64];		/* memory that the array and its tables are in */
static unsigned int arrays;

static void note_array(paddr_t pa, size_t size)
{
	need(arrays < ARRAY_SIZE(array), "note_array");
	array[arrays++] = (struct boot_mem_range){ .base = pa, .size = size };
	memset(phys_to_virt(pa), PATTERN, size);
}

bool machine_array_is_intact(void)
{
	for (unsigned int i = 0; i < arrays; i++) {
		const u8 *p = phys_to_virt(array[i].base);

		if (*p != PATTERN || memcmp(p, p + 1, array[i].size - 1))
			return false;
	}
	return true;
}

int arch_kernel_map(vaddr_t va, paddr_t pa, size_t size, unsigned int flags, mmu_table_alloc *alloc)
{
	paddr_t table;

	(void)flags;
	if (((va | pa | size) & ~PAGE_MASK) || va < ARCH_MEMMAP_START ||
	    va + size > ARCH_MEMMAP_START + ARCH_MEMMAP_SIZE)
		return -EINVAL;
	map_garbage(va, size);
	note_array(pa, size);
	table = alloc();
	if (table)
		note_array(table, PAGE_SIZE);
	return 0;
}

paddr_t map_table_alloc(void)
{
	return 0;
}

/* There are no tables here that it could guard. */
unsigned long map_lock(void)
{
	return 0;
}

void map_unlock(unsigned long state)
{
	(void)state;
}

void arch_boot_release(void (*release)(paddr_t base, u64 size))
{
	(void)release;
}

/* Nothing here knows the date. */
u64 time_real(void)
{
	return time_now();
}

u64 time_now(void)
{
	return machine_now;
}

u64 time_from_ticks(u64 ticks)
{
	return ticks;
}

/*
 * --- The machine ------------------------------------------------------------------------------
 */

void machine_start(const struct boot_mem_range *bank, unsigned int banks,
		   const struct boot_mem_range *reserved, unsigned int reserves)
{
	const struct boot_mem_range *r;

	for (unsigned int i = 0; i < banks; i++)
		boot_mem_add(bank[i].base, bank[i].size);
	for (unsigned int i = 0; i < reserves; i++)
		boot_mem_reserve(reserved[i].base, reserved[i].size, reserved[i].name,
				 reserved[i].no_map);
	need(boot_mem_bank(0) != NULL, "machine_start: no RAM");
	arch_linear_base = ALIGN_DOWN(boot_mem_bank(0)->base, LINEAR_ALIGN);
	for (unsigned int i = 0; (r = boot_mem_bank(i)) != NULL; i++)
		map_garbage((vaddr_t)phys_to_virt(r->base), r->size);
	page_init();
}

void machine_start_simple(size_t mib)
{
	const struct boot_mem_range bank = { .base = GIB(1), .size = MIB(mib) };
	const struct boot_mem_range image = { .base = GIB(1), .size = MIB(1), .name = "kernel" };

	machine_start(&bank, 1, &image, 1);
}

void machine_cpu_start(void)
{
	size_t size = (size_t)(machine_percpu_end - machine_percpu_start);
	char *copy = aligned_alloc(64, size);

	need(copy != NULL, "aligned_alloc");
	memset(copy, 0, size);
	machine_percpu_offset = (size_t)(copy - machine_percpu_start);
	page_cpu_init();
}
