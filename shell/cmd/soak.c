/* SPDX-License-Identifier: MIT */
/*
 * soak: keeps all CPUs busy with everything at once, for as long as one likes, and looks at each
 * step whether what came out is right. Several threads of each kind:
 *
 *   heap    takes and gives back memory of all sizes, and finds what it wrote in it
 *   files   writes, renames, reads and removes files in one folder
 *   locks   counts under a mutex and a spinlock what must stay equal
 *   timers  starts timers and takes them back: each was called, or was taken back
 *   moves   goes from one CPU to another, and is where it went
 *
 * What runs out of memory meanwhile tries again. A line of progress every few seconds; the last one
 * has the sum. Ctrl-C ends it early.
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/fs.h>
#include <kernel/cpu.h>
#include <kernel/mutex.h>
#include <kernel/sched_policy.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define WORKERS_MAX	64
#define OBJECTS		32		/* that a heap worker holds */
#define OBJECT_MAX	5000		/* bytes */
#define PRIORITIES	5		/* from 1 on, of workers */
#define FOLDER		"/soak"
#define STEP		(5 * NS_PER_SEC)

static bool over;
static u64 wrong;		/* atomic: checks that failed */

struct worker {
	u32 seed;
	unsigned int number;
	u64 steps;		/* by the worker */
	struct thread *thread;
};

static u32 next(struct worker *w)
{
	w->seed = w->seed * 1664525 + 1013904223;
	return w->seed >> 8;
}

/* True when @good; else a line, for the first few. */
static bool check(bool good, const struct worker *w, const char *what)
{
	if (good)
		return true;
	if (atomic_add_relaxed(&wrong, 1) < 10)
		print("soak: worker %u, step %lu: %s\n", w->number, w->steps, what);
	return false;
}

/* Less urgent than the shell, and now and then as others are: so every kind gets its turn. */
static void change_priority(struct worker *w)
{
	struct sched_params params = thread_current()->params;

	params.priority = 1 + (int)(next(w) % PRIORITIES);
	check(!thread_set_params(thread_current(), &params), w, "a priority that is refused");
}

/* Now and then it sleeps, so that less urgent ones get their turn. */
static void one_step(struct worker *w)
{
	atomic_store_relaxed(&w->steps, w->steps + 1);
	if (next(w) % 8 == 0)
		thread_sleep(next(w) % 300 * NS_PER_US);
	if (next(w) % 16 == 0)
		change_priority(w);
}

/*
 * --- Heap ----------------------------------------------------------------------------------------
 */

static bool is_filled(const u8 *p, size_t size, u8 with)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != with)
			return false;
	return true;
}

static int heap(void *arg)
{
	struct {
		u8 *p;
		size_t size;
	} held[OBJECTS] = { 0 };
	struct worker *w = arg;

	while (!atomic_load_relaxed(&over)) {
		unsigned int i = next(w) % OBJECTS;

		if (held[i].p)
			check(is_filled(held[i].p, held[i].size, (u8)i), w,
			      "memory is not what was written to it");
		kfree(held[i].p);
		held[i].size = 1 + next(w) % (next(w) % 8 ? 200 : OBJECT_MAX);
		held[i].p = kmalloc(held[i].size);
		if (held[i].p)
			memset(held[i].p, (int)i, held[i].size);
		one_step(w);
	}
	for (unsigned int i = 0; i < OBJECTS; i++)
		kfree(held[i].p);
	return 0;
}

/*
 * --- Files ---------------------------------------------------------------------------------------
 */

/* A new file that says with every word whose it is. */
static int write_file(const char *path, u32 mark, size_t words)
{
	struct file *file;
	int err = file_open(path, O_CREAT | O_EXCL | O_RDWR, 0644, &file);

	if (err)
		return err;
	for (size_t i = 0; i < words && !err; i++) {
		ssize_t n = file_write(file, &mark, sizeof(mark));

		err = n == sizeof(mark) ? 0 : n < 0 ? (int)n : -EIO;
	}
	file_put(file);
	return err;
}

