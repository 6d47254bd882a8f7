/* SPDX-License-Identifier: MIT */
/*
 * From a line to commands and their words (see split.h): one pass, which writes each word back
 * over the place it was read from.
 */
#include <uapi/errno.h>

#include "split.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies the word at *@in to *@out without its quoting, both moved behind it. 0 or -EINVAL. */
static int word(char **in, char **out)
{
	char quote = 0;
	char *from = *in, *to = *out;

	for (; *from && (quote || (!is_space(*from) && *from != ';')); from++) {
		if (quote && *from == quote)
			quote = 0;
		else if (!quote && (*from == '\'' || *from == '"'))
			quote = *from;
		else if (*from == '\\' && quote != '\'' && from[1])
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*in = from;
	*out = to;
	return quote ? -EINVAL : 0;
}

int command_split(char **line, char *argv[ARGS_MAX])
{
	char *in = *line, *out = *line;
	int argc = 0;

	if (!*in)
		return -1;
	for (;;) {
		bool last;

		while (is_space(*in))
			in++;
		if (*in == '#')
			while (*in)
				in++;
		if (!*in || *in == ';')
			break;
		if (argc == ARGS_MAX - 1)
			return -E2BIG;
		argv[argc++] = out;
		if (word(&in, &out))
			return -EINVAL;
		/* the end mark may fall on the separator itself: look at it first */
		last = !*in || *in == ';';
		if (last) {
			char separator = *in;

			*line = in + (separator == ';');
			*out = 0;
			argv[argc] = NULL;
			return argc;
		}
		in++;
		*out++ = 0;
	}
	*line = in + (*in == ';');
	argv[argc] = NULL;
	return argc;
}
