/* SPDX-License-Identifier: MIT */
/*
 * What is in a file of ramfs: a tree of pages by their number in the file, SLOTS to a node, as high
 * as the largest number needs. A file of one page has no node. What is not there is a hole: it
 * reads as zero and takes no memory. An entry points at the page's struct page, on the lowest
 * level, or at a node.
 *
 * Bytes behind the end of the file, in its last page, are zero at all times but during a write; so
 * a file that grows needs no look at them. The inode's lock is held in all of this.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <kernel/thread.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <mm/page.h>
#include <uapi/errno.h>

#include "ramfs.h"

#define SLOT_BITS	6U
#define SLOTS		(1UL << SLOT_BITS)

struct node {
	void *slot[SLOTS];
};

/* The tree's root and its height share a word: nodes and struct pages are aligned to 16. */
#define HEIGHT_MASK	15UL

static unsigned int height_of(const struct inode *inode)
{
	return (unsigned int)((uintptr_t)inode->data & HEIGHT_MASK);
}

static void *root_of(const struct inode *inode)
{
	return (void *)((uintptr_t)inode->data & ~HEIGHT_MASK);
}

static void set_root(struct inode *inode, void *root, unsigned int height)
{
	inode->data = (void *)((uintptr_t)root | height);
}

/* Whether page number @index is within a tree of that height. */
static bool within(u64 index, unsigned int height)
{
	return height * SLOT_BITS >= 64 || index >> (height * SLOT_BITS) == 0;
}

static size_t slot_of(u64 index, unsigned int height)
{
	return (index >> ((height - 1) * SLOT_BITS)) & (SLOTS - 1);
}

static struct page *find(const struct inode *inode, u64 index)
{
	unsigned int height = height_of(inode);
	void *p = root_of(inode);

	if (!within(index, height))
		return NULL;
	for (; height && p; height--)
		p = ((struct node *)p)->slot[slot_of(index, height)];
	return p;
}

/* Counts a page; -ENOSPC: that would be too many, and it does not count. */
static int charge(struct ramfs *fs)
{
	if (atomic_add_relaxed(&fs->used, 1) < fs->limit || !fs->limit)
		return 0;
	atomic_add_relaxed(&fs->used, -1UL);
	return -ENOSPC;
}

/* The place of page number @index, with the nodes above it; NULL: no memory. */
static __cold void **place(struct inode *inode, u64 index)
{
	unsigned int height = height_of(inode);
	void *root = root_of(inode), **p = &inode->data;

	while (!within(index, height)) {
		struct node *node = NULL;

		if (root) {
			node = kzalloc(sizeof(*node));
			if (!node)
				return NULL;
			node->slot[0] = root;
		}
		root = node;
		set_root(inode, root, ++height);
	}
	if (height && !root) {
		root = kzalloc(sizeof(struct node));
		if (!root)
			return NULL;
		set_root(inode, root, height);
	}
	/* the root itself is kept with the height in it: whoever fills it uses set_root() */
	for (unsigned int h = height; h; h--) {
		p = &((struct node *)root)->slot[slot_of(index, h)];
		if (h > 1 && !*p)
			*p = kzalloc(sizeof(struct node));
		if (h > 1 && !*p)
			return NULL;
		root = *p;
	}
	return p;
}

/* A page at @p, which is empty, of which the @n bytes at @at will be written. */
static int add(struct inode *inode, void **p, size_t at, size_t n)
{
	struct ramfs *fs = inode->super->data;
	struct page *page;
	u8 *data;

	if (charge(fs))
		return -ENOSPC;
	page = page_alloc(0, PAGE_USE_FILE);
	if (!page) {
		atomic_add_relaxed(&fs->used, -1UL);
		return -ENOMEM;
	}
	*p = page;
	inode->pages++;
	data = page_to_virt(page);
	if (at)
		memset(data, 0, at);
	if (at + n < PAGE_SIZE)
		memset(data + at + n, 0, PAGE_SIZE - at - n);
	return 0;
}

static ssize_t read_pages(struct file *file, struct iov *iov, u64 pos)
{
	struct inode *inode = file->inode;
	u64 end = inode->size, start = pos;

	if (pos >= end)
		return 0;
	if (iov->left < end - pos)
		end = pos + iov->left;
	while (pos < end) {
		const struct page *page = find(inode, pos >> PAGE_SHIFT);
		size_t at = pos & (PAGE_SIZE - 1);
		size_t n = MIN((size_t)(end - pos), PAGE_SIZE - at);
		size_t done = page ? iov_put(iov, (const u8 *)page_to_virt(page) + at, n) :
				     iov_zero(iov, n);

		pos += done;
		if (unlikely(done < n))
			return pos == start ? -EFAULT : (ssize_t)(pos - start);
	}
	return (ssize_t)(pos - start);
}

static ssize_t write_pages(struct file *file, struct iov *iov, u64 pos)
{
	struct inode *inode = file->inode;
	u64 end = pos + iov->left, start = pos;
	void **p = NULL;
	int err = 0;

	while (pos < end) {
		size_t at = pos & (PAGE_SIZE - 1), done;
		size_t n = MIN((size_t)(end - pos), PAGE_SIZE - at);
		bool fresh;

		/* the next one of a node is beside the one before */
		if (p && (pos >> PAGE_SHIFT) % SLOTS && p != &inode->data)
			p++;
		else
			p = place(inode, pos >> PAGE_SHIFT);
		fresh = p && !*p;
		/* nodes that were made in vain are of use later, or go with the file */
		err = !p ? -ENOMEM : fresh ? add(inode, p, at, n) : 0;
		if (err)
			break;
		done = iov_get(iov, (u8 *)page_to_virt(*p) + at, n);
		pos += done;
		if (unlikely(done < n)) {
			if (fresh)
				memset((u8 *)page_to_virt(*p) + at + done, 0, n - done);
			err = -EFAULT;
			break;
		}
	}
	if (pos == start)
		return err;
	if (pos > inode->size)
		inode->size = pos;
	return (ssize_t)(pos - start);
}

