/* SPDX-License-Identifier: MIT */
/*
 * The shell's parser (see parse.h): one pass over the text by recursive descent without recursion,
 * for nothing nests. Words stay where they are, as offsets: what they expand to is not known before
 * they are run. A construct that the configuration leaves out is an error with the option's name.
 */
#include <lib/string.h>
#include <uapi/errno.h>

#include "parse.h"

struct cursor {
	struct parse *p;
	const char *text;
	u32 at;
	u32 list;		/* the first command of the list that is being read */
};

static int fail(struct cursor *c, u32 at, const char *problem)
{
	c->p->column = at + 1;
	c->p->problem = problem;
	return -EINVAL;
}

static int unfinished(struct cursor *c, u32 at, const char *problem)
{
	fail(c, at, problem);
	return -EAGAIN;
}

static bool is_joint(const char *s)
{
	return s[0] == '\\' && s[1] == '\n';
}

/* Over spaces, and a comment, which ends before its newline. */
static void skip_space(struct cursor *c)
{
	const char *s = c->text + c->at;

	while (*s == ' ' || *s == '\t' || *s == '\r' || is_joint(s))
		s += is_joint(s) ? 2 : 1;
	if (*s == '#')
		while (*s && *s != '\n')
			s++;
	c->at = (u32)(s - c->text);
}

static bool ends_word(char ch)
{
	return !ch || strchr(" \t\r\n;&|<>", ch);
}

size_t parse_name(const char *s)
{
	size_t n = 0;

	if (*s == '?')
		return 1;
	while (s[n] == '_' || (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') ||
	       (n && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}

/* Looks at the dollar sign at @at, outside of single quotes; moves *@at behind ${NAME}. */
static int variable(struct cursor *c, u32 *at)
{
	const char *s = c->text + *at + 1;
	bool braces = *s == '{';
	size_t len = parse_name(s + braces);

	if (!len && !braces)
		return 0;
	if (!IS_ENABLED(CONFIG_SHELL_VARS))
		return fail(c, *at, "variables are not in this image (SHELL_VARS)");
	if (!braces)
		return 0;
	if (!len || s[1 + len] != '}')
		return fail(c, *at, "${ needs a name and a }");
	*at += (u32)len + 2;
	return 0;
}

/* Moves c->at from a word's first character behind its last one. */
static int scan_word(struct cursor *c)
{
	const char *text = c->text;
	u32 opened = 0, at;
	char quote = 0;
	int err;

	for (at = c->at; text[at] && (quote || !ends_word(text[at])); at++) {
		if (quote && text[at] == quote) {
			quote = 0;
		} else if (!quote && (text[at] == '\'' || text[at] == '"')) {
			quote = text[at];
			opened = at;
		} else if (text[at] == '\\' && quote != '\'' && text[at + 1]) {
			at++;
		} else if (text[at] == '$' && quote != '\'') {
			err = variable(c, &at);
			if (err)
				return err;
		} else if (text[at] == '\\' && quote != '\'') {
			c->p->continued = true;
		}
	}
	c->at = at;
	return quote ? unfinished(c, opened, "a quote is not closed") : 0;
}

/* The redirection at c->at, if there is one, and moves behind its operator. */
static enum parse_kind redirection(struct cursor *c)
{
	const char *s = c->text + c->at;

	if (*s == '<') {
		c->at++;
		return PARSE_READ;
	}
	if (*s != '>')
		return PARSE_WORD;
	c->at += s[1] == '>' ? 2 : 1;
	return s[1] == '>' ? PARSE_APPEND : PARSE_WRITE;
}

static bool all_digits(const char *s, u32 len)
{
	for (u32 i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* One word or redirection. */
static int read_word(struct cursor *c)
{
	u32 begin = c->at, start;
	enum parse_kind kind = redirection(c);
	int err;

	if (kind != PARSE_WORD) {
		if (!IS_ENABLED(CONFIG_SHELL_REDIRECT))
			return fail(c, begin, "there are no files to redirect to (SHELL_REDIRECT)");
		skip_space(c);
		if (ends_word(c->text[c->at]))
			return fail(c, begin, "a redirection needs a file");
	}
	start = c->at;
	err = scan_word(c);
	if (err)
		return err;
	/* it would be taken for a word of the command, and not for what it is elsewhere */
	if (kind == PARSE_WORD && (c->text[c->at] == '<' || c->text[c->at] == '>') &&
	    all_digits(c->text + start, c->at - start))
		return fail(c, start, "there is one output: no number before < or >");
	if (c->p->words)
		c->p->words[c->p->word_count] = (struct parse_word){
			.start = start, .len = c->at - start, .kind = kind,
		};
	c->p->word_count++;
	return 0;
}

static bool at_word(const struct cursor *c)
{
	char ch = c->text[c->at];

	return !ends_word(ch) || ch == '<' || ch == '>';
}

/* A command with at least one word. */
static int read_command(struct cursor *c, enum parse_join join)
{
	struct parse *p = c->p;
	u32 first = p->word_count, start = c->at, end = c->at;
	int err;

	while (at_word(c)) {
		err = read_word(c);
		if (err)
			return err;
		end = c->at;
		skip_space(c);
	}
	if (join == PARSE_NEW)
		c->list = p->command_count;
	if (p->commands)
		p->commands[p->command_count] = (struct parse_command){
			.start = start, .end = end, .first = first,
			.count = p->word_count - first, .join = join,
		};
	p->command_count++;
	return 0;
}

/* The operator at c->at that joins two commands, *@join; true, and moves behind it. */
static bool joins(struct cursor *c, enum parse_join *join)
{
	const char *s = c->text + c->at;

	if (s[0] == '&' && s[1] == '&')
		*join = PARSE_AND;
	else if (s[0] == '|')
		*join = s[1] == '|' ? PARSE_OR : PARSE_PIPE;
	else
		return false;
	c->at += *join == PARSE_PIPE ? 1 : 2;
	return true;
}

/* Commands up to an operator that ends the list, or the line. */
static int read_list(struct cursor *c)
{
	enum parse_join join = PARSE_NEW;
	u32 joint = 0;
	int err;

	do {
		skip_space(c);
		while (join != PARSE_NEW && c->text[c->at] == '\n') {
			c->at++;
			skip_space(c);
		}
		if (!at_word(c)) {
			if (join != PARSE_NEW)
				return c->text[c->at]
					? fail(c, c->at, "a command is missing here")
					: unfinished(c, joint, "a command is missing behind it");
			return strchr("&|", c->text[c->at]) && c->text[c->at]
				? fail(c, c->at, "a command is missing before it") : 0;
		}
		err = read_command(c, join);
		if (err)
			return err;
		joint = c->at;
		if (!joins(c, &join))
			return 0;
		if (join == PARSE_PIPE && !IS_ENABLED(CONFIG_SHELL_PIPES))
			return fail(c, joint, "pipes are not in this image (SHELL_PIPES)");
	} while (true);
}

int parse(struct parse *p, const char *text)
{
	struct cursor c = { .p = p, .text = text };
	int err;

	p->word_count = 0;
	p->command_count = 0;
	p->continued = false;
	for (;;) {
		char ch;

		err = read_list(&c);
		if (err)
			return err;
		ch = text[c.at];
		if (ch == '&') {
			if (!IS_ENABLED(CONFIG_SHELL_JOBS))
				return fail(&c, c.at, "jobs are not in this image (SHELL_JOBS)");
			if (p->commands)
				p->commands[c.list].background = true;
		}
		if (ch)
			c.at++;
		if (ch != ';' && ch != '&')
			break;
	}
	p->consumed = c.at;
	return 0;
}
