/* SPDX-License-Identifier: MIT */
/*
 * ELF files: what a program is, and its segments as mappings of its file. For AArch64, 64 bit;
 * static or with an interpreter, at fixed addresses or anywhere.
 */
#include <lib/string.h>
#include <uapi/errno.h>

#include "exec.h"

static int read_exactly(struct file *file, void *buf, size_t size, u64 pos)
{
	ssize_t n = pos > INT64_MAX ? -EINVAL : file_pread(file, buf, size, (s64)pos);

	if (n < 0)
		return (int)n;
	return (size_t)n == size ? 0 : -ENOEXEC;
}

static int check_header(const struct elf_header *h)
{
	if (h->ident[ELF_CLASS] != ELF_CLASS_64 || h->ident[ELF_DATA] != ELF_DATA_LSB ||
	    h->machine != EM_AARCH64 || (h->type != ET_EXEC && h->type != ET_DYN) ||
	    h->phentsize != sizeof(struct elf_segment) || !h->phnum || h->phnum > SEGMENTS_MAX)
		return -ENOEXEC;
	return 0;
}

/* A segment to load: its addresses make sense, and it is in the file where pages can be mapped. */
static int check_segment(const struct elf_segment *s)
{
	u64 end, file_end;

	if (__builtin_add_overflow(s->vaddr, s->memsz, &end) || end > ARCH_USER_END ||
	    __builtin_add_overflow(s->offset, s->filesz, &file_end) || file_end > INT64_MAX ||
	    s->filesz > s->memsz || ((s->vaddr ^ s->offset) & (PAGE_SIZE - 1)))
		return -ENOEXEC;
	return 0;
}

static int read_interpreter(struct image *image, const struct elf_segment *s)
{
	int err;

	if (s->filesz < 2 || s->filesz > sizeof(image->interpreter))
		return -ENOEXEC;
	err = read_exactly(image->file, image->interpreter, s->filesz, s->offset);
	if (!err && image->interpreter[s->filesz - 1])
		err = -ENOEXEC;
	return err;
}

/* Looks at what the segments are, of which they must be in order and apart. */
static int survey(struct image *image)
{
	const struct elf_header *h = &image->header;
	int err = 0;

	image->low = UINT64_MAX;
	for (unsigned int i = 0; i < h->phnum && !err; i++) {
		const struct elf_segment *s = &image->segments[i];

		if (s->type == PT_INTERP)
			err = read_interpreter(image, s);
		if (s->type != PT_LOAD || !s->memsz)
			continue;
		err = check_segment(s);
		if (!err && image->low != UINT64_MAX && s->vaddr < image->high)
			err = -ENOEXEC;
		image->low = MIN(image->low, s->vaddr);
		image->high = s->vaddr + s->memsz;
		if (h->phoff >= s->offset && h->phoff - s->offset < s->filesz)
			image->table = h->phoff - s->offset + s->vaddr;
	}
	return err || image->low != UINT64_MAX ? err : -ENOEXEC;
}

int elf_read_headers(struct image *image)
{
	struct elf_header *h = &image->header;
	int err = read_exactly(image->file, h, sizeof(*h), 0);

	if (!err && memcmp(h->ident, "\177ELF", 4))
		err = -ENOEXEC;
	if (!err)
		err = check_header(h);
	if (!err)
		err = read_exactly(image->file, image->segments,
				   h->phnum * sizeof(*image->segments), h->phoff);
	return err ? err : survey(image);
}

static u32 rights_of(const struct elf_segment *s)
{
	return (s->flags & PF_R ? VMA_READ : 0) | (s->flags & PF_W ? VMA_WRITE : 0) |
	       (s->flags & PF_X ? VMA_EXEC : 0) | VMA_MAY_WRITE;
}

static bool is_there(struct file *file, u64 pos)
{
	struct file_stat stat;

	file_stat(file, &stat);
	return pos < (u64)stat.size;
}

/*
 * Memory behind what is in the file up to @file_end: [start, end), zero. The space is in use.
 */
static int map_zero(struct space *space, const struct image *image, u64 file_end, vaddr_t start,
		    vaddr_t end, u32 rights)
{
	vaddr_t page = ALIGN_UP(start, PAGE_SIZE);
	struct space_mapping m = {
		.address = page, .size = end - page, .where = SPACE_FIXED, .flags = rights,
	};
	ssize_t address;

	/*
	 * The last page of the file's, to its end: C libraries count on what lies behind the last
	 * variable being zero. Where it is not writable nobody sees what is there; and where the
	 * file is shorter than it says the program finds out when it gets there.
	 */
	if (page > start && rights & VMA_WRITE && clear_user(start, page - start) &&
	    is_there(image->file, ALIGN_DOWN(file_end, PAGE_SIZE)))
		return -ENOMEM;
	if (end <= page)
		return 0;
	address = space_map(space, &m);
	return address < 0 ? (int)address : 0;
}

static int map_segment(struct space *space, const struct image *image,
		       const struct elf_segment *s)
{
	vaddr_t start = s->vaddr + image->bias, first = ALIGN_DOWN(start, PAGE_SIZE);
	struct space_mapping m = {
		.address = first, .size = start - first + s->filesz, .where = SPACE_FIXED,
		.flags = rights_of(s), .ops = &file_vma_ops, .object = image->file,
		.may_shrink = image->may_shrink,
		.offset = (s->offset - (start - first)) >> PAGE_SHIFT,
	};
	ssize_t address = s->filesz ? space_map(space, &m) : 0;

	if (address < 0)
		return (int)address;
	return map_zero(space, image, s->offset + s->filesz,
			s->filesz ? start + s->filesz : first, start + s->memsz, m.flags);
}

int elf_map(struct space *space, struct image *image, vaddr_t base)
{
	vaddr_t low = ALIGN_DOWN(image->low, PAGE_SIZE);
	size_t size = ALIGN_UP(image->high, PAGE_SIZE) - low;
	struct space_mapping all = {
		.address = base, .size = size, .flags = 0,
		.where = image->header.type == ET_DYN ? SPACE_ANYWHERE : SPACE_FIXED_NEW,
	};
	ssize_t address;
	int err;

	if (image->header.type == ET_EXEC)
		all.address = low;
	/* first all of it, so that its parts find their places free */
	address = space_map(space, &all);
	if (address < 0)
		return address == -EEXIST || address == -EPERM ? -ENOEXEC : (int)address;
	image->bias = (vaddr_t)address - low;
	err = space_unmap(space, (vaddr_t)address, size);
	for (unsigned int i = 0; i < image->header.phnum && !err; i++)
		if (image->segments[i].type == PT_LOAD && image->segments[i].memsz)
			err = map_segment(space, image, &image->segments[i]);
	image->end = image->high + image->bias;
	return err;
}
