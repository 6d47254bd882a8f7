/* SPDX-License-Identifier: MIT */
/*
 * Expansion (see expand.h). All words go into one text that grows. While a word is written, what
 * was quoted in it and would mean something in a pattern has a backslash before it; finish() takes
 * these away again, or hands the pattern to glob_expand().
 */
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/glob.h>
#include <shell/vars.h>
#include <uapi/errno.h>

#include "expand.h"
#include "parse.h"

/*
 * @old, which was at @first in the beginning, with its @used bytes moved to @size bytes; not
 * krealloc(), which nobody else links.
 */
static void *grow(void *old, const void *first, size_t used, size_t size)
{
	void *new = kmalloc(size);

	if (!new)
		return NULL;
	memcpy(new, old, used);
	if (old != first)
		kfree(old);
	return new;
}

static int put(struct words *w, char c)
{
	if (!w->room) {
		w->text = w->short_text;
		w->room = sizeof(w->short_text);
	} else if (w->len == w->room) {
		size_t room = 2 * w->room;
		char *text = grow(w->text, w->short_text, w->len, room);

		if (!text)
			return -ENOMEM;
		w->text = text;
		w->room = room;
	}
	w->text[w->len++] = c;
	return 0;
}

/* A character that stands for itself. */
static int put_plain(struct words *w, char c)
{
	int err = 0;

	w->begun = true;
	if (IS_ENABLED(CONFIG_SHELL_GLOB) && strchr("*?[]\\", c) && c)
		err = put(w, '\\');
	return err ? err : put(w, c);
}

/* A character outside of quotes, that is no quote. */
static int put_unquoted(struct words *w, char c, enum expand_how how)
{
	if (!IS_ENABLED(CONFIG_SHELL_GLOB) || how == EXPAND_WHOLE || !strchr("*?[]", c))
		return put_plain(w, c);
	w->begun = true;
	w->magic = w->magic || c != ']';
	return put(w, c);
}

/* Puts the word that was written to the others. Its text is there, with its NUL. */
static int add(struct words *w)
{
	/* one more, for the NULL of argv */
	if (!w->count_room) {
		w->at = w->few;
		w->count_room = ARRAY_SIZE(w->few);
	} else if (w->count + 1 >= w->count_room) {
		size_t room = 2 * w->count_room;
		uintptr_t *at = grow(w->at, w->few, w->count * sizeof(*at), room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		w->at = at;
		w->count_room = room;
	}
	w->at[w->count++] = w->begin;
	w->begin = w->len;
	return 0;
}

int words_add(struct words *w, const char *text)
{
	int err;

	do {
		err = put(w, *text);
	} while (!err && *text++);
	return err ? err : add(w);
}

/* The pattern's paths instead of the pattern. True when there were any. */
static bool match(struct words *w, int *err)
{
	size_t size = w->len - w->begin;
	char *pattern = kmalloc(size);
	size_t before = w->count;

	if (!pattern) {
		*err = -ENOMEM;
		return false;
	}
	memcpy(pattern, w->text + w->begin, size);
	w->len = w->begin;
	*err = glob_expand(pattern, w);
	if (!*err && w->count == before)
		/* it fitted before */
		w->len += strlcpy(w->text + w->len, pattern, w->room - w->len) + 1;
	kfree(pattern);
	return w->count > before;
}

/* Ends the word that is being written, if there is one. */
static int finish(struct words *w)
{
	bool magic = w->magic;
	int err;
	size_t to = w->begin;

	if (!w->begun)
		return 0;
	w->begun = false;
	w->magic = false;
	err = put(w, 0);
	if (err)
		return err;
	if (IS_ENABLED(CONFIG_SHELL_GLOB)) {
		if (magic && (match(w, &err) || err))
			return err;
		for (const char *from = w->text + w->begin;; from++) {
			from += *from == '\\';
			w->text[to++] = *from;
			if (!*from)
				break;
		}
		w->len = to;
	}
	return add(w);
}

static int put_value(struct words *w, const char *value, bool quoted, enum expand_how how)
{
	int err = 0;

	for (; *value && !err; value++) {
		if (quoted || how == EXPAND_WHOLE)
			err = put_plain(w, *value);
		else if (*value == ' ' || *value == '\t' || *value == '\n')
			err = finish(w);
		else
			err = put_unquoted(w, *value, how);
	}
	return err;
}

/* The value of the variable at @s, behind its dollar sign; *@len: how much of @s it was. */
static int variable(struct words *w, const char *s, size_t *len, bool quoted, enum expand_how how)
{
	bool braces = *s == '{';
	size_t name = parse_name(s + braces);
	char status[12], *value;
	int err;

	*len = 0;
	if (!name)
		return put_plain(w, '$');
	*len = name + 2 * braces;
	s += braces;
	if (*s == '?') {
		snprintf(status, sizeof(status), "%d", w->status);
		return put_value(w, status, quoted, how);
	}
	err = vars_get(s, name, &value);
	if (!err && value)
		err = put_value(w, value, quoted, how);
	kfree(value);
	return err;
}

/* Whether a backslash within @quote takes away what @c means; else it stands for itself. */
static bool escapes(char quote, char c)
{
	return !quote || (quote == '"' && strchr("$\"\\\n", c));
}

int expand(struct words *w, const char *s, size_t len, enum expand_how how)
{
	const char *end = s + len;
	char quote = 0;
	int err = 0;

	w->begin = w->len;
	w->begun = how == EXPAND_WHOLE;
	for (; s < end && !err; s++) {
		size_t skip = 0;

		if (quote && *s == quote) {
			quote = 0;
		} else if (!quote && (*s == '\'' || *s == '"')) {
			quote = *s;
			w->begun = true;
		} else if (*s == '\\' && s + 1 < end && escapes(quote, s[1])) {
			s++;
			if (*s != '\n')
				err = put_plain(w, *s);
		} else if (IS_ENABLED(CONFIG_SHELL_VARS) && *s == '$' && quote != '\'') {
			err = variable(w, s + 1, &skip, quote, how);
		} else {
			err = quote ? put_plain(w, *s) : put_unquoted(w, *s, how);
		}
		s += skip;
	}
	return err ? err : finish(w);
}

char **words_argv(struct words *w)
{
	if (!w->at)
		w->at = w->few;
	for (size_t i = 0; i < w->count; i++)
		w->at[i] += (uintptr_t)w->text;
	w->at[w->count] = 0;
	return (char **)w->at;
}

void words_free(struct words *w)
{
	if (w->text != w->short_text)
		kfree(w->text);
	if (w->at != w->few)
		kfree(w->at);
	w->text = NULL;
	w->at = NULL;
	w->len = w->room = w->begin = 0;
	w->count = w->count_room = 0;
}
