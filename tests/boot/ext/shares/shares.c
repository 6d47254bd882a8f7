/* SPDX-License-Identifier: MIT */
/*
 * shares: has hogs compete for the CPU and says what each of them got, for
 * tests/boot/test_schedulers.py. It comes into the kernel from outside the tree (EXT=).
 */
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <shell/command.h>

#define HOGS 8

static volatile bool stop;

static int hog(void *arg)
{
	(void)arg;
	while (!stop)
		;
	return 0;
}

static u64 run_of(const struct thread *t)
{
	struct thread_info info;

	return thread_info(t->id, &info) ? info.run : 0;
}

/* "NICE,PRIORITY", in decimal. */
static struct sched_params params(const char *text)
{
	struct sched_params p = SCHED_PARAMS_DEFAULT;
	bool negative = *text == '-';
	const char *rest;

	text += negative;
	p.nice = (int)strtoul(text, NULL, 10);
	p.nice = negative ? -p.nice : p.nice;
	rest = strchr(text, ',');
	if (rest)
		p.priority = (int)strtoul(rest + 1, NULL, 10);
	return p;
}

static int shares_run(int argc, char **argv)
{
	struct thread *hogs[HOGS];
	u64 before[HOGS];
	unsigned int n = 0;

	stop = false;
	for (; n < (unsigned int)argc - 2 && n < HOGS; n++) {
		struct thread_attr attr = { .name = "hog", .sched = params(argv[n + 2]) };

		if (thread_create(&hogs[n], &attr, hog, NULL))
			break;
	}
	for (unsigned int i = 0; i < n; i++)
		before[i] = run_of(hogs[i]);
	thread_sleep(strtoul(argv[1], NULL, 10) * NS_PER_SEC);
	for (unsigned int i = 0; i < n; i++)
		before[i] = run_of(hogs[i]) - before[i];
	stop = true;
	for (unsigned int i = 0; i < n; i++) {
		thread_join(hogs[i], TIME_NEVER, NULL);
		print("share %u %lu\n", i, before[i]);
	}
	return n == (unsigned int)argc - 2 ? STATUS_OK : STATUS_FAIL;
}

static const struct command shares_command = {
	.name = "shares",
	.usage = "SECONDS NICE,PRIORITY ...",
	.help = "let hogs compete",
	.run = shares_run,
	.min_args = 2,
	.max_args = HOGS + 1,
};
COMMAND(shares_command);
