/* SPDX-License-Identifier: MIT */
/*
 * The memory test: free RAM is taken, filled with patterns, read back, and given back. Pages with
 * a bad word are not given back.
 */
#ifndef MM_MEMTEST_H
#define MM_MEMTEST_H

#include <lib/types.h>

enum memtest_pattern {
	MEMTEST_ADDRESSES,	/* each word holds its address: lines that are stuck or crossed */
	MEMTEST_COMPLEMENT,	/* the complement of it */
	MEMTEST_WALKING,	/* a single bit, in each word another one */
	MEMTEST_CHECKERBOARD,	/* every other bit, inverted from word to word */
	MEMTEST_PATTERNS,
};

/*
 * Fills @size bytes at @p, both multiples of 32, with a pattern. It depends on the address, so two
 * places differ, and on @pass, so that words differ from pass to pass.
 */
void memtest_fill(enum memtest_pattern pattern, void *p, size_t size, u64 pass);

/*
 * Compares with what memtest_fill() wrote, and calls @bad for each word that differs. Each word is
 * read once. Returns how many differed.
 */
u64 memtest_check(enum memtest_pattern pattern, const void *p, size_t size, u64 pass,
		  void (*bad)(const void *where, u64 expected, u64 found));

struct memtest {
	/* set by the caller: */
	u64 size;		/* bytes to test, 0: all that can be taken */
	unsigned int passes;
	/*
	 * now and then; @done in percent of the pass @pass, which counts from 1. False ends the
	 * test. May be NULL
	 */
	bool (*progress)(unsigned int pass, unsigned int done);
	/* the result: */
	u64 tested;		/* bytes */
	u64 bad_words;		/* counted once for each time that one was read */
	size_t bad_pages;	/* that this test found; they stay out of use */
};

/*
 * Tests free memory, the largest runs first, and leaves some for everybody else. Each bad word is
 * a line in the log, up to some number. 0 also when words are bad; -ENOMEM when less than the size
 * asked for can be taken: then @t->tested is what could be; -EINTR when it was ended. Thread context, one at a time.
 */
int memtest_run(struct memtest *t);

/* Pages that are out of use since a test. */
size_t memtest_bad_pages(void);

#endif
