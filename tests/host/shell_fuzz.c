/* SPDX-License-Identifier: MIT */
/*
 * The shell's language under libFuzzer: any text is lines that hold together and whose words
 * expand, or an error that says where. The parser alone, then expansion of each word as it is.
 */
#include <lib/string.h>

#include "../../shell/expand.h"
#include "../../shell/parse.h"
#include <shell/glob.h>
#include <shell/regex.h>
#include <shell/vars.h>
#include "host.h"
#include "shell_heap.h"
#include "shell_show.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void expand_all(const char *text)
{
	static struct parse_word words[4096];
	static struct parse_command commands[4096];
	struct parse p = { .words = words, .commands = commands };
	struct words w = { .status = 7 };
	int err = 0;

	if (strlen(text) > 4000 || parse(&p, text))
		return;
	for (u32 i = 0; i < p.word_count && !err; i++)
		err = expand(&w, text + words[i].start, words[i].len,
			     i % 2 ? EXPAND_WHOLE : EXPAND_WORDS);
	if (!err && words_argv(&w))
		for (size_t i = 1; i < w.count; i++) {
			glob_match((char *)w.at[i - 1], (char *)w.at[i]);
			regex_find((char *)w.at[i - 1], (char *)w.at[i], i % 2);
		}
	words_free(&w);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = 0;
	host_heap_left = ~0UL;
	vars_set("a", 1, "x  y*");
	shell_show((const char *)data, size);
	expand_all(text);
	host_heap_left = size % 16;
	expand_all(text);
	free(text);
	return 0;
}
