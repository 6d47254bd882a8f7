/* SPDX-License-Identifier: MIT */
/*
 * epoll: a set of files that is a file itself. Each member waits in its file's own queues
 * (<kernel/poll.h>); a wake-up there puts it on the set's ready list, and only members on that are
 * looked at by who waits. One that is not ready any more leaves the list; of those that are told of
 * by level the list keeps hold.
 *
 * A member is one file under one descriptor, and holds no use of the file: it goes with the last
 * use that others have (epoll_file_gone()). All members of all sets are in one tree, by file, set
 * and descriptor.
 *
 * Locks, in this order: members_lock, a set's lock, the lock of a file's queue, a set's queue.lock.
 * With a set's lock held its members stay, and so do their files. A set may be a member of another
 * one, which is taken first: since none is in itself over any corner, the checker need not know the
 * order. (More than 500 lines: none of it is of use to anybody without the rest.)
 */
#include <arch/atomic.h>
#include <fs/file.h>
#include <fs/inode.h>
#include <kernel/mutex.h>
#include <kernel/poll.h>
#include <kernel/time.h>
#include <lib/rbtree.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "epoll.h"
#include "syscall.h"
#include "waiting.h"

#define EPOLLEXCLUSIVE	(1U << 28)
#define EPOLLWAKEUP	(1U << 29)
#define EPOLLONESHOT	(1U << 30)
#define EPOLLET		(1U << 31)
#define HOW		(EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET)

#define DEPTH_MAX	5	/* sets that are in one another */

struct set {
	struct mutex lock;
	/* lock and members_lock held to change it, one of them to look: */
	struct list members;
	/* members_lock held: */
	u64 visit;			/* of the walk that was here last */
	unsigned int depth;		/* that it found */
	struct file *file;
	struct wait_queue queue;
	/* queue.lock held: */
	struct poll_queue polls;
	struct list ready;
	bool collecting;	/* somebody has taken members off `ready`, and may put them back */
};

struct member {
	/* members_lock held: */
	struct rb_node node;
	struct set *set;
	struct file *file;
	int fd;
	/* the set's: */
	struct list in_set;
	/* set->lock held: */
	struct abi_epoll_event event;
	struct poller poller;
	struct poll_place places[POLL_QUEUES];
	/* set->queue.lock held: */
	struct list in_ready;
	bool is_ready;
};

static struct mutex members_lock = MUTEX_INIT(members_lock);
static struct rb_tree members;		/* members_lock held */
static u64 visits;			/* members_lock held */

static const struct file_ops epoll_ops;

/* --- The tree --------------------------------------------------------------------------------- */

static int compare(const struct member *m, const struct file *file, const struct set *set, int fd)
{
	if (m->file != file)
		return m->file < file ? -1 : 1;
	if (m->set != set)
		return m->set < set ? -1 : 1;
	return m->fd < fd ? -1 : m->fd > fd;
}

/* The first one that is not before that place, or NULL. */
static struct member *find_from(const struct file *file, const struct set *set, int fd)
{
	struct rb_node *node = members.root;
	struct member *found = NULL;

	while (node) {
		struct member *m = container_of(node, struct member, node);
		bool before = compare(m, file, set, fd) < 0;

		if (!before)
			found = m;
		node = node->child[before];
	}
	return found;
}

static struct member *find(const struct file *file, const struct set *set, int fd)
{
	struct member *m = find_from(file, set, fd);

	return m && !compare(m, file, set, fd) ? m : NULL;
}

/* The first of @file's, and the one behind @m that is the same file's; NULL. */
static struct member *first_of(const struct file *file)
{
	struct member *m = find_from(file, NULL, INT32_MIN);

	return m && m->file == file ? m : NULL;
}

static struct member *next_of(const struct member *m)
{
	struct rb_node *node = rb_next(&m->node);
	struct member *next = node ? container_of(node, struct member, node) : NULL;

	return next && next->file == m->file ? next : NULL;
}

static void insert(struct member *new)
{
	struct rb_node *node = members.root, *parent = NULL;
	int side = 0;

	while (node) {
		const struct member *m = container_of(node, struct member, node);

		parent = node;
		side = compare(m, new->file, new->set, new->fd) < 0;
		node = node->child[side];
	}
	rb_insert(&members, &new->node, parent, side);
}

