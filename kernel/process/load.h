/* SPDX-License-Identifier: MIT */
/* How busy the machine is and was, for sysinfo(2) and /proc/loadavg. */
#ifndef PROCESS_LOAD_H
#define PROCESS_LOAD_H

#include <lib/types.h>

#define LOAD_ONE	(1U << 11)	/* one thread that is always ready */

/* Averages over one, five and fifteen minutes. Thread context. */
void load_average(u64 load[3]);

#endif
