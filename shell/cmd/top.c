/* SPDX-License-Identifier: MIT */
/*
 * top: the threads that had most of the CPU since the last frame, again and again. A frame is
 * sent line by line with as much sleep in between as a slow line takes to send it, so that
 * nobody else is kept from the CPU by it. A thread that came and ended between two frames is
 * not seen.
 */
#include <device/console.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define ROWS		20		/* of a screen of 24 lines */
#define BYTES_A_SECOND	11520		/* of a line with 115,200 baud */
#define CTRL_C		3

enum order { BY_CPU, BY_TIME, BY_ID };

/* The keys that ask for it, as in Linux's top. */
static const char orders[] = { 'P', 'T', 'N' };

enum { FRAMES, ORDER, SECONDS };

static const struct argument top_arguments[] = {
	[FRAMES] = { .letter = 'n', .name = "FRAMES", .type = ARGUMENT_NUMBER, .min = 1,
		     .max = 3600, .preset = 0, .help = "as text, and no more than these" },
	[ORDER] = { .letter = 'o', .type = ARGUMENT_CHOICE, .preset = BY_CPU,
		    .choices = (const char *const[]){ "cpu", "time", "id", NULL },
		    .help = "what threads are sorted by" },
	[SECONDS] = { .name = "SECONDS", .type = ARGUMENT_NUMBER, .min = 1, .max = 3600,
		      .preset = 1, .optional = true, .help = "from one frame to the next" },
};

struct row {
	unsigned int id;
	bool shown;
	u64 run;	/* ns since it was made */
	u64 used;	/* since the last frame */
};

struct sample {
	u64 time;
	unsigned int rows, states[3], ready;
	u64 idle;	/* ns since the last sample, as used */
	struct row *row;	/* by id */
};

static int say(bool screen, const char *line)
{
	size_t len = strlen(line);

	print(screen ? "%s\033[K\n" : "%s\n", line);
	return thread_sleep((len + 8) * NS_PER_SEC / BYTES_A_SECOND);
}

static unsigned int count(void)
{
	struct thread_info t;
	unsigned int n = 0;

	for (unsigned int id = 0; thread_info(id, &t); id = t.id + 1)
		n++;
	return n;
}

/* What @old knew of the thread, from *@at on: both are by id. */
static u64 run_before(const struct sample *old, unsigned int *at, unsigned int id)
{
	while (*at < old->rows && old->row[*at].id < id)
		++*at;
	return *at < old->rows && old->row[*at].id == id ? old->row[*at].run : 0;
}

static int take(struct sample *s, const struct sample *old)
{
	unsigned int room = count() + 8, at = 0;	/* some may come meanwhile */
	struct thread_info t;

	*s = (struct sample){ .time = time_now() };
	s->row = kmalloc(room * sizeof(*s->row));
	if (!s->row)
		return -ENOMEM;
	for (unsigned int id = 0; s->rows < room && thread_info(id, &t); id = t.id + 1) {
		u64 used = t.run - run_before(old, &at, t.id);

		s->states[t.state]++;
		s->ready += t.state == THREAD_READY && !t.running && !t.idle;
		if (t.idle)
			s->idle += used;
		s->row[s->rows++] = (struct row){ .id = t.id, .run = t.run, .used = used };
	}
	return 0;
}

/* What a row is sorted by: the most first. Rows are by id already. */
static u64 sort_value(const struct row *row, enum order order)
{
	switch (order) {
	case BY_TIME: return row->run;
	case BY_ID: return 0;
	default: return row->used;
	}
}

/* The first row that was not shown yet; of equals the lowest id. NULL: no more. */
static struct row *next(struct sample *s, enum order order)
{
	struct row *best = NULL;

	for (unsigned int i = 0; i < s->rows; i++)
		if (!s->row[i].shown && (!best || sort_value(&s->row[i], order) >
						  sort_value(best, order)))
			best = &s->row[i];
	if (best)
		best->shown = true;
	return best;
}

static unsigned int permille(u64 used, u64 time)
{
	return (unsigned int)(used * 1000 / time);
}

