/* SPDX-License-Identifier: MIT */
/*
 * Tab (see <shell/complete.h>). The first one adds what all offers have in common, and when there
 * is only one its end; the next one lists them in columns, as many as the window has room for.
 *
 * Nothing that is offered is kept: those that offer are asked once for the count and what is
 * common, and again for the list. So there may be any number, in the order in which they come.
 * Quoting is followed as the shell reads it, and what is added is quoted in the same way. Text
 * behind the cursor stays as it is.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <shell/argument.h>
#include <shell/command.h>
#include <shell/complete.h>

#include "complete.h"

#define GAP	2	/* columns between two of a list */
#define USAGE_MAX	256

/* What is asked for; completion is its face to those who offer. */
struct request {
	struct completion c;
	struct line *line;
	char text[LINE_SIZE];		/* the words, unquoted */
	char quote;			/* that the word is in, or 0 */
	char *variable;			/* the $ of one that ends at the cursor, or NULL */
	bool file;			/* it stands behind < or > */
	bool comment;
	/* the offers: */
	unsigned int count, widest;
	char common[LINE_SIZE];
	const char *end;		/* of the last one; used when it is the sole one */
	/* the list: */
	bool listing;
	unsigned int shown, most, columns;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* --- The word --- */

static bool in_variable(const char *dollar, const char *at, char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (c == '{' && at == dollar + 1);
}

/* Follows where a variable may begin and end; @c goes to @to. */
static void follow_variable(struct request *r, char *to, char c)
{
	if (c == '$' && r->quote != '\'')
		r->variable = to;
	else if (r->variable && !in_variable(r->variable, to, c))
		r->variable = NULL;
}

/* Ends the word that began at @from, at @to; the next one begins behind it. */
static char *end_word(struct request *r, char *from, char *to)
{
	if (to == from)
		return to;
	*to++ = 0;
	if (r->file)
		r->file = false;
	else if (r->c.index++ < COMPLETE_WORDS)
		r->c.words[r->c.index - 1] = from;
	return to;
}

/* Reads the line up to the cursor, as the shell would. */
static void read_words(struct request *r)
{
	const char *in = r->line->text, *end = in + r->line->at;
	char *from = r->text, *to = r->text;

	for (; in < end; in++) {
		follow_variable(r, to, *in);
		if (r->quote ? *in == r->quote : *in == '\'' || *in == '"') {
			r->quote = r->quote ? 0 : *in;
		} else if (*in == '\\' && r->quote != '\'' && in + 1 < end) {
			*to++ = *++in;
		} else if (r->quote) {
			*to++ = *in;
		} else if (is_blank(*in)) {
			from = to = end_word(r, from, to);
		} else if (strchr(";|&\n", *in)) {
			from = to = end_word(r, from, to);
			r->c.index = 0;
		} else if (strchr("<>", *in)) {
			from = to = end_word(r, from, to);
			r->file = true;
		} else if (*in == '#' && to == from) {
			r->comment = true;
			break;
		} else {
			*to++ = *in;
		}
	}
	*to = 0;
	if (r->variable)
		from = r->variable;
	r->c.word = from;
	r->c.len = (size_t)(to - from);
}

/* --- Offers --- */

/* What a list shows of an offer: what is behind the last '/' of the word. */
static const char *shown_part(const struct request *r, const char *text)
{
	const char *slash = strrchr(r->c.word, '/');

	return slash ? text + (slash + 1 - r->c.word) : text;
}

/* Columns, not bytes: names may have any character. */
static unsigned int columns_of(const char *text)
{
	unsigned int columns = 0;

	for (size_t left = strlen(text), n; left; left -= n, text += n) {
		u32 c;

		n = utf8_decode(text, left, &c);
		columns += utf8_columns(c);
	}
	return columns;
}

/* Names may come from anywhere, and are not to tell the terminal anything. */
static void print_name(const char *text)
{
	for (size_t left = strlen(text), n; left; left -= n, text += n) {
		u32 c;

		n = utf8_decode(text, left, &c);
		print("%.*s", utf8_control(c) ? 1 : (int)n, utf8_control(c) ? "?" : text);
	}
}

static void list_one(struct request *r, const char *text)
{
	unsigned int width = columns_of(text);
	bool last;

	if (r->shown == r->most)
		return;
	r->shown++;
	last = r->shown % r->columns == 0 || r->shown == r->most;
	print_name(text);
	print("%*s", last ? 0 : (int)(r->widest + GAP - width), "");
	if (last)
		print("\n");
}

static void count_one(struct request *r, const char *text, const char *end)
{
	size_t n = 0;

	if (!r->count++) {
		strlcpy(r->common, text, sizeof(r->common));
	} else {
		while (r->common[n] && r->common[n] == text[n])
			n++;
		/* never half a character */
		while (n && ((u8)r->common[n] & 0xc0) == 0x80)
			n--;
		r->common[n] = 0;
	}
	r->end = end;
	r->widest = MAX(r->widest, columns_of(shown_part(r, text)));
}

void complete_offer(struct completion *c, const char *text, const char *end)
{
	struct request *r = (struct request *)c;	/* its first member */

	if (strncmp(text, c->word, c->len))
		return;
	if (r->listing)
		list_one(r, shown_part(r, text));
	else
		count_one(r, text, end);
}

/* Whether @kinds has the word @kind. */
static bool has_kind(const char *kinds, const char *kind, size_t len)
{
	while (kinds && *kinds) {
		size_t n = 0;

		while (kinds[n] && kinds[n] != ' ')
			n++;
		if (n == len && !strncmp(kinds, kind, len))
			return true;
		kinds += n + (kinds[n] == ' ');
	}
	return false;
}

void complete_kind(struct completion *c, const char *kind, size_t len)
{
	TABLE_FOREACH(completer, struct completer, p)
		if (has_kind((*p)->kinds, kind, len))
			(*p)->offer(c);
}

static bool by_sign(struct completion *c)
{
	bool found = false;

	TABLE_FOREACH(completer, struct completer, p) {
		if ((*p)->sign && (*p)->sign == *c->word) {
			(*p)->offer(c);
			found = true;
		}
	}
	return found;
}

/* --- Usage lines --- */

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* The next word of a usage line from @at on, and its length; 0: no more. */
static const char *usage_word(const char *at, size_t *len)
{
	while (*at && !in_name(*at))
		at++;
	for (*len = 0; in_name(at[*len]);)
		++*len;
	return at;
}

static bool is_literal(const char *word)
{
	return *word >= 'a' && *word <= 'z';
}

static void offer_usage(struct completion *c, const char *usage)
{
	bool literals = false;
	char text[32];
	const char *at;
	size_t len;

	for (at = usage_word(usage, &len); len; at = usage_word(at + len, &len))
		literals |= is_literal(at);
	for (at = usage_word(usage, &len); len; at = usage_word(at + len, &len)) {
		bool wanted = is_literal(at) ? c->index == 1 : *at == '-' && *c->word == '-';

		if (wanted && len < sizeof(text)) {
			strlcpy(text, at, len + 1);
			complete_offer(c, text, " ");
		} else if (*at >= 'A' && *at <= 'Z' && (c->index > 1 || !literals)) {
			complete_kind(c, at, len);
		}
	}
}

/* --- All of it --- */

static void offer_commands(struct completion *c)
{
	TABLE_FOREACH(command, struct command, p)
		complete_offer(c, (*p)->name, " ");
}

static const struct completer command_completer = {
	.kinds = "COMMAND", .offer = offer_commands,
};
COMPLETER(command_completer);

/* The words of @command's usage line. */
static void offer_words(struct completion *c, const struct command *command)
{
	char text[USAGE_MAX];

	if (IS_ENABLED(CONFIG_SHELL_ARGUMENTS) && !command->usage) {
		arguments_usage(command, text, sizeof(text));
		offer_usage(c, text);
	} else {
		offer_usage(c, command->usage);
	}
}

static void ask(struct request *r)
{
	struct completion *c = &r->c;

	if (r->comment)
		return;
	/* a quoted $ is none */
	if ((*c->word != '$' || r->variable) && by_sign(c))
		return;
	if (r->file) {
		complete_kind(c, "FILE", 4);
		return;
	}
	if (!c->index) {
		complete_kind(c, "COMMAND", 7);
		return;
	}
	TABLE_FOREACH(command, struct command, p) {
		if (strcmp((*p)->name, c->words[0]))
			continue;
		if ((*p)->complete)
			(*p)->complete(c);
		else
			offer_words(c, *p);
	}
}

/* Types @text where the cursor is, quoted as the word is. */
static void type(struct request *r, const char *text)
{
	const char *special = r->quote ? "\\\"" : " '\"\\;|&<>#$*?[";

	for (; *text; text++) {
		/* a newline would be an Enter; the line takes no other control character */
		if (*text == '\n')
			continue;
		/* between single quotes nothing can be quoted, and nothing needs to be */
		if (r->quote != '\'' && strchr(special, *text))
			line_insert(r->line, "\\", 1);
		if (((u8)*text & 0xc0) == 0xc0) {
			size_t n = MIN(utf8_length((u8)*text), strlen(text));

			line_insert(r->line, text, n);
			text += n ? n - 1 : 0;
		} else {
			line_insert(r->line, text, 1);
		}
	}
}

static void list(struct request *r)
{
	struct line *l = r->line;
	unsigned int rows = l->rows > 3 ? l->rows - 2 : 1;

	r->columns = MAX((l->columns + GAP - 1) / (r->widest + GAP), 1U);
	r->most = r->count;
	if (r->most > rows * r->columns)
		r->most = (rows - (rows > 1)) * r->columns;
	r->listing = true;
	line_leave(l);
	ask(r);
	if (r->shown < r->count)
		print("and %u more\n", r->count - r->shown);
	line_draw(l);
}

void complete_line(struct line *l, bool again)
{
	static struct request r;	/* too large for a stack */
	bool complete;

	r = (struct request){ .line = l };
	read_words(&r);
	ask(&r);
	if (!r.count)
		return;
	complete = r.count == 1;
	if (strlen(r.common) > r.c.len || complete) {
		type(&r, r.common + r.c.len);
		if (complete && r.quote && *r.end)
			line_insert(l, &r.quote, 1);
		if (complete)
			line_insert(l, r.end, strlen(r.end));
	} else if (again) {
		list(&r);
	}
}
