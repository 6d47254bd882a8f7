/* SPDX-License-Identifier: MIT */
/*
 * The kernel log, without a lock, so that interrupts and panics may write at any moment.
 *
 * A writer draws a number and a run of bytes in the text ring, each by one atomic addition,
 * fills both in, and publishes its descriptor by storing number + 1 into it. A reader takes a
 * record only when the descriptor says so before and after it copied, and when the text was not
 * overtaken meanwhile. A writer that stalls while everybody else goes once around the ring
 * spoils one record, which readers then pass over.
 *
 * The console shows records in their order: whoever finds the console's turn free takes it and
 * shows all there is, up to a record that is still being written: its writer, which was
 * interrupted, goes on from there. Others leave their record to whoever has the turn.
 */
#include <arch/atomic.h>
#include <device/console.h>
#include <kernel/printk.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>

#include "log.h"

#define TEXT_SIZE	(1UL << CONFIG_LOG_BUF_SHIFT)
#define DESC_COUNT	(TEXT_SIZE / 64)

/*
 * scripts/gdb and scripts/runner/log.py read these by name: log_desc, log_text, log_next,
 * text_next; the latter knows the layout of a descriptor as well.
 */
struct log_desc {
	u64 published;		/* number + 1, or something else while it is written */
	u64 position;		/* of the text, counted on and on */
	u64 time;		/* ns */
	u32 len;
	u32 level;
};

static struct log_desc log_desc[DESC_COUNT];
static char log_text[TEXT_SIZE];
static u64 log_next;		/* the number that the next record gets */
static u64 text_next;		/* where its text goes */

static struct {
	bool ready;
	bool panicking;		/* one CPU is left, and it waits for nobody */
	u32 turn;		/* 1: somebody is showing records */
	u64 shown;		/* the next record to show; the turn's holder */
	unsigned int level;
} show;

static void append(enum log_level level, const char *text, size_t len)
{
	u64 number = atomic_add_relaxed(&log_next, 1);
	u64 position = atomic_add_relaxed(&text_next, len);
	struct log_desc *d = &log_desc[number % DESC_COUNT];

	atomic_store_relaxed(&d->published, 0);
	__atomic_thread_fence(
		__ATOMIC_RELEASE); // readers see the old one go before its parts change
	d->position = position;
	d->time = time_now();
	d->len = (u32)len;
	d->level = level;
	for (size_t done = 0; done < len;) {
		size_t at = (position + done) % TEXT_SIZE, run = MIN(len - done, TEXT_SIZE - at);

		memcpy(log_text + at, text + done, run);
		done += run;
	}
	atomic_store_release(&d->published, number + 1);
}

/* Copies record @number. False when it is not (or no longer) there. */
static bool read_one(u64 number, struct log_record *r)
{
	const struct log_desc *d = &log_desc[number % DESC_COUNT];
	u64 position;

	if (atomic_load_acquire(&d->published) != number + 1)
		return false;
	position = d->position;
	r->sequence = number;
	r->time = d->time;
	r->level = d->level;
	r->len = MIN(d->len, (u32)sizeof(r->text));
	for (size_t done = 0; done < r->len;) {
		size_t at = (position + done) % TEXT_SIZE, run = MIN(r->len - done, TEXT_SIZE - at);

		memcpy(r->text + done, log_text + at, run);
		done += run;
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);	// the checks come after the copy
	return atomic_load_relaxed(&d->published) == number + 1 &&
	       atomic_load_relaxed(&text_next) - position <= TEXT_SIZE;
}

bool log_read(u64 from, struct log_record *r)
{
	u64 end = atomic_load_acquire(&log_next);

	if (end > DESC_COUNT)
		from = MAX(from, end - DESC_COUNT);
	for (; from < end; from++)
		if (read_one(from, r))
			return true;
	return false;
}

static void show_one(const struct log_record *r)
{
	char line[LOG_LINE_MAX + 32];
	size_t n = snprintf(line, sizeof(line), "[%5lu.%06lu] %.*s\n", r->time / NS_PER_SEC,
			    r->time % NS_PER_SEC / NS_PER_US, (int)r->len, r->text);

	tty_fresh_line();
	tty_write(line, MIN(n, sizeof(line) - 1));
}

/*
 * Reads the next record to show, passing over those that are lost. False when there is none yet, or
 * when it is still being written; a panic waits for no writer.
 */
static bool next_to_show(struct log_record *r)
{
	u64 end = atomic_load_acquire(&log_next);

	for (u64 n = show.shown; n < end; n++) {
		bool overtaken = end - n > DESC_COUNT;

		if (!overtaken && read_one(n, r))
			return true;
		if (!overtaken && !show.panicking &&
		    atomic_load_acquire(&log_desc[n % DESC_COUNT].published) <= n)
			return false;
	}
	return false;
}

static void show_pending(void)
{
	struct log_record r;

	while (next_to_show(&r)) {
		show.shown = r.sequence + 1;
		if (r.level < show.level)
			show_one(&r);
	}
}

static void show_when_free(void)
{
	struct log_record r;

	/* again, when a record came between the last look and giving the turn back */
	while (show.ready && next_to_show(&r) && !atomic_exchange_acquire(&show.turn, 1)) {
		show_pending();
		atomic_store_release(&show.turn, 0);
	}
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = MIN(vsnprintf(text, sizeof(text), fmt, ap), sizeof(text) - 1);
	va_end(ap);
	append(level, text, len);
	if (show.panicking)
		show_pending();
	else
		show_when_free();
}

void log_set_console_level(unsigned int level)
{
	show.level = level;
}

unsigned int log_console_level(void)
{
	return show.level;
}

void log_console_ready(void)
{
	show.ready = true;
	show_when_free();
}

void log_panic(void)
{
	show.panicking = true;
	/* what led here matters more than what was asked for */
	show.level = MAX(show.level, (unsigned int)LOG_WARNING + 1);
	show_pending();
}
