/* SPDX-License-Identifier: MIT */
/* jobs: what runs in the background, one a line, and what has ended since the last prompt. */
#include <shell/command.h>
#include <shell/jobs.h>

static int jobs_run(int argc __unused, char **argv __unused)
{
	jobs_list();
	return STATUS_OK;
}

static const struct command jobs_command = {
	.name = "jobs", .usage = "", .help = "what runs in the background", .run = jobs_run,
};
COMMAND(jobs_command);
