/* SPDX-License-Identifier: MIT */
/*
 * The shell's grammar: from text to commands, their words, and how they hang together. Pure text
 * work on memory that the caller owns, so that host tests and a fuzzer run it.
 *
 *   line     = list { ( ";" | "&" ) list } [ "\n" ]
 *   list     = pipeline { ( "&&" | "||" ) pipeline }
 *   pipeline = command { "|" command }
 *   command  = { word | ( "<" | ">" | ">>" ) word }
 *
 * Empty commands between semicolons are nothing. Words end at space and at operators; ' " \ take
 * away what a character means, # at a word's beginning starts a comment. A backslash before a
 * newline joins two lines; so does a newline behind an operator that needs another command.
 */
#ifndef SHELL_PARSE_H
#define SHELL_PARSE_H

#include <lib/types.h>

enum parse_kind {
	PARSE_WORD,
	/* the word behind a redirection: */
	PARSE_READ,		/* < */
	PARSE_WRITE,		/* > */
	PARSE_APPEND,		/* >> */
};

/* A word as it was written, quotes and all (shell/expand.h takes them off). */
struct parse_word {
	u32 start;		/* offset in the text */
	u32 len;
	enum parse_kind kind;
};

/* How a command hangs on the one before it. */
enum parse_join {
	PARSE_NEW,		/* not at all: a list begins */
	PARSE_AND,
	PARSE_OR,
	PARSE_PIPE,
};

struct parse_command {
	u32 start, end;		/* what was written, offsets in the text */
	u32 first, count;	/* of its words */
	enum parse_join join;
	bool background;	/* of a list's first command: the list has & behind it */
};

struct parse {
	/* the caller's; both NULL: nothing is stored, only counted */
	struct parse_word *words;
	struct parse_command *commands;
	/* results, for a text that is right: */
	u32 word_count;
	u32 command_count;
	u32 consumed;		/* bytes of the text, with the newline that ended it */
	bool continued;		/* it ends with a backslash, which a newline may follow */
	/* results, for one that is not: */
	u32 column;		/* where, from 1 on */
	const char *problem;	/* what, lower case, no full stop */
};

/*
 * Parses @text up to the end of its first line. 0; -EINVAL with p->problem; -EAGAIN likewise, where
 * more text could make it right (an open quote, nothing behind &&). To be called twice with the
 * same text: first to count, then to store into memory for so many.
 */
int parse(struct parse *p, const char *text);

/*
 * The length of the variable's name at @s, which follows a dollar sign: letters, digits and _, not
 * beginning with a digit, or the one character ?. 0: the dollar sign stands for itself.
 */
size_t parse_name(const char *s);

#endif
