/* SPDX-License-Identifier: MIT */
/*
 * taskset: on which CPUs a thread may run, as Linux's: for a command that it runs, or with -p for a
 * thread that is there. Masks are hexadecimal, with or without 0x, a bit for each CPU.
 */
#include <kernel/cpu.h>
#include <kernel/thread.h>
#include <lib/format.h>
#include <shell/command.h>
#include <uapi/errno.h>

enum { THREAD, MASK, REST };

static const struct argument taskset_arguments[] = {
	[THREAD] = { .letter = 'p', .type = ARGUMENT_FLAG,
		     .help = "a thread's id stands for the command" },
	[MASK] = { .name = "MASK", .type = ARGUMENT_TEXT,
		   .help = "CPUs, a bit each, hexadecimal; -p ID alone: which they are" },
	[REST] = { .name = "COMMAND", .type = ARGUMENT_TEXT, .many = true, .optional = true,
		   .help = "what runs on them" },
};

static int refused(int err)
{
	if (err == -EOPNOTSUPP)
		print("taskset: with this scheduler threads stay on the CPU they began on\n");
	else if (err == -ESRCH)
		print("taskset: there is no such thread\n");
	else
		print("taskset: none of these CPUs runs, or an idle thread: CPUs are %#lx\n",
		      cpu_online());
	return STATUS_FAIL;
}

/* With thread_lock held. */
static int set(struct thread *t, void *arg)
{
	return thread_set_affinity(t, *(u64 *)arg);
}

static int get(struct thread *t, void *arg)
{
	*(u64 *)arg = t->affinity & cpu_online();
	return 0;
}

static bool read_mask(const char *text, u64 *mask)
{
	bool good = !parse_u64(text[0] == '0' && text[1] == 'x' ? text + 2 : text, 16, mask);

	if (!good)
		print("taskset: %s is no mask\n", text);
	return good;
}

/* @mask: the text of a new one, or NULL. */
static int of_thread(const char *id, const char *mask)
{
	u64 number, cpus;
	int err = 0;

	if (mask && !read_mask(mask, &cpus))
		return STATUS_USAGE;
	if (parse_u64(id, 0, &number) || number > UINT32_MAX) {
		print("taskset: %s is no thread's id\n", id);
		return STATUS_USAGE;
	}
	if (mask)
		err = thread_with_id((unsigned int)number, set, &cpus);
	if (!err)
		err = thread_with_id((unsigned int)number, get, &cpus);
	if (err)
		return refused(err);
	print("thread %lu may run on the CPUs %#lx\n", number, cpus);
	return STATUS_OK;
}

static int taskset(const struct arguments *a)
{
	const char *first = a->value[MASK].text;
	u64 mask, before = thread_current()->affinity;
	int status;

	if (a->value[THREAD].number)
		return a->count ? of_thread(a->words[0], first) : of_thread(first, NULL);
	if (!a->count)
		print("taskset: no command\n");
	if (!a->count || !read_mask(first, &mask))
		return STATUS_USAGE;
	status = thread_set_affinity(thread_current(), mask);
	if (status)
		return refused(status);
	status = shell_run_either(a->count, a->words);
	thread_set_affinity(thread_current(), before);
	return status;
}

static const struct command taskset_command = {
	.name = "taskset", .runs_others = true, .help = "on which CPUs a command or a thread runs",
	.parsed = taskset, ARGUMENTS(taskset_arguments),
};
COMMAND(taskset_command);
