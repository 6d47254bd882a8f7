/* SPDX-License-Identifier: MIT */
/*
 * Which command was meant: the one that takes the fewest letters to be changed, added, left out, or
 * swapped with their neighbour (optimal string alignment).
 */
#include <lib/string.h>
#include <shell/command.h>

#include "command.h"
#include "suggest.h"

#define LEN_MAX	16	/* letters; longer names are no near ones */

unsigned int name_distance(const char *a, const char *b)
{
	unsigned char row[3][LEN_MAX + 1];
	unsigned int la = (unsigned int)strlen(a), lb = (unsigned int)strlen(b);

	if (la > LEN_MAX || lb > LEN_MAX)
		return LEN_MAX;
	for (unsigned int j = 0; j <= lb; j++)
		row[0][j] = (unsigned char)j;
	for (unsigned int i = 1; i <= la; i++) {
		unsigned char *now = row[i % 3], *last = row[(i + 2) % 3];

		now[0] = (unsigned char)i;
		for (unsigned int j = 1; j <= lb; j++) {
			unsigned int best = last[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, last[j] + 1U);
			best = MIN(best, now[j - 1] + 1U);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = MIN(best, row[(i + 1) % 3][j - 2] + 1U);
			now[j] = (unsigned char)best;
		}
	}
	return row[la % 3][lb];
}

const char *command_suggest(const char *name)
{
	/* a third of the letters may be wrong, three at most */
	unsigned int best = (unsigned int)MIN(MAX(strlen(name) / 3, 1UL) + 1, 4UL);
	const char *found = NULL;

	if (!*name)
		return NULL;
	TABLE_FOREACH(command, struct command, c) {
		unsigned int d = name_distance(name, (*c)->name);

		/* as far as its own length: nothing of it is left */
		if (d < best && d < strlen((*c)->name)) {
			best = d;
			found = (*c)->name;
		}
	}
	return found;
}
