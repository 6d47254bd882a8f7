/* SPDX-License-Identifier: MIT */
/*
 * Processes: programs at EL0, with the system calls of Linux on arm64. What the rest of the kernel
 * needs of them: starting one, waiting for it, ending it. All functions are for thread context and
 * sleep unless a line says otherwise. CONFIG_PROCESS.
 */
#ifndef PROCESS_PROCESS_H
#define PROCESS_PROCESS_H

#include <lib/types.h>

struct process;

/* How a process ended, as wait4(2) gives it: the status of exit, or the signal. */
#define WAIT_EXITED(status)	(((status) & 0xff) << 8)
#define WAIT_IS_SIGNALED(wait)	(((wait) & 0x7f) != 0)
#define WAIT_STATUS(wait)	(((wait) >> 8) & 0xff)
#define WAIT_SIGNAL(wait)	((wait) & 0x7f)

/*
 * Starts the program at @path with the strings @argv and @envp, each ended by NULL, in the calling
 * thread's directory; it reads and writes what the calling thread does (<kernel/stream.h>). 0 and
 * *@process, which is the caller's until process_wait(); or what execve(2) would say.
 */
enum {
	PROCESS_TRACE = 1,	/* its calls, and those of its children, are printed */
	PROCESS_FRONT = 2,	/* it has the terminal: keys that are signals reach its group */
};
int process_spawn(const char *path, char *const argv[], char *const envp[], unsigned int flags,
		  struct process **process);

/*
 * Waits for the end of @process, which is gone then: 0 and how it ended in *@wait. -EINTR when the
 * caller was told to end meanwhile: it may wait again.
 */
int process_wait(struct process *process, int *wait);

/* Those that the shell sends, or says nothing of. */
enum {
	PROCESS_SIGINT = 2,
	PROCESS_SIGKILL = 9,
	PROCESS_SIGPIPE = 13,
};

/* Sends @process a signal. Any context but interrupts. */
void process_signal(struct process *process, int signal);

/* Whether it does nothing to @process, whatever it is sent. Thread context. */
bool process_ignores(struct process *process, int signal);

/*
 * A key was typed that is a signal: those in front get it. And whether there is any process in
 * front. Any context, interrupts included.
 */
void process_key(int signal);
bool process_in_front(void);

/* "Segmentation fault", ... as bash says it. */
const char *signal_words(int signal);

#endif
