/* SPDX-License-Identifier: MIT */
/*
 * Open files. All functions are for thread context, sleep, and return 0 or a number of bytes, or
 * the negative errno that Linux gives in the same case. A path that does not begin with / begins at
 * the current directory of the calling thread's context (<fs/fs.h>).
 *
 * What is read and written of a regular file at one call is one step for others, and so is the end
 * of the file found and written to by O_APPEND. Devices order their callers themselves.
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <fs/path.h>
#include <lib/types.h>
#include <uapi/fcntl.h>
#include <uapi/stat.h>

struct file;
struct fs_context;
struct inode;
struct iov;
struct page;
struct poller;
struct super;
struct vma_ops;

/* What is known of a file. Times in ns. */
struct file_stat {
	u64 device;		/* the filesystem's */
	u64 inode;
	u32 mode;
	u32 links;
	u32 uid;
	u32 gid;
	u64 node;		/* of a device node: its number */
	u64 size;
	u64 blocks;		/* of 512 bytes, that it takes */
	u32 block_size;
	u64 accessed;
	u64 modified;
	u64 changed;
#ifdef CONFIG_PROCESS
	u64 born;		/* when it was made; 0: nobody knows */
#endif
};

/* A name in a directory. */
struct dir_entry {
	const char *name;	/* terminated */
	size_t length;
	u64 inode;
	u64 next;		/* the position behind it, for file_seek() */
	u8 type;		/* DT_REG, ... */
};

/* Gets one entry; anything but 0 ends the listing, and the entry comes again next time. */
typedef int dir_entry_fn(void *arg, const struct dir_entry *entry);

/* What a kind of files does. Each hook may be NULL: -EINVAL, or nothing to do. */
struct file_ops {
	/* Somebody opens it, and closes it for the last time. */
	int (*open)(struct file *file);
	void (*release)(struct file *file);
	/*
	 * Reads to, or writes from, what @iov has left, at the byte @pos: the number of bytes, 0 at
	 * the end. The inode's lock is held for regular files, and for them alone.
	 */
	ssize_t (*read)(struct file *file, struct iov *iov, u64 pos);
	ssize_t (*write)(struct file *file, struct iov *iov, u64 pos);
	/* Lists from file->pos on, which it moves. NULL: the names that the cache has. */
	int (*readdir)(struct file *file, dir_entry_fn *entry, void *arg);
	int (*sync)(struct file *file);
#ifdef CONFIG_PROCESS
	/*
	 * For mappings: page number @index of the file, with a reference. 0; -EIO behind its end;
	 * -ENOMEM. NULL: it cannot be mapped.
	 */
	int (*page)(struct inode *inode, u64 index, struct page **page);
	/* A device's own calls: ioctl(2)'s results, -ENOTTY for those that it does not know. */
	long (*ioctl)(struct file *file, unsigned int request, u64 argument);
	/*
	 * POLLIN, POLLOUT, ...: what could be done now without waiting. Before it looks it has
	 * @poller wait in two queues at most (<kernel/poll.h>). NULL: reading and writing.
	 */
	unsigned int (*poll)(struct file *file, struct poller *poller);
#endif
};

/* For file_open(): it is to be run, for which it needs not be readable. CONFIG_PROCESS. */
#define FILE_OPEN_EXEC	040

#define FILE_READ	1U
#define FILE_WRITE	2U
#define FILE_STREAM	4U	/* set by open(): has no positions */
#define FILE_PATH	8U	/* opened with O_PATH: it names a file, and does nothing with it */
#define FILE_WRITES	16U	/* counts as one that writes: nobody runs the file */
#define FILE_WATCHED	64U	/* others have to hear of its end: file_watch() */
#define FILE_RUNS	32U	/* opened with FILE_OPEN_EXEC: nobody opens it to write to it */

struct file {
	u32 refs;		/* atomic */
	u32 access;		/* FILE_READ, ... */
	int flags;		/* of file_open(); O_APPEND and O_NONBLOCK may change */
	struct path path;	/* constant; its dentry is NULL for what has none, as pipes */
	struct inode *inode;	/* path's; or one of its own, with a reference */
	const struct file_ops *ops;
	u64 pos;		/* inode's lock held, for regular files and directories */
	void *data;		/* the kind's own */
};

#ifdef CONFIG_PROCESS
/* Pipes with a name, in kernel/process/fifo.c: what opens them. */
extern const struct file_ops fifo_file_ops;

/* For mappings of a file by <mm/space.h>: the object is a struct file. */
extern const struct vma_ops file_vma_ops;

/*
 * What @file has open becomes another open file that may be run (FILE_OPEN_EXEC): 0; -EACCES,
 * -ETXTBSY, -ENOMEM.
 */
