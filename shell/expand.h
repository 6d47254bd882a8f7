/* SPDX-License-Identifier: MIT */
/*
 * From a word as it was written to the words that a command gets: quotes go, variables become their
 * values, an unquoted value is split at its spaces, and an unquoted pattern becomes the paths that
 * it stands for, or itself where there are none.
 */
#ifndef SHELL_EXPAND_H
#define SHELL_EXPAND_H

#include <lib/types.h>

#define WORDS_SHORT	64	/* bytes of text that need no memory of the heap */
#define WORDS_FEW	8	/* words, with the NULL behind them, likewise */

/* The words of a command. All zeroes: none yet. It cannot be copied. */
struct words {
	char *text;		/* the words, each with its NUL */
	size_t len, room;	/* bytes */
	uintptr_t *at;		/* offsets in text; pointers once words_argv() was called */
	size_t count, count_room;
	/* the word that is being written: */
	size_t begin;
	bool begun;		/* it is a word, even if it is empty */
	bool magic;		/* it has a * ? or [ that means something */
	int status;		/* of the last command: $? */
	char short_text[WORDS_SHORT];
	uintptr_t few[WORDS_FEW];
};

/* How a word is expanded. */
enum expand_how {
	EXPAND_WORDS,		/* to any number of words */
	EXPAND_WHOLE,		/* to one word: neither split nor matched with paths */
};

/* Expands the @len bytes at @source and adds what comes of it to @w: 0, -ENOMEM. */
int expand(struct words *w, const char *source, size_t len, enum expand_how how);

/* Adds @text as a word of its own, as it is: 0, -ENOMEM. */
int words_add(struct words *w, const char *text);

/*
 * Makes an argv of the words: pointers, with a NULL behind, good until words_free(). Nothing can be
 * added afterwards.
 */
char **words_argv(struct words *w);

/* Gives back the memory; @w then has no words again. */
void words_free(struct words *w);

#endif
