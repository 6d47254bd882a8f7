/* SPDX-License-Identifier: MIT */
/* How a thread is to be scheduled, in words: what `nice` and `spawn` understand. */
#ifndef SHELL_CMD_THREAD_OPTIONS_H
#define SHELL_CMD_THREAD_OPTIONS_H

#include <kernel/thread.h>

#define THREAD_OPTIONS_USAGE	"[-p PRIORITY] [-n NICE] [-s SLICE_MS] [-d RUNTIME/DEADLINE/PERIOD]"

/*
 * Takes the option @words[0] with its value @words[1] (NULL when it is missing) into @params.
 * False, with a line that begins with @command, when it is none or its value makes no sense.
 */
bool thread_option(const char *command, char **words, struct sched_params *params);

/* Tells why @command could not have @params: STATUS_FAIL, or STATUS_USAGE where it is the words. */
int thread_option_refused(const char *command, int err);

#endif
