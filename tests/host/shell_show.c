/* SPDX-License-Identifier: MIT */
/* Parsing a text line by line and writing down what came of it (see shell_show.h). */
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/string.h>

#include "../../shell/parse.h"
#include "shell_show.h"

#define SHOWN_MAX	65536

static char shown[SHOWN_MAX];

static void __printf(1, 2) show(const char *fmt, ...)
{
	size_t len = strlen(shown);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(shown + len, sizeof(shown) - len, fmt, ap);
	va_end(ap);
}

static void must(bool good, const char *what)
{
	if (!good)
		panic("not so: %s", what);
}

static void show_command(const char *text, const struct parse *p, u32 i)
{
	static const char *const kinds[] = { "", "<", ">", ">>" };
	const struct parse_command *c = &p->commands[i];

	must(c->count && c->first + c->count <= p->word_count, "a command has its words");
	must(c->start < c->end && c->end <= p->consumed, "a command is where it was written");
	for (u32 w = c->first; w < c->first + c->count; w++) {
		const struct parse_word *word = &p->words[w];

		must(word->len && word->start >= c->start && word->start + word->len <= c->end,
		     "a word is in its command");
		must(w == c->first || word->start >= word[-1].start + word[-1].len,
		     "words do not overlap");
		show("%s[%.*s]", kinds[word->kind], (int)word->len, text + word->start);
	}
}

static void show_line(const char *text, const struct parse *p)
{
	static const char *const joins[] = { "", "&&", "||", "|" };
	bool background = false;

	for (u32 i = 0; i < p->command_count; i++) {
		const struct parse_command *c = &p->commands[i];

		must(i || c->join == PARSE_NEW, "a line begins with a list");
		must(!i || c->start > c[-1].start, "commands are in order");
		if (i && c->join == PARSE_NEW)
			show(background ? "&" : ";");
		if (c->join == PARSE_NEW)
			background = c->background;
		show("%s", joins[c->join]);
		show_command(text, p, i);
	}
	show(background ? "&\n" : "\n");
}

const char *shell_show(const char *data, size_t len)
{
	char *text = malloc(len + 1);
	const char *at = text;

	memcpy(text, data, len);
	text[len] = 0;
	shown[0] = 0;
	while (*at) {
		struct parse p = { 0 };
		u32 words, commands;
		int err = parse(&p, at);

		if (err) {
			must(p.problem && p.column && p.column <= strlen(at) + 1,
			     "an error is explained");
			show("%pe %u: %s", (void *)(intptr_t)err, p.column, p.problem);
			break;
		}
		words = p.word_count;
		commands = p.command_count;
		p.words = malloc(words * sizeof(*p.words) + 1);
		p.commands = malloc(commands * sizeof(*p.commands) + 1);
		must(!parse(&p, at) && p.word_count == words && p.command_count == commands,
		     "it parses twice alike");
		must(p.consumed && p.consumed <= strlen(at), "it goes on");
		show_line(at, &p);
		at += p.consumed;
		free(p.words);
		free(p.commands);
	}
	free(text);
	return shown;
}
