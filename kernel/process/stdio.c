/* SPDX-License-Identifier: MIT */
/*
 * The kernel's streams as files, for programs that its shell starts: a pipe to or from one of its
 * commands, a file that it has opened, or the terminal.
 */
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/stream.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"

#define PIECE	512	/* bytes, on the stack: what is copied at a time */

/* The stream is its inode's, which goes with the last file of it. */
static void evict(struct inode *inode)
{
	stream_put(inode->data);
}

static const struct super_ops super_ops = { .evict = evict };

static struct super streams = { .ops = &super_ops, .device = 0xf };

/* Again, by its name in /proc/<pid>/fd: the same side, whichever is asked for. */
static int open(struct file *file)
{
	file->access |= FILE_STREAM;
	file->data = file->inode->data;
	return 0;
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos __unused)
{
	char text[PIECE];
	ssize_t n = iov->left ? stream_read(file->data, text, MIN(iov->left, sizeof(text))) : 0;

	if (n <= 0)
		return n;
	n = (ssize_t)iov_put(iov, text, (size_t)n);
	return n ? n : -EFAULT;
}

static ssize_t write(struct file *file, struct iov *iov, u64 pos __unused)
{
	ssize_t done = 0;
	char text[PIECE];
	int err = 0;

	while (iov->left && !err) {
		size_t n = MIN(iov->left, sizeof(text)), got = iov_get(iov, text, n);

		err = got ? stream_write(file->data, text, got) : -EFAULT;
		if (!err)
			done += (ssize_t)got;
	}
	if (err == -EPIPE)
		task_signal(SIGPIPE);
	return done ? done : err;
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct stream *s = file->data;
	unsigned int ready = s && s->ops->poll ? s->ops->poll(s, poller) : STREAM_READY, events = 0;

	if (file->access & FILE_READ)
		events = (ready & STREAM_READY ? POLLIN | POLLRDNORM : 0) |
			 (ready & STREAM_ENDED ? POLLHUP : 0);
	if (file->access & FILE_WRITE)
		events |= (ready & STREAM_READY ? POLLOUT | POLLWRNORM : 0) |
			  (ready & STREAM_ENDED ? POLLERR : 0);
	return events;
}

static const struct file_ops stream_ops = {
	.open = open, .read = read, .write = write, .poll = poll,
};

/* With a reference of @stream, which goes with the file. */
static struct file *make(struct stream *stream, u32 mode, int flags)
{
	struct inode *inode = anon_inode(&streams, mode, &stream_ops, stream);
	struct file *file;

	if (!inode)
		return NULL;
	stream_get(stream);
	file = anon_file(inode, &stream_ops, flags);
	inode_put(inode);
	return file;
}

struct file *stream_file(struct stream *stream, int flags)
{
	struct file *file;

	if (stream)
		return make(stream, S_IFIFO | 0600, flags);
	if (!file_open("/dev/console", O_RDWR, 0, &file))
		return file;
	return make(NULL, S_IFCHR | 0600, O_RDWR);
}
