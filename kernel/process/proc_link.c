/* SPDX-License-Identifier: MIT */
/*
 * /proc/<pid>: its links, and the descriptors in /proc/<pid>/fd. Each link has a text, for
 * readlink(), and leads to the very file besides, which no text need name any more.
 */
#include <fs/proc.h>
#include <fs/synth.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "proc.h"

bool proc_may_see(const struct process *p)
{
	const struct credentials *of = &p->cred, *by;

	if (!task_is_here())
		return true;
	by = &process_current()->cred;
	return p == process_current() || capable(CAP_SYS_PTRACE) ||
	       (p->dumpable == 1 && by->fsuid == of->euid && by->fsuid == of->suid &&
		by->fsuid == of->uid && by->fsgid == of->egid && by->fsgid == of->sgid &&
		by->fsgid == of->gid);
}

/* The process of @inode, one of /proc/<pid> or below. NULL: -EACCES, -ENOENT. process_lock held. */
static struct process *seen_process(const struct inode *inode, int *err)
{
	struct process *p = proc_process(inode);

	*err = !p ? -ENOENT : proc_may_see(p) ? 0 : -EACCES;
	return *err ? NULL : p;
}

/* The text of @file, whose reference goes. */
static int put_path_of(struct file *file, char **target)
{
	*target = kmalloc(PATH_MAX);
	if (*target)
		file_print(file, *target, PATH_MAX);
	file_put(file);
	return *target ? 0 : -ENOMEM;
}

/* Where @file is, whose reference goes. */
static int put_place_of(struct file *file, struct path *to)
{
	int err = file_path(file, to);

	file_put(file);
	return err;
}

/* The program of @inode's process, with a reference. */
static int get_exe(const struct inode *inode, struct file **file)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err;
	struct process *p = seen_process(inode, &err);

	*file = p ? p->exe : NULL;
	if (*file)
		file_get(*file);
	spin_unlock_irqrestore(&process_lock, state);
	return err ? err : *file ? 0 : -ENOENT;
}

int proc_exe_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	struct file *file;
	int err = get_exe(dir, &file);

	return err ? err : put_path_of(file, target);
}

static int exe_jump(struct inode *link, struct path *to)
{
	struct file *file;
	int err = get_exe(link, &file);

	return err ? err : put_place_of(file, to);
}

const struct inode_ops proc_exe_ops = { .jump = exe_jump };

/* Where @inode's process is among files, with a reference. */
static int get_context(const struct inode *inode, struct fs_context **fs)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err;
	struct process *p = seen_process(inode, &err);

	*fs = p ? p->fs : NULL;
	if (*fs)
		fs_context_get(*fs);
	spin_unlock_irqrestore(&process_lock, state);
	return err ? err : *fs ? 0 : -ENOENT;
}

/* A place of @dir's process among files: its current directory, or its root. */
static int place_link(const struct inode *dir, bool root, char **target)
{
	struct fs_context *fs;
	int err = get_context(dir, &fs);
	char *text;

	if (err)
		return err;
	text = kmalloc(PATH_MAX);
	if (text && fs_context_print(fs, root, text, PATH_MAX) < 0)
		strlcpy(text, "(deleted)", PATH_MAX);
	fs_context_put(fs);
	*target = text;
	return text ? 0 : -ENOMEM;
}

int proc_cwd_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	return place_link(dir, false, target);
}

int proc_root_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	return place_link(dir, true, target);
}

static int place_jump(struct inode *link, bool root, struct path *to)
{
	struct fs_context *fs;
	int err = get_context(link, &fs);

	if (err)
		return err;
	err = context_path(fs, root, to);
	fs_context_put(fs);
	return err;
}

static int cwd_jump(struct inode *link, struct path *to)
{
	return place_jump(link, false, to);
}

static int root_jump(struct inode *link, struct path *to)
{
	return place_jump(link, true, to);
}

const struct inode_ops proc_cwd_ops = { .jump = cwd_jump };
const struct inode_ops proc_root_ops = { .jump = root_jump };

/* --- /proc/<pid>/fd --------------------------------------------------------------------------- */

/* The descriptors of @inode's process, with a use; NULL: -EACCES, -ENOENT. */
static struct files *get_files(const struct inode *inode, int *err)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct process *p = seen_process(inode, err);
	struct files *files = p ? p->files : NULL;

	if (files)
		atomic_add_relaxed(&files->users, 1);
	spin_unlock_irqrestore(&process_lock, state);
	if (!files && !*err)
		*err = -ENOENT;
	return files;
}

/* What is open as the descriptor @number, an inode's, says; of @inode's process. */
static int get_open(const struct inode *inode, u64 number, struct file **file)
{
	int err;
	struct files *files = get_files(inode, &err);

	*file = NULL;
	if (!files)
		return err;
	*file = files_get_any(files, (int)(PROC_WHAT(number) - PROC_FD));
	files_put(files);
	return *file ? 0 : -ENOENT;
}

static int fd_link(const struct inode *dir, const struct synth_entry *e, char **target)
{
	struct file *file;
	int err = get_open(dir, e->number, &file);

	return err ? err : put_path_of(file, target);
}

static int fd_jump(struct inode *link, struct path *to)
{
	struct file *file;
	int err = get_open(link, link->number, &file);

	return err ? err : put_place_of(file, to);
}

static const struct inode_ops fd_ops = { .jump = fd_jump };

static void tell_fd(const struct inode *dir, u32 fd, u32 access, struct synth_entry *e)
{
	snprintf(e->text, sizeof(e->text), "%u", fd);
	e->name = e->text;
	e->number = PROC_INODE(PROC_PID(dir->number), PROC_FD + fd) | (dir->number & PROC_OF_TASK);
	e->mode = S_IFLNK | (access & FILE_READ ? 0500 : 0) | (access & FILE_WRITE ? 0300 : 0);
	e->data = dir->data;
	e->link = fd_link;
	e->link_ops = &fd_ops;
	e->uid = dir->uid;
	e->gid = dir->gid;
	e->state = fd + 1;
	e->cookie = fd + 3;
}

static bool next_fd(const struct inode *dir, struct synth_entry *e)
{
	int err;
	struct files *files = get_files(dir, &err);
	struct file *file = NULL;

	if (!files)
		return false;
	for (u32 fd = (u32)e->state; fd < files->size && !file; fd++) {
		file = files_get_any(files, (int)fd);
		if (file)
			tell_fd(dir, fd, file->access, e);
	}
	if (file)
		file_put(file);
	files_put(files);
	return file;
}

static bool find_fd(const struct inode *dir, const struct fs_name *name, struct synth_entry *e)
{
	int fd = proc_number(name), err;
	struct files *files;
	struct file *file;

	if (fd < 0)
		return false;
	files = get_files(dir, &err);
	file = files ? files_get_any(files, fd) : NULL;
	if (file) {
		tell_fd(dir, (u32)fd, file->access, e);
		file_put(file);
	}
	if (files)
		files_put(files);
	return file;
}

static bool never_valid(const struct inode *dir __unused, const struct fs_name *name __unused,
			const struct inode *inode __unused)
{
	return false;
}

const struct synth_dir proc_fd_dir = { SYNTH_DIR_OPS, next_fd, never_valid, find_fd };
