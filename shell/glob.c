/* SPDX-License-Identifier: MIT */
/*
 * Patterns of paths (see <shell/glob.h>). A path is matched component by component: the names of a
 * folder are collected first, and only then is it gone into, so that no folder stays open. A
 * component without a pattern is taken as it is, without a look at its folder.
 */
#include <lib/string.h>
#include <shell/files.h>
#include <shell/glob.h>
#include <uapi/errno.h>

#include "character.h"
#include "expand.h"

#define PATH_SIZE	256	/* longer ones are passed over */
#define DEPTH_MAX	16	/* components with a pattern */

const struct shell_files *shell_files;

/* The set behind a [ at @*pattern, moved behind its ]: whether @c is in it. */
static bool in_set(const char **pattern, u32 c)
{
	const char *p = *pattern;
	bool negated = *p == '!' || *p == '^', in = false;

	p += negated;
	/* a ] that comes first is one of the set */
	for (bool first = true; *p && (first || *p != ']'); first = false) {
		u32 low, high;

		p += *p == '\\' && p[1];
		low = high = character(&p);
		if (p[0] == '-' && p[1] && p[1] != ']') {
			p++;
			p += *p == '\\' && p[1];
			high = character(&p);
		}
		in = in || (c >= low && c <= high);
	}
	*pattern = p + (*p == ']');
	return in != negated;
}

static bool has_set(const char *p)
{
	p += *p == '!' || *p == '^';
	return *p && strchr(p + 1, ']');
}

bool glob_match(const char *p, const char *s)
{
	const char *star = NULL, *from = NULL;

	for (;;) {
		const char *next = s;
		u32 c = *s ? character(&next) : 0;
		bool fits;

		if (*p == '*') {
			star = ++p;
			from = s;
			continue;
		}
		if (!*s && !*p)
			return true;
		if (*p == '?') {
			fits = c;
			p++;
		} else if (*p == '[' && has_set(p + 1)) {
			p++;
			fits = in_set(&p, c) && c;
		} else {
			p += *p == '\\' && p[1];
			fits = c && *p && character(&p) == c;
		}
		if (fits) {
			s = next;
			continue;
		}
		/* the last * takes one character more */
		if (!star || !*from)
			return false;
		p = star;
		character(&from);
		s = from;
	}
}

static bool is_pattern(const char *s, size_t len)
{
	for (; len; s++, len--) {
		if (*s == '\\' && len > 1) {
			s++;
			len--;
		} else if (strchr("*?[", *s)) {
			return true;
		}
	}
	return false;
}

struct walk {
	struct words *found;
	char path[PATH_SIZE];
	unsigned int depth;
};

struct filter {
	const char *pattern;
	struct words names;
};

static int keep(void *arg, const char *name)
{
	struct filter *f = arg;

	if (*name == '.' && *f->pattern != '.')
		return 0;
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	return glob_match(f->pattern, name) ? words_add(&f->names, name) : 0;
}

static int walk_on(struct walk *w, size_t len, const char *rest);

/* The names in the folder w->path, @len bytes, that fit the first component of @rest. */
static int walk_pattern(struct walk *w, size_t len, const char *rest, size_t component)
{
	char pattern[PATH_SIZE];
	struct filter f = { .pattern = pattern };
	char **names;
	int err;

	if (component >= sizeof(pattern) || w->depth == DEPTH_MAX)
		return 0;
	memcpy(pattern, rest, component);
	pattern[component] = 0;
	/* a folder that cannot be read has nothing that fits */
	if (shell_files->list(w->path, keep, &f) == -ENOMEM) {
		words_free(&f.names);
		return -ENOMEM;
	}
	names = words_argv(&f.names);
	err = names ? 0 : -ENOMEM;
	w->depth++;
	for (; !err && *names; names++) {
		size_t add = strlen(*names);

		if (len + add + 1 >= PATH_SIZE)
			continue;
		memcpy(w->path + len, *names, add + 1);
		err = walk_on(w, len + add, rest + component);
	}
	w->depth--;
	words_free(&f.names);
	return err;
}

/* The paths that begin with w->path, @len bytes, and go on as the pattern @rest. */
static int walk_on(struct walk *w, size_t len, const char *rest)
{
	size_t component;

	for (;;) {
		while (*rest == '/' && len + 1 < PATH_SIZE) {
			w->path[len++] = *rest++;
			w->path[len] = 0;
		}
		if (!*rest)
			return shell_files->exists(w->path) ? words_add(w->found, w->path) : 0;
		component = strchr(rest, '/') ? (size_t)(strchr(rest, '/') - rest) : strlen(rest);
		if (is_pattern(rest, component))
			return walk_pattern(w, len, rest, component);
		for (; component; component--, rest++) {
			if (*rest == '\\' && component > 1) {
				rest++;
				component--;
			}
			if (len + 1 >= PATH_SIZE)
				return 0;
			w->path[len++] = *rest;
		}
		w->path[len] = 0;
	}
}

/* Sorts the words from the @first one on, by Shell's method: no memory, no recursion. */
static void sort(struct words *w, size_t first)
{
	uintptr_t *at = w->at + first;
	size_t n = w->count - first;

	for (size_t gap = n / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11) {
		for (size_t i = gap; i < n; i++) {
			uintptr_t moved = at[i];
			size_t to = i;

			while (to >= gap &&
			       strcmp(w->text + at[to - gap], w->text + moved) > 0) {
				at[to] = at[to - gap];
				to -= gap;
			}
			at[to] = moved;
		}
	}
}

int glob_expand(const char *pattern, struct words *found)
{
	struct walk w = { .found = found };
	size_t before = found->count;
	int err;

	if (!shell_files)
		return 0;
	err = walk_on(&w, 0, pattern);
	if (!err && found->count > before)
		sort(found, before);
	return err;
}