static void show(struct sample *s, u64 took, enum order order, bool screen)
{
	unsigned int part = permille(s->idle, took);
	struct thread_info t;
	struct row *row;
	char line[120], cpu[16] = "";

	if (screen)
		print("\033[H");
	snprintf(line, sizeof(line), "up %lu s, threads: %u, ready %u, asleep %u, idle %u.%u %%%s",
		 s->time / NS_PER_SEC, s->rows, s->ready, s->states[THREAD_SLEEPING], part / 10,
		 part % 10, screen ? "; P T N sort, q leaves" : "");
	say(screen, line);
	say(screen, IS_ENABLED(CONFIG_SMP) ?
	    "  id name            state      cpu %    cpu ms CPU  policy" :
	    "  id name            state      cpu %    cpu ms  policy");
	for (unsigned int i = 0; i < s->rows; i++)
		s->row[i].shown = false;
	for (unsigned int i = 0; i < ROWS && (row = next(s, order)); i++) {
		if (!thread_info(row->id, &t) || t.id != row->id)
			continue;
		part = permille(row->used, took);
		if (IS_ENABLED(CONFIG_SMP))
			snprintf(cpu, sizeof(cpu), " %3u", t.cpu);
		snprintf(line, sizeof(line), "%4u %-15s %-8s %5u.%u %9lu%s  %s", t.id, t.name,
			 t.running ? "running" : thread_state_name(t.state), part / 10, part % 10,
			 row->run / NS_PER_MS, cpu, t.policy);
		say(screen, line);
	}
	if (s->rows > ROWS) {
		snprintf(line, sizeof(line), "     and %u more", s->rows - ROWS);
		say(screen, line);
	}
	if (screen)
		print("\033[J");
}

/* Waits for the next frame: -ETIMEDOUT; a key that means something; or an error. */
static int wait(u64 until, bool keys)
{
	int c = 0;

	if (tty_interrupted())
		return -EINTR;	/* it was the sleep of a line of output that this cut short */
	if (!keys) {
		c = time_sleep_until(until);
		return c ? c : -ETIMEDOUT;
	}
	while (c >= 0 && c != 'Q' && c != CTRL_C) {
		c = console_read(until);
		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		for (unsigned int i = 0; i < ARRAY_SIZE(orders); i++)
			if (c == orders[i])
				return c;
	}
	return c;
}

struct options {
	u64 interval, frames;	/* seconds; 0: until q */
	enum order order;
};

/* Frame by frame from @old on, which is replaced, until a key or the last one. */
static int frames(struct options *o, struct sample *old)
{
	bool screen = !o->frames;
	u64 at = old->time, took = 0;
	struct sample new;
	int c, err;

	for (;;) {
		at += o->interval * NS_PER_SEC;
		while ((c = wait(at, screen)) >= 0) {
			/* all that was typed meanwhile, for one frame */
			do {
				if (c == 'Q' || c == CTRL_C)
					return 0;
				for (unsigned int i = 0; i < ARRAY_SIZE(orders); i++)
					if (c == orders[i])
						o->order = i;
			} while ((c = wait(time_now(), screen)) >= 0);
			if (took)
				show(old, took, o->order, screen);
		}
		if (c != -ETIMEDOUT)
			return c == -EINTR ? 0 : c;
		err = take(&new, old);
		if (err)
			return err;
		took = new.time - old->time;
		show(&new, took, o->order, screen);
		kfree(old->row);
		*old = new;
		if (!screen && !--o->frames)
			return 0;
		if (!screen)
			print("\n");
	}
}

static int top(const struct arguments *a)
{
	struct options o = {
		.interval = (u64)a->value[SECONDS].number, .frames = (u64)a->value[FRAMES].number,
		.order = (enum order)a->value[ORDER].number,
	};
	struct sample first = { 0 };
	int err;

	if (!o.frames)
		print("\033[2J");
	err = take(&first, &first);
	if (!err)
		err = frames(&o, &first);
	kfree(first.row);
	if (err)
		print("top: %s\n", errno_text(-err));
	return err ? STATUS_FAIL : STATUS_OK;
}

static const struct command top_command = {
	.name = "top", .help = "threads by their use of the CPU; keys P T N sort, q leaves",
	.parsed = top, ARGUMENTS(top_arguments),
};
COMMAND(top_command);
