/* SPDX-License-Identifier: MIT */
/*
 * The vDSO (see <arch/vdso.h>) in each program's memory: two pages that all programs share, where
 * there is room, as for any mapping. A program may unmap, move or protect them as others; what it
 * writes to the code, if it makes that writable, is its own copy, and the data never can be.
 */
#include <arch/user.h>
#include <arch/vdso.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "exec.h"

struct part {
	const char *name;
	struct page *page;	/* NULL: there was no memory for it at boot */
};

static struct part vvar = { "[vvar]", NULL }, code = { "[vdso]", NULL };

static void get(void *object __unused)
{
}

static void put(void *object __unused)
{
}

static int part_page(void *object, u64 index, struct page **page)
{
	const struct part *part = object;

	if (index)
		return -EIO;
	page_get(part->page);
	*page = part->page;
	return 0;
}

static void name(void *object, char *buf, size_t size)
{
	const struct part *part = object;

	strlcpy(buf, part->name, size);
}

static void identity(void *object __unused, u64 *device, u64 *inode)
{
	*device = *inode = 0;
}

static const struct vma_ops vdso_ops = {
	.get = get, .put = put, .page = part_page, .name = name, .identity = identity,
};

void vdso_init(void)
{
	size_t size = (size_t)(vdso_image_end - vdso_image);

	vvar.page = page_alloc(0, PAGE_USE_PROCESS | PAGE_ZERO);
	code.page = page_alloc(0, PAGE_USE_PROCESS | PAGE_ZERO);
	if (!vvar.page || !code.page)
		return;
	memcpy(page_to_virt(code.page), vdso_image, size);
	time_publish(page_to_virt(vvar.page));
}

static int map_part(struct space *space, struct part *part, vaddr_t address, u32 flags)
{
	struct space_mapping m = {
		.address = address, .size = PAGE_SIZE, .where = SPACE_FIXED_NEW,
		.flags = flags | VMA_DONT_EXPAND, .ops = &vdso_ops, .object = part,
	};
	ssize_t result = space_map(space, &m);

	return result < 0 ? (int)result : 0;
}

int exec_map_vdso(struct space *space)
{
	vaddr_t at;
	int err;

	if (!vvar.page || !code.page)
		return 0;
	at = space_gap(space, 2 * PAGE_SIZE);
	if (!at)
		return -ENOMEM;
	err = map_part(space, &vvar, at, VMA_READ);
	if (!err)
		err = map_part(space, &code, at + PAGE_SIZE, VMA_READ | VMA_EXEC | VMA_MAY_WRITE);
	space->vdso = at + PAGE_SIZE;
	return err;
}
