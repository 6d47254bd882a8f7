/* SPDX-License-Identifier: MIT */
/* Terminals of programs: between tty.c (sessions), tty_file.c, and pty.c (pseudo-terminals). */
#ifndef PROCESS_TERMINAL_H
#define PROCESS_TERMINAL_H

#include <fs/file.h>
#include <kernel/terminal.h>

/* --- tty.c: the calling process's session, and groups ----------------------------------------- */

/*
 * The process group in front of @t, and the session that has it: a number, or -ENOTTY where that is
 * not the caller's; with @any it may be anybody's, and a group that is not there is 0.
 */
int tty_group(const struct terminal *t, bool any);
int tty_session(const struct terminal *t, bool any);

/* Another group: 0; -EINVAL, -ESRCH, -EPERM, -ENOTTY; -EINTR as tty_may(). */
int tty_set_group(const struct terminal *t, int group);

/*
 * Makes @t the session's of the calling process, which leads it and has none: 0; -EPERM, also where
 * another one has it, unless @steal is set and the process may do that; -EIO: it was hung up. And
 * gives it back: 0, -ENOTTY.
 */
int tty_take(struct terminal *t, bool steal);
int tty_leave(const struct terminal *t);

/* The same on opening @file: only where it is nobody's, and O_NOCTTY is not set. */
void tty_open(struct terminal *t, const struct file *file);

/* The terminal of the calling process's session, with one user more; NULL: it has none. */
struct terminal *tty_own(void);

/*
 * Whether the calling process may read (@signal SIGTTIN) or change @t, or write where that is kept
 * from others (SIGTTOU): 0; -EINTR: its group is not in front, and has that signal now; -EIO:
 * nobody would have it go on again.
 */
int tty_may(const struct terminal *t, int signal);

/* Sends the group in front of @t a signal. Thread context. */
void tty_signal(struct terminal *t, int signal);

/* @t has no other side any more: its session loses it and is told so. Thread context. */
void tty_hang_up(struct terminal *t);

/* --- tty_file.c: what files of any terminal do ------------------------------------------------ */

/* Hooks of files whose data is a terminal. */
ssize_t tty_file_read(struct file *file, struct iov *iov, u64 pos);
ssize_t tty_file_write(struct file *file, struct iov *iov, u64 pos);
unsigned int tty_file_poll(struct file *file, struct poller *poller);
long tty_file_ioctl(struct file *file, unsigned int request, u64 argument);

/* Calls that are for both sides; @master: from the other one. -ENOTTY: it is none of them. */
long tty_ioctl(struct terminal *t, bool master, unsigned int request, u64 argument);

/* A number for the program, or an error. */
long tty_put_number(u64 argument, int number);

/* --- pty.c: pseudo-terminals ------------------------------------------------------------------ */

#define PTYS_MAX	256	/* at a time */

/* What is known of a pseudo-terminal. */
struct pty_info {
	u32 uid, gid;		/* who has made it */
	u64 serial;		/* no other one's */
};

/* Tells of number @n; false: there is none. Any context. */
bool pty_info(unsigned int n, struct pty_info *info);

/* One file more of the programs' side that is a pseudo-terminal's, and one less. */
void pty_get(struct terminal *t);
void pty_put(struct terminal *t);

/* What opens number n of the programs' side, which is a device's minor number. */
extern const struct file_ops pty_slave_ops;

#endif
