/* SPDX-License-Identifier: MIT */
/*
 * Small regular expressions (see regex.h): all places of the pattern where a match can be are kept
 * at once, as bits, and go on together with each character of the text. So no text makes it slow,
 * as going back would, and nothing recurses.
 */
#include <lib/string.h>
#include <shell/regex.h>

#include "character.h"

#define ATOMS_MAX	64	/* what is behind so many is not looked at */

struct regex {
	const char *atom[ATOMS_MAX + 1];	/* where each begins; the last one's end */
	u64 may_skip;				/* x* and x? */
	u64 may_stay;				/* x* and x+ */
	unsigned int count;
	bool ignore_case;
	bool at_end;				/* $ */
};

static u32 lower(u32 c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static u32 upper(u32 c)
{
	return c >= 'a' && c <= 'z' ? c + 'A' - 'a' : c;
}

/* The end of the atom at @p: a character, an escaped one, or a set. */
static const char *atom_end(const char *p)
{
	if (*p == '[') {
		const char *end = p + 1 + (p[1] == '^');

		end = *end ? strchr(end + 1, ']') : NULL;
		/* without its end it is a character like any other */
		return end ? end + 1 : p + 1;
	}
	p += *p == '\\' && p[1];
	character(&p);
	return p;
}

static bool in_set(const struct regex *r, const char *p, const char *end, u32 c)
{
	bool negated = *p == '^';
	u32 small = r->ignore_case ? lower(c) : c, large = r->ignore_case ? upper(c) : c;

	p += negated;
	while (p < end) {
		u32 low = character(&p), high = low;

		if (p + 1 < end && *p == '-') {
			p++;
			high = character(&p);
		}
		if ((small >= low && small <= high) || (large >= low && large <= high))
			return !negated;
	}
	return negated;
}

static bool atom_fits(const struct regex *r, unsigned int i, u32 c)
{
	const char *p = r->atom[i], *end = atom_end(p);
	u32 wanted;

	if (*p == '[' && end > p + 1)
		return in_set(r, p + 1, end - 1, c);
	if (*p == '.')
		return true;
	p += *p == '\\' && end > p + 1;
	wanted = character(&p);
	return wanted == c || (r->ignore_case && lower(wanted) == lower(c));
}

static void compile(struct regex *r, const char *p)
{
	while (*p && r->count < ATOMS_MAX - 1 && !(*p == '$' && !p[1])) {
		u64 bit = 1UL << r->count;

		r->atom[r->count++] = p;
		p = atom_end(p);
		r->may_skip |= *p == '*' || *p == '?' ? bit : 0;
		r->may_stay |= *p == '*' || *p == '+' ? bit : 0;
		p += *p == '*' || *p == '+' || *p == '?';
	}
	r->at_end = *p == '$' && !p[1];
}

/* Adds to the @places those that are reached from them without a character. */
static u64 reach(const struct regex *r, u64 places)
{
	for (unsigned int i = 0; i < r->count; i++)
		if (places & r->may_skip & 1UL << i)
			places |= 1UL << (i + 1);
	return places;
}

/* The places after the character @c. */
static u64 step(const struct regex *r, u64 places, u32 c)
{
	u64 next = 0;

	for (unsigned int i = 0; i < r->count; i++) {
		u64 bit = 1UL << i;

		if ((places & bit) && atom_fits(r, i, c))
			next |= bit << 1 | (r->may_stay & bit);
	}
	return next;
}

bool regex_find(const char *pattern, const char *text, bool ignore_case)
{
	struct regex r = { .ignore_case = ignore_case };
	bool at_begin = *pattern == '^';
	u64 begin, places, found;

	compile(&r, pattern + at_begin);
	found = 1UL << r.count;
	begin = reach(&r, 1);
	for (places = begin;;) {
		if ((places & found) && (!r.at_end || !*text))
			return true;
		if (!*text || (at_begin && !places))
			return false;
		places = reach(&r, step(&r, places, character(&text)));
		if (!at_begin)
			places |= begin;
	}
}
