/* SPDX-License-Identifier: MIT */
/*
 * The history: lines one behind the other in one piece of memory, the oldest first, each with its
 * final NUL. What goes, the oldest or a line that is typed again, is closed up, so there is nothing
 * to keep in order but one length. A look for a line walks over those behind it, which is cheap
 * for as many as people keep. It does not outlive the run.
 */
#include <lib/string.h>
#include <shell/history.h>

static char lines[CONFIG_SHELL_HISTORY_SIZE];
static size_t used;

/* Where the line begins that ends before @end. */
static size_t line_before(size_t end)
{
	for (end--; end && lines[end - 1]; end--)
		;
	return end;
}

static void forget(size_t from, size_t len)
{
	used -= len;
	memmove(lines + from, lines + from + len, used - from);
}

static bool blank(const char *line)
{
	while (*line == ' ')
		line++;
	return !*line;
}

void history_add(const char *line)
{
	size_t len = strlen(line) + 1, at = 0;

	if (len > sizeof(lines) || blank(line))
		return;
	for (; at < used; at += strlen(lines + at) + 1) {
		if (!strcmp(lines + at, line)) {
			forget(at, len);
			break;
		}
	}
	while (sizeof(lines) - used < len)
		forget(0, strlen(lines) + 1);
	memcpy(lines + used, line, len);
	used += len;
}

const char *history_line(unsigned int n)
{
	size_t at = used;

	while (at && n--) {
		at = line_before(at);
		if (!n)
			return lines + at;
	}
	return NULL;
}

unsigned int history_find(unsigned int n, const char *part)
{
	const char *line;

	for (; (line = history_line(n)); n++)
		if (strstr(line, part))
			return n;
	return 0;
}
