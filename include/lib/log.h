/* SPDX-License-Identifier: MIT */
/*
 * How lib, arch and device code write to the kernel log. Defined by kernel/printk.c; a host
 * test brings its own.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <lib/types.h>

enum log_level {	/* as in Linux and syslog */
	LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG,
};

/*
 * Appends one line to the log and shows it on the console when its level is below the
 * console's. The line needs no newline. Any context, interrupts, NMIs and panics included;
 * never sleeps, never fails: a log that is full forgets its oldest lines.
 */
void log_write(enum log_level level, const char *fmt, ...) __printf(2, 3);

#define log_emerg(...)	log_write(LOG_EMERG, __VA_ARGS__)
#define log_err(...)	log_write(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_write(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)	log_write(LOG_NOTICE, __VA_ARGS__)
#define log_info(...)	log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_write(LOG_DEBUG, __VA_ARGS__)

/*
 * For lines that one mistake may bring thousands of: at most five of a kind in a second of the
 * clock. Zeroed memory has said nothing yet.
 */
struct log_limit {
	u64 second;	/* of the last line */
	u32 lines;	/* in it */
};

/*
 * Whether one more may be logged at @now (ns). Any context; two CPUs at once may get one line more.
 */
bool log_may(struct log_limit *limit, u64 now);

#endif
