/* SPDX-License-Identifier: MIT */
/*
 * What the files of fs/ share: the tree of names, mounts, and the walk along a path.
 *
 * One spinlock, the tree's, guards all links between names: who is whose child, what is found under
 * which name, which name is a mount's. It is held for a step, never for a path. What a directory
 * contains changes with the directory's own lock held as well, so that a filesystem that must ask
 * its medium can do so. Documentation/locking.md has the order.
 */
#ifndef FS_VFS_H
#define FS_VFS_H

#include <arch/atomic.h>
#include <fs/fs.h>
#include <fs/inode.h>
#include <kernel/spinlock.h>
#ifdef CONFIG_PROCESS
#include <kernel/thread.h>
#endif
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/list.h>
#include <lib/types.h>
#include <uapi/errno.h>

struct walk;

#define DENTRY_LINKED	1U	/* is found under its name */
#define DENTRY_PINNED	2U	/* and stays: the cache is all that knows it */
#define DENTRY_MOUNT	4U	/* something is mounted here */
/* the filesystem is asked whether it is still so */
#define DENTRY_ASK	(IS_ENABLED(CONFIG_PROCESS) ? 8U : 0U)

/*
 * A name in a directory; the root of a filesystem is its own parent and has none. It holds a
 * reference of its parent and of its inode.
 */
struct dentry {
	u32 refs;		/* atomic; from and to 0 with the tree's lock held only */
	/* the tree's lock held: */
	u32 hash;
	struct dentry *next;	/* in its bucket */
	struct dentry *parent;
	const char *name;	/* terminated; place, or a longer one from the heap */
	u16 length;
	u8 flags;
	u64 cookie;		/* where in a listing it comes */
	struct list children;	/* in the order of their cookies */
	struct list sibling;
	struct list unused;	/* while refs is 0 */
	/* set when it is made, then constant: */
	struct inode *inode;	/* NULL: there is no such name */
	char place[];
};

/* A filesystem in its place. */
struct mount {
	u32 refs;		/* atomic; one for itself: unmounting wants it to be the last */
	/* constant: */
	struct dentry *root;	/* a reference */
	struct mount *parent;	/* the one that it is mounted in, a reference; NULL: the first */
	struct dentry *point;	/* where, a reference */
	struct super super;
	char source[32];
#ifdef CONFIG_PROCESS
	unsigned int flags;	/* MOUNT_NOEXEC, ... */
#endif
	/* the tree's lock held: */
	struct list link;	/* on tree.mounts, in the order in which they came */
	bool gone;
};

extern struct tree {
	struct spinlock lock;
	/* constant: */
	struct dentry **buckets;
	u32 mask;
	/* lock held: */
	struct list unused;	/* names that nobody uses, the one that was used last at the end */
	u64 unused_count;
	u64 count;
	struct list mounts;
} tree;

/*
 * The tree's lock; a reference given back. Each is there twice: as a call, and _inline for the few
 * places that every open, look, making and removing goes through.
 */
static __always_inline unsigned long tree_lock_inline(void)
{
	return spin_lock_irqsave(&tree.lock);
}

static __always_inline void tree_unlock_inline(unsigned long state)
{
	spin_unlock_irqrestore(&tree.lock, state);
}

unsigned long tree_lock(void);
void tree_unlock(unsigned long state);

/* --- dentry.c: the cache of names ------------------------------------------------------------ */

/* Makes the cache, of a size that suits the memory. Panics when there is none. */
void dentry_init(void);

/* A name of @inode (NULL: there is none), whose reference it takes, with one reference. NULL. */
struct dentry *dentry_alloc(const struct fs_name *name, struct inode *inode);

/* One reference more: the caller has one, or has found it with the tree's lock held. */
static inline void dentry_get(struct dentry *d)
{
	atomic_add_relaxed(&d->refs, 1);
}

/* The same for one that has been found by its name or as a child. Tree's lock held. */
static inline void dentry_get_locked(struct dentry *d)
{
	if (atomic_add_relaxed(&d->refs, 1) == 0) {
		list_unlink(&d->unused);
		tree.unused_count--;
	}
}

