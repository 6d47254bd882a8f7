/* SPDX-License-Identifier: MIT */
/* What commands read: their thread's input, as bytes or as lines. */
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <shell/command.h>
#include <uapi/errno.h>

ssize_t shell_read(void *buf, size_t len)
{
	struct stream *in = stream_in();
	ssize_t n = stream_read(in, buf, len);

	/* Ctrl-C in a line that was typed for the command ends the command */
	if (n == -EINTR && !in)
		shell_interrupt();
	return n;
}

/* The next byte, or -1. */
static int next(struct line_reader *r)
{
	if (r->at == r->len && !r->ended) {
		/* a line may have no end, as /dev/zero's */
		ssize_t n = shell_stopped() ? -EINTR : shell_read(r->buffer, sizeof(r->buffer));

		r->ended = n <= 0;
		r->error = n < 0 ? (int)n : 0;
		r->len = n > 0 ? (size_t)n : 0;
		r->at = 0;
	}
	return r->at < r->len ? (unsigned char)r->buffer[r->at++] : -1;
}

ssize_t shell_read_line(struct line_reader *r, char *line, size_t size)
{
	size_t len = 0, seen = 0;
	int c;

	while ((c = next(r)) >= 0 && c != '\n') {
		seen++;
		if (len + 1 < size)
			line[len++] = (char)c;
	}
	line[len] = 0;
	/* the last line may lack its newline */
	return c < 0 && !seen ? -1 : (ssize_t)len;
}