/* --- Ready ------------------------------------------------------------------------------------ */

/* Puts @m on the ready list, and has somebody look. set->queue.lock held. */
static void make_ready(struct member *m)
{
	struct set *s = m->set;

	if (m->is_ready || !(m->event.events & ~HOW))
		return;
	m->is_ready = true;
	list_add_tail(&s->ready, &m->in_ready);
	wait_wake_one(&s->queue);
	poll_wake(&s->polls);
}

/* Something has changed about a member's file. The lock of that one's queue held; any context. */
static void member_woken(struct poller *poller, unsigned int events)
{
	struct member *m = container_of(poller, struct member, poller);

	/* without the lock: who changes what is asked for looks at the file himself */
	if (!(events & atomic_load_relaxed(&m->event.events)))
		return;
	spin_lock(&m->set->queue.lock);
	make_ready(m);
	spin_unlock(&m->set->queue.lock);
}

/* What of @m's events there is now. set->lock held. */
static u32 look(struct member *m, struct poller *poller)
{
	return m->file->ops->poll(m->file, poller) & m->event.events & ~HOW;
}

/* Takes the first one off the ready list; NULL: there is none. set->lock held. */
static struct member *take_ready(struct set *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	struct member *m = NULL;

	if (!list_empty(&s->ready)) {
		m = list_entry(s->ready.next, struct member, in_ready);
		list_unlink(&m->in_ready);
		/* before it is looked at: what changes from here on makes it ready again */
		m->is_ready = false;
	}
	spin_unlock_irqrestore(&s->queue.lock, state);
	return m;
}

/* Back on the list, of which it was taken. set->lock held. */
static void keep_ready(struct member *m, struct list *kept)
{
	unsigned long state = spin_lock_irqsave(&m->set->queue.lock);

	if (!m->is_ready) {
		m->is_ready = true;
		list_add_tail(kept, &m->in_ready);
	}
	spin_unlock_irqrestore(&m->set->queue.lock, state);
}

/* Whether a look is worth it. set->queue.lock held. */
static bool may_have_events(const struct set *s)
{
	return !list_empty(&s->ready) || s->collecting;
}

static void set_collecting(struct set *s)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);

	s->collecting = true;
	spin_unlock_irqrestore(&s->queue.lock, state);
}

/* Up to @n events of members that are ready: how many. set->lock held. */
static int collect(struct set *s, struct abi_epoll_event *events, int n)
{
	struct list kept = LIST_INIT(kept);
	unsigned long state;
	int found = 0;

	set_collecting(s);
	while (found < n) {
		struct member *m = take_ready(s);
		u32 now = m ? look(m, NULL) : 0;

		if (!m)
			break;
		if (!now)
			continue;
		events[found++] = (struct abi_epoll_event){ .events = now, .data = m->event.data };
		if (m->event.events & EPOLLONESHOT)
			m->event.events &= HOW;
		else if (!(m->event.events & EPOLLET))
			keep_ready(m, &kept);
	}
	state = spin_lock_irqsave(&s->queue.lock);
	s->collecting = false;
	while (!list_empty(&kept)) {
		struct list *link = kept.next;

		list_unlink(link);
		list_add_tail(&s->ready, link);
	}
	/* there is something for others */
	if (!list_empty(&s->ready))
		wait_wake_one(&s->queue);
	wait_unlock(&s->queue, state);
	return found;
}

static unsigned int poll(struct file *file, struct poller *poller)
{
	struct set *s = file->data;
	struct list kept = LIST_INIT(kept);
	unsigned long state;
	struct member *m;

	poll_wait(poller, &s->polls, &s->queue.lock);
	mutex_lock_surely(&s->lock);
	set_collecting(s);
	while ((m = take_ready(s)))
		if (look(m, NULL))
			break;
	state = spin_lock_irqsave(&s->queue.lock);
	s->collecting = false;
	if (m && !m->is_ready) {
		list_add(&s->ready, &m->in_ready);
		m->is_ready = true;
	}
	spin_unlock_irqrestore(&s->queue.lock, state);
	mutex_unlock(&s->lock);
	return m ? POLLIN | POLLRDNORM : 0;
}

/* --- Members come and go ---------------------------------------------------------------------- */

