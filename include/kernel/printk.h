/* SPDX-License-Identifier: MIT */
/*
 * The kernel log: a ring of records that anyone may append to at any time without a lock
 * (log_write, lib/log.h), and that readers read at their own pace.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <lib/log.h>
#include <lib/types.h>

#define LOG_LINE_MAX	240	/* bytes of one record's text; longer lines are cut */

struct log_record {
	u64 sequence;		/* counts from 0 */
	u64 time;		/* ns since reset */
	enum log_level level;
	size_t len;		/* bytes of text */
	char text[LOG_LINE_MAX];
};

/*
 * Reads the oldest record whose sequence is at least @from. False when there is none yet.
 * Records between @from and the returned one were overwritten. Any context.
 */
bool log_read(u64 from, struct log_record *record);

/*
 * Lines below this level go to the console as well (`loglevel=`, 0 to 8; `quiet` is 4, as in
 * Linux).
 */
void log_set_console_level(unsigned int level);
unsigned int log_console_level(void);

/*
 * From now on lines go out on the console; those that are in the ring already are shown now.
 * Boot CPU, once.
 */
void log_console_ready(void);

/*
 * Writes text to where the thread's output goes (<kernel/stream.h>; not to the log), the terminal
 * unless a shell said so, as a shell command's output. Thread context or panic.
 */
void print(const char *fmt, ...) __printf(1, 2);

#endif
