/* SPDX-License-Identifier: MIT */
/*
 * Locks of files, which keep nobody from anything but from locking: by fcntl(2), ranges of bytes,
 * whose owner is a table of descriptors (POSIX) or an open file (OFD); by flock(2), whole files,
 * whose owner is an open file. Those of flock() and the others know nothing of each other.
 *
 * An inode has a list of what is locked in it. A range that its owner locks anew is cut out of what
 * he had, and one that continues another becomes one with it. Who waits is woken by every change of
 * any lock, and looks again.
 */
#include <fs/proc.h>
#include <kernel/time.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "file_lock.h"
#include "process.h"
#include "syscall.h"
#include "waiting.h"

#define F_RDLCK		0
#define F_WRLCK		1
#define F_UNLCK		2

#define LOCKS_MAX	65536	/* in all */
#define CHAIN_MAX	10	/* owners that wait for one another, as far as they are looked at */

struct abi_flock {
	s16 type, whence;
	u32 pad;
	s64 start, size;
	s32 pid;
	u32 pad2;
};
static_assert(sizeof(struct abi_flock) == 32, "Linux's struct flock on arm64");

enum kind {
	LOCK_POSIX,
	LOCK_OFD,
	LOCK_FLOCK,
};

struct file_lock {
	struct file_lock *next;		/* of the inode's */
	struct list all;
	struct inode *inode;
	const void *owner;
	enum kind kind;
	int type, pid;
	s64 start, end;			/* both are in it */
};

/* Who waits for a lock, as long as he does. */
struct waiter {
	struct list link;
	const void *owner, *blocker;
};

/* All locks, and who waits. */
static struct mutex locks_lock = MUTEX_INIT(locks_lock);
static struct list all_locks = LIST_INIT(all_locks);
static struct list waiters = LIST_INIT(waiters);
static u32 lock_count;

/* How often locks have changed. */
static struct wait_queue changes = WAIT_QUEUE_INIT(changes);
static u64 change_count;		/* changes.lock held */

static void changed(void)
{
	unsigned long state = spin_lock_irqsave(&changes.lock);

	change_count++;
	wait_wake_all(&changes);
	wait_unlock(&changes, state);
}

/* --- What is locked. locks_lock held ---------------------------------------------------------- */

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->owner == b->owner && a->kind == b->kind;
}

/* What keeps others from having @wanted, or NULL. */
static struct file_lock *find_conflict(const struct file_lock *wanted)
{
	for (struct file_lock *l = wanted->inode->locks; l; l = l->next)
		if ((l->kind == LOCK_FLOCK) == (wanted->kind == LOCK_FLOCK) &&
		    !same_owner(l, wanted) && overlap(l, wanted) &&
		    (l->type == F_WRLCK || wanted->type == F_WRLCK))
			return l;
	return NULL;
}

static void put_in(struct file_lock *l)
{
	l->next = l->inode->locks;
	l->inode->locks = l;
	list_add_tail(&all_locks, &l->all);
	lock_count++;
}

static void take_out(struct file_lock **at)
{
	struct file_lock *l = *at;

	*at = l->next;
	list_unlink(&l->all);
	lock_count--;
	kfree(l);
}

/*
 * What the owner of @new has becomes as that says, be it unlocked: *@new is used, and *@rest where
 * one becomes two.
 */
static void apply(struct file_lock **new, struct file_lock **rest)
{
	struct file_lock *n = *new, **at = &n->inode->locks, *l;

	while ((l = *at)) {
		bool same = l->type == n->type;
		s64 margin = same ? 1 : 0;

		/* what touches it and is alike is one with it */
		if (!same_owner(l, n) || (l->end < n->start && n->start - l->end > margin) ||
		    (n->end < l->start && l->start - n->end > margin)) {
			at = &l->next;
			continue;
		}
		if (same) {
			n->start = MIN(n->start, l->start);
			n->end = MAX(n->end, l->end);
			take_out(at);
			continue;
		}
		if (l->start < n->start && l->end > n->end) {
			struct file_lock *r = *rest;

			*rest = NULL;
			*r = *l;
			r->start = n->end + 1;
			l->end = n->start - 1;
			put_in(r);
			break;
		}
		if (l->start < n->start) {
			l->end = n->start - 1;
			at = &l->next;
		} else if (l->end > n->end) {
			l->start = n->end + 1;
			at = &l->next;
		} else {
			take_out(at);
		}
	}
	if (n->type == F_UNLCK)
		return;
	put_in(n);
	*new = NULL;
}

/* Whether @owner would wait for himself, if for @blocker. */
static bool is_deadlock(const void *owner, const void *blocker)
{
	for (int i = 0; i < CHAIN_MAX && blocker; i++) {
		const void *next = NULL;

		if (blocker == owner)
			return true;
		list_for_each (w, &waiters, struct waiter, link)
			if (w->owner == blocker)
				next = w->blocker;
		blocker = next;
	}
	return false;
}

/* --- Locking ---------------------------------------------------------------------------------- */

