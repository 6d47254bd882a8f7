/* SPDX-License-Identifier: MIT */
/* set: the shell's variables: all, one a line as NAME=VALUE; new ones; or fewer. */
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <shell/vars.h>

enum { UNSET, WORDS };

static const struct argument set_arguments[] = {
	[UNSET] = { .letter = 'u', .type = ARGUMENT_FLAG, .help = "take the variables away" },
	[WORDS] = { .name = "NAME=VALUE", .type = ARGUMENT_TEXT, .optional = true, .many = true },
};

static int list(void)
{
	char name[VAR_NAME_MAX] = "";

	while (vars_next(name, name, sizeof(name)) && !shell_stopped()) {
		char *value;

		if (vars_get(name, strlen(name), &value))
			return STATUS_FAIL;
		/* it may have been taken away meanwhile */
		if (value)
			print("%s=%s\n", name, value);
		kfree(value);
	}
	return STATUS_OK;
}

static int set(const struct arguments *a)
{
	if (!a->count)
		return a->value[UNSET].number ? STATUS_USAGE : list();
	for (int i = 0; i < a->count; i++) {
		const char *word = a->words[i];
		size_t len = vars_assignment(word);

		if (a->value[UNSET].number) {
			vars_set(word, strlen(word), NULL);
		} else if (!len) {
			print("set: %s: no NAME=VALUE\n", word);
			return STATUS_USAGE;
		} else if (vars_set(word, len, word + len + 1)) {
			print("set: out of memory\n");
			return STATUS_FAIL;
		}
	}
	return STATUS_OK;
}

static const struct command set_command = {
	.name = "set", .help = "set variables, or list them", .parsed = set,
	ARGUMENTS(set_arguments),
};
COMMAND(set_command);
