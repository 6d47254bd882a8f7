/* SPDX-License-Identifier: MIT */
/*
 * /dev/console and /dev/tty, which are the same where no programs have sessions: with
 * CONFIG_PROCESS they are in kernel/process/tty_file.c. Both go through the line discipline
 * (<kernel/tty.h>): a read gives a line that was typed, and ends with Ctrl-D.
 */
#include <fs/device.h>
#include <kernel/tty.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#define PIECE	128	/* bytes, on the stack: what is read at a time */

static int open_console(struct file *file)
{
	file->access |= FILE_STREAM;
	return 0;
}

static ssize_t read_console(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	char text[PIECE];
	ssize_t n = iov->left ? tty_read_some(text, MIN(iov->left, sizeof(text))) : 0;

	if (n <= 0)
		return n;
	n = (ssize_t)iov_put(iov, text, (size_t)n);
	return n ? n : -EFAULT;
}

static void print_piece(u8 *data, size_t n)
{
	tty_write((char *)data, n);
}

static ssize_t write_console(struct file *file __unused, struct iov *iov, u64 pos __unused)
{
	return device_pieces(iov, FILE_WRITE, print_piece);
}

static const struct file_ops console_ops = {
	.open = open_console, .read = read_console, .write = write_console,
};

static const struct device_node console_node = {
	.name = "console", .number = NODE_NUMBER(5, 1), .mode = S_IFCHR | 0600,
	.ops = &console_ops,
};
DEVICE_NODE(console_node);

static const struct device_node tty_node = {
	.name = "tty", .number = NODE_NUMBER(5, 0), .mode = S_IFCHR | 0666, .ops = &console_ops,
};
DEVICE_NODE(tty_node);
