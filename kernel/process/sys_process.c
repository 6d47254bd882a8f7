/* SPDX-License-Identifier: MIT */
/* Calls about processes: fork, exec, exit, and who one is. */
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/wait.h>

#include "exec.h"
#include "syscall.h"

/* Linux's: of the stack that a program may have a quarter, but so much in any case, and no more. */
#define STRINGS_MIN	KIB(128)
#define STRINGS_MAX	MIB(6)

/* What a thread has together with the others: all, as those of C libraries do. */
#define TASK_SHARES	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)

long process_clone(u64 flags, uaddr_t stack, uaddr_t parent_tid, uaddr_t tls, uaddr_t child_tid,
		   uaddr_t pidfd)
{
	/* namespaces, and processes that share no more than what is done about signals */
	if (flags & CLONE_NEWNS || (flags & CLONE_SIGHAND && !(flags & CLONE_THREAD)))
		return -EINVAL;
	if (flags & CLONE_PIDFD && flags & (CLONE_THREAD | CLONE_DETACHED))
		return -EINVAL;
	if (!(flags & CLONE_THREAD))
		return process_fork(frame_here(), flags, stack, tls, parent_tid, child_tid, pidfd);
	if ((flags & TASK_SHARES) != TASK_SHARES)
		return -EINVAL;
	return task_clone(frame_here(), flags, stack, tls, parent_tid, child_tid);
}

long sys_clone(unsigned long flags, unsigned long stack, unsigned long parent_tid,
	       unsigned long tls, unsigned long child_tid)
{
	/* they have one place for both */
	if (flags & CLONE_PIDFD && flags & CLONE_PARENT_SETTID)
		return -EINVAL;
	return process_clone(flags, stack, parent_tid, tls, child_tid, parent_tid);
}

/* Reads a vector of strings: how many, in *@n. */
static long get_strings(struct exec_strings *s, uaddr_t vector, u32 *n)
{
	long err = 0;

	while (!err && vector) {
		uaddr_t from;

		err = copy_from_user(&from, vector + *n * sizeof(from), sizeof(from));
		if (err || !from)
			break;
		++*n;
		err = exec_add_user(s, from);
	}
	return err;
}

/* What of the limit of strings is left beside the name of the program. */
static size_t strings_limit(const char *path)
{
	u64 most = process_current()->limits[RLIMIT_STACK].now / 4;

	return MAX(MIN(most, (u64)STRINGS_MAX), (u64)STRINGS_MIN) - strlen(path) - 1;
}

/* Runs the program at @path, or in @file, with the strings of the caller. */
static long exec(const char *path, struct file *file, uaddr_t argv, uaddr_t envp, bool no_scripts)
{
	struct exec_strings strings = {
		.limit = strings_limit(path), .no_scripts = no_scripts,
	};
	long err = get_strings(&strings, argv, &strings.argc);

	/* a program can count on a name */
	if (!err && !strings.argc) {
		err = exec_add(&strings, "", 0);
		strings.argc = 1;
	}
	if (!err)
		err = get_strings(&strings, envp, &strings.envc);
	if (!err)
		err = exec_load(path, file, &strings, frame_here());
	kfree(strings.text);
	return err;
}

long sys_execve(uaddr_t from, uaddr_t argv, uaddr_t envp)
{
	struct user_path path;
	long err = path_get_user(&path, from);

	if (!err)
		err = exec(path.text, NULL, argv, envp, false);
	path_done(&path);
	return err;
}

/* The file that execveat() means, with a reference: 0 or a negative errno. */
static long open_at(int fd, const char *path, unsigned long flags, struct file **file)
{
	struct at at;
	long err;

	if (!*path) {
		if (!(flags & AT_EMPTY_PATH))
			return -ENOENT;
		*file = files_get(process_current()->files, fd);
		return *file ? 0 : -EBADF;
	}
	err = at_begin(&at, fd, path);
	if (!err)
		err = file_open(path, flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0, 0, file);
	at_end(&at);
	return err;
}

long sys_execveat(int fd, uaddr_t from, uaddr_t argv, uaddr_t envp, unsigned long flags)
{
	struct user_path path;
	struct file *file;
	char *name = NULL;
	bool at_fd;
	long err;

	if (flags & ~(unsigned long)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	err = path_get_user(&path, from);
	if (!err)
		err = open_at(fd, path.text, flags, &file);
	if (err)
		goto out_path;
	/* as Linux calls what has no path of its own */
	name = kmalloc(PATH_MAX);
	at_fd = *path.text != '/' && (fd != AT_FDCWD || !*path.text);
	if (!name)
		err = -ENOMEM;
	else if (!at_fd)
		strlcpy(name, path.text, PATH_MAX);
	else
		snprintf(name, PATH_MAX, *path.text ? "/dev/fd/%d/%s" : "/dev/fd/%d", fd,
			 path.text);
	if (!err)
		err = exec(name, file, argv, envp,
			   at_fd && files_get_cloexec(files_here(), fd) > 0);
	file_put(file);
	kfree(name);
out_path:
	path_done(&path);
	return err;
}

long sys_exit(int status)
{
	task_exit(WAIT_EXITED(status));
}

long sys_exit_group(int status)
{
	process_exit(WAIT_EXITED(status));
}

long sys_getpid(void)
{
	return process_current()->pid;
}

long sys_getppid(void)
{
	const struct process *parent = atomic_load_relaxed(&process_current()->parent);

	return parent ? parent->pid : 0;
}
