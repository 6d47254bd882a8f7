/* SPDX-License-Identifier: MIT */
/*
 * The cache of names: a table hashed by directory and name, and a tree beside it. Of directories
 * whose filesystem keeps its names here alone every name has a reference of the table's (it is
 * pinned); of others a name that nobody uses stays, up to UNUSED_MAX of them all, the one that was
 * used last the longest. A name that is not there is an entry without an inode. Names that hold
 * only as long as something else does, a process, are not kept: nobody would ask for them any more.
 *
 * The table does not grow: it is made for the memory that there is, a bucket for each 128 KiB.
 */
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/page.h>

#include "vfs.h"

#define UNUSED_MAX	1024
#define BUCKET_SHIFT	17	/* of memory, for one */
#define BUCKETS_MIN	256U
#define BUCKETS_MAX	16384U

struct tree tree = {
	.unused = LIST_INIT(tree.unused),
	.mounts = LIST_INIT(tree.mounts),
};

__noinline unsigned long tree_lock(void)
{
	return tree_lock_inline();
}

__noinline void tree_unlock(unsigned long state)
{
	tree_unlock_inline(state);
}

__noinline void dentry_put(struct dentry *d)
{
	dentry_put_inline(d);
}

/* Memory is out: names that nobody uses go, then what the heap can do without. */
static void reclaim(void)
{
	fs_cache_shrink();
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_shrink();
	else
		heap_policy_shrink();
}

__cold void dentry_init(void)
{
	u32 wanted = (u32)MIN(page_bytes_total() >> BUCKET_SHIFT, (u64)BUCKETS_MAX);
	u32 n = BUCKETS_MIN;

	while (n < wanted)
		n *= 2;
	tree.buckets = kcalloc(n, sizeof(*tree.buckets));
	if (!tree.buckets)
		panic("no memory for %u buckets of names", n);
	tree.mask = n - 1;
	lock_check_name(&tree.lock.check, "tree.lock");
	page_set_reclaim(reclaim);
}

static u32 hash_in(const struct dentry *dir, u32 hash)
{
	return (hash ^ (u32)((uintptr_t)dir >> 5)) * 0x9e3779b1;
}

static struct dentry **bucket(u32 hash)
{
	return &tree.buckets[(hash >> 15) & tree.mask];
}

struct dentry *dentry_alloc(const struct fs_name *name, struct inode *inode)
{
	u32 length = name ? name->length : 0;
	struct dentry *d = kmalloc(sizeof(*d) + length + 1);

	if (!d)
		return NULL;
	/* one by one: the links are set when it is linked, and to clear them takes longer */
	d->refs = 1;
	d->hash = name ? name->hash : 0;
	d->parent = d;
	d->name = d->place;
	d->length = (u16)length;
	d->flags = 0;
	d->inode = inode;
	if (name)
		memcpy(d->place, name->text, length);
	d->place[length] = '\0';
	list_init(&d->children);
	return d;
}

static inline u64 word(const char *text)
{
	u64 w;

	__builtin_memcpy(&w, text, sizeof(w));
	return w;
}

/* Most names are so short that a call would take longer. */
static inline bool is_same(const char *a, const char *b, u32 length)
{
	if (length > 16)
		return !memcmp(a, b, length);
	/* the two words have some bytes in common */
	if (length >= 8)
		return word(a) == word(b) && word(a + length - 8) == word(b + length - 8);
	while (length && a[length - 1] == b[length - 1])
		length--;
	return !length;
}

struct dentry *dentry_find(const struct dentry *dir, const struct fs_name *name)
{
	u32 hash = hash_in(dir, name->hash);

	assert(spin_is_locked(&tree.lock));
	for (struct dentry *d = *bucket(hash); d; d = d->next)
		if (d->hash == hash && d->parent == dir && d->length == name->length &&
		    is_same(d->name, name->text, name->length))
			return d;
	return NULL;
}

static void hash_add(struct dentry *d, u32 hash)
{
	struct dentry **b;

	d->hash = hash_in(d->parent, hash);
	b = bucket(d->hash);
	d->next = *b;
	*b = d;
}

static void hash_remove(struct dentry *d)
{
	struct dentry **p = bucket(d->hash);

	while (*p != d)
		p = &(*p)->next;
	*p = d->next;
}

/* Whether new names may come into @dir. */
static bool alive(const struct dentry *dir)
{
	return dir->flags & DENTRY_LINKED || dir->parent == dir;
}

