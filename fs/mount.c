/* SPDX-License-Identifier: MIT */
/*
 * Mounts: which filesystem is where. A filesystem is mounted once; on one name there is at most
 * one, and the next one there goes onto its root. Each open file, current directory and walk in it
 * has a reference of the mount.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>

#include "vfs.h"

static u32 devices;	/* atomic: the number of the last one */

void mount_free(struct mount *m)
{
	kfree(m);
}

__noinline void mount_put(struct mount *m)
{
	mount_put_inline(m);
}

__noinline void path_put(const struct path *path)
{
	path_put_inline(path);
}

/* What is mounted on @point. Tree's lock held. */
static struct mount *mounted_on(const struct dentry *point)
{
	list_for_each (m, &tree.mounts, struct mount, link)
		if (m->point == point)
			return m;
	return NULL;
}

void mount_cross(struct path *path)
{
	struct mount *m;

	do {
		struct path from = *path;
		unsigned long state = tree_lock();

		m = mounted_on(from.dentry);
		if (m) {
			*path = (struct path){ m, m->root };
			path_get(path);
		}
		tree_unlock(state);
		if (m)
			path_put(&from);
	} while (m);
}

void mount_up_locked(struct path *path, const struct path *root)
{
	for (;;) {
		if (path->dentry == root->dentry && path->mount == root->mount)
			return;
		if (path->dentry != path->mount->root) {
			path->dentry = path->dentry->parent;
			return;
		}
		if (!path->mount->parent)
			return;
		path->dentry = path->mount->point;
		path->mount = path->mount->parent;
	}
}

static const struct filesystem *find_type(const char *name)
{
	TABLE_FOREACH(filesystem, struct filesystem, fs)
		if (!strcmp((*fs)->name, name))
			return *fs;
	return NULL;
}

static void free_super(struct mount *m)
{
	dentry_drop_tree(m->root);
	if (m->super.ops->unmount)
		m->super.ops->unmount(&m->super);
}

#ifdef CONFIG_PROCESS
static const struct {
	const char *word;
	unsigned int set, clear;
} mount_words[] = {
	{ "nosuid", MOUNT_NOSUID, 0 }, { "suid", 0, MOUNT_NOSUID },
	{ "nodev", MOUNT_NODEV, 0 }, { "dev", 0, MOUNT_NODEV },
	{ "noexec", MOUNT_NOEXEC, 0 }, { "exec", 0, MOUNT_NOEXEC },
	/* times of access are not kept */
	{ "noatime", 0, 0 }, { "nodiratime", 0, 0 }, { "relatime", 0, 0 },
};

static bool is_mount_word(struct super *super, const char *word)
{
	struct mount *m = container_of(super, struct mount, super);

	for (size_t i = 0; i < ARRAY_SIZE(mount_words); i++) {
		if (strcmp(mount_words[i].word, word))
			continue;
		m->flags = (m->flags & ~mount_words[i].clear) | mount_words[i].set;
		return true;
	}
	return false;
}
#else
static inline bool is_mount_word(struct super *super __unused, const char *word __unused)
{
	return false;
}
#endif

/* Every word of @options is everybody's, or the filesystem's own, or refused. */
static __cold int set_options(struct super *super, const char *options, const char **refused)
{
	char word[32];

	while (*options) {
		const char *end = strchr(options, ',');
		size_t n = end ? (size_t)(end - options) : strlen(options);
		int err = 0;

		strlcpy(word, options, MIN(n + 1, sizeof(word)));
		if (!strcmp(word, "ro") || !strcmp(word, "rw"))
			super->read_only = word[1] == 'o';
		else if (n && !is_mount_word(super, word))
			err = super->ops->option ? super->ops->option(super, word) : -EINVAL;
		if (n >= sizeof(word))
			err = -EINVAL;
		if (err) {
			if (refused)
				*refused = options;
			return err;
		}
		options += n + (end != NULL);
	}
	return 0;
}

/* A mount of its own, nowhere yet. */
static int make(const struct filesystem *fs, const char *source, const char *options,
		const char **refused, struct mount **made)
{
	struct mount *m = kzalloc(sizeof(*m));
	int err;

	if (!m)
		return -ENOMEM;
	m->refs = 1;
	m->super.type = fs;
	m->super.device = atomic_add_relaxed(&devices, 1) + 1;
	strlcpy(m->source, source ? source : fs->name, sizeof(m->source));
	err = fs->mount(&m->super, source);
	if (err)
		goto out_free;
	err = set_options(&m->super, options, refused);
	if (err)
		goto out_unmount;
	m->root = dentry_alloc(NULL, m->super.root);
	if (m->root) {
		*made = m;
		return 0;
	}
	err = -ENOMEM;
out_unmount:
	inode_put(m->super.root);
	if (m->super.ops->unmount)
		m->super.ops->unmount(&m->super);
out_free:
	kfree(m);
	return err;
}

/* Puts @m where @at is, unless somebody was faster or the directory has gone. */
static int put_on(struct mount *m, const struct path *at)
{
	unsigned long state = tree_lock();
	struct dentry *d = at->dentry;
	int err = 0;

	if (d->flags & DENTRY_MOUNT || at->mount->gone)
		err = -EBUSY;
	else if (!(d->flags & DENTRY_LINKED) && d->parent != d)
		err = -ENOENT;
	if (!err) {
		d->flags |= DENTRY_MOUNT;
		m->parent = at->mount;
		m->point = d;
		list_add_tail(&tree.mounts, &m->link);
	}
	tree_unlock(state);
	return err;
}

