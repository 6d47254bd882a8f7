/* SPDX-License-Identifier: MIT */
/*
 * Copying (see copy.h): a tree is visited, a directory before what is in it, and each thing is made
 * anew under the other name. Errors name what they are about: the copy, mostly.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>

#include "copy.h"
#include "files.h"
#include "tree.h"

#define PIECE	(64UL << 10)

/* A tree that is copied. */
struct copy {
	struct tree tree;
	const struct copy_job *job;
	size_t from;		/* bytes of the path of its root */
	char *target;		/* TREE_PATH bytes: where what is visited goes */
	/* the root of the copy, once it is there */
	u64 device, inode;
};

static bool same(const struct file_stat *a, u64 device, u64 inode)
{
	return a->device == device && a->inode == inode;
}

static int copy_bytes(struct file *from, struct file *to)
{
	char *buffer = kmalloc(PIECE);
	ssize_t n = buffer ? 1 : -ENOMEM;

	while (n > 0 && !shell_stopped()) {
		ssize_t done = 0, wrote = 1;

		n = file_read(from, buffer, PIECE);
		while (done < n && wrote > 0) {
			wrote = file_write(to, buffer + done, (size_t)(n - done));
			done += wrote > 0 ? wrote : 0;
		}
		if (wrote <= 0)
			n = wrote ? wrote : -EIO;
	}
	kfree(buffer);
	return n < 0 ? (int)n : shell_stopped() ? -EINTR : 0;
}

int copy_file(const char *command, const char *path, const char *target)
{
	struct file_stat stat, there;
	struct file *from, *to;
	int err = file_open(path, O_RDONLY, 0, &from);

	if (err)
		return file_status(command, path, err);
	err = file_stat(from, &stat);
	if (!err && S_ISDIR(stat.mode))
		err = -EISDIR;
	if (err)
		err = file_status(command, path, err);
	/* to itself would empty it first */
	if (!err && !fs_stat(target, true, &there) && same(&there, stat.device, stat.inode)) {
		print("%s: %s and %s are the same file\n", command, path, target);
		err = STATUS_FAIL;
	}
	if (!err)
		err = file_open(target, O_WRONLY | O_CREAT | O_TRUNC, stat.mode & 0777, &to);
	if (!err) {
		err = copy_bytes(from, to);
		file_put(to);
	}
	file_put(from);
	return err;
}

/* A directory that is there is filled further. */
static int copy_directory(struct copy *c, const struct file_stat *stat)
{
	int err = fs_mkdir(c->target, stat->mode & 0777);
	struct file_stat there;

	if (err == -EEXIST && !fs_stat(c->target, true, &there) && S_ISDIR(there.mode))
		err = 0;
	if (!err && !c->inode && !fs_stat(c->target, true, &there)) {
		c->device = there.device;
		c->inode = there.inode;
	}
	return err;
}

static int copy_link(const struct copy *c)
{
	char *text = kmalloc(PATH_MAX);
	ssize_t n = text ? fs_readlink(c->tree.path, text, PATH_MAX - 1) : -ENOMEM;

	if (n >= 0) {
		text[n] = 0;
		n = fs_symlink(text, c->target);
	}
	kfree(text);
	return (int)n;
}

static int copy_any(struct copy *c, const struct file_stat *stat)
{
	switch (stat->mode & S_IFMT) {
	case S_IFREG:
		return copy_file(c->job->command, c->tree.path, c->target);
	case S_IFDIR:
		return copy_directory(c, stat);
	case S_IFLNK:
		return copy_link(c);
	default:
		return fs_mknod(c->target, stat->mode, (u32)stat->node);
	}
}

static int keep(const struct copy *c, const struct file_stat *stat)
{
	const struct file_attr attr = {
		.set = FILE_MODE | FILE_TIMES, .mode = stat->mode & 07777,
		.accessed = stat->accessed, .modified = stat->modified,
	};

	return fs_set_attr(c->target, &attr);
}

/* Where what is visited is, and goes. */
static int prepare(struct copy *c, struct file_stat *stat)
{
	int err = fs_stat(c->tree.path, false, stat);

	if (!err && snprintf(c->target, TREE_PATH, "%s%s", c->job->target,
			     c->tree.path + c->from) >= TREE_PATH)
		err = -ENAMETOOLONG;
	return err;
}

/* Complains of the copy; 1: what is in it is left out. */
static int complain(struct copy *c, int err)
{
	if (err < 0 && err != -EINTR)
		print("%s: %s%s: %s\n", c->job->command, c->job->shown, c->tree.path + c->from,
		      errno_text(-err));
	c->tree.status |= err > 0 ? err : err == -EINTR ? STATUS_STOPPED : STATUS_FAIL;
	return 1;
}

static int copy_one(struct tree *t, const char *name __unused, u8 type __unused)
{
	struct copy *c = container_of(t, struct copy, tree);
	struct file_stat stat;
	int err = prepare(c, &stat);

	/* a copy in what is copied would never end */
	if (!err && c->inode && same(&stat, c->device, c->inode))
		err = -EINVAL;
	if (err)
		return err;
	err = copy_any(c, &stat);
	/* a directory's times change with what comes into it */
	if (!err && c->job->keep && !S_ISLNK(stat.mode) && !S_ISDIR(stat.mode))
		err = keep(c, &stat);
	return err ? complain(c, err) : 0;
}

static int keep_directory(struct tree *t)
{
	struct copy *c = container_of(t, struct copy, tree);
	struct file_stat stat;
	int err = prepare(c, &stat);

	return err ? err : keep(c, &stat);
}

int copy_tree(const struct copy_job *job)
{
	const char *path = job->path;
	struct copy c = {
		.tree = { .command = job->command, .visit = copy_one },
		.job = job, .from = strlen(path), .target = kmalloc(TREE_PATH),
	};

	if (!c.target)
		return file_status(job->command, path, -ENOMEM);
	if (job->keep)
		c.tree.left = keep_directory;
	/* with a slash at its end, what is in it has none before it */
	if (c.from && path[c.from - 1] == '/')
		c.from--;
	tree_walk(&c.tree, path);
	tree_end(&c.tree);
	kfree(c.target);
	return c.tree.status;
}
