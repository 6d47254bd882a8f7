/* SPDX-License-Identifier: MIT */
/*
 * The part of crash that is about threads and locks (crash_thread.c), where somebody looks at them.
 */
#ifndef SHELL_CRASH_H
#define SHELL_CRASH_H

#include <shell/command.h>

#if defined(CONFIG_DEBUG_LOCKS) || defined(CONFIG_WATCHDOG)

#define CRASH_THREAD_WAYS	"|thread|atomic|recursive|unlock|inversion|held|masked|hog"

/* Makes the mistake of that name; STATUS_USAGE when there is none. */
int crash_thread(const char *way);

#else

#define CRASH_THREAD_WAYS	""

static inline int crash_thread(const char *way __unused)
{
	return STATUS_USAGE;
}

#endif
#endif
