/* SPDX-License-Identifier: MIT */
/*
 * See cpio.h. A header with its name, and the target of a link, are needed in one piece: where the
 * bytes given have them so, they are used in place; else they are collected in a buffer, which
 * holds the longest that are taken. What is longer is left out, as its header says how long it is.
 */
#include <lib/endian.h>
#include <lib/string.h>
#include <uapi/stat.h>

#include "cpio.h"

enum state {
	BETWEEN,	/* zeroes, then an archive */
	HEADER,
	CONTENTS,
	LOST,
};

#define MAGIC(last)	(0x303730373000 + (last))	/* "07070" and the last */
#define ALL(byte)	(0x0101010101010101UL * (byte))

static const char no_name[] = "it has no name";
static const char bad_target[] = "no target that a link can have";

void cpio_start(struct cpio *c)
{
	c->state = BETWEEN;
	c->begin = 0;
	c->done = 0;
	c->have = 0;
	c->skip = 0;
	c->in = NULL;
	c->end = NULL;
}

bool cpio_end(struct cpio *c)
{
	/* what fills the last entry up may be missing, what it says to have may not */
	bool complete = c->state == LOST || (c->state == BETWEEN && c->skip < 4);

	c->state = LOST;
	return complete;
}

/* What the digits of a header's numbers have in common, bit by bit of all eight at once. */
struct digits {
	u64 any;
	u64 all;
};

/*
 * The number that eight hexadecimal digits are, all of them at once: bit 6 tells letters from
 * figures; the value is that of the low four bits, and 9 more for letters. What must be so of right
 * digits is gathered in @d.
 */
static u32 hex(const u8 *p, struct digits *d)
{
	u64 text = load_be64(p), letter = text & ALL(64);
	u64 value = (text & ALL(15)) + (letter >> 6) + (letter >> 3);
	u64 high = (text & ALL(0x90)) ^ (letter >> 2);

	/* bit 7: no character; bit 4: a value above 15, a letter below 10, a figure above 9 */
	d->any |= (high & ALL(128)) | value | ((value + ALL(6)) ^ (letter >> 2));
	/* bit 4: figures are 3_ and letters 4_ or 6_, what has neither bit 5 nor 6 is none */
	d->all &= high & (text | text >> 1) >> 1;
	value = (value | value >> 4) & 0x00ff00ff00ff00ff;
	value = (value | value >> 8) & 0x0000ffff0000ffff;
	return (u32)(value | value >> 16);
}

static size_t given(const struct cpio *c)
{
	return (size_t)(c->end - c->in);
}

static void advance(struct cpio *c, size_t n)
{
	c->in += n;
	c->done += n;
}

/* The first @n bytes of the entry, in one piece; NULL: they have not all been given. */
static const u8 *whole(struct cpio *c, size_t n)
{
	size_t more;

	if (!c->have && given(c) >= n)
		return c->in;
	if (c->have < n) {
		more = MIN(n - c->have, given(c));
		memcpy(c->buffer + c->have, c->in, more);
		c->have += more;
		advance(c, more);
	}
	return c->have < n ? NULL : c->buffer;
}

/* What is wrong with the header at @p, or NULL: its numbers are there. */
static const char *read_header(struct cpio *c, const u8 *p)
{

	struct digits d = { .all = ~0UL };
	u64 magic = load_be64(p) >> 16;		/* its six characters */

	if (magic == MAGIC('7'))
		return "cpio's old format, not newc";
	c->sums = magic == MAGIC('2');
	if (!c->sums && magic != MAGIC('1'))
		return "no header";
	p += 6;
	for (unsigned int i = 0; i < CPIO_FIELDS; i++, p += 8)
		c->field[i] = hex(p, &d);
	return d.any & ALL(0x90) || ~d.all & ALL(16) ? "a damaged header" : NULL;
}

/* What is wrong with the lengths, or NULL. *@need: how much is wanted in one piece. */
static const char *read_lengths(struct cpio *c, size_t *need)
{
	u32 size = c->field[CPIO_NAME_SIZE], target = 0;

	c->left = c->field[CPIO_SIZE];
	c->skip = -c->left & 3;
	*need = CPIO_HEADER + (size_t)size;
	if (S_ISLNK(c->field[CPIO_MODE])) {
		target = c->left;
		*need = ALIGN_UP(*need, 4) + target;
	}
	if (!size)
		return no_name;
	if (size > PATH_MAX)
		return "its name is too long";
	return target >= PATH_MAX ? bad_target : NULL;
}

