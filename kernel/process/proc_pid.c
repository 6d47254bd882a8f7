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
#include "strace.h"

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

/*
 * Each has a text, for readlink(), and leads to the very file besides, which no text need name any
 * more.
 *
 * Whether the caller may see what @p has open: it may do all that @p may. process_lock held.
 */
static bool may_see(const struct process *p)
{
	const struct credentials *of = &p->cred, *by;

	if (!task_is_here())
		return true;
	by = &process_current()->cred;
	return p == process_current() || capable(CAP_SYS_PTRACE) ||
	       (by->fsuid == of->euid && by->fsuid == of->suid && by->fsuid == of->uid &&
		by->fsgid == of->egid && by->fsgid == of->sgid && by->fsgid == of->gid);
}

/* The process of @inode, one of /proc/<pid> or below. NULL: -EACCES, -ENOENT. process_lock held. */
static struct process *seen_process(const struct inode *inode, int *err)
{
	struct process *p = proc_process(inode);

	*err = !p ? -ENOENT : may_see(p) ? 0 : -EACCES;
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

static int exe_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
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

static const struct inode_ops exe_ops = { .jump = exe_jump };

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

static int cwd_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
{
	return place_link(dir, false, target);
}

static int root_link(const struct inode *dir, const struct synth_entry *e __unused, char **target)
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

static const struct inode_ops cwd_ops = { .jump = cwd_jump };
static const struct inode_ops root_ops = { .jump = root_jump };

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
	e->number = PROC_INODE(PROC_PID(dir->number), PROC_FD + fd);
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
	int fd = number_of(name), err;
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

/* As when it was made: a process that has become another's user has other files here. */
static bool is_owned_alike(const struct inode *inode, u32 uid, u32 gid)
{
	return inode->uid == uid && inode->gid == gid;
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
	const struct inode_ops *link_ops;
	const struct file_ops *ops;	/* NULL: a text, which show() writes */
} pid_files[] = {
	{ "cmdline", S_IFREG | 0444, .show = proc_show_cmdline },
	{ "comm", S_IFREG | 0444, .show = proc_show_comm },
	{ "cwd", S_IFLNK | 0777, .link = cwd_link, .link_ops = &cwd_ops },
	{ "environ", S_IFREG | 0400, .show = proc_show_environ },
	{ "exe", S_IFLNK | 0777, .link = exe_link, .link_ops = &exe_ops },
	{ "fd", S_IFDIR | 0500, .show = NULL },
	{ "maps", S_IFREG | 0444, .show = proc_show_maps },
	{ "root", S_IFLNK | 0777, .link = root_link, .link_ops = &root_ops },
	{ "stat", S_IFREG | 0444, .show = proc_show_stat },
	{ "statm", S_IFREG | 0444, .show = proc_show_statm },
	{ "status", S_IFREG | 0444, .show = proc_show_status },
	{ "strace", S_IFIFO | 0400, .ops = &strace_file_ops },
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
	e->ops = S_ISDIR(f->mode) ? &fd_dir.ops : f->ops ? f->ops : &text_ops;
	e->data = dir->data;
	e->uid = dir->uid;
	e->gid = dir->gid;
	e->link = f->link;
	e->link_ops = f->link_ops;
	return true;
}

static bool file_is_valid(const struct inode *dir, const struct fs_name *name __unused,
			  const struct inode *inode)
{
	return !inode || (!S_ISLNK(inode->mode) && is_owned_alike(inode, dir->uid, dir->gid));
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
	e->uid = p->cred.euid;
	e->gid = p->cred.egid;
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
	const struct process *p;
	unsigned long state;
	bool valid;

	if (is(name, "self"))
		return false;
	if (number_of(name) <= 0)
		return true;
	if (!inode)
		return false;
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(inode);
	valid = p && is_owned_alike(inode, p->cred.euid, p->cred.egid);
	spin_unlock_irqrestore(&process_lock, state);
	return valid;
}

static const struct synth_dir processes = {
	SYNTH_DIR_OPS, next_process, process_is_valid, find_process,
};

static const struct proc_entry processes_proc = { .name = "", .more = &processes };
PROC_ENTRY(processes_proc);
