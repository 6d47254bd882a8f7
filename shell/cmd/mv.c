/* SPDX-License-Identifier: MIT */
/*
 * mv: gives files other names, or moves them into a directory. To another filesystem it copies, and
 * removes what it has copied: under another name first, so that nothing is lost when that fails.
 */
#include <fs/fs.h>
#include <kernel/thread.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "copy.h"
#include "files.h"
#include "remove.h"
#include "targets.h"

static const struct argument mv_arguments[] = {
	{ .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

/* A name beside @target that nobody else has: the caller's to kfree(). NULL: no memory. */
static char *name_beside(const char *target)
{
	size_t length;
	int folder = (int)(target_name(target, &length) - target);
	size_t size = (size_t)folder + 16;
	char *name = kmalloc(size);

	if (name)
		snprintf(name, size, "%.*s.mv-%u", folder, target, thread_current()->id);
	return name;
}

/* Copies by the name @copy, which becomes @target: the status. */
static int copy_over(const char *path, const char *copy, const char *target)
{
	const struct copy_job job = {
		.command = "mv", .path = path, .target = copy, .shown = target, .keep = true,
	};
	struct file_stat stat;
	int status = fs_stat(copy, false, &stat) ? 0 : file_status("mv", copy, -EEXIST);

	if (status)
		return status;
	status = copy_tree(&job);
	if (!status)
		status = file_status("mv", target, shell_stopped() ? -EINTR :
							     fs_rename(copy, target, 0));
	if (status && !fs_stat(copy, false, &stat))
		remove_tree("mv", copy, true);
	return status;
}

/* Which of the two is wrong, when @path cannot become @target? */
static const char *wrong(const char *path, const char *target, int err)
{
	struct file_stat stat;

	switch (err) {
	case -ENOENT:
	case -ENOTDIR:
	case -EISDIR:
	case -ENOTEMPTY:
		return fs_stat(path, false, &stat) ? path : target;
	default:
		return path;
	}
}

static int move(const char *path, const char *target)
{
	int err = fs_rename(path, target, 0), status;
	char *copy;

	if (err != -EXDEV)
		return file_status("mv", wrong(path, target, err), err);
	copy = name_beside(target);
	if (!copy)
		return file_status("mv", path, -ENOMEM);
	status = copy_over(path, copy, target);
	kfree(copy);
	return status ? status : remove_tree("mv", path, false);
}

static int mv(const struct arguments *a)
{
	return targets_each("mv", a, move);
}

static const struct command mv_command = {
	.name = "mv", .usage = "PATH... NEW", .help = "rename files, or move them into a directory",
	.parsed = mv, ARGUMENTS(mv_arguments),
};
COMMAND(mv_command);