/* The entry at @p, @need bytes of it, which are left behind. */
static const char *read_entry(struct cpio *c, const u8 *p, size_t need)
{
	size_t rest = -(CPIO_HEADER + c->field[CPIO_NAME_SIZE]) & 3;

	if (c->have)
		c->have = 0;
	else
		advance(c, need);
	c->name = (const char *)p + CPIO_HEADER;
	c->target = NULL;
	if (S_ISLNK(c->field[CPIO_MODE])) {
		rest = 0;
		memcpy(c->link, p + need - c->left, c->left);
		c->link[c->left] = '\0';
		c->target = c->link;
		c->left = 0;
	}
	/* what fills the name's end up is in front of the contents */
	c->pad = (u32)c->skip;
	c->skip = rest;
	c->sum = 0;
	if (c->name[c->field[CPIO_NAME_SIZE] - 1])
		return "no NUL behind its name";
	if (!*c->name)
		return no_name;
	return c->target && !*c->target ? bad_target : NULL;
}

/* Behind the contents, which nobody wants. */
static enum cpio_event leave(struct cpio *c, enum state state, enum cpio_event event)
{
	c->skip += (u64)c->left + c->pad;
	c->state = state;
	return event;
}

static enum cpio_event entry(struct cpio *c)
{
	const u8 *p = whole(c, CPIO_HEADER);
	size_t need;

	c->begin = c->done - c->have;
	if (!p)
		return CPIO_MORE;
	c->why = read_header(c, p);
	if (c->why) {
		c->state = LOST;
		return CPIO_LOST;
	}
	c->why = read_lengths(c, &need);
	if (c->why) {
		c->pad = (u32)c->skip;
		c->skip = ALIGN_UP(CPIO_HEADER + (u64)c->field[CPIO_NAME_SIZE], 4) - c->have;
		c->have = 0;
		return leave(c, HEADER, CPIO_BAD);
	}
	p = whole(c, need);
	if (!p) {
		c->skip = 0;
		return CPIO_MORE;
	}
	c->why = read_entry(c, p, need);
	if (c->why)
		return leave(c, HEADER, CPIO_BAD);
	if (*c->name == 'T' && !strcmp(c->name, "TRAILER!!!"))
		return leave(c, BETWEEN, CPIO_TRAILER);
	c->state = CONTENTS;
	return CPIO_ENTRY;
}

static enum cpio_event contents(struct cpio *c)
{
	if (c->left && !given(c))
		return CPIO_MORE;
	c->data = c->in;
	c->length = MIN((size_t)c->left, given(c));
	for (size_t i = 0; c->sums && i < c->length; i++)
		c->sum += c->data[i];
	c->left -= (u32)c->length;
	advance(c, c->length);
	if (c->left)
		return CPIO_DATA;
	c->sum_wrong = c->sums && S_ISREG(c->field[CPIO_MODE]) && c->sum != c->field[CPIO_SUM];
	return leave(c, HEADER, CPIO_DATA);
}

/* Zeroes may be between archives, and nothing needs to be. */
static enum cpio_event between(struct cpio *c)
{
	while (c->in < c->end && !*c->in)
		advance(c, 1);
	c->begin = c->done;
	if (c->in == c->end)
		return CPIO_MORE;
	if (*c->in != '0')
		return CPIO_OTHER;
	c->state = HEADER;
	return entry(c);
}

enum cpio_event cpio_next(struct cpio *c)
{
	size_t n = (size_t)MIN(c->skip, (u64)given(c));

	advance(c, n);
	c->skip -= n;
	if (c->skip)
		return CPIO_MORE;
	switch (c->state) {
	case BETWEEN:
		return between(c);
	case HEADER:
		return entry(c);
	case CONTENTS:
		return contents(c);
	default:
		advance(c, given(c));
		return CPIO_MORE;
	}
}
