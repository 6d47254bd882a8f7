/* SPDX-License-Identifier: MIT */
/*
 * kill: tells threads to end. They do so when they look at it, or wake up; nothing is taken from
 * them.
 */
#include <kernel/thread.h>
#include <lib/format.h>
#include <shell/command.h>
#include <shell/jobs.h>
#include <uapi/errno.h>

static int act(struct thread *t, void *arg __unused)
{
	if (t->state == THREAD_DEAD)
		return -ESRCH;
	thread_kill(t);
	return 0;
}

/* Why thread @id is not to be killed, or NULL. */
static const char *forbidden(const struct thread_info *t)
{
	if (t->id == thread_current()->id)
		return "is the shell itself";
	return t->idle ? "is the idle thread" : NULL;
}

static int kill_one(const char *word)
{
	struct thread_info t;
	const char *why = "does not exist";
	u64 id;

	if (IS_ENABLED(CONFIG_SHELL_JOBS) && jobs_id(word)) {
		if (!jobs_kill(jobs_id(word)))
			return STATUS_OK;
		print("kill: job %s does not exist\n", word);
		return STATUS_FAIL;
	}
	if (parse_u64(word, 0, &id) || id > UINT32_MAX) {
		print("kill: %s is no thread's id\n", word);
		return STATUS_USAGE;
	}
	if (thread_info((unsigned int)id, &t) && t.id == id) {
		why = forbidden(&t);
		if (!why && thread_with_id(t.id, act, NULL))
			why = "has ended already";
	}
	if (why)
		print("kill: thread %lu %s\n", id, why);
	return why ? STATUS_FAIL : STATUS_OK;
}

static int kill(const struct arguments *a)
{
	int status = STATUS_OK;

	for (int i = 0; i < a->count && status != STATUS_USAGE; i++) {
		int one = kill_one(a->words[i]);

		if (one)
			status = one;
	}
	return status;
}

#ifdef CONFIG_SHELL_JOBS
#define JOBS_TOO	"%JOB|"
#else
#define JOBS_TOO	""
#endif

static const struct argument kill_arguments[] = {
	{ .name = JOBS_TOO "ID", .type = ARGUMENT_TEXT, .many = true },
};

static const struct command kill_command = {
	.name = "kill", .help = "tell threads to end; ps has their ids", .parsed = kill,
	ARGUMENTS(kill_arguments),
};
COMMAND(kill_command);
