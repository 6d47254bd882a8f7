/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-terminals: each open of /dev/ptmx makes a terminal (<kernel/terminal.h>) whose keys and
 * screen are that file, the master. Programs open the other side by the number that TIOCGPTN tells,
 * in /dev/pts (devpts.c), or by TIOCGPTPEER.
 *
 * When the master is closed the terminal is hung up: its session is told, and the number is given
 * to no other one until the last file of the programs' side is closed. When that side is closed the
 * master reads what is left, and then -EIO, until somebody opens it again; the session keeps it.
 */
#include <fs/device.h>
#include <fs/inode.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <mm/heap.h>
#include <mm/iov.h>
#include <mm/space.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "terminal.h"

#define MAJOR	136U		/* of the programs' side: Linux's */
#define PIECE	128U		/* bytes, on the stack: what is copied at a time */

struct pty {
	struct terminal terminal;
	/* constant: */
	unsigned int number;
	struct pty_info info;
	/* ptys_lock held: */
	u32 refs;		/* open files of both sides */
	/* terminal.queue.lock held: */
	bool locked;		/* TIOCSPTLCK: the programs' side cannot be opened */
	bool left;		/* it was open, and is not any more */
};

static struct spinlock ptys_lock = SPINLOCK_INIT;
static struct pty *ptys[PTYS_MAX];
static u64 serials;		/* of those that were made */

static struct pty *pty_of(struct terminal *t)
{
	return container_of(t, struct pty, terminal);
}

static const struct terminal_ops pty_ops = { .signal = tty_signal };

/* --- Making and freeing ----------------------------------------------------------------------- */

/* Gives @pty a number: 0; -ENOSPC. */
static int enlist(struct pty *pty)
{
	unsigned long state = spin_lock_irqsave(&ptys_lock);
	unsigned int n = 0;

	while (n < PTYS_MAX && ptys[n])
		n++;
	if (n < PTYS_MAX) {
		ptys[n] = pty;
		pty->number = n;
		pty->info.serial = ++serials;
	}
	spin_unlock_irqrestore(&ptys_lock, state);
	return n < PTYS_MAX ? 0 : -ENOSPC;
}

/* One with one reference: 0, -ENOMEM, -ENOSPC. */
static int make(struct pty **result)
{
	struct pty *pty = kzalloc(sizeof(*pty));
	u8 *rings = kmalloc((size_t)2 * TERMINAL_RING);
	int err = -ENOMEM;

	if (!pty || !rings)
		goto out_free;
	terminal_init(&pty->terminal, &pty_ops, 0, rings);
	pty->refs = 1;
	pty->locked = true;
	if (task_is_here()) {
		pty->info.uid = process_current()->cred.fsuid;
		pty->info.gid = process_current()->cred.fsgid;
	}
	err = enlist(pty);
	if (err)
		goto out_free;
	pty->terminal.number = NODE_NUMBER(MAJOR, pty->number);
	*result = pty;
	return 0;
out_free:
	kfree(rings);
	kfree(pty);
	return err;
}

static void put(struct pty *pty)
{
	unsigned long state = spin_lock_irqsave(&ptys_lock);
	bool last = !--pty->refs;

	if (last)
		ptys[pty->number] = NULL;
	spin_unlock_irqrestore(&ptys_lock, state);
	if (!last)
		return;
	kfree(pty->terminal.in);
	kfree(pty);
}

bool pty_info(unsigned int n, struct pty_info *info)
{
	unsigned long state = spin_lock_irqsave(&ptys_lock);
	bool found = n < PTYS_MAX && ptys[n] && !ptys[n]->terminal.hung_up;

	if (found)
		*info = ptys[n]->info;
	spin_unlock_irqrestore(&ptys_lock, state);
	return found;
}

/* --- The programs' side ----------------------------------------------------------------------- */

