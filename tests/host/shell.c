/* SPDX-License-Identifier: MIT */
/* The shell's language on the host: what lines are parsed to, what words expand to, patterns. */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <shell/files.h>
#include <shell/glob.h>
#include <shell/regex.h>
#include <shell/vars.h>
#include <uapi/errno.h>

#include "../../shell/expand.h"
#include "../../shell/parse.h"
#include "../../shell/suggest.h"
#include "host.h"
#include "shell_heap.h"
#include "shell_show.h"

static const char *shows(const char *text)
{
	return shell_show(text, strlen(text));
}

static void lines(void)
{
	TEST_STR(shows(""), "");
	TEST_STR(shows("  \t "), "\n");
	TEST_STR(shows("a b;c"), "[a][b];[c]\n");
	TEST_STR(shows(";; a ;;; b;"), "[a];[b]\n");
	TEST_STR(shows("a\nb\n\nc"), "[a]\n[b]\n\n[c]\n");
	TEST_STR(shows("a\r\nb"), "[a]\n[b]\n");
	TEST_STR(shows("a # b; c\ng#e"), "[a]\n[g#e]\n");
	TEST_STR(shows("a&&b||c|d;e"), "[a]&&[b]||[c]|[d];[e]\n");
	TEST_STR(shows("a & b&&c& d"), "[a]&[b]&&[c]&[d]\n");
	TEST_STR(shows("a &"), "[a]&\n");
	TEST_STR(shows("a\\\nb \\\n c"), "[a\\\nb][c]\n");
	TEST_STR(shows("a &&\n\n # x\n b |\nc"), "[a]&&[b]|[c]\n");
	TEST_STR(shows("a <b >c>>d e"), "[a]<[b]>[c]>>[d][e]\n");
	TEST_STR(shows("<f cat"), "<[f][cat]\n");
}

static void quoting(void)
{
	TEST_STR(shows("'a;b' \"c|d\" e\\ f \\;"), "['a;b'][\"c|d\"][e\\ f][\\;]\n");
	TEST_STR(shows("\"a'b\" 'c\"d' \"\\\"\""), "[\"a'b\"]['c\"d'][\"\\\"\"]\n");
	TEST_STR(shows("'a\nb' c"), "['a\nb'][c]\n");
	TEST_STR(shows("a\\"), "[a\\]\n");
	TEST_STR(shows("$a ${b}c $ $? ${?} $1 \"${d}\" '${'"),
		 "[$a][${b}c][$][$?][${?}][$1][\"${d}\"]['${']\n");
}

static bool continued(const char *text)
{
	struct parse p = { 0 };

	return !parse(&p, text) && p.continued;
}

static void backslash_at_the_end(void)
{
	TEST(continued("a\\"));
	TEST(continued("a \\"));
	TEST(continued("a &\\"));
	TEST(!continued("a"));
	TEST(!continued("a\\\\"));
	TEST(!continued("a '\\'"));
	TEST(!continued("a # \\"));
	TEST(!continued("a\\\nb"));
}

static void errors(void)
{
	TEST_STR(shows("a 'b"), "-EAGAIN 3: a quote is not closed");
	TEST_STR(shows("a \"b'"), "-EAGAIN 3: a quote is not closed");
	TEST_STR(shows("a &&"), "-EAGAIN 3: a command is missing behind it");
	TEST_STR(shows("a | # x"), "-EAGAIN 3: a command is missing behind it");
	TEST_STR(shows("a | | b"), "-EINVAL 5: a command is missing here");
	TEST_STR(shows("a ||; b"), "-EINVAL 5: a command is missing here");
	TEST_STR(shows("| a"), "-EINVAL 1: a command is missing before it");
	TEST_STR(shows("a; && b"), "-EINVAL 4: a command is missing before it");
	TEST_STR(shows("a; & b"), "-EINVAL 4: a command is missing before it");
	TEST_STR(shows("a & & b"), "-EINVAL 5: a command is missing before it");
	TEST_STR(shows("a >"), "-EINVAL 3: a redirection needs a file");
	TEST_STR(shows("a < > b"), "-EINVAL 3: a redirection needs a file");
	TEST_STR(shows("a ${b"), "-EINVAL 3: ${ needs a name and a }");
	TEST_STR(shows("a ${} b"), "-EINVAL 3: ${ needs a name and a }");
	TEST_STR(shows("a\n'b"), "[a]\n-EAGAIN 1: a quote is not closed");
}

