/* SPDX-License-Identifier: MIT */
/* wait: for the end of one job, whose status it takes over, or of all of them. */
#include <shell/command.h>
#include <shell/jobs.h>
#include <uapi/errno.h>

static const struct argument wait_arguments[] = {
	{ .name = "%JOB", .type = ARGUMENT_TEXT, .optional = true },
};

static int wait(const struct arguments *a)
{
	const char *word = a->value[0].text;
	unsigned int id = word ? jobs_id(word) : 0;
	int status, err;

	if (word && !id) {
		print("wait: \"%s\" is no job: %%1\n", word);
		return STATUS_USAGE;
	}
	err = jobs_wait(id, &status);
	if (!err)
		return status;
	if (err == -EINTR)
		return STATUS_STOPPED;
	print("wait: %s %s\n", word, err == -ESRCH ? "does not exist" : "is what waits here");
	return STATUS_FAIL;
}

static const struct command wait_command = {
	.name = "wait", .help = "wait for the end of a job, or of all", .parsed = wait,
	ARGUMENTS(wait_arguments),
};
COMMAND(wait_command);
