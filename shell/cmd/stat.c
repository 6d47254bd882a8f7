/* SPDX-License-Identifier: MIT */
/* stat: prints what is known of files, of a symbolic link itself. */
#include <fs/fs.h>
#include <kernel/time.h>
#include <shell/command.h>

#include "calendar.h"
#include "files.h"

static const struct argument stat_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

static const char *kind(u32 mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "file";
	case S_IFDIR: return "directory";
	case S_IFLNK: return "link";
	case S_IFCHR: return "character device";
	case S_IFBLK: return "block device";
	case S_IFIFO: return "pipe";
	default: return "socket";
	}
}

static int show(const char *path)
{
	char modified[CALENDAR_TEXT];
	struct file_stat s;
	int err = fs_stat(path, false, &s);

	if (err)
		return err;
	calendar_write(s.modified / NS_PER_SEC, modified, sizeof(modified));
	print("%s: %s, mode %04o, %lu bytes, %lu blocks, inode %lu, links %u, modified %s\n",
	      path, kind(s.mode), s.mode & 07777, s.size, s.blocks, s.inode, s.links, modified);
	return 0;
}

static int stat_files(const struct arguments *a)
{
	return file_each("stat", a, show);
}

static const struct command stat_command = {
	.name = "stat", .help = "print what is known of files", .parsed = stat_files,
	ARGUMENTS(stat_arguments),
};
COMMAND(stat_command);