/* One reference less, which may have been the last one. */
void dentry_put_last(struct dentry *d);

static __always_inline void dentry_put_inline(struct dentry *d)
{
	u32 refs = atomic_load_relaxed(&d->refs);

	while (likely(refs > 1))
		if (likely(atomic_cas_release(&d->refs, &refs, refs - 1)))
			return;
	dentry_put_last(d);
}

void dentry_put(struct dentry *d);

/*
 * Whether something is mounted on @d, without the lock: as of a moment ago. A walk that goes by it
 * calls mount_cross(), which finds the mount or not with the lock held: either was true at some
 * moment of the walk. Who removes or moves a name asks again in the step that does it.
 */
static inline bool dentry_has_mount(const struct dentry *d)
{
	return atomic_load_relaxed(&d->flags) & DENTRY_MOUNT;
}

/* What is known under @name in @dir, without a reference, or NULL. Tree's lock held. */
struct dentry *dentry_find(const struct dentry *dir, const struct fs_name *name);

/*
 * Makes @d be found under its name in @dir. -ENOENT when @dir has been removed. Tree's lock and
 * @dir's inode's held.
 */
int dentry_link_locked(struct dentry *dir, struct dentry *d);

/* It is found no more. The caller has a reference. Tree's lock and the directory's held. */
void dentry_unlink_locked(struct dentry *d);

/*
 * Moves @d to @dir, under the name @name, terminated, which it takes over. What it gives up, the
 * caller frees: its old name, or NULL, and a reference of the parent that it had. Locks as above.
 */
char *dentry_move_locked(struct dentry *d, struct dentry *dir, char *name,
			 const struct fs_name *as);

/* True when @d is @other or lies below it. Rename's lock held. */
bool dentry_is_below(const struct dentry *d, const struct dentry *other);

/*
 * exchange.c: @source and @target, which two walks have found, get one another's names. NULL:
 * there is none. Both directories' locks held, and rename's where they are two. 1: nothing to do.
 */
int names_exchange(struct walk *from, struct dentry *source, struct walk *to,
		   struct dentry *target);

static inline bool exchanges(unsigned int flags)
{
	return IS_ENABLED(CONFIG_PROCESS) && flags & RENAME_EXCHANGE;
}

/* Takes a whole tree away, whose names nobody uses but for one reference of its root: that too. */
void dentry_drop_tree(struct dentry *root);

/* --- walk.c ----------------------------------------------------------------------------------- */

enum walk_last {
	LAST_NAME,
	LAST_DOT,
	LAST_DOTDOT,
	LAST_ROOT,
};

#define WALK_LINKS_MAX	40

struct walk_nest;

/* Where a walk is. */
struct walk {
	struct path path;	/* references */
	const char *rest;	/* what has not been looked at */
	struct fs_name last;
	enum walk_last kind;
	bool slash;		/* the last name has slashes behind it */
	u8 links;		/* that were followed */
	u8 depth;		/* of nest */
	struct walk_nest *nest;	/* links inside of links */
	struct inode *held;	/* the link that last's text belongs to */
};

/*
 * Begins @path and goes to the directory of its last name, which is left in w->last. On success
 * walk_end() is due.
 */
int walk_begin(struct walk *w, const char *path);

/*
 * Goes on to the last name. 0; 1 when it was a symbolic link, which was to be followed (@follow, or
 * slashes behind it): then the walk is at the directory of the last name of its target.
 */
int walk_last(struct walk *w, bool follow);

/* Gives back what the walk holds but for w->path. */
void walk_end(struct walk *w);

/* The same and w->path. */
void walk_drop(struct walk *w);

/*
 * The place of @path, with references, when that is a matter of few names that the cache has and
 * nothing else: no link, no mount, no "..". False: it must be walked to.
 */
bool walk_fast(const char *path, struct path *result);

/* The place of @path, with references. */
int walk_path(const char *path, bool follow, struct path *result);

