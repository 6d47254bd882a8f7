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
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#define ROWS		20		/* of a screen of 24 lines */
#define BYTES_A_SECOND	11520		/* of a line with 115,200 baud */
#define CTRL_C		3

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

/* The row with the most use that was not shown yet; of equals the lowest id. NULL: no more. */
static struct row *next(struct sample *s)
{
	struct row *best = NULL;

	for (unsigned int i = 0; i < s->rows; i++)
		if (!s->row[i].shown && (!best || s->row[i].used > best->used))
			best = &s->row[i];
	if (best)
		best->shown = true;
	return best;
}

static unsigned int permille(u64 used, u64 time)
{
	return (unsigned int)(used * 1000 / time);
}

static void show(struct sample *s, u64 took, bool screen)
{
	unsigned int part = permille(s->idle, took);
	struct thread_info t;
	struct row *row;
	char line[96];

	if (screen)
		print("\033[H");
	snprintf(line, sizeof(line), "up %lu s, threads: %u, ready %u, asleep %u, idle %u.%u %%%s",
		 s->time / NS_PER_SEC, s->rows, s->ready, s->states[THREAD_SLEEPING], part / 10,
		 part % 10, screen ? "; q leaves" : "");
	say(screen, line);
	say(screen, "  id name            state      cpu %    cpu ms  policy");
	for (unsigned int i = 0; i < ROWS && (row = next(s)); i++) {
		if (!thread_info(row->id, &t) || t.id != row->id)
			continue;
		part = permille(row->used, took);
		snprintf(line, sizeof(line), "%4u %-15s %-8s %5u.%u %9lu  %s", t.id, t.name,
			 t.running ? "running" : thread_state_name(t.state), part / 10, part % 10,
			 t.run / NS_PER_MS, t.policy);
		say(screen, line);
	}
	if (s->rows > ROWS) {
		snprintf(line, sizeof(line), "     and %u more", s->rows - ROWS);
		say(screen, line);
	}
	if (screen)
		print("\033[J");
}

/* Waits for the next frame, or for a key that ends it: false. */
static bool wait(u64 until, bool keys)
{
	int c = 0;

	if (!keys)
		return !time_sleep_until(until);
	while (c >= 0 && c != 'q' && c != 'Q' && c != CTRL_C)
		c = console_read(until);
	return c == -ETIMEDOUT;
}

static bool read_words(char **words, u64 *interval, u64 *frames)
{
	for (; *words; words++) {
		u64 *to = interval;

		if (!strcmp(*words, "-n")) {
			to = frames;
			words++;
		}
		if (!*words || parse_u64(*words, 10, to) || !*to || *to > 3600) {
			print("top: %s: seconds and frames are 1 to 3600\n",
			      *words ? *words : "number missing");
			return false;
		}
	}
	return true;
}

static int top_run(int argc __unused, char **argv)
{
	u64 interval = 1, frames = 0, at;
	struct sample old = { 0 }, new;
	bool screen;
	int err;

	if (!read_words(argv + 1, &interval, &frames))
		return STATUS_USAGE;
	screen = !frames;
	if (screen)
		print("\033[2J");
	err = take(&old, &old);
	for (at = old.time; !err && wait(at += interval * NS_PER_SEC, screen);) {
		err = take(&new, &old);
		if (err)
			break;
		show(&new, new.time - old.time, screen);
		kfree(old.row);
		old = new;
		if (!screen && !--frames)
			break;
		if (!screen)
			print("\n");
	}
	kfree(old.row);
	if (err)
		print("top: %s\n", errno_name(-err));
	return err ? STATUS_FAIL : STATUS_OK;
}

static const struct command top_command = {
	.name = "top", .usage = "[SECONDS] [-n FRAMES]",
	.help = "threads by their use of the CPU; q leaves",
	.run = top_run, .min_args = 0, .max_args = 3,
};
COMMAND(top_command);
