/* SPDX-License-Identifier: MIT */
/* Files as the shell needs them: as streams, as lines to run, and as names that fit patterns. */
#include <fs/file.h>
#include <fs/fs.h>
#include <kernel/stream.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <shell/files.h>
#include <uapi/errno.h>

#include "run.h"

#define SOURCE_MAX	(256UL << 10)	/* bytes of a file of commands */

struct file_stream {
	struct stream stream;
	struct file *file;
};

static ssize_t read(struct stream *s, void *buf, size_t len)
{
	return file_read(container_of(s, struct file_stream, stream)->file, buf, len);
}

static int write(struct stream *s, const void *buf, size_t len)
{
	struct file *file = container_of(s, struct file_stream, stream)->file;
	const char *at = buf;

	while (len) {
		ssize_t n = file_write(file, at, len);

		if (n <= 0)
			return n ? (int)n : -EIO;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static void close(struct stream *s)
{
	struct file_stream *f = container_of(s, struct file_stream, stream);

	file_put(f->file);
	kfree(f);
}

static const struct stream_ops ops = { .read = read, .write = write, .close = close };

int shell_redirect_open(const char *path, enum shell_open how, struct stream **stream)
{
	static const int flags[] = {
		[SHELL_READ] = O_RDONLY,
		[SHELL_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
		[SHELL_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
	};
	struct file_stream *f = kmalloc(sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	err = file_open(path, flags[how], 0666, &f->file);
	if (err) {
		kfree(f);
		return err;
	}
	stream_init(&f->stream, &ops);
	*stream = &f->stream;
	return 0;
}

bool shell_redirect_loops(struct stream *in, struct stream *out)
{
	struct file *from, *to;
	struct file_stat a, b;

	if (!in || !out || in->ops != &ops || out->ops != &ops)
		return false;
	from = container_of(in, struct file_stream, stream)->file;
	to = container_of(out, struct file_stream, stream)->file;
	return !file_stat(from, &a) && !file_stat(to, &b) && S_ISREG(a.mode) &&
	       a.device == b.device && a.inode == b.inode &&
	       file_seek(from, 0, SEEK_CUR) < (s64)a.size;
}

/* All of @s as a string, the caller's to kfree(): 0; -ENOMEM; -EFBIG; -EINVAL with a NUL in it. */
static int read_all(struct stream *s, char **text)
{
	size_t len = 0, room = 1024;
	char *all = kmalloc(room), *more;
	ssize_t n = 0;

	while (all && (n = stream_read(s, all + len, room - 1 - len)) > 0) {
		len += (size_t)n;
		if (len + 1 < room)
			continue;
		if (room >= SOURCE_MAX) {
			n = -EFBIG;
			break;
		}
		room *= 2;
		more = krealloc(all, room);
		if (!more)
			kfree(all);
		all = more;
	}
	if (!all)
		return -ENOMEM;
	all[len] = 0;
	if (!n && strlen(all) != len)
		n = -EINVAL;
	if (n < 0)
		kfree(all);
	else
		*text = all;
	return (int)n;
}

struct listing {
	int (*each)(void *arg, const char *name);
	void *arg;
	int err;
};

static int list_one(void *arg, const struct dir_entry *entry)
{
	struct listing *l = arg;

	l->err = l->each(l->arg, entry->name);
	return l->err;
}

static int list(const char *path, int (*each)(void *arg, const char *name), void *arg)
{
	struct listing l = { .each = each, .arg = arg };
	struct file *dir;
	int err = file_open(*path ? path : ".", O_RDONLY | O_DIRECTORY, 0, &dir);

	if (err)
		return err;
	err = file_readdir(dir, list_one, &l);
	file_put(dir);
	return l.err ? l.err : err;
}

static bool exists(const char *path)
{
	struct file_stat stat;

	return !fs_stat(path, false, &stat);
}

const struct shell_files shell_fs_files = { .list = list, .exists = exists };

int shell_run_file(const char *path, int *status)
{
	struct stream *s;
	char *text = NULL;
	int err = shell_redirect_open(path, SHELL_READ, &s);

	if (err)
		return err;
	err = read_all(s, &text);
	stream_put(s);
	if (err)
		return err;
	run_text(text, path, status);
	kfree(text);
	return 0;
}
