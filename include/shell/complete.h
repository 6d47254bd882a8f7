/* SPDX-License-Identifier: MIT */
/*
 * Completion: what a word that is being typed may become.
 *
 * A command's usage line says most of it: "ls|tree [NODE] | cat NODE/PROPERTY" offers ls, tree
 * and cat as the first word, options (-x) wherever a word begins like one, and behind that
 * what the completers for NODE and PROPERTY offer. Whoever knows things of a kind registers a
 * completer, once:
 *
 *   static void offer_nodes(struct completion *c) { ... complete_offer(c, name, " "); }
 *   static const struct completer node_completer = { .kinds = "NODE", .offer = offer_nodes };
 *   COMPLETER(node_completer);
 *
 * A command whose usage does not tell enough has a hook of its own (struct command, `complete`).
 * Both are called as often as needed, in thread context, and may allocate.
 */
#ifndef SHELL_COMPLETE_H
#define SHELL_COMPLETE_H

#include <lib/table.h>
#include <lib/types.h>

#define COMPLETE_WORDS	8	/* words before it that are kept */

struct completion {
	const char *word;	/* what there is of it, without quoting */
	size_t len;
	/* The words of the same command before it, the command's name first: */
	const char *words[COMPLETE_WORDS];
	unsigned int index;	/* how many there are, also those that were not kept */
};

struct completer {
	const char *kinds;	/* words of usage lines, with a blank between two: "FILE DIR" */
	char sign;		/* or: for every word that begins with it ('$') */
	void (*offer)(struct completion *c);
};

#ifdef CONFIG_SHELL_COMPLETE
#define COMPLETER(c)	TABLE_ENTRY(completer, struct completer, c)

/*
 * Offers @text; what does not begin with the word is left out. When it is the only one, @end
 * follows it: " ", or "" for what goes on, like a folder's name, which ends in '/'.
 */
void complete_offer(struct completion *c, const char *text, const char *end);

/* Offers what @kind stands for in usage lines. */
void complete_kind(struct completion *c, const char *kind, size_t len);
#else
#define COMPLETER(c)	static const struct completer *const completer_unused_##c __unused = &(c)

static inline void complete_offer(struct completion *c __unused, const char *text __unused,
				  const char *end __unused)
{
}

static inline void complete_kind(struct completion *c __unused, const char *kind __unused,
				 size_t len __unused)
{
}
#endif

#endif