/* members_lock and set->lock held. */
static void drop(struct member *m)
{
	unsigned long state;

	poller_end(&m->poller);
	/* nobody wakes it from here on */
	state = spin_lock_irqsave(&m->set->queue.lock);
	if (m->is_ready)
		list_unlink(&m->in_ready);
	spin_unlock_irqrestore(&m->set->queue.lock, state);
	list_unlink(&m->in_set);
	rb_remove(&members, &m->node);
	kfree(m);
}

void epoll_file_gone(struct file *file)
{
	struct member *m;

	mutex_lock_surely(&members_lock);
	while ((m = first_of(file))) {
		struct set *s = m->set;

		mutex_lock_surely(&s->lock);
		drop(m);
		mutex_unlock(&s->lock);
	}
	mutex_unlock(&members_lock);
}

static void release(struct file *file)
{
	struct set *s = file->data;

	mutex_lock_surely(&members_lock);
	mutex_lock_surely(&s->lock);
	while (!list_empty(&s->members))
		drop(list_entry(s->members.next, struct member, in_set));
	mutex_unlock(&s->lock);
	mutex_unlock(&members_lock);
	kfree(s);
}

static const struct file_ops epoll_ops = { .poll = poll, .release = release };

static const struct super_ops super_ops;
static const struct filesystem type = { .name = "[eventpoll]" };
static struct super epolls = { .type = &type, .ops = &super_ops, .device = 0xd };

long sys_epoll_create1(unsigned long flags)
{
	struct set *s;

	if (flags & ~(unsigned long)O_CLOEXEC)
		return -EINVAL;
	s = kzalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	lock_check_exempt(&s->lock.check);
	wait_queue_init(&s->queue);
	lock_check_exempt(&s->queue.lock.check);
	poll_queue_init(&s->polls);
	list_init(&s->members);
	list_init(&s->ready);
	return anon_descriptor(&epolls, &epoll_ops, s, O_RDWR, flags);
}

/*
 * How many sets are in one another, @s counted: below it, or above. DEPTH_MAX + 1: more than may
 * be, or @other is among them. members_lock held. Each set is looked at once.
 */
static unsigned int depth_below(struct set *s, const struct set *other, unsigned int left)
{
	unsigned int depth = 0;

	if (s == other || !left)
		return DEPTH_MAX + 1;
	if (s->visit == visits)
		return s->depth;
	list_for_each (m, &s->members, struct member, in_set)
		if (m->file->ops == &epoll_ops)
			depth = MAX(depth, depth_below(m->file->data, other, left - 1));
	s->visit = visits;
	s->depth = depth > DEPTH_MAX ? depth : depth + 1;
	return s->depth;
}

static unsigned int depth_above(struct set *s, const struct file *file, unsigned int left)
{
	unsigned int depth = 0;

	if (!left)
		return DEPTH_MAX + 1;
	if (s->visit == visits)
		return s->depth;
	for (struct member *m = first_of(file); m; m = next_of(m))
		depth = MAX(depth, depth_above(m->set, m->set->file, left - 1));
	s->visit = visits;
	s->depth = depth > DEPTH_MAX ? depth : depth + 1;
	return s->depth;
}

/* Whether the set @inner may become a member of @s. members_lock held. */
static bool may_nest(struct set *s, struct set *inner)
{
	unsigned int below, above;

	visits++;
	below = depth_below(inner, s, DEPTH_MAX);
	visits++;
	above = depth_above(s, s->file, DEPTH_MAX);
	return below + above <= DEPTH_MAX;
}

/* From here on its file's changes are heard of; what is there already is ready. set->lock held. */
static void look_first(struct member *m, struct poller *poller)
{
	unsigned long state;

	if (!look(m, poller))
		return;
	state = spin_lock_irqsave(&m->set->queue.lock);
	make_ready(m);
	wait_unlock(&m->set->queue, state);
}

