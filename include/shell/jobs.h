/* SPDX-License-Identifier: MIT */
/* What runs in the background, by the numbers that the user sees. With CONFIG_SHELL_JOBS. */
#ifndef SHELL_JOBS_H
#define SHELL_JOBS_H

/* Prints all jobs, those that have ended for the last time. */
void jobs_list(void);

/* Tells job @id to end: 0, -ESRCH. */
int jobs_kill(unsigned int id);

/*
 * Waits for the end of job @id, or with 0 of all, and forgets it. *@status is its status, or 0. 0;
 * -ESRCH; -EINTR when the caller was stopped; -EDEADLK for the caller's own job.
 */
int jobs_wait(unsigned int id, int *status);

/* The number in "%3", or 0. */
unsigned int jobs_id(const char *word);

#endif
