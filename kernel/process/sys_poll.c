/* SPDX-License-Identifier: MIT */
/*
 * ppoll and pselect6: waiting until one of several files can be read or written. Both become a list
 * of files and of what is asked of each; the list is looked at once with the caller put into the
 * queues of what can change, and again whenever one of these has woken it.
 */
#include <kernel/poll.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/ioctl.h>

#include "process.h"
#include "syscall.h"

#define NS_MAX		999999999
#define LOCAL		8	/* files that need no memory of the heap */
#define ALWAYS		(POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM)

struct entry {
	struct file *file;	/* a reference; NULL: nothing is asked, or there is none */
	int fd;
	u16 asked, got;
};

struct list_of_files {
	struct entry *entries;
	struct poll_place *places;
	size_t count;
	struct entry local_entries[LOCAL];
	struct poll_place local_places[LOCAL * POLL_QUEUES];
};

/* Room for @n files: 0, -ENOMEM. */
static long begin(struct list_of_files *l, size_t n)
{
	l->entries = l->local_entries;
	l->places = l->local_places;
	l->count = n;
	if (n <= LOCAL)
		return 0;
	l->entries = kmalloc(n * (sizeof(*l->entries) + POLL_QUEUES * sizeof(*l->places)));
	if (!l->entries)
		return -ENOMEM;
	l->places = (struct poll_place *)(l->entries + n);
	return 0;
}

static void put_files(const struct list_of_files *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (l->entries[i].file)
			file_put(l->entries[i].file);
}

static void end(struct list_of_files *l)
{
	if (l->entries != l->local_entries)
		kfree(l->entries);
}

/* Looks at all files; once one is ready nobody will sleep, and no queue is of use. */
static long look(struct list_of_files *l, struct poller *poller)
{
	long ready = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct entry *e = &l->entries[i];
		unsigned int now = ALWAYS;

		if (e->file && e->file->ops->poll)
			now = e->file->ops->poll(e->file, ready ? NULL : poller);
		if (e->file)
			e->got = (u16)now & (e->asked | POLLERR | POLLHUP);
		ready += e->got != 0;
	}
	return ready;
}

/* How many are ready; 0 when the time came first; -EINTR. */
static long wait_for(struct list_of_files *l, u64 deadline)
{
	struct poller poller;
	long ready;
	int err = 0;

	poller_begin(&poller, l->places, l->count * POLL_QUEUES);
	ready = look(l, deadline ? &poller : NULL);
	while (!ready && deadline && !err) {
		err = poller_sleep(&poller, deadline);
		if (err != -EINTR)
			ready = look(l, NULL);
	}
	poller_end(&poller);
	return ready ? ready : err == -EINTR ? -EINTR : 0;
}

/* --- Time and signals ------------------------------------------------------------------------- */

struct patience {
	uaddr_t timeout;
	u64 deadline;		/* as time_now(); 0: not at all */
	bool masked;
};

static long get_timeout(struct patience *p, uaddr_t from)
{
	struct abi_timespec t;
	u64 ns;

	p->timeout = from;
	p->deadline = TIME_NEVER;
	if (!from)
		return 0;
	if (copy_from_user(&t, from, sizeof(t)))
		return -EFAULT;
	if (t.sec < 0 || t.nsec < 0 || t.nsec > NS_MAX)
		return -EINVAL;
	if (!t.sec && !t.nsec)
		p->deadline = 0;
	else if (!__builtin_mul_overflow((u64)t.sec, NS_PER_SEC, &ns) &&
		 !__builtin_add_overflow(ns, (u64)t.nsec, &ns) &&
		 !__builtin_add_overflow(ns, time_now(), &ns))
		p->deadline = ns;
	return 0;
}

/* The signals that wait meanwhile, unless @from is NULL: 0, -EFAULT, -EINVAL. */
static long get_mask(struct patience *p, uaddr_t from, unsigned long size)
{
	u64 mask;

	p->masked = false;
	if (!from)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, from, sizeof(mask)))
		return -EFAULT;
	signal_mask_swap(mask);
	p->masked = true;
	return 0;
}

/* The signals as before; and what is left of the time goes to the program. */
static void lose_patience(const struct patience *p, long result)
{
	struct abi_timespec t = { 0, 0 };
	u64 now = time_now();

	if (p->masked)
		signal_mask_restore(result == -EINTR);
	if (!p->timeout || !p->deadline)
		return;
	if (p->deadline == TIME_NEVER)
		return;
	if (p->deadline > now)
		t = (struct abi_timespec){ (s64)((p->deadline - now) / NS_PER_SEC),
					   (s64)((p->deadline - now) % NS_PER_SEC) };
	/* memory that cannot be written to is the program's business: the result stands */
	copy_to_user(p->timeout, &t, sizeof(t));
}

/* --- ppoll ------------------------------------------------------------------------------------ */

struct abi_pollfd {
	int fd;
	u16 events;
	u16 revents;
};

static long get_polled(struct list_of_files *l, uaddr_t from)
{
	for (size_t i = 0; i < l->count; i++) {
		struct entry *e = &l->entries[i];
		struct abi_pollfd p;

		if (copy_from_user(&p, from + i * sizeof(p), sizeof(p))) {
			put_files(l, i);
			return -EFAULT;
		}
		*e = (struct entry){ .fd = p.fd, .asked = p.events };
		if (p.fd < 0)
			continue;
		e->file = files_get(files_here(), p.fd);
		e->got = e->file ? 0 : POLLNVAL;
	}
	return 0;
}

