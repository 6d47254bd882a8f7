/* SPDX-License-Identifier: MIT */
/*
 * Text from outside, the kernel's command line and the shell's lines, with random content:
 * what was written in the right form reads back as it was, and anything at all is taken or
 * refused within its buffer.
 */
#include <kernel/cmdline.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "../../shell/split.h"
#include "guard.h"
#include "host.h"

#define ROUNDS	50000

static void some_bytes(char *text, size_t len, const char *bytes)
{
	for (size_t i = 0; i < len; i++)
		text[i] = bytes[host_random_below(strlen(bytes))];
	text[len] = '\0';
}

/*
 * --- Shell lines
 * --------------------------------------------------------------------------------
 */

/* Appends @word as a shell reads it back, with one of the ways of quoting. */
static void append_quoted(char *line, size_t size, const char *word)
{
	u64 way = *word == '\0' ? 0 : host_random_below(2);
	size_t len = strlen(line);

	if (way == 0)
		len += snprintf(line + len, size - len, "\"");
	for (; *word != '\0'; word++) {
		bool escape = way == 0 ? strchr("\"\\", *word) != NULL : true;

		len += snprintf(line + len, size - len, "%s%c", escape ? "\\" : "", *word);
	}
	if (way == 0)
		snprintf(line + len, size - len, "\"");
}

static void words_read_back(void)
{
	for (u64 round = host_effort(ROUNDS); round > 0; round--) {
		char word[ARGS_MAX][12];
		char line[2048] = "";
		char *argv[ARGS_MAX];
		char *rest = line;
		int n = (int)host_random_below(ARGS_MAX);
		int argc;

		for (int i = 0; i < n; i++) {
			some_bytes(word[i], host_random_below(sizeof(word[i])), "ab;# \t'\"\\=");
			append_quoted(line, sizeof(line), word[i]);
			strlcat(line, host_random_below(2) ? " " : " \t ", sizeof(line));
		}
		strlcat(line, ";", sizeof(line));
		argc = command_split(&rest, argv);
		if (!TEST_EQ(argc, n))
			return;
		for (int i = 0; i < n; i++)
			TEST_STR(argv[i], word[i]);
		TEST_EQ(command_split(&rest, argv), -1);
	}
}

static void any_shell_line(void)
{
	for (u64 round = host_effort(ROUNDS); round > 0; round--) {
		size_t len = host_random_below(80);
		char *line = (char *)guarded(len + 1);
		char *rest = line;
		char *argv[ARGS_MAX];
		int argc;

		some_bytes(line, len, "ab  ;;#'\"\\\t\x80\xff");
		while ((argc = command_split(&rest, argv)) >= 0) {
			if (!TEST(argc < ARGS_MAX && argv[argc] == NULL) ||
			    !TEST(rest > line && rest <= line + len))
				return;
			for (int i = 0; i < argc; i++)
				TEST(argv[i] >= line && argv[i] + strlen(argv[i]) <= line + len);
		}
		if (!TEST(argc == -1 || argc == -EINVAL || argc == -E2BIG))
			return;
	}
}

/*
 * --- Command lines
 * ------------------------------------------------------------------------------
 */

static void values_read_back(void)
{
	for (u64 round = host_effort(ROUNDS / 10); round > 0; round--) {
		char value[8][16], line[512] = "", name[8], read[16];
		bool there[8] = { false };

		for (int i = 0; i < 12; i++) {
			u64 which = host_random_below(ARRAY_SIZE(there));
			size_t len = strlen(line);

			/* The last one of a name wins. */
			some_bytes(value[which], host_random_below(sizeof(value[0])), "ab= ;\t'\\");
			there[which] = true;
			snprintf(line + len, sizeof(line) - len, "n%lu=\"%s\" ", which,
				 value[which]);
		}
		cmdline_init("", line);
		for (unsigned int i = 0; i < ARRAY_SIZE(there); i++) {
			snprintf(name, sizeof(name), "n%u", i);
			TEST_EQ(cmdline_has(name), there[i]);
			TEST_EQ(cmdline_value(name, read, sizeof(read)), there[i] ? 0 : -ENOENT);
			if (there[i] && !TEST_STR(read, value[i]))
				return;
		}
	}
}

static void any_command_line(void)
{
	host_log_quiet = true;
	for (u64 round = host_effort(ROUNDS / 10); round > 0; round--) {
		size_t len = host_random_below(round % 50 ? 64 : 3 * CMDLINE_MAX);
		size_t size = 1 + host_random_below(8);
		char *line = (char *)guarded(len + 1);
		char *value;
		u64 number;
		int err;

		some_bytes(line, len, "aab==  \"\"1M\t\x80\xff");
		cmdline_init("b=1", line);
		value = (char *)guarded(size);
		err = cmdline_value("a", value, size);
		TEST(err == 0 || err == -ENOENT || err == -EINVAL || err == -ERANGE);
		TEST_EQ(cmdline_has("a"), err != -ENOENT);
		TEST(err == -ENOENT || err == -EINVAL || strlen(value) < size);
		TEST(cmdline_has("b"));
		err = cmdline_u64("a", &number);
		TEST(err == 0 || err == -ENOENT || err == -EINVAL);
		err = cmdline_size("a", &number);
		if (!TEST(err == 0 || err == -ENOENT || err == -EINVAL))
			return;
	}
	host_log_quiet = false;
}

static const struct test_case cases[] = {
	TEST_CASE(words_read_back),
	TEST_CASE(any_shell_line),
	TEST_CASE(values_read_back),
	TEST_CASE(any_command_line),
};

static const struct test_suite text_host_suite = TEST_SUITE_OF("text-host", cases);
TEST_SUITE(text_host_suite);
