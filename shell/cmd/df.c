/* SPDX-License-Identifier: MIT */
/* df: prints which filesystems are mounted, and how full they are, a line each. */
#include <fs/fs.h>
#include <shell/command.h>

static int df_run(int argc __unused, char **argv __unused)
{
	struct fs_mount_info m;

	print("%-12s %-8s %10s %10s %8s\n", "on", "type", "KiB", "free", "files");
	for (unsigned int i = 0; fs_mount_info(i, &m); i++) {
		u64 unit = m.stat.block_size;

		print("%-12s %-8s ", m.target, m.stat.type);
		if (m.stat.blocks)
			print("%10lu %10lu", m.stat.blocks * unit / 1024,
			      m.stat.free * unit / 1024);
		else
			print("%10s %10s", "-", "-");
		print(" %8lu\n", m.stat.files);
	}
	return STATUS_OK;
}

static const struct command df_command = {
	.name = "df", .usage = "", .help = "list what is mounted and how full it is", .run = df_run,
};
COMMAND(df_command);
