/* SPDX-License-Identifier: MIT */
/* strace: the system calls of a program that it runs, or of a process that runs already. */
#include <fs/file.h>
#include <kernel/stream.h>
#include <lib/format.h>
#include <shell/command.h>
#include <shell/program.h>
#include <uapi/errno.h>

enum { PID, PROGRAM };

static const struct argument strace_arguments[] = {
	[PID] = { .letter = 'p', .name = "PID", .type = ARGUMENT_NUMBER, .min = 1, .max = INT32_MAX,
		  .help = "a process that runs, until Ctrl-C" },
	[PROGRAM] = { .name = "PROGRAM", .type = ARGUMENT_TEXT, .optional = true, .many = true,
		      .help = "or one to run, and its arguments" },
};

/* What @file has, until it ends or somebody does. */
static ssize_t copy(struct file *file)
{
	char buffer[SHELL_READ_SIZE];
	ssize_t n;

	do {
		n = file_read(file, buffer, sizeof(buffer));
		if (n > 0 && stream_write(stream_out(), buffer, (size_t)n))
			return 0;
	} while (n > 0 && !shell_stopped());
	return n;
}

static int attach(s64 pid)
{
	struct file *file;
	char path[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/strace", pid);
	n = file_open(path, O_RDONLY, 0, &file);
	if (!n) {
		n = copy(file);
		file_put(file);
	}
	if (shell_stopped())
		return STATUS_STOPPED;
	if (n)
		print("strace: %ld: %s\n", pid, n == -ENOENT ? "there is no such process" :
		      n == -EPERM ? "it is traced already" : errno_text((int)-n));
	return n ? STATUS_FAIL : STATUS_OK;
}

static const struct command strace_command;

static int strace(const struct arguments *a)
{
	char path[256];

	if (a->given & BIT(PID))
		return attach(a->value[PID].number);
	if (!a->count) {
		command_usage(&strace_command);
		return STATUS_USAGE;
	}
	if (program_find(a->words[0], path, sizeof(path)))
		return program_run(path, a->words, true);
	print("strace: %s: %s\n", a->words[0], errno_text(ENOENT));
	return STATUS_UNKNOWN;
}

static const struct command strace_command = {
	.name = "strace", .runs_others = true,
	.help = "show the system calls of a program or process",
	.parsed = strace, ARGUMENTS(strace_arguments),
};
COMMAND(strace_command);
