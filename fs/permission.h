/* SPDX-License-Identifier: MIT */
/*
 * Who may do what with files (permission.c), and which files stay as they are (writers.c). Without
 * CONFIG_PROCESS nobody asks.
 */
#ifndef FS_PERMISSION_H
#define FS_PERMISSION_H

#ifdef CONFIG_PROCESS
#include <fs/credentials.h>
#endif

#include "vfs.h"

/* --- permission.c: who may do what ------------------------------------------------------------ */

#define MAY_EXEC	1U	/* as the bits of a mode */
#define MAY_WRITE	2U
#define MAY_READ	4U

#ifdef CONFIG_PROCESS
/* Whether the caller is @inode's owner, or may do as if it were. */
bool permission_owner(const struct inode *inode);

/* Whether it may do all of @want (MAY_READ, ...) with @inode: 0, -EACCES. */
int permission_check(const struct inode *inode, u32 want);

/* The same for opening it so, besides -EPERM for O_NOATIME. */
int permission_open(const struct inode *inode, int flags, u32 access);

/* Whether it may take a name of @inode out of @dir: 0, -EACCES, -EPERM where that is sticky. */
int permission_remove(const struct inode *dir, const struct inode *inode);

/* Whether it may move @source from @from to @to, in the place of @victim or, NULL, of nothing. */
int permission_move(const struct dentry *from, const struct dentry *source,
		    const struct dentry *to, const struct dentry *victim);

/* Whether it may give @inode one more name: 0, -EPERM. */
int permission_link(const struct inode *inode);

/* @inode, which is made in @dir, becomes the caller's. */
void permission_own(const struct inode *dir, struct inode *inode);

/* @inode was written to: it runs with nobody else's rights any more. Inode's lock held. */
void permission_written(struct inode *inode);

/* Whether the caller may do what fs_set_attr() is asked for: 0, -EPERM, -EACCES. */
int permission_attr(const struct inode *inode, const struct file_attr *attr);

/* What of the permissions @mode the caller may give @inode, which is its own. */
u32 permission_mode(const struct inode *inode, u32 mode);

/* The caller may do everything but run what nobody may. */
static inline bool permit_all(void)
{
	const struct credentials *cred = arch_current()->cred;

	return likely(!cred || !cred->fsuid);
}

/* As permission_check(), where MAY_EXEC is asked of directories alone. */
static inline int permit(const struct inode *inode, u32 want)
{
	return permit_all() ? 0 : permission_check(inode, want);
}

static inline int permit_open(const struct mount *m, const struct inode *inode, int flags,
			      u32 access)
{
	if (unlikely(m->flags) && ((m->flags & MOUNT_NOEXEC && flags & FILE_OPEN_EXEC) ||
	    (m->flags & MOUNT_NODEV && (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)))))
		return -EACCES;
	if (permit_all() && !(flags & FILE_OPEN_EXEC))
		return 0;
	return permission_open(inode, flags, access);
}

static inline int permit_remove(const struct inode *dir, const struct inode *inode)
{
	return permit_all() ? 0 : permission_remove(dir, inode);
}

static inline int permit_link(const struct inode *inode)
{
	return permit_all() ? 0 : permission_link(inode);
}

static inline int permit_move(const struct dentry *from, const struct dentry *source,
			      const struct dentry *to, const struct dentry *victim)
{
	return permit_all() ? 0 : permission_move(from, source, to, victim);
}

static inline void permit_own(const struct inode *dir, struct inode *inode)
{
	const struct credentials *cred = arch_current()->cred;

	if (cred && unlikely(cred->fsuid | cred->fsgid | (dir->mode & S_ISGID)))
		permission_own(dir, inode);
}

/* What fs_set_attr() is asked for; in attr.c. Inode's lock held. */
int attr_change(struct inode *inode, const struct file_attr *attr);

static inline void permit_written(struct inode *inode)
{
	if (unlikely(inode->mode & (S_ISUID | S_ISGID)))
		permission_written(inode);
}

/* --- writers.c -------------------------------------------------------------------------------- */

int file_count(struct file *file, int flags);
void file_uncount(struct file *file);

/* @file, which is being opened with @flags, counts as one that writes, or runs: 0, -ETXTBSY. */
static inline int writers_open(struct file *file, int flags)
{
	return file->access & FILE_WRITE || flags & FILE_OPEN_EXEC ? file_count(file, flags) : 0;
}

/* It does no more. */
static inline void writers_close(struct file *file)
{
	if (unlikely(file->access & (FILE_WRITES | FILE_RUNS)))
		file_uncount(file);
}

/* Whether somebody runs it. */
static inline bool inode_runs(const struct inode *inode)
{
	return atomic_load_relaxed(&inode->writers) < 0;
}

static inline bool has_seals(const struct inode *inode)
{
	return inode->seals;
}

/* Whether seals let *@n bytes be written at @pos, which may become fewer; and the size change. */
int seals_write(const struct inode *inode, u64 pos, size_t *n);
int seals_size(const struct inode *inode, u64 size);

/* mmap.c: what programs have mapped of @inode behind its end goes. No lock held. */
void mmap_cut(const struct inode *inode);
#else
static inline int writers_open(struct file *file __unused, int flags __unused)
{
	return 0;
}

static inline void writers_close(struct file *file __unused)
{
}

static inline bool inode_runs(const struct inode *inode __unused)
{
	return false;
}

static inline bool has_seals(const struct inode *inode __unused)
{
	return false;
}

static inline int seals_write(const struct inode *inode __unused, u64 pos __unused,
			      size_t *n __unused)
{
	return 0;
}

static inline int seals_size(const struct inode *inode __unused, u64 size __unused)
{
	return 0;
}

static inline void mmap_cut(const struct inode *inode __unused)
{
}

static inline bool permit_all(void)
{
	return true;
}

static inline int permit(const struct inode *inode __unused, u32 want __unused)
{
	return 0;
}

static inline int permit_open(const struct mount *m __unused, const struct inode *inode __unused,
			      int flags __unused, u32 access __unused)
{
	return 0;
}

static inline int permit_remove(const struct inode *dir __unused,
				const struct inode *inode __unused)
{
	return 0;
}

static inline int permit_link(const struct inode *inode __unused)
{
	return 0;
}

static inline int permit_move(const struct dentry *from __unused,
			      const struct dentry *source __unused,
			      const struct dentry *to __unused,
			      const struct dentry *victim __unused)
{
	return 0;
}

static inline void permit_own(const struct inode *dir __unused, struct inode *inode __unused)
{
}

static inline void permit_written(struct inode *inode __unused)
{
}

static inline int attr_change(struct inode *inode, const struct file_attr *attr)
{
	if (attr->set & FILE_MODE)
		inode->mode = (inode->mode & S_IFMT) | (attr->mode & 07777);
	if (attr->set & FILE_TIMES) {
		inode->accessed = attr->accessed;
		inode->modified = attr->modified;
	}
	inode->changed = time_real();
	return 0;
}
#endif

#endif