/* Whether the same is there already: what shows the kernel does so once in a place. */
static bool is_there(const struct filesystem *fs, const struct path *at)
{
	return fs->place && at->mount->super.type == fs && at->dentry == at->mount->root;
}

int fs_mount(const char *source, const char *target, const char *type, const char *options,
	     const char **refused)
{
	const struct filesystem *fs = find_type(type);
	bool first = list_empty(&tree.mounts);
	struct path at = {};
	struct mount *m;
	int err = 0;

	if (!first)
		err = walk_path(target, true, &at);
	if (err)
		return err;
	if (!first && !S_ISDIR(at.dentry->inode->mode))
		err = -ENOTDIR;
	else if (!fs)
		err = -ENODEV;
	else if (!first && is_there(fs, &at))
		err = -EBUSY;
	else
		err = make(fs, source, options ? options : "", refused, &m);
	if (err)
		goto out_put;
	if (first) {
		list_add_tail(&tree.mounts, &m->link);
		context_start(&(struct path){ m, m->root });
		return 0;
	}
	err = put_on(m, &at);
	if (!err)
		return 0;	/* it has the references of @at now */
	free_super(m);
	mount_put(m);
out_put:
	if (!first)
		path_put(&at);
	return err;
}

/* Takes @m off when nobody uses it but the caller, by one reference. Tree's lock held. */
static int take_off(struct mount *m)
{
	if (!m->parent || atomic_load_relaxed(&m->refs) > 2)
		return -EBUSY;
	list_for_each (other, &tree.mounts, struct mount, link)
		if (other->parent == m)
			return -EBUSY;
	m->gone = true;
	m->point->flags &= (u8)~DENTRY_MOUNT;
	list_unlink(&m->link);
	return 0;
}

static int umount(const char *target, bool follow)
{
	unsigned long state;
	struct path at;
	struct mount *m;
	int err = walk_path(target, follow, &at);

	if (err)
		return err;
	m = at.mount;
	if (at.dentry != m->root) {
		path_put(&at);
		return -EINVAL;
	}
	state = tree_lock();
	err = take_off(m);
	tree_unlock(state);
	dentry_put(at.dentry);
	if (!err) {
		struct path on = { m->parent, m->point };

		free_super(m);
		path_put(&on);
		mount_put(m);
	}
	mount_put(m);
	return err;
}

int fs_umount(const char *target)
{
	return umount(target, true);
}

#ifdef CONFIG_PROCESS
int fs_remount(const char *target, const char *options)
{
	struct path at;
	int err = walk_path(target, true, &at);
	bool read_only;
	unsigned int flags;

	if (err)
		return err;
	read_only = at.mount->super.read_only;
	flags = at.mount->flags;
	if (at.dentry != at.mount->root) {
		err = -EINVAL;
	} else {
		at.mount->super.read_only = false;
		at.mount->flags = 0;
		err = set_options(&at.mount->super, options, NULL);
		if (err) {
			at.mount->super.read_only = read_only;
			at.mount->flags = flags;
		}
	}
	path_put(&at);
	return err;
}

int fs_umount_nofollow(const char *target)
{
	return umount(target, false);
}
#endif

void mount_stat(struct mount *m, struct fs_statfs *stat)
{
	/* first, or some that are made and freed meanwhile count as freed only */
	u64 freed = atomic_load_acquire(&m->super.freed);

	*stat = (struct fs_statfs){
		.type = m->super.type->name,
		.read_only = m->super.read_only,
#ifdef CONFIG_PROCESS
		.flags = m->flags,
#endif
		.device = m->super.device,
		.block_size = PAGE_SIZE,
		.files = atomic_load_relaxed(&m->super.numbers) - freed,
	};
	if (m->super.ops->statfs)
		m->super.ops->statfs(&m->super, stat);
}

/* Mount number @n with a reference, or NULL. */
static struct mount *number(unsigned int n)
{
	unsigned long state = tree_lock();
	struct mount *found = NULL;

	list_for_each (m, &tree.mounts, struct mount, link) {
		if (!n--) {
			found = m;
			mount_get(m);
			break;
		}
	}
	tree_unlock(state);
	return found;
}

bool fs_mount_info(unsigned int n, struct fs_mount_info *info)
{
	struct mount *m = number(n);

	if (!m)
		return false;
	strlcpy(info->source, m->source, sizeof(info->source));
	if (path_print(&(struct path){ m, m->root }, info->target, sizeof(info->target)) < 0)
		strlcpy(info->target, "...", sizeof(info->target));
	mount_stat(m, &info->stat);
#ifdef CONFIG_PROCESS
	info->parent = m->parent ? m->parent->super.device : 0;
#endif
	mount_put(m);
	return true;
}

int fs_sync(void)
{
	struct mount *m;
	int err = 0;

	for (unsigned int n = 0; (m = number(n)); n++) {
		int one = m->super.ops->sync ? m->super.ops->sync(&m->super) : 0;

		err = err ? err : one;
		mount_put(m);
	}
	return err;
}

int fs_statfs(const char *path, struct fs_statfs *stat)
{
	struct path at;
	int err = walk_path(path, true, &at);

	if (err)
		return err;
	mount_stat(at.mount, stat);
	path_put(&at);
	return 0;
}

void fs_init(void)
{
	int err;

	dentry_init();
	err = fs_mount(NULL, "/", "ramfs", NULL, NULL);
	/* without ramfs there is no file until something else is mounted */
	if (err && err != -ENODEV)
		panic("nothing can be mounted on /: %pe", (void *)(long)err);
}
