/* SPDX-License-Identifier: MIT */
/*
 * Synthetic directories: their names are not kept but told, one after the other, by a function. For
 * filesystems that only show what the kernel knows: nothing is made or removed in them. What the
 * function does not tell of is not there; what it told is in the cache of names and stays as it was
 * told, unless the directory says by valid() that it does not.
 */
#ifndef FS_SYNTH_H
#define FS_SYNTH_H

#include <fs/file.h>
#include <fs/inode.h>
#include <lib/types.h>

/* A name in such a directory. */
struct synth_entry {
	const char *name;	/* terminated; without a slash */
	u64 number;		/* the inode's: always the same, nobody else's, more than 1 */
	u32 mode;		/* kind and permissions */
	u32 device;		/* of a device node */
	u64 size;		/* what stat says */
	const struct file_ops *ops;	/* a directory's: &synth_dir.ops; NULL: a device */
	const void *data;	/* inode->data */
#ifdef CONFIG_PROCESS
	/* of a symbolic link: its target, from the heap: 0; -ENOENT: it has none; -ENOMEM */
	int (*link)(const struct inode *dir, const struct synth_entry *entry, char **target);
	const struct inode_ops *link_ops;	/* its own, or NULL */
	u32 uid, gid;
	u64 cookie;		/* where in a listing it comes, ever more; 0: behind the last one */
#endif
	/* the function's own: */
	const void *at;
#ifdef CONFIG_PROCESS
	u64 state;
	char text[64];		/* a name that lies nowhere else */
#endif
};

/*
 * Fills in the first entry of the directory @dir when all of *@entry is 0, and then always the next
 * one: what it does not set keeps its value. False behind the last one. Sleeps for nothing.
 */
typedef bool synth_next(const struct inode *dir, struct synth_entry *entry);

struct synth_dir {
	struct file_ops ops;	/* SYNTH_DIR_OPS */
	synth_next *next;
#ifdef CONFIG_PROCESS
	/* For names that come and go: inode_ops' hook. NULL: they stay. */
	bool (*valid)(const struct inode *dir, const struct fs_name *name,
		      const struct inode *inode);
	/*
	 * Fills in the entry of @name, where that is sooner found than by going through all; false:
	 * next() is to tell. Only with valid().
	 */
	bool (*find)(const struct inode *dir, const struct fs_name *name,
		     struct synth_entry *entry);
#endif
};

int synth_readdir(struct file *file, dir_entry_fn *entry, void *arg);

/* For a file's read(): what there is from byte @pos on of the @size bytes at @text. */
ssize_t synth_read(struct iov *iov, u64 pos, const void *text, u64 size);

/* A file's write(): -EIO, as Linux has it. It can be opened for writing, but takes nothing. */
ssize_t synth_write(struct file *file, struct iov *iov, u64 pos);

#define SYNTH_DIR_OPS	{ .readdir = synth_readdir }

/* A filesystem's mount(): its root is such a directory. 0; -ENOMEM. */
int synth_mount(struct super *super, const struct synth_dir *root);

#endif
