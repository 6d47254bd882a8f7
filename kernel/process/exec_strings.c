/* SPDX-License-Identifier: MIT */
/* The strings that execve() hands to a program: collected in the kernel while spaces change. */
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "exec.h"

#define STRING_MAX	KIB(128)	/* one of them: Linux's MAX_ARG_STRLEN */
#define PIECE		256U		/* of a string, copied at a time */

/* Whether there are more of them than the limit allows: 0, -E2BIG. */
static int check_limit(const struct exec_strings *s)
{
	size_t pointers = ((size_t)MAX(s->argc, 1U) + s->envc) * sizeof(u64);

	return s->limit && s->used + pointers > s->limit ? -E2BIG : 0;
}

/* Room for @n bytes more: 0, -ENOMEM. */
static int make_room(struct exec_strings *s, size_t n)
{
	size_t need = MAX(s->used + n, (size_t)512), room = MAX(2 * s->room, need);
	char *more;

	if (s->used + n <= s->room)
		return 0;
	more = krealloc(s->text, room);
	if (!more)
		return -ENOMEM;
	s->text = more;
	s->room = room;
	return 0;
}

int exec_add(struct exec_strings *s, const char *text, size_t length)
{
	int err = length < STRING_MAX ? make_room(s, length + 1) : -E2BIG;

	if (err)
		return err;
	memcpy(s->text + s->used, text, length);
	s->text[s->used + length] = '\0';
	s->used += length + 1;
	return check_limit(s);
}

int exec_add_user(struct exec_strings *s, uaddr_t from)
{
	for (size_t length = 0; length < STRING_MAX;) {
		int err = make_room(s, PIECE);
		ssize_t n;

		if (err)
			return err;
		n = copy_string_from_user(s->text + s->used, from, PIECE);
		if (n >= 0) {
			s->used += (size_t)n + 1;
			return check_limit(s);
		}
		if (n != -ENAMETOOLONG)
			return (int)n;
		s->used += PIECE;
		length += PIECE;
		from += PIECE;
	}
	return -E2BIG;
}

int exec_put_first(struct exec_strings *s, const char *text, bool drop)
{
	struct exec_strings all = { .argc = s->argc - drop + 1, .envc = s->envc,
				    .limit = s->limit };
	size_t gone = drop && s->argc ? strlen(s->text) + 1 : 0;
	int err = exec_add(&all, text, strlen(text));

	if (!err) {
		char *more = krealloc(all.text, all.used + s->used - gone + 1);

		if (more)
			all.text = more;
		else
			err = -ENOMEM;
	}
	if (err) {
		kfree(all.text);
		return err;
	}
	memcpy(all.text + all.used, s->text + gone, s->used - gone);
	all.used += s->used - gone;
	all.room = all.used;
	all.no_scripts = s->no_scripts;
	kfree(s->text);
	*s = all;
	return check_limit(s);
}