/* @text's words, each expanded, as [word][word]; or the error. */
static const char *expands(const char *text, enum expand_how how)
{
	static char shown[4096];
	struct parse_word words[64];
	struct parse_command commands[64];
	struct parse p = { .words = words, .commands = commands };
	struct words w = { .status = 3 };
	char **argv = NULL;
	size_t len = 0;
	int err = parse(&p, text);

	shown[0] = 0;
	for (u32 i = 0; i < p.word_count && !err; i++)
		err = expand(&w, text + words[i].start, words[i].len, how);
	if (!err)
		argv = words_argv(&w);
	if (!argv)
		snprintf(shown, sizeof(shown), "%pe", (void *)(intptr_t)(err ? err : -ENOMEM));
	for (; argv && *argv; argv++)
		len += snprintf(shown + len, sizeof(shown) - len, "[%s]", *argv);
	words_free(&w);
	return shown;
}

static void expansion(void)
{
	vars_set("a", 1, "x");
	vars_set("two", 3, " p  q ");
	vars_set("star", 4, "*");
	TEST_STR(expands("e $a ${a}b $ab \"$a\" '$a' \\$a", EXPAND_WORDS), "[e][x][xb][x][$a][$a]");
	TEST_STR(expands("e $two \"$two\" x${two}y", EXPAND_WORDS),
		 "[e][p][q][ p  q ][x][p][q][y]");
	TEST_STR(expands("$two$none", EXPAND_WHOLE), "[ p  q ]");
	TEST_STR(expands("$none \"$none\" '' $none", EXPAND_WORDS), "[][]");
	TEST_STR(expands("$none", EXPAND_WHOLE), "[]");
	TEST_STR(expands("$? ${?}x $ $1 a$", EXPAND_WORDS), "[3][3x][$][$1][a$]");
	TEST_STR(expands("'a'\"b\"c\\d", EXPAND_WORDS), "[abcd]");
	TEST_STR(expands("\"a\\\"b\\\\c\\d\\$a\" 'e\\f' g\\", EXPAND_WORDS),
		 "[a\"b\\c\\d$a][e\\f][g\\]");
	TEST_STR(expands("a\\\nb \"c\\\ng\"", EXPAND_WORDS), "[ab][cg]");
	TEST_STR(expands("*.c '*' \\* [ab] $star \\\\", EXPAND_WORDS), "[*.c][*][*][[ab]][*][\\]");
	vars_set("a", 1, NULL);
	TEST_STR(expands("e $a", EXPAND_WORDS), "[e]");
}

/* A small filesystem: names, a folder has a slash behind it. */
static const char *const files[] = {
	"b.c", "a.c", "a.h", ".hidden", "dir/", "dir/x.c", "dir/y", "other/", "other/x.c",
	"od*d", "/etc/", "/etc/rc",
};

static int list(const char *path, int (*each)(void *arg, const char *name), void *arg)
{
	size_t len = strlen(path);
	int err = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(files) && !err; i++) {
		const char *name = files[i] + len;
		const char *slash;
		char only[32];

		if (strncmp(files[i], path, len) || !*name || (!len && *name == '/'))
			continue;
		slash = strchr(name, '/');
		if (slash && slash[1])
			continue;
		strlcpy(only, name, sizeof(only));
		if (slash)
			only[slash - name] = 0;
		err = each(arg, only);
	}
	return err;
}

static bool exists(const char *path)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(files); i++) {
		size_t len = strlen(path);

		if (!strncmp(files[i], path, len) &&
		    (!files[i][len] || !strcmp(files[i] + len, "/")))
			return true;
	}
	return false;
}

static const struct shell_files some_files = { .list = list, .exists = exists };

