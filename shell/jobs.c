/* SPDX-License-Identifier: MIT */
/*
 * Jobs: lists that run in the background, in a thread that reads them once more. A job stays until
 * somebody was told of its end; whoever takes it off the list, under the lock, joins its thread.
 */
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/wait.h>
#include <lib/format.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <shell/jobs.h>
#include <uapi/errno.h>

#include "run.h"

struct job {
	struct thread *thread;
	/* queue.lock held: */
	struct list link;
	unsigned int id;
	bool ended;
	int status;
	char text[];
};

/* Where it is waited for the end of any. All zeroes until there is the first job. */
static struct wait_queue queue;
/* its lock held: */
static struct list jobs;

/* Before there is a job, which may look for others at once. */
static unsigned long begin(void)
{
	/* not by an initialiser, which would take a page of the image for what is written to */
	if (!jobs.next) {
		wait_queue_init(&queue);
		list_init(&jobs);
	}
	return spin_lock_irqsave(&queue.lock);
}

static int run_job(void *arg)
{
	struct job *job = arg;
	struct stream *in = stream_get(&stream_null), *out = stream_get(stream_out());
	unsigned long state;
	int status = STATUS_OK;

	/* what is typed belongs to the prompt */
	if (!stream_in())
		thread_streams_swap(&in, &out);
	stream_put(in);
	stream_put(out);
	run_text(job->text, NULL, &status);
	state = begin();
	job->ended = true;
	job->status = status;
	wait_wake_all(&queue);
	wait_unlock(&queue, state);
	return status;
}

/* Takes @job off the list; with the lock. */
static void take_off(struct job *job)
{
	list_del(&job->link);
}

/* Frees a job that the caller took off the list. */
static void discard(struct job *job)
{
	while (thread_join(job->thread, TIME_NEVER, NULL) == -EINTR)
		;
	kfree(job);
}

int jobs_start(const char *text, size_t len)
{
	const struct thread_attr attr = { .name = "job", .sched = RUN_PARAMS };
	struct job *job = kzalloc(sizeof(*job) + len + 1);
	unsigned int id, thread;
	unsigned long state;
	int err;

	if (!job) {
		print("out of memory\n");
		return STATUS_FAIL;
	}
	memcpy(job->text, text, len);
	spin_unlock_irqrestore(&queue.lock, begin());	/* see there */
	err = thread_create(&job->thread, &attr, run_job, job);
	if (err) {
		print("no thread for the job: %s\n", errno_text(-err));
		kfree(job);
		return STATUS_FAIL;
	}
	/* it may have ended by now; once it is on the list, others may wait for it and free it */
	state = begin();
	id = list_empty(&jobs) ? 1 : list_entry(jobs.prev, struct job, link)->id + 1;
	thread = job->thread->id;
	job->id = id;
	list_add_tail(&jobs, &job->link);
	spin_unlock_irqrestore(&queue.lock, state);
	print("[%u] thread %u\n", id, thread);
	return STATUS_OK;
}

static void tell(const struct job *job)
{
	if (!job->ended)
		print("[%u] running, thread %u: %s\n", job->id, job->thread->id, job->text);
	else if (job->status == STATUS_STOPPED)
		print("[%u] stopped: %s\n", job->id, job->text);
	else
		print("[%u] done, status %d: %s\n", job->id, job->status, job->text);
}

/* Takes a job off the list that has ended, and whose number is @id unless that is 0; or NULL. */
static struct job *take_ended(unsigned int id)
{
	unsigned long state = begin();
	struct job *found = NULL;

	list_for_each (job, &jobs, struct job, link) {
		if (job->ended && (!id || job->id == id)) {
			found = job;
			break;
		}
	}
	if (found)
		take_off(found);
	spin_unlock_irqrestore(&queue.lock, state);
	return found;
}

void jobs_report(void)
{
	struct job *job;

	while ((job = take_ended(0))) {
		tell(job);
		discard(job);
	}
}

/* What of a job is shown; false when there is none whose number is at least @id. */
static bool copy_from(unsigned int id, unsigned int *thread, char *text, size_t size,
		      unsigned int *found)
{
	unsigned long state = begin();

	*found = 0;
	list_for_each (job, &jobs, struct job, link) {
		if (job->id >= id && !job->ended) {
			*found = job->id;
			*thread = job->thread->id;
			strlcpy(text, job->text, size);
			break;
		}
	}
	spin_unlock_irqrestore(&queue.lock, state);
	return *found;
}

void jobs_list(void)
{
	unsigned int thread, found;
	char text[128];

	jobs_report();
	for (unsigned int id = 1; copy_from(id, &thread, text, sizeof(text), &found);
	     id = found + 1)
		print("[%u] running, thread %u: %s\n", found, thread, text);
}

/* The job with that number; with 0 any other one's that has not ended. With the lock. */
static struct job *find(unsigned int id)
{
	list_for_each (job, &jobs, struct job, link)
		if (id ? job->id == id : !job->ended && job->thread != thread_current())
			return job;
	return NULL;
}

int jobs_kill(unsigned int id)
{
	unsigned long state = begin();
	struct job *job = id ? find(id) : NULL;

	/* the thread is there until the job is taken off the list */
	if (job)
		thread_kill(job->thread);
	spin_unlock_irqrestore(&queue.lock, state);
	return job ? 0 : -ESRCH;
}

int jobs_wait(unsigned int id, int *status)
{
	unsigned long state = begin();
	struct job *job;
	int err = 0;

	*status = STATUS_OK;
	job = id ? find(id) : NULL;
	if (job && job->thread == thread_current())
		err = -EDEADLK;
	while ((job = find(id)) && !job->ended && !err) {
		err = wait_sleep(&queue, state, TIME_NEVER);
		state = spin_lock_irqsave(&queue.lock);
	}
	spin_unlock_irqrestore(&queue.lock, state);
	if (err)
		return err;
	if (id && !job)
		return -ESRCH;
	while ((job = take_ended(id))) {
		if (id)
			*status = job->status;
		discard(job);
	}
	return 0;
}

unsigned int jobs_id(const char *word)
{
	u64 id;

	return word[0] == '%' && !parse_u64(word + 1, 10, &id) && id < UINT32_MAX
		       ? (unsigned int)id : 0;
}