/* Waits until a lock has changed, in the place of @blocker's: 0, -EDEADLK, -EINTR. */
static int wait_for_change(const struct file_lock *wanted, const struct file_lock *blocker)
{
	struct waiter w = { .owner = wanted->owner, .blocker = blocker->owner };
	unsigned long state;
	int err = 0;
	u64 seen;

	if (wanted->kind != LOCK_POSIX || blocker->kind != LOCK_POSIX)
		w.owner = w.blocker = NULL;
	else if (is_deadlock(w.owner, w.blocker))
		return -EDEADLK;
	list_add_tail(&waiters, &w.link);
	state = spin_lock_irqsave(&changes.lock);
	seen = change_count;
	spin_unlock_irqrestore(&changes.lock, state);
	mutex_unlock(&locks_lock);
	state = spin_lock_irqsave(&changes.lock);
	while (seen == change_count && !err) {
		err = wait_sleep(&changes, state, TIME_NEVER);
		state = spin_lock_irqsave(&changes.lock);
	}
	spin_unlock_irqrestore(&changes.lock, state);
	mutex_lock_surely(&locks_lock);
	list_unlink(&w.link);
	return err;
}

/* Has *@wanted be so; it is from the heap: 0, -EAGAIN, -EDEADLK, -EINTR, -ENOLCK. */
static long set_lock(struct file_lock *wanted, bool wait)
{
	struct file_lock *rest = kmalloc(sizeof(*rest)), *blocker, *drop = wanted;
	long err = rest ? 0 : -ENOLCK;

	mutex_lock_surely(&locks_lock);
	if (wanted->type != F_UNLCK && lock_count >= LOCKS_MAX)
		err = -ENOLCK;
	while (!err && wanted->type != F_UNLCK && (blocker = find_conflict(wanted))) {
		err = wait ? wait_for_change(wanted, blocker) : -EAGAIN;
		if (err == -EINTR && !find_conflict(wanted))
			err = 0;
	}
	if (!err)
		apply(&drop, &rest);
	mutex_unlock(&locks_lock);
	if (!err)
		changed();
	kfree(drop);
	kfree(rest);
	return err;
}

/* All that @owner has locked in @inode goes. */
static void unlock_all(struct inode *inode, const void *owner, enum kind kind)
{
	struct file_lock **at, *l;
	bool gone = false;

	mutex_lock_surely(&locks_lock);
	for (at = &inode->locks; (l = *at);) {
		if (l->owner != owner || l->kind != kind) {
			at = &l->next;
			continue;
		}
		take_out(at);
		gone = true;
	}
	mutex_unlock(&locks_lock);
	if (gone)
		changed();
}

void file_lock_close(struct files *files, struct file *file)
{
	unlock_all(file->inode, files, LOCK_POSIX);
}

void file_lock_gone(struct file *file)
{
	if (!file->inode->locks)
		return;
	unlock_all(file->inode, file, LOCK_OFD);
	unlock_all(file->inode, file, LOCK_FLOCK);
}

/* --- fcntl(2) --------------------------------------------------------------------------------- */

/* The range that @from says: 0, -EINVAL, -EOVERFLOW. */
static long get_range(struct file *file, const struct abi_flock *from, struct file_lock *l)
{
	s64 begin;

	if (from->whence < SEEK_SET || from->whence > SEEK_END)
		return -EINVAL;
	begin = from->whence == SEEK_CUR ? (s64)file->pos :
		from->whence == SEEK_END ? (s64)file->inode->size : 0;
	if (from->start > INT64_MAX - begin)
		return -EOVERFLOW;
	begin += from->start;
	if (begin < 0)
		return -EINVAL;
	l->start = begin;
	l->end = INT64_MAX;
	if (from->size > 0) {
		if (from->size - 1 > INT64_MAX - begin)
			return -EOVERFLOW;
		l->end = begin + from->size - 1;
	} else if (from->size < 0) {
		if (begin + from->size < 0)
			return -EINVAL;
		l->start = begin + from->size;
		l->end = begin - 1;
	}
	return 0;
}

static long get_lock(struct file *file, unsigned int command, const struct abi_flock *from,
		     struct file_lock *l)
{
	struct process *p = process_current();
	bool ofd = command >= F_OFD_GETLK;

	if (from->type != F_RDLCK && from->type != F_WRLCK && from->type != F_UNLCK)
		return -EINVAL;
	if (ofd && from->pid)
		return -EINVAL;
	*l = (struct file_lock){
		.inode = file->inode, .owner = ofd ? (void *)file : (void *)p->files,
		.kind = ofd ? LOCK_OFD : LOCK_POSIX, .type = from->type, .pid = ofd ? -1 : p->pid,
	};
	return get_range(file, from, l);
}

