/* SPDX-License-Identifier: MIT */
/*
 * The walk that tests end with: everything that fs/ counts is counted again from what there is.
 * Files that are open and have no name any more are not known here.
 */
#include <lib/test.h>
#include <mm/page.h>

#include "test_fs.h"
#include "vfs.h"

struct sums {
	u64 names;	/* roots too */
	u64 refs;	/* of names */
	u64 due;	/* those that something in the tree accounts for */
	u64 pages;
	u64 unused;
};

/* One name: what it must have is what points at it. */
static void look_at(const struct dentry *d, struct sums *sums)
{
	const struct inode *inode = d->inode;
	u64 children = 0, dirs = 0;

	list_for_each (child, &d->children, struct dentry, sibling) {
		TEST_EQ(child->parent, d);
		TEST(child->flags & DENTRY_LINKED);
		children++;
		dirs += child->inode && S_ISDIR(child->inode->mode);
	}
	sums->names++;
	sums->refs += d->refs;
	sums->due += children + !!(d->flags & DENTRY_PINNED);
	sums->unused += d->refs == 0;
	TEST(d->refs >= children + !!(d->flags & DENTRY_PINNED));
	if (!inode)
		return;
	if (S_ISDIR(inode->mode)) {
		TEST_EQ(inode->refs, 1);
		if (!inode->ops->lookup)
			TEST_EQ(inode->links, 2 + dirs);
	} else {
		TEST(!children);
		if (d->flags & DENTRY_PINNED)
			TEST_EQ(inode->refs, inode->links);
		if (inode->links)
			sums->pages += inode->pages * 720720 / inode->links;
	}
}

/* The name after @d in a walk of the tree below @root, parents first. */
static const struct dentry *after(const struct dentry *d, const struct dentry *root)
{
	if (!list_empty(&d->children))
		return list_entry(d->children.next, struct dentry, sibling);
	for (; d != root; d = d->parent)
		if (d->sibling.next != &d->parent->children)
			return list_entry(d->sibling.next, struct dentry, sibling);
	return NULL;
}

size_t fs_integrity(unsigned int open)
{
	struct sums sums = {};
	u64 mounts = 0, roots = 0;
	struct page_stats pages;

	list_for_each (m, &tree.mounts, struct mount, link) {
		mounts++;
		roots += 1 + (m->point != NULL);	/* the root's, and that of the point */
		for (const struct dentry *d = m->root; d; d = after(d, m->root))
			look_at(d, &sums);
	}
	TEST_EQ(sums.names, tree.count + mounts);
	TEST_EQ(sums.unused, tree.unused_count);
	/* the default context has two */
	TEST_EQ(sums.refs, sums.due + roots + 2 + open);
	page_stats_get(&pages);
	/* rounded down for files with several names, by less than a page in all of them */
	TEST(sums.pages <= pages.used[PAGE_USE_FILE] * 720720);
	TEST(sums.pages + sums.names + 720720 > pages.used[PAGE_USE_FILE] * 720720);
	return sums.names;
}
