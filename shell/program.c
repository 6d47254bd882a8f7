/* SPDX-License-Identifier: MIT */
/*
 * Programs by their names: what is no command of the shell's own is looked for in the folders of
 * $PATH, and a name with a slash is a path. A program reads and writes what the shell's thread
 * does, and Ctrl-C is its SIGINT; who does not end by that the third time is killed.
 */
#include <fs/fs.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <process/process.h>
#include <shell/command.h>
#include <shell/program.h>
#include <shell/vars.h>
#include <uapi/errno.h>

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

static int wait_for(struct process *process)
{
	int interrupts = 0, wait, signal;

	while (process_wait(process, &wait))
		process_signal(process, interrupts++ < PATIENCE ? PROCESS_SIGINT : PROCESS_SIGKILL);
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
	struct process *process;
	int err = process_spawn(path, argv, environment, trace, &process);

	if (!err)
		return wait_for(process);
	print("%s: %s\n", argv[0], errno_text(-err));
	return err == -ENOENT ? STATUS_UNKNOWN : STATUS_CANNOT_RUN;
}
