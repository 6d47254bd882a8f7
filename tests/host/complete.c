/* SPDX-License-Identifier: MIT */
/*
 * Completion at the line editor, with a table of commands of its own: what Tab makes of a line, and
 * what it lists.
 */
#include <kernel/printk.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <shell/command.h>
#include <shell/complete.h>

#include "../../shell/complete.h"
#include "host.h"

static struct line l;
static char said[8192];		/* what was listed */

static void nowhere(void *arg __unused, const char *text __unused, size_t len __unused)
{
}

void print(const char *fmt, ...)
{
	size_t len = strlen(said);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said + len, sizeof(said) - len, fmt, ap);
	va_end(ap);
}

static int run(int argc __unused, char **argv __unused)
{
	return STATUS_OK;
}

static const struct command list_command = {
	.name = "list", .usage = "first|second|third [-a] [-b] [FILE]", .help = "", .run = run,
};
COMMAND(list_command);

static const struct command look_command = {
	.name = "look", .usage = "[MANY]", .help = "", .run = run,
};
COMMAND(look_command);

static void own(struct completion *c)
{
	complete_offer(c, c->index == 1 ? "own" : c->words[1], "");
}

static const struct command zoo_command = {
	.name = "zoo", .usage = "never", .help = "", .run = run, .complete = own,
};
COMMAND(zoo_command);

static void offer_files(struct completion *c)
{
	complete_offer(c, "/dir/", "");
	complete_offer(c, "/dir/a file", " ");
	complete_offer(c, "/dir/it's", " ");
	complete_offer(c, "/odd/b[1]", " ");
	complete_offer(c, "/odd/c\td", " ");
	complete_offer(c, "/odd/\033[2J\302\233\n\177", " ");
	complete_offer(c, "gr\303\274n", " ");
	complete_offer(c, "gr\303\266n", " ");
}

static const struct completer file_completer = { .kinds = "DIR FILE", .offer = offer_files };
COMPLETER(file_completer);

static void offer_many(struct completion *c)
{
	char name[16];

	for (unsigned int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "many%04u", i);
		complete_offer(c, name, " ");
	}
}

static const struct completer many_completer = { .kinds = "MANY", .offer = offer_many };
COMPLETER(many_completer);

static void offer_names(struct completion *c)
{
	bool braces = c->len > 1 && c->word[1] == '{';

	complete_offer(c, braces ? "${HOME}" : "$HOME", " ");
	complete_offer(c, braces ? "${_other}" : "$_other", " ");
}

static const struct completer name_completer = { .sign = '$', .offer = offer_names };
COMPLETER(name_completer);

/* Types @keys, and returns the line. */
static const char *typed(const char *keys)
{
	memset(&l, 0, sizeof(l));
	l.write = nowhere;
	l.complete = complete_line;
	l.columns = 80;
	l.rows = 24;
	said[0] = 0;
	line_start(&l, "cairn> ", 0, false);
	while (*keys)
		line_byte(&l, *keys++, false);
	return l.text;
}

static void commands(void)
{
	TEST_STR(typed("z\t"), "zoo ");
	TEST_STR(typed("l\t"), "l");
	TEST_STR(typed("li\t"), "list ");
	TEST_STR(typed("nothing\t\t"), "nothing");
	TEST_STR(typed("zoo; li\t"), "zoo; list ");
	TEST_STR(typed("zoo&&li\t"), "zoo&&list ");
	TEST_STR(typed("zoo | li\t"), "zoo | list ");
	TEST_STR(typed("# li\t"), "# li");
	TEST_STR(typed("li x\002\002\t"), "list  x");
	TEST_STR(said, "");
}

static void words(void)
{
	TEST_STR(typed("list f\t"), "list first ");
	TEST_STR(typed("list first s\t"), "list first s");
	TEST_STR(typed("list -\t"), "list -");
	TEST_STR(typed("list -b\t"), "list -b ");
	TEST_STR(typed("zoo \t"), "zoo own");
	TEST_STR(typed("zoo abc \t"), "zoo abc abc");
	TEST_STR(typed("zoo own > g\t"), "zoo own > gr");
}

static void variables(void)
{
	TEST_STR(typed("zoo $H\t"), "zoo $HOME ");
	TEST_STR(typed("$H\t"), "$HOME ");
	TEST_STR(typed("zoo a/b$H\t"), "zoo a/b$HOME ");
	TEST_STR(typed("zoo $x$H\t"), "zoo $x$HOME ");
	TEST_STR(typed("zoo \"is $H\t"), "zoo \"is $HOME\" ");
	TEST_STR(typed("zoo ${H\t"), "zoo ${HOME} ");
	TEST_STR(typed("zoo \"a ${_\t"), "zoo \"a ${_other}\" ");
	TEST_STR(typed("zoo > $H\t"), "zoo > $HOME ");
	typed("zoo $\t\t");
	TEST_STR(said, "$HOME    $_other\n");
	/* none, or one that has ended */
	TEST_STR(typed("list first '$H\t"), "list first '$H");
	TEST_STR(typed("list first \\$H\t"), "list first \\$H");
	TEST_STR(typed("list first $A;li\t"), "list first $A;list ");
	TEST_STR(typed("list first $A{H\t"), "list first $A{H");
	TEST_STR(typed("zoo $H\"\"\t"), "zoo $H\"\"");
	TEST_STR(typed("list first $HOME/\t"), "list first $HOME/");
}

static void quoting(void)
{
	TEST_STR(typed("list first /dir/a\t"), "list first /dir/a\\ file ");
	TEST_STR(typed("list first '/dir/a\t"), "list first '/dir/a file' ");
	TEST_STR(typed("list first \"/dir/i\t"), "list first \"/dir/it's\" ");
	TEST_STR(typed("list first /dir/a\\ f\t"), "list first /dir/a\\ file ");
	TEST_STR(typed("list first /d\t"), "list first /dir/");
	/* a set would be other files, and a control character is none that can be typed */
	TEST_STR(typed("list first /odd/b\t"), "list first /odd/b\\[1] ");
	TEST_STR(typed("list first /odd/c\t"), "list first /odd/cd ");
	/* the two share the first byte of a character */
	TEST_STR(typed("list first g\t"), "list first gr");
	TEST_STR(typed("list first gr\303\274\t"), "list first gr\303\274n ");
}

static void lists(void)
{
	typed("l\t");
	TEST_STR(said, "");
	typed("l\t\t");
	TEST_STR(said, "list  look\n");
	TEST_STR(l.text, "l");
	typed("list first /dir/\t\t");
	TEST_STR(said, "        a file  it's\n");
	/* names may come from anywhere, and tell the terminal nothing */
	typed("list first /odd/\t\t");
	TEST_STR(said, "b[1]     c?d      ?[2J???\n");
}

static void very_many(void)
{
	unsigned int rows = 0;

	typed("look many\t\t");
	for (const char *c = said; *c; c++)
		rows += *c == '\n';
	TEST_EQ(rows, 22);
	TEST(strstr(said, "\nand 9832 more\n") != NULL);
	TEST_STR(typed("look many123\t"), "look many123");
	TEST_STR(typed("look many1234\t"), "look many1234 ");
}

static const struct test_case cases[] = {
	TEST_CASE(commands), TEST_CASE(words), TEST_CASE(variables), TEST_CASE(quoting),
	TEST_CASE(lists), TEST_CASE(very_many),
};
static const struct test_suite complete_suite = TEST_SUITE_OF("complete", cases);
TEST_SUITE(complete_suite);
