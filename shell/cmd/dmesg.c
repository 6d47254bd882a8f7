/* SPDX-License-Identifier: MIT */
/* dmesg: the kernel log from its oldest line on. */
#include <kernel/time.h>
#include <shell/command.h>

static int dmesg_run(int argc __unused, char **argv __unused)
{
	struct log_record r;

	for (u64 next = 0; log_read(next, &r) && !shell_stopped(); next = r.sequence + 1)
		print("[%5lu.%06lu] %.*s\n", r.time / NS_PER_SEC, r.time % NS_PER_SEC / NS_PER_US,
		      (int)r.len, r.text);
	return STATUS_OK;
}

static const struct command dmesg_command = {
	.name = "dmesg", .usage = "", .help = "the kernel log",
	.run = dmesg_run, .min_args = 0, .max_args = 0,
};
COMMAND(dmesg_command);
