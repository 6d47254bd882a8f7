/* SPDX-License-Identifier: MIT */
/*
 * Files by their paths; mounts; and where paths begin. All functions are for thread context, sleep,
 * and return 0 or a number of bytes, or the negative errno that Linux gives in the same case.
 * CONFIG_FS.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <fs/file.h>
#include <lib/types.h>

/*
 * Where a group of threads begins its paths. A thread's is thread->fs, which threads that it makes
 * get too; NULL is the default one. Whoever gives a thread one of its own keeps it until that
 * thread and those that it has made have ended.
 */
struct fs_context {
	u32 refs;		/* atomic */
	u32 mask;		/* permissions that new files do not get */
	/* the tree's lock held: */
	struct path root;
	struct path cwd;
#ifdef CONFIG_PROCESS
	struct path second;	/* of fs_at_begin(): where the next path begins; or NULL */
#endif
};

/* A context like the calling thread's, with one reference; NULL: no memory. */
struct fs_context *fs_context_copy(void);
void fs_context_get(struct fs_context *context);
void fs_context_put(struct fs_context *context);

/* @follow: a symbolic link at the end is followed. */
int fs_stat(const char *path, bool follow, struct file_stat *stat);

int fs_mkdir(const char *path, u32 mode);

/* A node, as @mode says: a device's, a pipe's, or a regular file. */
int fs_mknod(const char *path, u32 mode, u32 device);
int fs_rmdir(const char *path);
int fs_unlink(const char *path);

/* @flags: RENAME_NOREPLACE, with CONFIG_PROCESS RENAME_EXCHANGE, or 0. */
int fs_rename(const char *path, const char *new_path, unsigned int flags);

/* A further name for a file; a symbolic link at the end of @path is followed if @follow. */
int fs_link(const char *path, bool follow, const char *new_path);
int fs_symlink(const char *target, const char *path);

/* The target's bytes, not terminated; cut at @size. */
ssize_t fs_readlink(const char *path, char *buf, size_t size);

/* What fs_set_attr() changes: those that @set has. */
struct file_attr {
	unsigned int set;
	u32 mode;		/* FILE_MODE: permissions */
	u64 accessed, modified;	/* FILE_TIMES: ns since 1970, or before, as two's complement */
#ifdef CONFIG_PROCESS
	u32 uid, gid;		/* FILE_OWNER, FILE_GROUP */
#endif
};

#define FILE_MODE	1U
#define FILE_TIMES	2U

/* With CONFIG_PROCESS: */
#define FILE_OWNER	4U	/* chown(2)'s is neither FILE_MODE nor FILE_TIMES */
#define FILE_GROUP	8U
#define FILE_TIMES_NOW	16U	/* both are FILE_TIME_NOW, which more may say than others */
#define FILE_LINK	32U	/* a symbolic link at the end of the path is not followed */

/* Times that are none. */
#define FILE_TIME_KEEP	((u64)INT64_MAX)	/* it stays as it is */
#define FILE_TIME_NOW	(FILE_TIME_KEEP - 1)

/*
 * Changes what is known of @path; a symbolic link at its end is followed. Errors are those of
 * chmod(2), chown(2) and utimensat(2).
 */
int fs_set_attr(const char *path, const struct file_attr *attr);
int fs_truncate(const char *path, s64 size);

int fs_chdir(const char *path);

/* Sets the permissions that new files do not get, in the calling thread's context; the old ones. */
u32 fs_umask(u32 mask);

/* The current directory's path and a NUL: their length. -ERANGE: @size is too small. */
ssize_t fs_getcwd(char *buf, size_t size);

#ifdef CONFIG_PROCESS
/* Whether it is in the tree below the root of the calling thread. */
bool fs_cwd_is_below_root(void);
#endif

/*
 * The path of a place that the caller has a reference of, and a NUL: their length; -ERANGE. The
 * current directory, or the root, of a context that is perhaps another thread's.
 */
ssize_t fs_path_print(const struct path *path, char *buf, size_t size);
ssize_t fs_context_print(const struct fs_context *context, bool root, char *buf, size_t size);

