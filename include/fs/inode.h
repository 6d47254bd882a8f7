/* SPDX-License-Identifier: MIT */
/*
 * What a filesystem brings: its name in a table, its files as inodes, and what it does when they
 * are looked up, made, removed, read and written. Names, paths, mounts, references and locks are
 * kept by fs/, once for all of them.
 *
 * The names of a directory live in the cache of names. Where the directory's `lookup` is NULL the
 * cache is all there is, and keeps what is in it; else `lookup` is asked for what the cache does
 * not know, the answer that there is none included, and the cache forgets what nobody uses.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include <kernel/mutex.h>
#include <lib/table.h>
#include <lib/types.h>
#include <uapi/stat.h>

struct dentry;
struct file_ops;
struct fs_statfs;
struct path;
struct super;

#define LINKS_MAX	65000	/* of an inode */
#define FILE_SIZE_MAX	INT64_MAX

/* A name in a path; not terminated. */
struct fs_name {
	const char *text;
	u32 length;
	u32 hash;
};

struct file_lock;

struct inode {
	u32 refs;		/* atomic */
	/* set before anybody else sees it, then constant: */
	u32 device;		/* of a device node: its number */
	u64 number;
	struct super *super;
	const struct inode_ops *ops;
	const struct file_ops *file_ops;
	char *link;		/* of a symbolic link: its target; freed with the inode */
	/* of a file: what is in it; of a directory: which names are in it */
	struct mutex lock;
	/* lock held, or for a look at one of them alone: */
	u32 mode;		/* kind and permissions */
	u32 links;
	u32 uid;
	u32 gid;
	u64 size;		/* bytes */
	u64 pages;		/* that it holds */
	u64 accessed;		/* ns, as time_real() */
	u64 modified;
	u64 changed;
#ifdef CONFIG_PROCESS
	u64 born;		/* 0: nobody knows */
	bool unnamed;		/* has no name yet, and may get one; the tree's lock held */
	bool can_seal;		/* constant: F_ADD_SEALS is for it */
	u8 seals;		/* F_SEAL_WRITE, ... */
	bool mapped;		/* was, at some time */
	s32 writers;		/* atomic: who has it open for writing; less than 0: who runs it */
	struct file_lock *locks;	/* kernel/process/file_lock.c's */
#endif
	u64 cookie;		/* of a directory: what its next name gets; the tree's lock held */
	void *data;		/* the filesystem's own */
};

/*
 * Each hook may be NULL. The directory's lock is held in all that change or look up names, and the
 * inode's in truncate and allocate. 0 or a negative errno; on failure nothing has changed.
 */
struct inode_ops {
	/* The inode of @name, with a reference; -ENOENT. NULL: the cache knows all names. */
	int (*lookup)(struct inode *dir, const struct fs_name *name, struct inode **inode);
#ifdef CONFIG_PROCESS
	/*
	 * Whether what was found under @name once, @inode or NULL, is what would be found now.
	 * NULL: always. Sleeps for nothing; the directory's lock may be held or not.
	 */
	bool (*valid)(const struct inode *dir, const struct fs_name *name,
		      const struct inode *inode);
#endif
	/*
	 * A new file, directory or node, as @mode says, under the name @name, which is not there;
	 * for a symbolic link @target. NULL: nothing can be made here, -EACCES for a regular file,
	 * else -EPERM.
	 */
	int (*create)(struct inode *dir, const struct fs_name *name, u32 mode, u32 device,
		      const char *target, struct inode **inode);
	/* @inode gets @name too; is no longer called so; is now called so in @new_dir. */
	int (*link)(struct inode *dir, const struct fs_name *name, struct inode *inode);
	int (*unlink)(struct inode *dir, const struct fs_name *name, struct inode *inode);
	int (*rename)(struct inode *dir, const struct fs_name *name, struct inode *new_dir,
		      const struct fs_name *new_name);
	/* Gives back what is behind @size, and sets it. NULL: the size is as it is, -EINVAL. */
	int (*truncate)(struct inode *inode, u64 size);
#ifdef CONFIG_PROCESS
	/*
	 * Of a symbolic link: where it leads, with references, in the place of what its text says.
	 * NULL: it is the text that is followed.
	 */
	int (*jump)(struct inode *link, struct path *to);
	/*
	 * Takes room for the bytes [@from, @to), which read as zero where nothing was, and makes
	 * the file that long if it is shorter. NULL: -EOPNOTSUPP.
	 */
	int (*allocate)(struct inode *inode, u64 from, u64 to);
	/*
	 * Has @count pages from number @first on read as zero, and gives back what memory it can.
	 * NULL: -EOPNOTSUPP.
	 */
	int (*punch)(struct inode *inode, u64 first, u64 count);
#endif
};

/* sync, statfs and unmount may be NULL. */
struct super_ops {
	/*
	 * Nobody knows @inode any more: frees what is behind it, not the inode itself. Takes no
	 * lock that is slept for, since that may happen while memory is looked for.
	 */
	void (*evict)(struct inode *inode);
	int (*sync)(struct super *super);
	/* Fills in blocks, free and files; the rest is there already. */
	void (*statfs)(struct super *super, struct fs_statfs *stat);
	/* One word of mount's options, just after mounting: 0, -EINVAL. NULL: it knows none. */
	int (*option)(struct super *super, const char *word);
	/* All inodes are gone. */
	void (*unmount)(struct super *super);
};

/* A filesystem that is mounted. */
struct super {
	const struct filesystem *type;
	/* set by the filesystem's mount(): */
	const struct super_ops *ops;
	struct inode *root;	/* a reference, which mounting takes over */
	void *data;
	bool hides;		/* who makes a name in it gets -ENOENT, as in Linux's proc */
	/* constant: */
	u32 device;		/* a number that no other one has */
	bool read_only;
	u64 numbers;		/* atomic: of inodes that were made: also the last number */
	u64 freed;		/* atomic: how many of them are no more */
};

struct filesystem {
	const char *name;
	const char *place;	/* where fs_mount_boot() mounts it, below /; NULL: nowhere */
	/* Sets @super's ops and root. 0; a negative errno, and nothing is left. */
	int (*mount)(struct super *super, const char *source);
};

/* The variable's name must end in _filesystem. */
#define FILESYSTEM(fs)	TABLE_ENTRY(filesystem, struct filesystem, fs)

/* An inode of @super with one reference, one link, a number and the time; NULL: no memory. */
struct inode *inode_alloc(struct super *super, u32 mode);

/* One reference more, one less: the last one frees it. May sleep. */
void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/* Takes and releases the inode's lock. A kill that comes meanwhile is left for the next sleep. */
void inode_lock(struct inode *inode);
void inode_unlock(struct inode *inode);

#endif