#ifdef CONFIG_PROCESS
/* What a mapping shows: a hole becomes a page. */
static int map_page(struct inode *inode, u64 index, struct page **result)
{
	struct page *page = NULL;
	int err = -EIO;
	void **p;

	inode_lock(inode);
	if (index < (inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT) {
		page = find(inode, index);
		err = 0;
	}
	if (!err && !page) {
		p = place(inode, index);
		err = p ? add(inode, p, PAGE_SIZE, 0) : -ENOMEM;
		if (!err)
			page = *p;
	}
	if (!err) {
		page_get(page);
		*result = page;
	}
	inode_unlock(inode);
	return err;
}
#endif

const struct file_ops ramfs_file_ops = {
	.read = read_pages, .write = write_pages,
#ifdef CONFIG_PROCESS
	.page = map_page,
#endif
};

static void free_page(struct inode *inode, struct page *page)
{
	struct ramfs *fs = inode->super->data;

	page_put(page);
	inode->pages--;
	atomic_add_relaxed(&fs->used, -1UL);
}

/*
 * Frees what lies below @node, of height @height, from page number @first of it on. True when
 * nothing is left, and @node itself is gone. Recursion is as deep as the tree is high: 9 at most.
 */
static __cold bool free_below(struct inode *inode, void *entry, unsigned int height, u64 first)
{
	struct node *node = entry;
	size_t begin = 0;

	if (!height) {
		free_page(inode, entry);
		return true;
	}
	if (first) {
		begin = slot_of(first, height);
		first &= (1UL << ((height - 1) * SLOT_BITS)) - 1;
	}
	for (size_t i = begin; i < SLOTS; i++, first = 0)
		if (node->slot[i] && free_below(inode, node->slot[i], height - 1, first))
			node->slot[i] = NULL;
	for (size_t i = 0; i < begin + 1 && i < SLOTS; i++)
		if (node->slot[i])
			return false;
	kfree(node);
	return true;
}

void ramfs_free_pages(struct inode *inode, u64 first)
{
	unsigned int height = height_of(inode);
	void *root = root_of(inode);

	if (!root) {
		inode->data = NULL;
		return;
	}
	if (!within(first, height))
		return;
	if (free_below(inode, root, height, first))
		inode->data = NULL;
}

static __cold int set_size(struct inode *inode, u64 size)
{
	size_t tail = size & (PAGE_SIZE - 1);

	if (size > FILE_SIZE_MAX)
		return -EFBIG;
	if (size < inode->size) {
		ramfs_free_pages(inode, (size + PAGE_SIZE - 1) >> PAGE_SHIFT);
		if (tail) {
			struct page *page = find(inode, size >> PAGE_SHIFT);

			if (page)
				memset((u8 *)page_to_virt(page) + tail, 0, PAGE_SIZE - tail);
		}
	}
	inode->size = size;
	return 0;
}

#ifdef CONFIG_PROCESS
/* On failure what was added stays, up to the end of the file: it reads as what was not there. */
static __cold int allocate(struct inode *inode, u64 from, u64 to)
{
	int err = 0;

	for (u64 at = from >> PAGE_SHIFT; at << PAGE_SHIFT < to && !err; at++) {
		void **p = place(inode, at);

		err = !p ? -ENOMEM : *p ? 0 : add(inode, p, PAGE_SIZE, 0);
		if (!err && thread_killed())
			err = -EINTR;
	}
	if (err)
		ramfs_free_pages(inode, (inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT);
	else if (to > inode->size)
		inode->size = to;
	return err;
}

/*
 * Clears the pages from number @first to @last of what is at *@entry, of height @height: those that
 * somebody has mapped become zero, others go. Nodes stay: they are of use later, or go with the
 * file.
 */
static __cold void clear_below(struct inode *inode, void **entry, unsigned int height, u64 first,
			       u64 last)
{
	struct node *node = *entry;
	struct page *page = *entry;
	size_t begin, end;
	u64 mask;

	if (!height) {
		if (atomic_load_acquire(&page->refs) > 1) {
			memset(page_to_virt(page), 0, PAGE_SIZE);
			return;
		}
		free_page(inode, page);
		*entry = NULL;
		return;
	}
	begin = slot_of(first, height);
	end = slot_of(last, height);
	mask = (1UL << ((height - 1) * SLOT_BITS)) - 1;
	for (size_t i = begin; i <= end; i++)
		if (node->slot[i])
			clear_below(inode, &node->slot[i], height - 1,
				    i == begin ? first & mask : 0, i == end ? last & mask : mask);
}

static __cold int punch(struct inode *inode, u64 first, u64 count)
{
	unsigned int height = height_of(inode);
	void *root = root_of(inode);
	u64 last = first + count - 1;

	if (!root || !within(first, height))
		return 0;
	if (!within(last, height))
		last = (1UL << (height * SLOT_BITS)) - 1;
	clear_below(inode, &root, height, first, last);
	if (!root)
		inode->data = NULL;
	return 0;
}
#endif

const struct inode_ops ramfs_file_inode_ops = {
	.truncate = set_size,
#ifdef CONFIG_PROCESS
	.allocate = allocate, .punch = punch,
#endif
};