static void paths(void)
{
	vars_set("p", 1, "*.c");
	shell_files = &some_files;
	TEST_STR(expands("*.c", EXPAND_WORDS), "[a.c][b.c]");
	TEST_STR(expands("*", EXPAND_WORDS), "[a.c][a.h][b.c][dir][od*d][other]");
	TEST_STR(expands(".*", EXPAND_WORDS), "[.hidden]");
	TEST_STR(expands("*/*.c", EXPAND_WORDS), "[dir/x.c][other/x.c]");
	TEST_STR(expands("d*/", EXPAND_WORDS), "[dir/]");
	TEST_STR(expands("/e*/r?", EXPAND_WORDS), "[/etc/rc]");
	TEST_STR(expands("*/nothing", EXPAND_WORDS), "[*/nothing]");
	TEST_STR(expands("'*'.c \\*.c \"*.c\"", EXPAND_WORDS), "[*.c][*.c][*.c]");
	TEST_STR(expands("*'*'*", EXPAND_WORDS), "[od*d]");
	TEST_STR(expands("$p \"$p\"", EXPAND_WORDS), "[a.c][b.c][*.c]");
	TEST_STR(expands("*.c", EXPAND_WHOLE), "[*.c]");
	TEST_STR(expands("a.[ch] [!a].c", EXPAND_WORDS), "[a.c][a.h][b.c]");
	TEST_STR(expands("x*y", EXPAND_WORDS), "[x*y]");
	shell_files = NULL;
}

static void out_of_memory(void)
{
	const char *text = "e $two *.c */*.c \"a b\" c d e f g h i j k l m n o p q";
	unsigned long n = 0;

	vars_set("two", 3, "p q");
	shell_files = &some_files;
	do {
		host_heap_left = n++;
	} while (!strcmp(expands(text, EXPAND_WORDS), "-ENOMEM") && n < 1000);
	host_heap_left = ~0UL;
	TEST(n > 5 && n < 1000);
	TEST_STR(expands("x", EXPAND_WORDS), "[x]");
	shell_files = NULL;
}

static void patterns(void)
{
	TEST(glob_match("", "") && !glob_match("", "a") && !glob_match("a", ""));
	TEST(glob_match("*", "") && glob_match("*", "abc") && glob_match("**", "a"));
	TEST(glob_match("a*b*c", "aXbbYc") && !glob_match("a*b*c", "aXbY"));
	TEST(glob_match("?b", "ab") && !glob_match("?", ""));
	TEST(glob_match("[a-c]x", "bx") && !glob_match("[a-c]x", "dx"));
	TEST(glob_match("[!a]", "b") && glob_match("[^a]", "b") && !glob_match("[!a]", "a"));
	TEST(glob_match("[]]", "]") && glob_match("[a-]", "-") && glob_match("[", "["));
	TEST(!glob_match("[!a]", "") && glob_match("\\*", "*") && !glob_match("\\*", "a"));
	TEST(glob_match("\\", "\\") && glob_match("[\\]]", "]"));
	/* a character of several bytes is one */
	TEST(glob_match("?", "\303\274") && !glob_match("??", "\303\274"));
	TEST(!glob_match("*??", "\303\274") && !glob_match("*[!\303\274]", "\303\274"));
	TEST(glob_match("[a\303\274]x", "\303\274x") && !glob_match("[\303\274]", "\303\244"));
	TEST(glob_match("[\303\240-\303\274]", "\303\244") && !glob_match("[a-z]", "\303\244"));
	TEST(glob_match("*\346\234\254", "\346\227\245\346\234\254"));
	/* bytes that are none are taken as they are */
	TEST(glob_match("?", "\303") && !glob_match("\303*", "\303\274"));
	TEST(glob_match("\377", "\377") && glob_match("?\374", "\377\374"));
}