/*
 * The same where the last name has been found to be @d, whose reference it takes over: no "." or
 * "..", and not negative.
 */
int walk_take(struct walk *w, struct dentry *d, bool follow);

/*
 * What @name is in @dir, with a reference, in *@found; NULL when there is nothing. Where the
 * filesystem has to be asked, the directory's lock is needed: it is held if @locked.
 */
int walk_positive(struct dentry *dir, const struct fs_name *name, bool locked,
		  struct dentry **found);

/* --- mount.c ---------------------------------------------------------------------------------- */

static inline void mount_get(struct mount *m)
{
	atomic_add_relaxed(&m->refs, 1);
}

/* The last reference of what was unmounted has gone. */
void mount_free(struct mount *m) __cold;

static __always_inline void mount_put_inline(struct mount *m)
{
	if (unlikely(atomic_add_acq_rel(&m->refs, -1U) == 1))
		mount_free(m);
}

void mount_put(struct mount *m);

static inline void path_get(const struct path *path)
{
	mount_get(path->mount);
	dentry_get(path->dentry);
}

static __always_inline void path_put_inline(const struct path *path)
{
	dentry_put_inline(path->dentry);
	mount_put_inline(path->mount);
}

void path_put(const struct path *path);

/* From the name that something is mounted on to that one's root. */
void mount_cross(struct path *path);

/* One up, across mounts, but not beyond @root. Tree's lock held; references are the caller's. */
void mount_up_locked(struct path *path, const struct path *root);

void mount_init(void);
void mount_stat(struct mount *m, struct fs_statfs *stat);

/* --- context.c -------------------------------------------------------------------------------- */

/* The calling thread's. */
struct fs_context *fs_context(void);

/* The path of @path in the calling thread's eyes: its length with the NUL. */
int path_print(const struct path *path, char *buf, size_t size);

/*
 * Between two walks: the next one begins where the second path of a call does, if that is somewhere
 * else (fs_at_begin()).
 */
#ifdef CONFIG_PROCESS
void walk_second(void);
#else
static inline void walk_second(void)
{
}
#endif

/* Where names of @inode are that nobody finds, without a reference: fs/anon.c. CONFIG_PROCESS. */
struct mount *anon_mount(const struct inode *inode);

/* The first mount: the default context begins there. */
void context_start(const struct path *root);

/* --- inode.c ---------------------------------------------------------------------------------- */

void inode_stat(struct inode *inode, struct file_stat *stat);

/* Locks two directories, which may be the same. */
void inode_lock_two(struct inode *a, struct inode *b);
void inode_unlock_two(struct inode *a, struct inode *b);

/* Takes a mutex without giving up, as inode_lock(); by a call, and without one. */
void fs_lock(struct mutex *m);
void fs_unlock(struct mutex *m);
void fs_lock_again(struct mutex *m, int err) __cold;

static inline void fs_lock_inline(struct mutex *m)
{
	int err = mutex_lock(m, TIME_NEVER);

	if (unlikely(err))
		fs_lock_again(m, err);
}

/* Whether an inode without a name may get one: of O_TMPFILE. Then it has had one. */
static inline bool inode_gets_name(struct inode *inode __unused)
{
#ifdef CONFIG_PROCESS
	bool was = inode->unnamed;

	inode->unnamed = false;
	return was;
#else
	return false;
#endif
}

/* --- readdir.c -------------------------------------------------------------------------------- */

#define FIRST_COOKIE	2	/* of a listing's positions: 0 is ".", 1 is ".." */

/* Tells of "." and "..", where file->pos is not behind them: 0, or what @entry returned. */
int readdir_dots(struct file *file, dir_entry_fn *entry, void *arg);

/* --- file.c, names.c -------------------------------------------------------------------------- */

int inode_truncate(struct inode *inode, s64 size);

/*
 * Makes @name in the directory @dir, whose lock is held, where nothing was found but @old, a
 * negative entry or NULL. One reference in *@made.
 */
int name_create(struct path *dir, const struct fs_name *name, u32 mode, u32 device,
		const char *target, struct dentry **made);

#endif