/* One file more of it. ptys_lock held. */
static void get(struct pty *pty)
{
	pty->refs++;
	spin_lock(&pty->terminal.queue.lock);
	pty->terminal.users++;
	pty->left = false;
	spin_unlock(&pty->terminal.queue.lock);
}

void pty_get(struct terminal *t)
{
	unsigned long state = spin_lock_irqsave(&ptys_lock);

	get(pty_of(t));
	spin_unlock_irqrestore(&ptys_lock, state);
}

void pty_put(struct terminal *t)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);

	pty_of(t)->left = !--t->users;
	terminal_changed(t, state);
	put(pty_of(t));
}

static int may_open(const struct pty *pty)
{
	const struct terminal *t = &pty->terminal;

	if (t->hung_up || pty->locked)
		return -EIO;
	return t->exclusive && task_is_here() && !capable(CAP_SYS_ADMIN) ? -EBUSY : 0;
}

static int open_slave(struct file *file)
{
	unsigned int n = NODE_MINOR(file->inode->device);
	struct pty *pty = NULL;
	unsigned long state;
	int err = -EIO;

	state = spin_lock_irqsave(&ptys_lock);
	if (n < PTYS_MAX)
		pty = ptys[n];
	if (pty)
		err = may_open(pty);
	if (!err)
		get(pty);
	spin_unlock_irqrestore(&ptys_lock, state);
	if (err)
		return err;
	file->access |= FILE_STREAM;
	file->data = &pty->terminal;
	tty_open(&pty->terminal, file);
	return 0;
}

static void release_slave(struct file *file)
{
	pty_put(file->data);
}

const struct file_ops pty_slave_ops = {
	.open = open_slave, .release = release_slave, .read = tty_file_read,
	.write = tty_file_write, .ioctl = tty_file_ioctl, .poll = tty_file_poll,
};

/* --- The master ------------------------------------------------------------------------------- */

static int open_master(struct file *file)
{
	struct pty *pty;
	int err = make(&pty);

	if (err)
		return err;
	file->access |= FILE_STREAM;
	file->data = pty;
	return 0;
}

static void release_master(struct file *file)
{
	struct pty *pty = file->data;
	unsigned long state = spin_lock_irqsave(&pty->terminal.queue.lock);

	pty->terminal.hung_up = true;
	terminal_changed(&pty->terminal, state);
	tty_hang_up(&pty->terminal);
	put(pty);
}

static ssize_t read_master(struct file *file, struct iov *iov, u64 pos __unused)
{
	struct pty *pty = file->data;
	struct terminal *t = &pty->terminal;
	ssize_t done = 0;
	u8 piece[PIECE];

	while (iov->left) {
		unsigned long state = spin_lock_irqsave(&t->queue.lock);
		size_t n = terminal_shown(t, piece, MIN(iov->left, sizeof(piece)));
		int err = pty->left ? -EIO : file->flags & O_NONBLOCK ? -EAGAIN : 0;

		if (n) {
			terminal_changed(t, state);
			err = iov_put(iov, piece, n) < n ? -EFAULT : 0;
			done += err ? 0 : (ssize_t)n;
		} else if (done || err) {
			spin_unlock_irqrestore(&t->queue.lock, state);
			return done ? done : err;
		} else {
			err = wait_sleep(&t->queue, state, TIME_NEVER);
		}
		if (err)
			return done ? done : err;
	}
	return done;
}

/* Types all of a piece: how much of it was, and *@err. */
static size_t type_piece(struct terminal *t, const u8 *from, size_t n, bool waits, int *err)
{
	size_t done = 0;

	while (done < n && !*err) {
		unsigned long state = spin_lock_irqsave(&t->queue.lock);
		size_t before = done;
		int typed = 0;

		while (done < n && !typed) {
			typed = terminal_type(t, from[done]);
			done += typed >= 0;
		}
		if (done > before)
			terminal_changed(t, state);
		else if (waits)
			*err = wait_sleep(&t->queue, state, TIME_NEVER);
		else
			spin_unlock_irqrestore(&t->queue.lock, state);
		if (typed > 0)
			tty_signal(t, typed);
		else if (typed && !waits)
			*err = -EAGAIN;
	}
	return done;
}