static void place_last(struct dentry *dir, struct dentry *d)
{
	d->cookie = dir->inode->cookie++;
	list_add_tail(&dir->children, &d->sibling);
}

int dentry_link_locked(struct dentry *dir, struct dentry *d)
{
	assert(spin_is_locked(&tree.lock));
	assert(!(d->flags & DENTRY_LINKED) && dir->inode);
	if (!alive(dir))
		return -ENOENT;
	d->parent = dir;
	dentry_get(dir);
	d->flags |= DENTRY_LINKED;
	if (!dir->inode->ops->lookup) {
		d->flags |= DENTRY_PINNED;
		dentry_get(d);
	}
	hash_add(d, d->hash);
	place_last(dir, d);
	tree.count++;
	return 0;
}

void dentry_unlink_locked(struct dentry *d)
{
	assert(spin_is_locked(&tree.lock) && d->flags & DENTRY_LINKED);
	hash_remove(d);
	list_unlink(&d->sibling);
	tree.count--;
	if (d->flags & DENTRY_PINNED) {
		assert(d->refs > 1);
		atomic_add_relaxed(&d->refs, -1U);
	}
	d->flags &= DENTRY_MOUNT | DENTRY_ASK;
}

__cold char *dentry_move_locked(struct dentry *d, struct dentry *dir, char *name,
			 const struct fs_name *as)
{
	char *old = d->name == d->place ? NULL : (char *)(uintptr_t)d->name;

	assert(spin_is_locked(&tree.lock) && d->flags & DENTRY_LINKED && alive(dir));
	hash_remove(d);
	list_unlink(&d->sibling);
	d->parent = dir;
	dentry_get(dir);
	d->name = name;
	d->length = (u16)as->length;
	hash_add(d, as->hash);
	place_last(dir, d);
	return old;
}

bool dentry_is_below(const struct dentry *d, const struct dentry *other)
{
	for (; d != other; d = d->parent)
		if (d->parent == d)
			return false;
	return true;
}

/* Nobody has it, nobody finds it. Returns the parent, whose reference is the caller's now. */
static struct dentry *dentry_free(struct dentry *d)
{
	struct dentry *parent = d->parent == d ? NULL : d->parent;

	if (d->inode)
		inode_put(d->inode);
	if (d->name != d->place)
		kfree((char *)(uintptr_t)d->name);
	kfree(d);
	return parent;
}

/* One of those that nobody uses, with a reference: it is no longer found. Tree's lock held. */
static __cold __noinline struct dentry *take_unused(void)
{
	struct dentry *d = list_entry(tree.unused.next, struct dentry, unused);

	dentry_get_locked(d);
	dentry_unlink_locked(d);
	return d;
}

void dentry_put_last(struct dentry *d)
{
	while (d) {
		unsigned long state = tree_lock_inline();

		if (atomic_add_acq_rel(&d->refs, -1U) > 1) {
			tree_unlock_inline(state);
			return;
		}
		if (d->flags & DENTRY_ASK && d->flags & DENTRY_LINKED)
			dentry_unlink_locked(d);
		if (d->flags & DENTRY_LINKED) {
			assert(!(d->flags & DENTRY_PINNED));
			list_add_tail(&tree.unused, &d->unused);
			d = ++tree.unused_count > UNUSED_MAX ? take_unused() : NULL;
		}
		tree_unlock_inline(state);
		if (d)
			d = dentry_free(d);
	}
}

__cold size_t fs_cache_shrink(void)
{
	size_t n = 0;

	for (;;) {
		unsigned long state = tree_lock();
		struct dentry *d = tree.unused_count ? take_unused() : NULL;

		tree_unlock(state);
		if (!d)
			return n;
		n++;
		dentry_put(d);
	}
}

__cold void dentry_drop_tree(struct dentry *root)
{
	struct dentry *d = root;

	for (;;) {
		unsigned long state = tree_lock();
		struct dentry *up = d->parent;

		if (!list_empty(&d->children)) {
			d = list_entry(d->children.next, struct dentry, sibling);
			dentry_get_locked(d);
			tree_unlock(state);
			continue;
		}
		if (d != root)
			dentry_unlink_locked(d);
		tree_unlock(state);
		dentry_put(d);
		if (d == root)
			return;
		d = up;
	}
}

__cold void fs_cache_stats(struct fs_cache_stats *stats)
{
	unsigned long state = tree_lock();

	stats->names = tree.count;
	stats->unused = tree.unused_count;
	tree_unlock(state);
}
