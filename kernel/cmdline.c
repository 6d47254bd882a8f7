/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line (see <kernel/cmdline.h>). It is kept as text, and every question
 * walks it: there are few.
 */
#include <kernel/cmdline.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <uapi/errno.h>

static char line[CMDLINE_MAX];

void cmdline_init(const char *builtin, const char *bootargs)
{
	size_t len =
		snprintf(line, sizeof(line), "%s%s%s", builtin,
			 *builtin && bootargs && *bootargs ? " " : "", bootargs ? bootargs : "");

	if (len >= sizeof(line))
		log_err("command line: %zu bytes are too long, only the first %u are read", len,
			CMDLINE_MAX - 1);
}

const char *cmdline_get(void)
{
	return line;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The word at *@p: its length, and *@p becomes its start. 0 at the end. Quotes hide spaces. */
static size_t next_word(const char **p)
{
	bool quoted = false;
	size_t n = 0;

	while (is_space(**p))
		++*p;
	for (; (*p)[n] && (quoted || !is_space((*p)[n])); n++)
		if ((*p)[n] == '"')
			quoted = !quoted;
	return n;
}

/* The last word with that name, or NULL; its whole length in *@len. */
static const char *find(const char *name, size_t *len)
{
	size_t name_len = strlen(name), n;
	const char *found = NULL;

	for (const char *p = line; (n = next_word(&p)); p += n) {
		if (n < name_len || strncmp(p, name, name_len) ||
		    (n > name_len && p[name_len] != '='))
			continue;
		found = p;
		*len = n;
	}
	return found;
}

bool cmdline_has(const char *name)
{
	size_t len;

	return find(name, &len);
}

int cmdline_value(const char *name, char *buf, size_t size)
{
	size_t len, skip = strlen(name) + 1, n = 0;
	const char *word = find(name, &len);

	if (!word)
		return -ENOENT;
	if (len < skip)
		return -EINVAL;
	for (size_t i = skip; i < len; i++) {
		if (word[i] == '"')
			continue;
		if (n + 1 >= size) {
			buf[n] = 0;
			return -ERANGE;
		}
		buf[n++] = word[i];
	}
	buf[n] = 0;
	return 0;
}

static int number(const char *name, u64 *value, int (*parse)(const char *s, u64 *out))
{
	char text[32];
	int err = cmdline_value(name, text, sizeof(text));

	if (err == -ENOENT)
		return err;
	if (!err)
		err = parse(text, value);
	if (err)
		log_err("command line: %s= wants a number, and is ignored", name);
	return err ? -EINVAL : 0;
}

static int parse_plain(const char *s, u64 *out)
{
	return parse_u64(s, 0, out);
}

int cmdline_u64(const char *name, u64 *value)
{
	return number(name, value, parse_plain);
}

int cmdline_size(const char *name, u64 *value)
{
	return number(name, value, parse_size);
}
