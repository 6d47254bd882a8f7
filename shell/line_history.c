/* SPDX-License-Identifier: MIT */
/*
 * The history's lines in the line editor (see line_history.h). One that is shown may be edited like
 * any other: what it was edited to is kept until Enter, and shown instead when it comes back.
 */
#include <lib/string.h>
#include <shell/history.h>

#include "line_history.h"
#include "line_keys.h"
#include "line_screen.h"

static size_t edit_size(const char *edit)
{
	return sizeof(u32) + strlen(edit + sizeof(u32)) + 1;
}

/* Where the edit of the line of that age begins, its text behind a word for the age; or NULL. */
static char *edit_of(struct line *l, u32 age)
{
	char *edit = l->edits, *end = edit + l->edits_len;

	while (edit < end && memcmp(edit, &age, sizeof(age)))
		edit += edit_size(edit);
	return edit < end ? edit : NULL;
}

static void forget(struct line *l, char *edit)
{
	size_t size = edit_size(edit);

	l->edits_len -= size;
	memmove(edit, edit + size, l->edits_len - (size_t)(edit - l->edits));
}

/* Keeps the line that is shown, when it is not as the history has it; those left long ago go. */
static void keep(struct line *l)
{
	char *edit = edit_of(l, l->age);
	size_t size = sizeof(u32) + l->len + 1;

	if (edit)
		forget(l, edit);
	if (!strcmp(l->text, history_line(l->age)))
		return;
	while (l->edits_len + size > sizeof(l->edits))
		forget(l, l->edits);
	edit = l->edits + l->edits_len;
	memcpy(edit, &l->age, sizeof(u32));
	memcpy(edit + sizeof(u32), l->text, l->len + 1);
	l->edits_len += size;
}

static void replace(struct line *l, const char *text)
{
	l->len = strlcpy(l->text, text, sizeof(l->text));
	l->at = l->len = MIN(l->len, sizeof(l->text) - 1);
	l->too_long = false;
	line_show_all(l);
}

void line_show_age(struct line *l, unsigned int age)
{
	const char *text = age ? history_line(age) : l->draft;
	char *edit;

	if (!text || age == l->age)
		return;
	if (l->age)
		keep(l);
	else
		memcpy(l->draft, l->text, l->len + 1);
	edit = age ? edit_of(l, age) : NULL;
	l->age = age;
	replace(l, edit ? edit + sizeof(u32) : text);
}

void line_find_leave(struct line *l)
{
	if (l->find_len)
		strlcpy(l->found, l->find, sizeof(l->found));
	l->finding = false;
	line_show_all(l);
}

/* To the last place in the line that has what is looked for. */
static void go_to_match(struct line *l)
{
	const char *match = NULL;

	for (const char *at = l->text; l->find_len && (at = strstr(at, l->find)); at++)
		match = at;
	if (!match)
		return;
	/* not between a character and what joins it */
	l->at = line_before(l, (size_t)(match - l->text) + 1);
	line_show_cursor(l);
}

/*
 * Shows the newest line from @age on that has what is looked for, or else the newest of all;
 * none: the line stays, and the prompt says so.
 */
static void find(struct line *l, unsigned int age)
{
	unsigned int found = history_find(age, l->find);

	found = found ? found : history_find(1, l->find);
	l->lost = l->find_len && !found;
	if (found && found != l->age && l->find_len)
		line_show_age(l, found);
	else
		line_show_all(l);
	if (found)
		go_to_match(l);
}

void line_find_more(struct line *l)
{
	if (l->finding && !l->find_len && *l->found) {
		l->find_len = strlcpy(l->find, l->found, sizeof(l->find));
		find(l, MAX(l->age, 1U));
		return;
	}
	if (l->finding) {
		find(l, l->age + 1);
		return;
	}
	l->finding = true;
	l->lost = false;
	l->find_len = 0;
	l->find[0] = 0;
	line_show_all(l);
}

void line_find_add(struct line *l, const char *bytes, size_t len)
{
	if (l->find_len + len >= sizeof(l->find))
		return;
	memcpy(l->find + l->find_len, bytes, len);
	l->find_len += len;
	l->find[l->find_len] = 0;
	find(l, MAX(l->age, 1U));
}

static void find_shorter(struct line *l)
{
	while (l->find_len && ((u8)l->find[--l->find_len] & 0xc0) == 0x80)
		;
	l->find[l->find_len] = 0;
	find(l, 1);
}

bool line_find_key(struct line *l, int key)
{
	if (key == DELETE || key == CTRL('H')) {
		find_shorter(l);
	} else if (key == CTRL('G')) {
		l->finding = false;
		if (l->age)
			line_show_age(l, 0);
		else
			line_show_all(l);
	} else if (key == CTRL('R')) {
		line_find_more(l);
	} else {
		line_find_leave(l);
		return false;
	}
	return true;
}