static ssize_t write_master(struct file *file, struct iov *iov, u64 pos __unused)
{
	bool waits = !(file->flags & O_NONBLOCK);
	struct pty *pty = file->data;
	ssize_t done = 0;
	u8 piece[PIECE];
	int err = 0;

	while (iov->left && !err) {
		size_t n = iov_get(iov, piece, MIN(iov->left, sizeof(piece)));

		if (!n)
			err = -EFAULT;
		done += (ssize_t)type_piece(&pty->terminal, piece, n, waits, &err);
	}
	return done ? done : err;
}

static unsigned int poll_master(struct file *file, struct poller *poller)
{
	struct pty *pty = file->data;
	struct terminal *t = &pty->terminal;
	unsigned int events = 0;
	unsigned long state;

	poll_wait(poller, &t->polls, &t->queue.lock);
	state = spin_lock_irqsave(&t->queue.lock);
	if (terminal_to_show(t))
		events |= POLLIN | POLLRDNORM;
	if (terminal_has_room(t))
		events |= POLLOUT | POLLWRNORM;
	if (pty->left)
		events |= POLLHUP;
	spin_unlock_irqrestore(&t->queue.lock, state);
	return events;
}

static long set_lock(struct pty *pty, u64 argument)
{
	unsigned long state;
	int on;

	if (copy_from_user(&on, argument, sizeof(on)))
		return -EFAULT;
	state = spin_lock_irqsave(&pty->terminal.queue.lock);
	pty->locked = on;
	spin_unlock_irqrestore(&pty->terminal.queue.lock, state);
	return 0;
}

static long get_waiting(struct terminal *t, u64 argument)
{
	unsigned long state = spin_lock_irqsave(&t->queue.lock);
	int n = (int)terminal_to_show(t);

	spin_unlock_irqrestore(&t->queue.lock, state);
	return tty_put_number(argument, n);
}

/* By its name: so it is there only where /dev/pts is. */
static long open_peer(const struct pty *pty, u64 flags)
{
	struct file *file;
	char path[24];
	int fd;

	snprintf(path, sizeof(path), "/dev/pts/%u", pty->number);
	flags &= O_ACCMODE | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	fd = file_open(path, (int)(flags & ~(u64)O_CLOEXEC), 0, &file);
	if (fd)
		return fd;
	fd = files_add(files_here(), file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}

static long send_signal(struct pty *pty, u64 signal)
{
	if (signal != SIGINT && signal != SIGQUIT && signal != SIGTSTP)
		return -EINVAL;
	tty_signal(&pty->terminal, (int)signal);
	return 0;
}

static long ioctl_master(struct file *file, unsigned int request, u64 argument)
{
	struct pty *pty = file->data;

	switch (request) {
	case TIOCGPTN:
		return tty_put_number(argument, (int)pty->number);
	case TIOCSPTLCK:
		return set_lock(pty, argument);
	case TIOCGPTLCK:
		return tty_put_number(argument, pty->locked);
	case TIOCGPTPEER:
		return open_peer(pty, argument);
	case TIOCSIG:
		return send_signal(pty, argument);
	case FIONREAD:
		return get_waiting(&pty->terminal, argument);
	case TCFLSH:
		return argument > TCIOFLUSH ? -EINVAL : 0;
	default:
		return tty_ioctl(&pty->terminal, true, request, argument);
	}
}

static const struct file_ops master_ops = {
	.open = open_master, .release = release_master, .read = read_master,
	.write = write_master, .ioctl = ioctl_master, .poll = poll_master,
};

static const struct device_node ptmx_node = {
	.name = "ptmx", .number = NODE_NUMBER(5, 2), .mode = S_IFCHR | 0666, .ops = &master_ops,
};
DEVICE_NODE(ptmx_node);
