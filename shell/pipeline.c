/* SPDX-License-Identifier: MIT */
/*
 * Pipelines: a thread for each command, a pipe between two neighbours. Whoever runs the pipeline
 * waits for all of its threads, and when it is told to end itself, it tells them.
 */
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "run.h"

struct stage {
	struct prepared command;
	struct thread *thread;	/* until it was joined */
	bool failed;		/* a file for it could not be opened: it was said */
};

static int run_stage(void *arg)
{
	struct stage *s = arg;
	struct prepared *c = &s->command;

	/* what the thread has inherited goes at once, or a pipe would keep a writer too many */
	thread_streams_swap(&c->in, &c->out);
	stream_put(c->in);
	stream_put(c->out);
	c->in = NULL;
	c->out = NULL;
	return s->failed ? STATUS_FAIL : run_prepared(c);
}

/* Puts a pipe between @from and @to, where they are not redirected: 0, -ENOMEM. */
static int connect(struct stage *from, struct stage *to, struct stream *in, struct stream *out)
{
	struct stream *read, *write;
	int err = pipe_create(&read, &write);

	if (err)
		return err;
	if (from->command.out == out) {
		stream_put(from->command.out);
		from->command.out = write;
	} else {
		stream_put(write);
	}
	if (to->command.in == in) {
		stream_put(to->command.in);
		to->command.in = read;
	} else {
		stream_put(read);
	}
	return 0;
}

static int prepare(struct stage *stages, const struct run *r, const struct parse_command *commands,
		   u32 count)
{
	struct stream *in = stream_in(), *out = stream_out();

	/* one that cannot run leaves the others an empty input, or nobody who reads */
	for (u32 i = 0; i < count; i++)
		stages[i].failed = run_prepare(&stages[i].command, r, &commands[i]);
	for (u32 i = 0; i + 1 < count; i++) {
		int err = connect(&stages[i], &stages[i + 1], in, out);
		if (err) {
			print("out of memory\n");
			return err;
		}
	}
	return 0;
}

static int start(struct stage *s)
{
	struct thread_attr attr = { .name = "shell", .sched = RUN_PARAMS };
	int err;

	if (s->command.argc)
		attr.name = s->command.argv[0];
	err = thread_create(&s->thread, &attr, run_stage, s);
	if (err) {
		s->thread = NULL;
		print("%s: no thread for it: %s\n", attr.name, errno_text(-err));
	}
	return err;
}

static void kill_all(struct stage *stages, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (stages[i].thread)
			thread_kill(stages[i].thread);
}

/* Waits for all threads. The status of the last stage. */
static int wait(struct stage *stages, u32 count)
{
	int status = STATUS_FAIL;

	for (u32 i = 0; i < count; i++) {
		if (!stages[i].thread)
			continue;
		/* they were told to end as well, and then it is waited for them all the same */
		while (thread_join(stages[i].thread, TIME_NEVER, &status) == -EINTR)
			kill_all(stages, count);
		stages[i].thread = NULL;
	}
	return status;
}

int pipeline_run(const struct run *r, const struct parse_command *commands, u32 count)
{
	struct stage *stages = kzalloc(count * sizeof(*stages));
	int err, status = STATUS_FAIL;

	if (!stages) {
		print("out of memory\n");
		return STATUS_FAIL;
	}
	err = prepare(stages, r, commands, count);
	for (u32 i = 0; i < count && !err; i++)
		err = start(&stages[i]);
	if (err) {
		/* those that did not start hold ends of pipes that the others wait at */
		for (u32 i = 0; i < count; i++)
			if (!stages[i].thread)
				run_discard(&stages[i].command);
		kill_all(stages, count);
	}
	status = wait(stages, count);
	for (u32 i = 0; i < count; i++)
		run_discard(&stages[i].command);
	kfree(stages);
	return err ? STATUS_FAIL : status;
}
