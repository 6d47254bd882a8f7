/* SPDX-License-Identifier: MIT */
/*
 * Load averages without a tick: nobody counts ready threads every five seconds, as Linux does.
 * Whoever asks has it worked out of what the scheduler accounts anyway: the time that threads ran
 * or were ready since somebody asked last. A load that was even in between gives what Linux shows;
 * of one that was not, the order within that time is not known.
 */
#include <kernel/mutex.h>
#include <kernel/thread.h>
#include <kernel/time.h>

#include "load.h"

#define STEP	(5 * NS_PER_SEC)
#define STEPS_MAX	1000	/* after that nothing is left of what was before */

/* What of an average is left after a step: 1/exp(5 s/1 min), ... in LOAD_ONE. */
static const u32 left[] = { 1884, 2014, 2037 };

static struct mutex load_lock = MUTEX_INIT(load_lock);
static u64 load[3], last_time, last_busy;	/* load_lock held */

/* For how long threads wanted a CPU since reset, all together: those that are no more, too. */
static u64 busy_time(void)
{
	u64 busy = 0;
	struct thread_info info;
	unsigned int cpus = 0;
	u64 idle = 0;

	for (unsigned int id = 0; thread_info(id, &info); id = info.id + 1) {
		if (info.idle) {
			idle += info.run;
			cpus++;
		} else {
			busy += info.waited;
		}
	}
	busy += cpus * time_now();
	return busy > idle ? busy - idle : 0;
}

void load_average(u64 to[3])
{
	u64 now, busy, steps, mean;
	bool locked = !mutex_lock(&load_lock, TIME_NEVER);

	now = time_now();
	steps = (now - last_time) / STEP;
	if (locked && steps) {
		busy = busy_time();
		mean = busy > last_busy ? (busy - last_busy) * LOAD_ONE / (now - last_time) : 0;
		for (unsigned int i = 0; i < 3; i++)
			for (u64 n = 0; n < MIN(steps, (u64)STEPS_MAX); n++)
				load[i] = (load[i] * left[i] + mean * (LOAD_ONE - left[i])) /
					  LOAD_ONE;
		last_time = now;
		last_busy = busy;
	}
	for (unsigned int i = 0; i < 3; i++)
		to[i] = load[i];
	if (locked)
		mutex_unlock(&load_lock);
}