int file_open_program(const struct file *file, struct file **program);

/* Whether the caller may read it, whatever it was opened for. */
bool file_is_readable(const struct file *file);

/* Others may open for writing what is open to be run, though it stays mapped. */
void file_may_change(struct file *file);

/* Of a file in memory its seals, F_SEAL_WRITE and so on; more of them. As fcntl(2). */
int file_get_seals(const struct file *file);
int file_add_seals(struct file *file, u32 seals);

/*
 * A file of @size bytes in memory, all zero, that has no name; @seals: those that it begins with.
 * NULL: no memory.
 */
struct file *memory_file(u64 size, u32 seals);

/* --- Files without a path, in fs/anon.c ------------------------------------------------------- */

/*
 * An inode of @super, which is mounted nowhere, with one reference; it is the caller's. What opens
 * it again is @ops, or NULL: what goes by its kind. NULL: no memory.
 */
struct inode *anon_inode(struct super *super, u32 mode, const struct file_ops *ops, void *data);

/*
 * A file of @inode, of which it takes a reference, and whose data it has; only regular files have
 * positions. NULL: no memory.
 */
struct file *anon_file(struct inode *inode, const struct file_ops *ops, int flags);

/* Gives one a name that only file_print() tells of; nobody else has it yet. -ENOMEM. */
int anon_name(struct file *file, const char *name);

/*
 * The place of @file, or of the current directory or the root of @context, with references. One
 * that has no path gets a place that nobody else finds. -ENOMEM; -ENOENT: there is none.
 */
int file_path(const struct file *file, struct path *path);
int context_path(const struct fs_context *context, bool root, struct path *path);

/* What readlink() of a descriptor's name in /proc says, a NUL behind it; cut at @size. */
void file_print(const struct file *file, char *buf, size_t size);

/*
 * As file_open() with O_PATH: a file that names @path, and with which nothing else can be done. Of
 * @flags O_DIRECTORY and O_NOFOLLOW count.
 */
int file_open_path(const char *path, int flags, struct file **file);

/*
 * As file_open() with O_TMPFILE: a new file in the filesystem of the directory @path, which has no
 * name. file_link() can give it one, unless @flags has O_EXCL. -EOPNOTSUPP where that cannot be.
 */
int file_open_unnamed(const char *path, int flags, u32 mode, struct file **file);

/*
 * When nobody uses @file any more file_end_watch() is called for it, before anything else is done;
 * that is kernel/process/'s.
 */
void file_watch(struct file *file);
void file_end_watch(struct file *file);

/* Takes room for @n bytes from @pos on, as fallocate(2) with mode 0. In fs/handle.c. */
int file_allocate(struct file *file, s64 pos, s64 n);
/*
 * Whether the calling program may write to a file from byte @pos on, of which *@n may become less
 * (RLIMIT_FSIZE); and make one @size bytes long. 0; -EFBIG, and it has SIGXFSZ. The file's lock may
 * be held. kernel/process/sys_limit.c has them.
 */
int file_limit_write(u64 pos, size_t *n);
int file_limit_size(u64 size);
#else
static inline int file_limit_write(u64 pos __unused, size_t *n __unused)
{
	return 0;
}

static inline int file_limit_size(u64 size __unused)
{
	return 0;
}
#endif

/*
 * Opens @path; a file that O_CREAT makes gets the permissions @mode less the context's mask. One
 * reference in *@file.
 */
int file_open(const char *path, int flags, u32 mode, struct file **file);

/* One user more, one less: the last one closes it. */
void file_get(struct file *file);
void file_put(struct file *file);

/*
 * @n bytes at the file's position, which moves, or at @pos. Fewer where the file ends, or memory
 * does.
 */
ssize_t file_read(struct file *file, void *buf, size_t n);
ssize_t file_write(struct file *file, const void *buf, size_t n);
ssize_t file_pread(struct file *file, void *buf, size_t n, s64 pos);
ssize_t file_pwrite(struct file *file, const void *buf, size_t n, s64 pos);

/* Moves the position, from where @whence says (SEEK_SET, ...), and returns it. */
s64 file_seek(struct file *file, s64 offset, int whence);

/* Makes the file @size bytes long: what is missing reads as zero. */
int file_truncate(struct file *file, s64 size);

int file_stat(struct file *file, struct file_stat *stat);

/* Has all that was written reach the medium. */
int file_sync(struct file *file);

/*
 * Calls @entry for each name from the position on, "." and ".." first, without any lock: it may
 * change the directory. Names that stay meanwhile come once, others once or not at all. 0 at the
 * end, or what @entry returned.
 */
int file_readdir(struct file *file, dir_entry_fn *entry, void *arg);

#endif