/* -EIO when it is not that file. */
static int read_file(const char *path, u32 mark, size_t words)
{
	struct file *file;
	int err = file_open(path, O_RDONLY, 0, &file);
	u32 found;

	if (err)
		return err;
	for (size_t i = 0; i < words && !err; i++) {
		ssize_t n = file_read(file, &found, sizeof(found));

		err = n < 0 ? (int)n : n == sizeof(found) && found == mark ? 0 : -EIO;
	}
	if (!err && file_read(file, &found, sizeof(found)) > 0)
		err = -EIO;
	file_put(file);
	return err;
}

/* What may go wrong when memory is out is not counted; what must not, is. */
static int files(void *arg)
{
	struct worker *w = arg;
	char path[40], other[40];

	while (!atomic_load_relaxed(&over)) {
		size_t words = next(w) % 3000;
		u32 mark = next(w);
		int err;

		snprintf(path, sizeof(path), FOLDER "/%u.new", w->number);
		snprintf(other, sizeof(other), FOLDER "/%u.%u", w->number, mark % 8);
		err = write_file(path, mark, words);
		if (!err)
			err = fs_rename(path, other, 0);
		if (!err)
			err = read_file(other, mark, words);
		check(!err || err == -ENOMEM || err == -ENOSPC, w,
		      "a file is not what was written");
		if (err || next(w) % 2)
			fs_unlink(other);
		if (err)
			fs_unlink(path);
		one_step(w);
	}
	for (unsigned int i = 0; i < 8; i++) {
		snprintf(other, sizeof(other), FOLDER "/%u.%u", w->number, i);
		fs_unlink(other);
	}
	return 0;
}

/*
 * --- Locks, timers, moves ------------------------------------------------------------------------
 */

static struct {
	struct mutex mutex;
	struct spinlock spin;
	u64 a, b;		/* mutex */
	u64 c, d;		/* spin */
} counted;

static int locks(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load_relaxed(&over)) {
		unsigned long state;
		bool equal;

		if (!mutex_lock(&counted.mutex, next(w) % 4 ? TIME_NEVER : time_now() + 100)) {
			check(counted.a++ == counted.b, w, "two held the mutex");
			counted.b++;
			mutex_unlock(&counted.mutex);
		}
		state = spin_lock_irqsave(&counted.spin);
		equal = counted.c++ == counted.d;
		counted.d++;
		spin_unlock_irqrestore(&counted.spin, state);
		check(equal, w, "two held the spinlock");
		one_step(w);
	}
	return 0;
}

static void count_call(struct timer *timer __unused, void *arg)
{
	atomic_add_relaxed((u32 *)arg, 1);
}

static int timers(void *arg)
{
	struct worker *w = arg;
	struct timer timer;
	u32 called = 0;

	timer_init(&timer, count_call, &called);
	while (!atomic_load_relaxed(&over)) {
		u32 before = atomic_load_relaxed(&called);
		bool taken;

		timer_start(&timer, time_now() + next(w) % 200 * NS_PER_US, 0, 0);
		thread_sleep(next(w) % 200 * NS_PER_US);
		taken = timer_cancel(&timer);
		check(atomic_load_relaxed(&called) - before + taken == 1, w,
		      "a timer was not called once, nor taken back");
		one_step(w);
	}
	timer_cancel(&timer);
	return 0;
}

static int moves(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load_relaxed(&over)) {
#ifdef CONFIG_SMP
		u64 cpus = cpu_online();
		unsigned int cpu = next(w) % cpu_count(cpus);
		int err = thread_set_affinity(thread_current(), BIT(cpu));

		check(err == -EOPNOTSUPP || (!err && thread_current()->rq->cpu == cpu), w,
		      "a thread is not where it went");
#endif
		one_step(w);
	}
	return 0;
}

/*
 * --- The command ---------------------------------------------------------------------------------
 */