/* members_lock held. */
static long add(struct set *s, struct file *file, int fd, const struct abi_epoll_event *event)
{
	struct member *m = kzalloc(sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->set = s;
	m->file = file;
	m->fd = fd;
	m->event = *event;
	poller_begin(&m->poller, m->places, POLL_QUEUES);
	m->poller.wake = member_woken;
	mutex_lock_surely(&s->lock);
	insert(m);
	list_add_tail(&s->members, &m->in_set);
	file_watch(file);
	look_first(m, &m->poller);
	mutex_unlock(&s->lock);
	return 0;
}

/* members_lock held. */
static long change(struct member *m, const struct abi_epoll_event *event)
{
	struct set *s = m->set;
	unsigned long state;

	mutex_lock_surely(&s->lock);
	state = spin_lock_irqsave(&s->queue.lock);
	atomic_store_relaxed(&m->event.events, event->events);
	m->event.data = event->data;
	spin_unlock_irqrestore(&s->queue.lock, state);
	look_first(m, NULL);
	mutex_unlock(&s->lock);
	return 0;
}

/* With EPOLLEXCLUSIVE, which has no effect here, not everything may be asked for. */
static bool is_allowed(int what, const struct file *file, u32 events)
{
	const u32 others = POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET |
			   EPOLLEXCLUSIVE;

	if (what == EPOLL_CTL_DEL || !(events & EPOLLEXCLUSIVE))
		return true;
	return what == EPOLL_CTL_ADD && file->ops != &epoll_ops && !(events & ~others);
}

static long control(struct set *s, int what, struct file *file, int fd,
		    const struct abi_epoll_event *event)
{
	struct member *m = find(file, s, fd);

	if (what == EPOLL_CTL_ADD && file->ops == &epoll_ops && !may_nest(s, file->data))
		return -ELOOP;
	if (what == EPOLL_CTL_ADD)
		return m ? -EEXIST : add(s, file, fd, event);
	if (what != EPOLL_CTL_DEL && what != EPOLL_CTL_MOD)
		return -EINVAL;
	if (!m)
		return -ENOENT;
	if (what == EPOLL_CTL_MOD)
		return m->event.events & EPOLLEXCLUSIVE ? -EINVAL : change(m, event);
	mutex_lock_surely(&s->lock);
	drop(m);
	mutex_unlock(&s->lock);
	return 0;
}

long epoll_control(struct file *set, int what, struct file *file, int fd,
		   const struct abi_epoll_event *event)
{
	struct set *s = set->data;
	long err;

	if (!file->ops->poll)
		return -EPERM;
	if (set == file || set->ops != &epoll_ops || !is_allowed(what, file, event->events))
		return -EINVAL;
	mutex_lock_surely(&members_lock);
	s->file = set;
	err = control(s, what, file, fd, event);
	mutex_unlock(&members_lock);
	return err;
}

/* --- Waiting ---------------------------------------------------------------------------------- */

#define BATCH	16	/* events that are copied out at a time */

/* Sleeps until a member may be ready: 0, -ETIMEDOUT, -EINTR. */
static int sleep_until_ready(struct set *s, u64 deadline)
{
	unsigned long state = spin_lock_irqsave(&s->queue.lock);
	int err = 0;

	while (!may_have_events(s) && !err) {
		if (!deadline) {
			err = -ETIMEDOUT;
			break;
		}
		err = wait_sleep(&s->queue, state, deadline);
		state = spin_lock_irqsave(&s->queue.lock);
	}
	if (may_have_events(s))
		err = 0;
	spin_unlock_irqrestore(&s->queue.lock, state);
	return err;
}

/* What is ready now: how many, up to @n; -EFAULT. */
static long take_events(struct set *s, uaddr_t to, int n)
{
	struct abi_epoll_event events[BATCH];
	int done = 0, found;

	do {
		mutex_lock_surely(&s->lock);
		found = collect(s, events, MIN(n - done, BATCH));
		mutex_unlock(&s->lock);
		if (found && copy_to_user(to + (uaddr_t)done * sizeof(*events), events,
					  (size_t)found * sizeof(*events)))
			return done ? done : -EFAULT;
		done += found;
	} while (found == BATCH && done < n);
	return done;
}

long epoll_wait_for(struct file *set, uaddr_t to, int n, u64 deadline)
{
	struct set *s = set->data;

	if (set->ops != &epoll_ops)
		return -EINVAL;
	for (;;) {
		int err = sleep_until_ready(s, deadline);
		long found = err ? err : take_events(s, to, n);

		if (found)
			return found == -ETIMEDOUT ? 0 : found;
	}
}