/*
 * Mounts a filesystem of @type on the directory @target: from then on its root is what is found
 * there. The first one is mounted on "/". @source may be NULL, @options as "ro,size=1M" (with
 * CONFIG_PROCESS also nosuid, nodev, noexec) or NULL;
 * one that nobody knows is -EINVAL, and *@refused, unless @refused is NULL, where it begins.
 */
int fs_mount(const char *source, const char *target, const char *type, const char *options,
	     const char **refused);

/* -EBUSY while something in it is in use. */
int fs_umount(const char *target);

/* Has all that was written reach the media. */
int fs_sync(void);

#define MOUNT_NOSUID	1U	/* programs get nobody else's rights, devices are not opened, */
#define MOUNT_NODEV	2U	/* and nothing is run; with CONFIG_PROCESS */
#define MOUNT_NOEXEC	4U

struct fs_statfs {
	const char *type;
	bool read_only;
	u32 device;
	u32 block_size;
	u64 blocks;		/* 0: without a limit */
	u64 free;
	u64 files;
#ifdef CONFIG_PROCESS
	unsigned int flags;	/* MOUNT_NOSUID, ... */
#endif
};

int fs_statfs(const char *path, struct fs_statfs *stat);

struct fs_mount_info {
	char source[32];
	char target[128];	/* cut where it is longer */
	struct fs_statfs stat;
#ifdef CONFIG_PROCESS
	u32 parent;		/* the device of the one that it is mounted in; 0: the first */
#endif
};

/* Tells of mount number @n, from 0 on in the order in which they were made; false: no such one. */
bool fs_mount_info(unsigned int n, struct fs_mount_info *info);

/* Where paths begin for the length of a call: see fs_at_begin(). */
struct fs_at {
	struct fs_context context;
	struct fs_context *before;
	bool shared;		/* others can change that: what is in here has references */
};

#ifdef CONFIG_PROCESS
/* --- What programs ask for besides, in handle.c and attr.c ------------------------------------ */

/*
 * From fs_at_begin() to fs_at_end() paths of the calling thread begin at the directory that @dir
 * is, and the second one of fs_rename() and fs_link() at @second; NULL: where they do before.
 * The caller has references of both.
 */
void fs_at_begin(struct fs_at *at, const struct file *dir, const struct file *second);
void fs_at_end(struct fs_at *at);

/* Whether the calling thread may read (4), write (2), run (1): 0, -EACCES, -EROFS. */
int fs_access(const char *path, bool follow, u32 want);
int file_access(struct file *file, u32 want);

int file_set_attr(struct file *file, const struct file_attr *attr);
int file_chdir(struct file *file);

/*
 * Makes @path the root of the calling thread's context; -EPERM unless it @may, where nothing else
 * is wrong.
 */
int fs_chroot(const char *path, bool may);

/* Gives @file's file a further name. -ENOENT where it has none any more. */
int file_link(struct file *file, const char *new_path);

/* As fs_readlink(), of a link that O_PATH has opened; -ENOENT for what is none. */
ssize_t file_readlink(struct file *file, char *buf, size_t size);

void file_statfs(struct file *file, struct fs_statfs *stat);

/*
 * What is mounted at @target gets @options, as fs_mount() takes them, in the place of those that it
 * has: -EINVAL: nothing is mounted there. Who writes meanwhile is not looked for.
 */
int fs_remount(const char *target, const char *options);

/* As fs_umount(), where a symbolic link at the end of @target is -EINVAL. */
int fs_umount_nofollow(const char *target);
#endif

/* What the cache of names holds. */
struct fs_cache_stats {
	u64 names;
	u64 unused;		/* of them: kept because they may be asked for again */
};

void fs_cache_stats(struct fs_cache_stats *stats);

/* Forgets all names that nobody uses: how many there were. */
size_t fs_cache_shrink(void);

/* / exists, empty. Boot CPU, once, when threads may sleep. */
#ifdef CONFIG_FS
void fs_init(void);
#else
static inline void fs_init(void)
{
}
#endif

/*
 * Mounts the filesystems that have a place of their own (/dev, /proc), and makes the directories
 * for that where they are missing. Nothing where / has not been mounted. Boot CPU, once, after
 * whatever boot puts into /.
 */
#ifdef CONFIG_FS_SYNTH
void fs_mount_boot(void);
#else
static inline void fs_mount_boot(void)
{
}
#endif

#endif