static void expressions(void)
{
	TEST(regex_find("", "", false) && regex_find("", "a", false));
	TEST(regex_find("b", "abc", false));
	TEST(!regex_find("x", "abc", false) && regex_find("a.c", "xabcx", false));
	TEST(regex_find("^a", "abc", false) && !regex_find("^b", "abc", false));
	TEST(regex_find("c$", "abc", false) && !regex_find("b$", "abc", false));
	TEST(regex_find("^$", "", false) && !regex_find("^$", "a", false));
	TEST(regex_find("^ab*c$", "ac", false) && regex_find("^ab*c$", "abbbc", false));
	TEST(!regex_find("^ab+c$", "ac", false) && regex_find("^ab+c$", "abbc", false));
	TEST(regex_find("^ab?c$", "ac", false) && !regex_find("^ab?c$", "abbc", false));
	TEST(regex_find("[0-9]+x", "a12x", false) && !regex_find("[^0-9]", "123", false));
	TEST(regex_find("a\\.b", "a.b", false) && !regex_find("a\\.b", "axb", false));
	TEST(regex_find("HeL", "xhElx", true) && !regex_find("HeL", "hel", false));
	TEST(regex_find("[a-z]", "Q", true) && regex_find("[A-Z]", "q", true));
	TEST(!regex_find("[^a]", "A", true) && regex_find("[^a]", "A", false));
	TEST(regex_find("a$b", "a$b", false) && regex_find("[", "[", false));
	TEST(regex_find("^.*$", "anything", false) && regex_find("x*", "", false));
	/* characters and not their bytes, as in glob_match() */
	TEST(regex_find("^.$", "\u00e9", false) && regex_find("^gr.n$", "gr\u00fcn", false));
	TEST(!regex_find("^..$", "\u00e9", false) &&
	     regex_find("^...$", "\u20ac\U0001f600x", false));
	TEST(regex_find("^[\u00e0-\u00ff]$", "\u00fc", false) &&
	     !regex_find("[\u00e0-\u00ff]", "\u0103", false));
	TEST(regex_find("^[^a]$", "\u00e9", false) && !regex_find("[^\u00e9]", "\u00e9", false));
	TEST(!regex_find("[\u00e9]", "\u00e8", false) && regex_find("[z-\u20ac]", "\u0103", false));
	TEST(regex_find("^x\u00e9*y$", "x\u00e9\u00e9y", false) &&
	     regex_find("^x\u00e9?y$", "xy", false));
	TEST(regex_find("^\\\u00e9+$", "\u00e9\u00e9", false) &&
	     regex_find("[\u00e9]]", "\u00e9]", false));
	/* what is no UTF-8 is a character a byte, mostly */
	TEST(regex_find("^a.b$", "a\xff" "b", false) && regex_find("\xff", "a\xff", false));
	TEST(!regex_find("^a*a*a*a*a*a*a*a*a*b$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false));
}

static void distances(void)
{
	TEST_EQ(name_distance("", ""), 0);
	TEST_EQ(name_distance("help", "help"), 0);
	TEST_EQ(name_distance("hlep", "help"), 1);
	TEST_EQ(name_distance("hel", "help"), 1);
	TEST_EQ(name_distance("hhelp", "help"), 1);
	TEST_EQ(name_distance("helo", "help"), 1);
	TEST_EQ(name_distance("", "abc"), 3);
	TEST_EQ(name_distance("abcdefghijklmnopq", "a"), 16);
}

/* Quoted in any way, a word comes back as it was. */
static void words_come_back(void)
{
	for (u64 round = host_effort(20000); round; round--) {
		char word[12], line[64] = "", wanted[16];
		size_t len = host_random_below(sizeof(word) - 1), at = 0;
		bool dquote = host_random_below(2);

		for (size_t i = 0; i < len; i++)
			word[i] = "ab;# \t'\"\\$*?[]&|<>{~"[host_random_below(20)];
		word[len] = 0;
		if (dquote || !len)
			line[at++] = '"';
		for (size_t i = 0; i < len; i++) {
			if (!dquote || strchr("\"\\$", word[i]))
				line[at++] = '\\';
			line[at++] = word[i];
		}
		if (dquote || !len)
			line[at++] = '"';
		line[at] = 0;
		snprintf(wanted, sizeof(wanted), "[%s]", word);
		if (!TEST_STR(expands(line, EXPAND_WORDS), wanted))
			return;
	}
}

static const struct test_case cases[] = {
	TEST_CASE(lines),	 TEST_CASE(quoting),	     TEST_CASE(errors),
	TEST_CASE(backslash_at_the_end),
	TEST_CASE(expansion),	 TEST_CASE(paths),	     TEST_CASE(out_of_memory),
	TEST_CASE(patterns),	 TEST_CASE(expressions),     TEST_CASE(distances),
	TEST_CASE(words_come_back),
};

static const struct test_suite shell_suite = TEST_SUITE_OF("shell", cases);
TEST_SUITE(shell_suite);