/* What would keep the caller from the lock at @at. */
static long tell(struct file *file, unsigned int command, uaddr_t at)
{
	const struct file_lock *found;
	struct file_lock wanted;
	struct abi_flock f;
	long err;

	if (copy_from_user(&f, at, sizeof(f)))
		return -EFAULT;
	err = f.type == F_UNLCK ? -EINVAL : get_lock(file, command, &f, &wanted);
	if (err)
		return err;
	mutex_lock_surely(&locks_lock);
	found = find_conflict(&wanted);
	f.type = F_UNLCK;
	if (found) {
		f.type = (s16)found->type;
		f.whence = SEEK_SET;
		f.start = found->start;
		f.size = found->end == INT64_MAX ? 0 : found->end - found->start + 1;
		f.pid = found->pid;
	}
	mutex_unlock(&locks_lock);
	return copy_to_user(at, &f, sizeof(f));
}

/* Whether @fd is @file still: else nobody would close what was locked by it. */
static bool is_open(int fd, const struct file *file)
{
	struct file *now = files_get_any(files_here(), fd);

	if (now)
		file_put(now);
	return now == file;
}

long file_lock_control(struct file *file, int fd, unsigned int command, uaddr_t at)
{
	bool wait = command == F_SETLKW || command == F_OFD_SETLKW;
	struct file_lock *wanted;
	struct abi_flock f;
	long err;

	if (command == F_GETLK || command == F_OFD_GETLK)
		return tell(file, command, at);
	if (copy_from_user(&f, at, sizeof(f)))
		return -EFAULT;
	wanted = kmalloc(sizeof(*wanted));
	if (!wanted)
		return -ENOLCK;
	err = get_lock(file, command, &f, wanted);
	if (!err && ((f.type == F_RDLCK && !(file->access & FILE_READ)) ||
		     (f.type == F_WRLCK && !(file->access & FILE_WRITE))))
		err = -EBADF;
	if (err) {
		kfree(wanted);
		return err;
	}
	if (command >= F_OFD_GETLK)
		file_watch(file);
	err = set_lock(wanted, wait);
	if (!err && f.type != F_UNLCK && command < F_OFD_GETLK && !is_open(fd, file)) {
		file_lock_close(files_here(), file);
		return -EBADF;
	}
	return err;
}

/* --- flock(2) --------------------------------------------------------------------------------- */

#define LOCK_SH		1U
#define LOCK_EX		2U
#define LOCK_NB		4U
#define LOCK_UN		8U

static long lock_whole(struct file *file, unsigned int what)
{
	unsigned int how = what & ~LOCK_NB;
	struct file_lock *wanted;

	if (how != LOCK_UN && !(file->access & (FILE_READ | FILE_WRITE)))
		return -EBADF;
	if (how != LOCK_SH && how != LOCK_EX && how != LOCK_UN)
		return -EINVAL;
	/* what he had goes in any case, unless it is the same */
	if (how == LOCK_UN) {
		unlock_all(file->inode, file, LOCK_FLOCK);
		return 0;
	}
	wanted = kmalloc(sizeof(*wanted));
	if (!wanted)
		return -ENOLCK;
	*wanted = (struct file_lock){
		.inode = file->inode, .owner = file, .kind = LOCK_FLOCK,
		.type = how == LOCK_EX ? F_WRLCK : F_RDLCK, .pid = process_current()->pid,
		.end = INT64_MAX,
	};
	file_watch(file);
	mutex_lock_surely(&locks_lock);
	for (struct file_lock *l = file->inode->locks; l; l = l->next)
		if (same_owner(l, wanted) && l->type == wanted->type) {
			mutex_unlock(&locks_lock);
			kfree(wanted);
			return 0;
		}
	mutex_unlock(&locks_lock);
	unlock_all(file->inode, file, LOCK_FLOCK);
	return set_lock(wanted, !(what & LOCK_NB));
}

long sys_flock(int fd, unsigned int what)
{
	struct file *file = files_get(files_here(), fd);
	long err;

	if (!file)
		return -EBADF;
	err = lock_whole(file, what);
	file_put(file);
	return err;
}

/* --- /proc/locks ------------------------------------------------------------------------------ */

#ifdef CONFIG_FS_PROCFS
static void show_locks(struct proc_text *t)
{
	static const char *const kinds[] = {
		[LOCK_POSIX] = "POSIX ", [LOCK_OFD] = "OFDLCK", [LOCK_FLOCK] = "FLOCK ",
	};
	unsigned int n = 0;

	mutex_lock_surely(&locks_lock);
	list_for_each (l, &all_locks, struct file_lock, all) {
		const u32 device = l->inode->super->device;

		proc_print(t, "%u: %s ADVISORY  %s %d %02x:%02x:%lu %ld ", ++n, kinds[l->kind],
			   l->type == F_WRLCK ? "WRITE" : "READ", l->pid, device >> 8,
			   device & 0xff, l->inode->number, l->start);
		if (l->end == INT64_MAX)
			proc_print(t, "EOF\n");
		else
			proc_print(t, "%ld\n", l->end);
	}
	mutex_unlock(&locks_lock);
}

static const struct proc_entry locks_proc = { .name = "locks", .show = show_locks };
PROC_ENTRY(locks_proc);
#endif
