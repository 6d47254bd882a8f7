/* SPDX-License-Identifier: MIT */
/* nice: changes how a thread is scheduled. What is not named stays as it is. */
#include <kernel/sched.h>
#include <lib/format.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "thread_options.h"

/* @arg: options and values, checked, up to a NULL. With thread_lock held, interrupts off. */
static int act(struct thread *t, void *arg)
{
	struct sched_params params = t->params;

	for (char **word = arg; *word; word += 2)
		thread_option("nice", word, &params);
	return sched_set_params(t, &params);
}

static int nice_run(int argc __unused, char **argv)
{
	struct sched_params params = SCHED_PARAMS_DEFAULT;
	struct thread_info t;
	int err;
	u64 id;

	if (parse_u64(argv[1], 0, &id) || id > UINT32_MAX) {
		print("nice: %s is no thread's id\n", argv[1]);
		return STATUS_USAGE;
	}
	for (char **word = argv + 2; *word; word += 2)
		if (!thread_option("nice", word, &params))
			return STATUS_USAGE;
	if (thread_info((unsigned int)id, &t) && t.id == id && t.idle) {
		print("nice: thread %lu is the idle thread\n", id);
		return STATUS_FAIL;
	}
	err = thread_with_id((unsigned int)id, act, argv + 2);
	if (err == -ESRCH)
		print("nice: thread %lu does not exist\n", id);
	else if (err)
		return thread_option_refused("nice", err);
	return err ? STATUS_FAIL : STATUS_OK;
}

static const struct command nice_command = {
	.name = "nice", .usage = "ID " THREAD_OPTIONS_USAGE,
	.help = "change how a thread is scheduled",
	.run = nice_run, .min_args = 2, .max_args = 255,
};
COMMAND(nice_command);