static long put_polled(const struct list_of_files *l, uaddr_t to)
{
	for (size_t i = 0; i < l->count; i++) {
		uaddr_t at = to + i * sizeof(struct abi_pollfd) +
			     offsetof(struct abi_pollfd, revents);

		if (copy_to_user(at, &l->entries[i].got, sizeof(l->entries[i].got)))
			return -EFAULT;
	}
	return 0;
}

long sys_ppoll(uaddr_t fds, unsigned int n, uaddr_t timeout, uaddr_t mask, unsigned long size)
{
	struct list_of_files l;
	struct patience p;
	long result = get_timeout(&p, timeout);

	if (result)
		return result;
	result = get_mask(&p, mask, size);
	if (result)
		return result;
	result = n > files_here()->limit ? -EINVAL : begin(&l, n);
	if (result)
		goto out_time;
	result = get_polled(&l, fds);
	if (!result) {
		result = wait_for(&l, p.deadline);
		if (result >= 0 && put_polled(&l, fds))
			result = -EFAULT;
		put_files(&l, n);
	}
	end(&l);
out_time:
	lose_patience(&p, result);
	return result;
}

/* --- pselect6 --------------------------------------------------------------------------------- */

#define SELECT_READ	(POLLIN | POLLRDNORM | POLLHUP | POLLERR)
#define SELECT_WRITE	(POLLOUT | POLLWRNORM | POLLERR)
#define SELECT_OTHER	POLLPRI
#define WORD_BITS	64U

/* The three sets of the program, one word after the other of each: words of them in the kernel. */
struct sets {
	uaddr_t at[3];
	u64 *word[3];
	u32 n;			/* descriptors */
	u32 words;
};

static const u16 select_events[3] = { SELECT_READ, SELECT_WRITE, SELECT_OTHER };

static long get_sets(struct sets *s, u64 *memory)
{
	for (unsigned int i = 0; i < 3; i++) {
		s->word[i] = memory + i * s->words;
		if (!s->at[i])
			memset(s->word[i], 0, s->words * sizeof(u64));
		else if (copy_from_user(s->word[i], s->at[i], s->words * sizeof(u64)))
			return -EFAULT;
	}
	return 0;
}

static bool has(const struct sets *s, unsigned int set, u32 fd)
{
	return s->word[set][fd / WORD_BITS] >> fd % WORD_BITS & 1;
}

static bool asked_for(const struct sets *s, u32 fd)
{
	return has(s, 0, fd) || has(s, 1, fd) || has(s, 2, fd);
}

static long get_selected(struct list_of_files *l, const struct sets *s)
{
	size_t i = 0;

	for (u32 fd = 0; fd < s->n; fd++) {
		struct entry *e = &l->entries[i];

		if (!asked_for(s, fd))
			continue;
		*e = (struct entry){ .fd = (int)fd };
		for (unsigned int set = 0; set < 3; set++)
			if (has(s, set, fd))
				e->asked |= select_events[set];
		e->file = files_get(files_here(), (int)fd);
		if (!e->file) {
			put_files(l, i);
			return -EBADF;
		}
		i++;
	}
	return 0;
}

/* The sets become what is ready: how many that are, or -EFAULT. */
static long put_selected(const struct list_of_files *l, struct sets *s)
{
	long ready = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct entry *e = &l->entries[i];
		u32 fd = (u32)e->fd;

		for (unsigned int set = 0; set < 3; set++) {
			if (!has(s, set, fd))
				continue;
			if (e->got & select_events[set])
				ready++;
			else
				s->word[set][fd / WORD_BITS] &= ~BIT(fd % WORD_BITS);
		}
	}
	for (unsigned int set = 0; set < 3; set++)
		if (s->at[set] &&
		    copy_to_user(s->at[set], s->word[set], s->words * sizeof(u64)))
			return -EFAULT;
	return ready;
}

static long select_files(struct sets *s, u64 deadline)
{
	u64 local[3 * 4], *memory = local;
	struct list_of_files l;
	size_t n = 0;
	long result;

	if (s->words > 4)
		memory = kmalloc(3 * s->words * sizeof(u64));
	if (!memory)
		return -ENOMEM;
	result = get_sets(s, memory);
	if (result)
		goto out_free;
	for (u32 fd = 0; fd < s->n; fd++)
		n += asked_for(s, fd);
	result = begin(&l, n);
	if (result)
		goto out_free;
	result = get_selected(&l, s);
	if (!result) {
		result = wait_for(&l, deadline);
		if (result >= 0)
			result = put_selected(&l, s);
		put_files(&l, n);
	}
	end(&l);
out_free:
	if (memory != local)
		kfree(memory);
	return result;
}

long sys_pselect6(int n, uaddr_t in, uaddr_t out, uaddr_t other, uaddr_t timeout, uaddr_t mask)
{
	struct sets s = { .at = { in, out, other } };
	u64 signals[2] = { 0, 0 };	/* where the mask is, and its size */
	struct patience p;
	long result = 0;

	if (mask && copy_from_user(signals, mask, sizeof(signals)))
		return -EFAULT;
	result = get_timeout(&p, timeout);
	if (!result)
		result = get_mask(&p, signals[0], signals[1]);
	if (result)
		return result;
	/* more than there can be does not count */
	s.n = MIN((u32)MAX(n, 0), files_here()->size);
	s.words = (s.n + WORD_BITS - 1) / WORD_BITS;
	result = n < 0 ? -EINVAL : select_files(&s, p.deadline);
	lose_patience(&p, result);
	return result;
}