static const struct kind {
	const char *name;
	int (*run)(void *arg);
	bool with;
} kinds[] = {
	{ "heap", heap, true },
	{ "files", files, IS_ENABLED(CONFIG_FS_RAMFS) },
	{ "locks", locks, true },
	{ "timers", timers, true },
	{ "moves", moves, IS_ENABLED(CONFIG_SMP) },
};

static struct worker workers[WORKERS_MAX];

static unsigned int start(u32 seed)
{
	unsigned int rounds = 2 * cpu_count(cpu_online()), n = 0;

	for (unsigned int i = 0; i < rounds * ARRAY_SIZE(kinds) && n < WORKERS_MAX; i++) {
		const struct kind *kind = &kinds[i % ARRAY_SIZE(kinds)];
		const struct thread_attr attr = {
			.name = kind->name,
			.sched = { .priority = 1 + (int)(i % PRIORITIES) },
		};
		struct worker *w = &workers[n];

		*w = (struct worker){ .seed = seed + n, .number = i };
		if (kind->with && !thread_create(&w->thread, &attr, kind->run, w))
			n++;
	}
	return n;
}

/* What all of @kind have done. */
static u64 steps_of(const struct kind *kind, unsigned int n)
{
	u64 sum = 0;

	for (unsigned int i = 0; i < n; i++)
		if (workers[i].number % ARRAY_SIZE(kinds) == (unsigned int)(kind - kinds))
			sum += atomic_load_relaxed(&workers[i].steps);
	return sum;
}

static void tell(u64 since, u64 whole, unsigned int n)
{
	print("soak: %lu s of %lu:", since / NS_PER_SEC, whole / NS_PER_SEC);
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].with)
			print(" %s %lu,", kinds[i].name, steps_of(&kinds[i], n));
	print(" wrong %lu\n", atomic_load_relaxed(&wrong));
}

enum { SEED, DURATION };

static const struct argument soak_arguments[] = {
	[SEED] = { .letter = 's', .name = "SEED", .type = ARGUMENT_NUMBER, .max = UINT32_MAX,
		   .preset = 1, .help = "what chance begins with" },
	[DURATION] = { .name = "DURATION", .type = ARGUMENT_DURATION, .optional = true,
		       .preset = 60 * (s64)NS_PER_SEC, .help = "how long; a minute" },
};

static int soak(const struct arguments *a)
{
	u64 whole = (u64)a->value[DURATION].number, began = time_now(), next_line = began + STEP;
	unsigned int n;

	atomic_store_relaxed(&over, false);
	atomic_store_relaxed(&wrong, 0);
	mutex_init(&counted.mutex);
	counted.a = counted.b = counted.c = counted.d = 0;
	if (IS_ENABLED(CONFIG_FS_RAMFS))
		fs_mkdir(FOLDER, 0755);
	n = start((u32)a->value[SEED].number);
	while (time_now() < began + whole &&
	       shell_sleep(MIN(next_line, began + whole) - MIN(time_now(), next_line))) {
		if (time_now() >= next_line) {
			tell(time_now() - began, whole, n);
			next_line += STEP;
		}
	}
	atomic_store_relaxed(&over, true);
	for (unsigned int i = 0; i < n; i++)
		while (thread_join(workers[i].thread, TIME_NEVER, NULL) == -EINTR)
			;	/* they look at this thread's words: it does not leave before */
	if (IS_ENABLED(CONFIG_FS_RAMFS) && fs_rmdir(FOLDER))
		check(false, &workers[0], "files are left");
	mutex_destroy(&counted.mutex);
	tell(time_now() - began, whole, n);
	if (shell_stopped())
		return STATUS_STOPPED;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].with && whole >= STEP && !steps_of(&kinds[i], n)) {
			print("soak: %s has not got on at all\n", kinds[i].name);
			atomic_add_relaxed(&wrong, 1);
		}
	return atomic_load_relaxed(&wrong) ? STATUS_FAIL : STATUS_OK;
}

static const struct command soak_command = {
	.name = "soak", .help = "everything at once on all CPUs, looking whether it is right",
	.parsed = soak, ARGUMENTS(soak_arguments),
};
COMMAND(soak_command);
