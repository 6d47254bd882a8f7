/* SPDX-License-Identifier: MIT */
/*
 * Programs by their names: what is no command of the shell's own is looked for in the folders of
 * $PATH, and a name with a slash is a path. A program reads and writes what the shell's thread
 * does, and the terminal is its own while it runs, unless it is part of a job: so Ctrl-C is its
 * SIGINT. Who ignores that is killed the third time.
 */
#include <fs/fs.h>
#include <kernel/stream.h>
#include <kernel/thread.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <process/process.h>
#include <shell/command.h>
#include <shell/program.h>
#include <shell/vars.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

#define DEFAULT_PATH	"/bin:/sbin:/usr/bin:/usr/sbin"
#define PATIENCE	2	/* times SIGINT before SIGKILL */

static bool is_program(const char *path)
{
	struct file_stat stat;

	return !fs_stat(path, true, &stat) && S_ISREG(stat.mode) && stat.mode & 0111;
}

static bool find_in(const char *list, const char *name, char *path, size_t size)
{
	while (*list) {
		const char *end = strchr(list, ':');
		size_t length = end ? (size_t)(end - list) : strlen(list);

		if ((size_t)snprintf(path, size, "%.*s/%s", (int)length, list, name) < size &&
		    is_program(path))
			return true;
		list += length + (end != NULL);
	}
	return false;
}

bool program_find(const char *name, char *path, size_t size)
{
	char *list = NULL;
	bool found;

	if (strchr(name, '/'))
		return strlcpy(path, name, size) < size;
	if (IS_ENABLED(CONFIG_SHELL_VARS) && vars_get("PATH", 4, &list))
		return false;
	found = find_in(list ? list : DEFAULT_PATH, name, path, size);
	kfree(list);
	return found;
}

/* The calling thread was told to end: by Ctrl-C, which reaches what is in front by itself. */
static void pass_on(struct process *process, bool front, int times)
{
	if (times >= PATIENCE && (!front || process_ignores(process, PROCESS_SIGINT)))
		process_signal(process, PROCESS_SIGKILL);
	else if (!front)
		process_signal(process, PROCESS_SIGINT);
}

static int wait_for(struct process *process, bool front)
{
	int interrupts = 0, wait, signal;

	while (process_wait(process, &wait))
		pass_on(process, front, interrupts++);
	/* a key that it dealt with itself ends nothing else */
	if (front && interrupts && WAIT_SIGNAL(wait) != PROCESS_SIGINT)
		thread_revive();
	if (!WAIT_IS_SIGNALED(wait))
		return WAIT_STATUS(wait);
	signal = WAIT_SIGNAL(wait);
	if (signal != PROCESS_SIGINT && signal != PROCESS_SIGPIPE)
		print("%s\n", signal_words(signal));
	return 128 + signal;
}

int program_run(const char *path, char **argv, bool trace)
{
	static char *const environment[] = {
		"PATH=" DEFAULT_PATH, "HOME=/", "TERM=linux", "USER=root", NULL,
	};
	/* what belongs to a job reads nothing that is typed */
	bool front = stream_in() != &stream_null;
	struct process *process;
	struct termios modes;
	int err, status;

	tty_get_modes(&modes);
	err = process_spawn(path, argv, environment,
			    (trace ? PROCESS_TRACE : 0) | (front ? PROCESS_FRONT : 0), &process);
	if (!err) {
		status = wait_for(process, front);
		/* who was killed has not set them back */
		if (front && status > 128)
			tty_set_modes(&modes);
		return status;
	}
	print("%s: %s\n", argv[0], errno_text(-err));
	return err == -ENOENT ? STATUS_UNKNOWN : STATUS_CANNOT_RUN;
}
