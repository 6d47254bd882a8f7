/* SPDX-License-Identifier: MIT */
/*
 * /proc/<pid> and /proc/self: the directories. Names come and go with processes and descriptors, so
 * the cache of names is told what of it still holds; symbolic links it never keeps.
 */
#include <fs/proc.h>
#include <fs/synth.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "proc.h"

#define COOKIE_PIDS	0x10000		/* in the listing of /proc: behind all other names */

struct process *proc_process(const struct inode *inode)
{
	struct process *p = process_find(PROC_PID(inode->number));

	return p && p->begun == (u64)(uintptr_t)inode->data ? p : NULL;
}

/* The number that a whole name is, or -1. */
static int number_of(const struct fs_name *name)
{
	int n = 0;

	if (!name->length || name->length > 6 || (*name->text == '0' && name->length > 1))
		return -1;
	for (u32 i = 0; i < name->length; i++) {
		if (name->text[i] < '0' || name->text[i] > '9')
			return -1;
		n = n * 10 + name->text[i] - '0';
	}
	return n;
}

static bool is(const struct fs_name *name, const char *text)
{
	return name->length == strlen(text) && !memcmp(name->text, text, name->length);
}

/* --- Links ------------------------------------------------------------------------------------ */

/* The path of @file, or what stands for one: from the heap. NULL: no memory. */
static char *path_of(const struct file *file)
{
	char *text = kmalloc(PATH_MAX);

	if (!text)
		return NULL;
	if (file->path.dentry) {
		if (fs_path_print(&file->path, text, PATH_MAX) < 0)
			strlcpy(text, "(deleted)", PATH_MAX);
	} else {
		const char *kind = S_ISFIFO(file->inode->mode) ? "pipe" :
				   S_ISCHR(file->inode->mode) ? "/dev/console" : "anon_inode";

		snprintf(text, PATH_MAX, *kind == '/' ? "%s" : "%s:[%lu]", kind,
			 file->inode->number);
	}
	return text;
}

/* Of @file, whose reference goes; NULL: there is none. */
static int put_path_of(struct file *file, char **target)
{
	if (!file)
		return -ENOENT;
	*target = path_of(file);
	file_put(file);
	return *target ? 0 : -ENOMEM;
}

/* Of the process whose directory @dir is, or whose descriptors'. */
static int exe_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct process *p = proc_process(dir);
	struct file *file = p ? p->exe : NULL;

	if (file)
		file_get(file);
	spin_unlock_irqrestore(&process_lock, state);
	return put_path_of(file, target);
}

/* A place of @dir's process among files: its current directory, or its root. */
static int place_link(const struct inode *dir, bool root, char **target)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct process *p = proc_process(dir);
	struct fs_context *fs = p ? p->fs : NULL;
	char *text;

	if (fs)
		fs_context_get(fs);
	spin_unlock_irqrestore(&process_lock, state);
	if (!fs)
		return -ENOENT;
	text = kmalloc(PATH_MAX);
	if (text && fs_context_print(fs, root, text, PATH_MAX) < 0)
		strlcpy(text, "(deleted)", PATH_MAX);
	fs_context_put(fs);
	*target = text;
	return text ? 0 : -ENOMEM;
}

static int cwd_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	return place_link(dir, false, target);
}

static int root_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	return place_link(dir, true, target);
}

static int self_link(const struct inode *dir __unused, const struct synth_entry *e __unused,
		     char **target)
{
	char text[16];

	if (!task_is_here())
		return -ENOENT;
	snprintf(text, sizeof(text), "%d", process_current()->pid);
	*target = kstrdup(text);
	return *target ? 0 : -ENOMEM;
}

/* --- /proc/<pid>/fd --------------------------------------------------------------------------- */

/* The descriptors of @dir's process, with a use; NULL. */
static struct files *get_files(const struct inode *dir)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct process *p = proc_process(dir);
	struct files *files = p ? p->files : NULL;

	if (files)
		atomic_add_relaxed(&files->users, 1);
	spin_unlock_irqrestore(&process_lock, state);
	return files;
}

static int fd_link(const struct inode *dir, const struct synth_entry *e, char **target)
{
	struct files *files = get_files(dir);
	struct file *file = files ? files_get(files, (int)(PROC_WHAT(e->number) - PROC_FD)) : NULL;

	if (files)
		files_put(files);
	return put_path_of(file, target);
}

static void tell_fd(const struct inode *dir, u32 fd, u32 access, struct synth_entry *e)
{
	snprintf(e->text, sizeof(e->text), "%u", fd);
	e->name = e->text;
	e->number = PROC_INODE(PROC_PID(dir->number), PROC_FD + fd);
	e->mode = S_IFLNK | (access & FILE_READ ? 0500 : 0) | (access & FILE_WRITE ? 0300 : 0);
	e->data = dir->data;
	e->link = fd_link;
	e->state = fd + 1;
	e->cookie = fd + 3;
}

