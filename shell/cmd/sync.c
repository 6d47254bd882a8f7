/* SPDX-License-Identifier: MIT */
/* sync: has all that was written reach the media. */
#include <fs/fs.h>

#include "files.h"

static int sync_run(int argc __unused, char **argv __unused)
{
	return file_status("sync", "/", fs_sync());
}

static const struct command sync_command = {
	.name = "sync", .usage = "", .help = "have what was written reach the media",
	.run = sync_run,
};
COMMAND(sync_command);
