/* SPDX-License-Identifier: MIT */
/* help: what there is, or how one command is used. */
#include <lib/string.h>
#include <shell/argument.h>
#include <shell/command.h>

/* How @c is used, and what its arguments mean. */
static void explain(const struct command *c)
{
	char text[160];

	command_usage(c);
	print("%s\n", c->help);
	for (unsigned int i = 0; IS_ENABLED(CONFIG_SHELL_ARGUMENTS) && i < c->argument_count; i++)
		if (argument_explain(&c->arguments[i], text, sizeof(text)))
			print("%s\n", text);
}

static int help_run(int argc, char **argv)
{
	bool found = false;

	TABLE_FOREACH(command, struct command, c) {
		if (argc == 2 && strcmp((*c)->name, argv[1]))
			continue;
		found = true;
		if (argc == 2)
			explain(*c);
		else
			print("%-10s %s\n", (*c)->name, (*c)->help);
	}
	if (!found)
		print("help: no command %s\n", argv[1]);
	return found ? STATUS_OK : STATUS_FAIL;
}

static const struct command help_command = {
	.name = "help", .usage = "[COMMAND]", .help = "list the commands, or explain one",
	.run = help_run, .min_args = 0, .max_args = 1,
};
COMMAND(help_command);