static bool next_fd(const struct inode *dir, struct synth_entry *e)
{
	struct files *files = get_files(dir);
	struct file *file = NULL;

	if (!files)
		return false;
	for (u32 fd = (u32)e->state; fd < files->size && !file; fd++) {
		file = files_get(files, (int)fd);
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
	int fd = number_of(name);
	struct files *files;
	struct file *file;

	if (fd < 0)
		return false;
	files = get_files(dir);
	file = files ? files_get(files, fd) : NULL;
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

static const struct synth_dir fd_dir = { SYNTH_DIR_OPS, next_fd, never_valid, find_fd };

/* --- /proc/<pid> ------------------------------------------------------------------------------ */

static ssize_t read(struct file *file, struct iov *iov, u64 pos);

static const struct file_ops text_ops = {
	.read = read, .write = synth_write, .release = proc_release,
};

static const struct pid_file {
	const char *name;
	u32 mode;
	int (*show)(const struct inode *inode, struct proc_text *t);
	int (*link)(const struct inode *dir, const struct synth_entry *e, char **target);
} pid_files[] = {
	{ "cmdline", S_IFREG | 0444, .show = proc_show_cmdline },
	{ "comm", S_IFREG | 0444, .show = proc_show_comm },
	{ "cwd", S_IFLNK | 0777, .link = cwd_link },
	{ "environ", S_IFREG | 0400, .show = proc_show_environ },
	{ "exe", S_IFLNK | 0777, .link = exe_link },
	{ "fd", S_IFDIR | 0500, .show = NULL },
	{ "maps", S_IFREG | 0444, .show = proc_show_maps },
	{ "root", S_IFLNK | 0777, .link = root_link },
	{ "stat", S_IFREG | 0444, .show = proc_show_stat },
	{ "statm", S_IFREG | 0444, .show = proc_show_statm },
	{ "status", S_IFREG | 0444, .show = proc_show_status },
};

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	return proc_read(file, iov, pos, pid_files[PROC_WHAT(file->inode->number) - 1].show);
}

static bool next_file(const struct inode *dir, struct synth_entry *e)
{
	const struct pid_file *f = &pid_files[e->state];

	if (e->state == ARRAY_SIZE(pid_files))
		return false;
	e->state++;
	e->name = f->name;
	e->number = PROC_INODE(PROC_PID(dir->number), e->state);
	e->mode = f->mode;
	e->ops = S_ISDIR(f->mode) ? &fd_dir.ops : &text_ops;
	e->data = dir->data;
	e->link = f->link;
	return true;
}

static bool file_is_valid(const struct inode *dir __unused, const struct fs_name *name __unused,
			  const struct inode *inode)
{
	return !inode || !S_ISLNK(inode->mode);
}

static const struct synth_dir pid_dir = { SYNTH_DIR_OPS, next_file, file_is_valid, NULL };

/* --- In /proc --------------------------------------------------------------------------------- */

static void tell_self(struct synth_entry *e)
{
	e->name = "self";
	e->number = PROC_INODE(0, 1);
	e->mode = S_IFLNK | 0777;
	e->link = self_link;
	e->state = 1;
	e->cookie = COOKIE_PIDS;
}

/* process_lock held. */
static void tell_process(const struct process *p, struct synth_entry *e)
{
	snprintf(e->text, sizeof(e->text), "%d", p->pid);
	e->name = e->text;
	e->number = PROC_INODE(p->pid, 0);
	e->mode = S_IFDIR | 0555;
	e->ops = &pid_dir.ops;
	e->data = (const void *)(uintptr_t)p->begun;
	e->state = (u64)p->pid + 1;
	e->cookie = COOKIE_PIDS + (u64)p->pid;
}

/* Itself, and then all processes by their ids: the state is the last one's, plus 1. */
static bool next_process(const struct inode *dir __unused, struct synth_entry *e)
{
	const struct process *best = NULL;
	unsigned long state;

	if (!e->state) {
		tell_self(e);
		return true;
	}
	state = spin_lock_irqsave(&process_lock);
	list_for_each (p, &process_list, struct process, all)
		if ((u64)p->pid >= e->state && (!best || p->pid < best->pid))
			best = p;
	if (best)
		tell_process(best, e);
	spin_unlock_irqrestore(&process_lock, state);
	return best;
}

static bool find_process(const struct inode *dir __unused, const struct fs_name *name,
			 struct synth_entry *e)
{
	int pid = number_of(name);
	const struct process *p;
	unsigned long state;

	if (is(name, "self")) {
		tell_self(e);
		return true;
	}
	if (pid <= 0)
		return false;
	state = spin_lock_irqsave(&process_lock);
	p = process_find(pid);
	if (p)
		tell_process(p, e);
	spin_unlock_irqrestore(&process_lock, state);
	return p;
}

static bool process_is_valid(const struct inode *dir __unused, const struct fs_name *name,
			     const struct inode *inode)
{
	unsigned long state;
	bool valid;

	if (is(name, "self"))
		return false;
	if (number_of(name) <= 0)
		return true;
	if (!inode)
		return false;
	state = spin_lock_irqsave(&process_lock);
	valid = proc_process(inode);
	spin_unlock_irqrestore(&process_lock, state);
	return valid;
}

static const struct synth_dir processes = {
	SYNTH_DIR_OPS, next_process, process_is_valid, find_process,
};

static const struct proc_entry processes_proc = { .name = "", .more = &processes };
PROC_ENTRY(processes_proc);
