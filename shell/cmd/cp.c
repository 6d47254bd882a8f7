/* SPDX-License-Identifier: MIT */
/*
 * cp: copies files, to a new name or into a directory; with -r directories and all that is in them:
 * symbolic links as links, devices as nodes.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>

#include "files.h"
#include "targets.h"
#include "tree.h"

#define PIECE	(64UL << 10)

enum { ALL, PATHS };

static const struct argument cp_arguments[] = {
	[ALL] = { .letter = 'r', .type = ARGUMENT_FLAG, .help = "directories and what is in them" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

/* A tree that is copied. */
struct copy {
	struct tree tree;
	size_t from;		/* bytes of the path of its root */
	const char *to;
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

/* Copies a file; what failed is complained of. The status. */
static int copy_file(const char *path, const char *target)
{
	struct file_stat stat, there;
	struct file *from, *to;
	int err = file_open(path, O_RDONLY, 0, &from);

	if (err)
		return file_status("cp", path, err);
	err = file_stat(from, &stat);
	if (!err && S_ISDIR(stat.mode))
		err = -EISDIR;
	/* to itself would empty it first */
	if (!err && !fs_stat(target, true, &there) && same(&there, stat.device, stat.inode)) {
		print("cp: %s and %s are the same file\n", path, target);
		file_put(from);
		return STATUS_FAIL;
	}
	if (err) {
		file_put(from);
		return file_status("cp", path, err);
	}
	err = file_open(target, O_WRONLY | O_CREAT | O_TRUNC, stat.mode & 0777, &to);
	if (!err) {
		err = copy_bytes(from, to);
		file_put(to);
	}
	file_put(from);
	return file_status("cp", target, err);
}

/* A directory that is there is filled further; that of the copy itself would never end. */
static int copy_directory(struct copy *c, const struct file_stat *stat)
{
	int err = same(stat, c->device, c->inode) ? -EINVAL : 0;
	struct file_stat there;

	if (err)
		return err;
	err = fs_mkdir(c->target, stat->mode & 0777);
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

static int copy_one(struct tree *t, const char *name __unused, u8 type)
{
	struct copy *c = container_of(t, struct copy, tree);
	struct file_stat stat;
	int err = fs_stat(t->path, false, &stat);

	if (!err && snprintf(c->target, TREE_PATH, "%s%s", c->to, t->path + c->from) >= TREE_PATH)
		err = -ENAMETOOLONG;
	if (err)
		return err;
	switch (type) {
	case DT_REG:
		t->status |= copy_file(t->path, c->target);
		return 0;
	case DT_DIR:
		return copy_directory(c, &stat);
	case DT_LNK:
		return copy_link(c);
	default:
		return fs_mknod(c->target, stat.mode, (u32)stat.node);
	}
}

static int copy_tree(const char *path, const char *target)
{
	struct copy c = {
		.tree = { .command = "cp", .visit = copy_one },
		.from = strlen(path), .to = target, .target = kmalloc(TREE_PATH),
	};

	if (!c.target)
		return file_status("cp", path, -ENOMEM);
	/* with a slash at its end, what is in it has none before it */
	if (c.from && path[c.from - 1] == '/')
		c.from--;
	tree_walk(&c.tree, path);
	tree_end(&c.tree);
	kfree(c.target);
	return c.tree.status;
}

static int cp(const struct arguments *a)
{
	return targets_each("cp", a, a->given & 1U << ALL ? copy_tree : copy_file);
}

static const struct command cp_command = {
	.name = "cp", .usage = "[-r] PATH... NEW",
	.help = "copy files, or all that is in directories", .parsed = cp, ARGUMENTS(cp_arguments),
};
COMMAND(cp_command);
