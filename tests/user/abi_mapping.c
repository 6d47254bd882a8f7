/* SPDX-License-Identifier: MIT */
/* More about memory: places for mappings, and how many there can be. */
#include "abi.h"

#include <sys/mman.h>

#define PIECE	65536UL		/* a page, with the largest granule */

static char *map(size_t size, int prot, int flags)
{
	char *p = mmap(NULL, size, prot, flags | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED);
	return p;
}

static char *map_private(size_t size)
{
	return map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

/* Every second piece gets other rights, so that each is a mapping of its own. */
static void as_many_as_can_be(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), most = 66000, i;
	char *p = map(most * page, PROT_NONE, MAP_PRIVATE), *q;
	int err = 0;

	for (i = 1; i < most && !err; i += 2)
		err = mprotect(p + i * page, page, PROT_READ) ? errno : 0;
	EQ(err, ENOMEM);
	OK(i > 65000 && i < 65530);
	/* what is left is one: a hole in it would make two of it, an end of it does not */
	q = p + (most - 1) * page;
	while (!munmap(q - 2 * page, page))
		q -= 2 * page;
	FAILS(munmap(q - 2 * page, page), ENOMEM);
	EQ(munmap(q, page), 0);
	EQ(munmap(p, most * page), 0);
	map_private(page);
}

/* Of many gaps the highest that is large enough is taken; none overlaps, whatever was freed. */
static void gaps(void)
{
	enum { PIECES = 64 };
	char *p = map(2 * PIECES * PIECE, PROT_NONE, MAP_PRIVATE), *q;

	/* neighbours are told apart by their rights */
	for (int i = 0; i < PIECES; i++)
		EQ(mprotect(p + 2 * i * PIECE, PIECE, PROT_READ), 0);
	for (int i = 1; i < PIECES; i += 2)
		EQ(munmap(p + 2 * i * PIECE, (i % 8 == 7 ? 2 : 1) * PIECE), 0);
	for (int i = 0; i < PIECES; i++) {
		q = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		OK(q != MAP_FAILED);
		for (size_t at = 0; at < PIECE; at += 4096)
			EQ(q[at], 0);
		memset(q, 1, PIECE);
	}
	/* all that was free among them is taken */
	for (int i = 1; i < PIECES; i += 2)
		EQ(mprotect(p + 2 * i * PIECE, PIECE, PROT_READ), 0);
}

static const struct abi_case cases[] = {
	CASE(as_many_as_can_be), CASE(gaps),
};

ABI_MAIN(cases)
