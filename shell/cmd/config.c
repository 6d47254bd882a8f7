/* SPDX-License-Identifier: MIT */
/* config: the .config inside the image, whole or the lines that hold a word. */
#include <kernel/config_data.h>
#include <lib/string.h>
#include <shell/command.h>

static int config_run(int argc, char **argv)
{
	const char *line = config_data;
	bool found = false;

	if (argc == 2 && argv[1][0] == '-')
		return STATUS_USAGE;
	while (line < config_data_end) {
		const char *end = memchr(line, '\n', (size_t)(config_data_end - line));
		size_t len = (size_t)((end ? end : config_data_end) - line);
		char text[128];

		strlcpy(text, line, MIN(len + 1, sizeof(text)));
		if (argc == 1 || strstr(text, argv[1])) {
			print("%s\n", text);
			found = true;
		}
		line += len + 1;
	}
	return found ? STATUS_OK : STATUS_FAIL;
}

static const struct command config_command = {
	.name = "config",
	.usage = "[WORD]",
	.help = "the configuration of this image, or the lines with WORD",
	.run = config_run,
	.min_args = 0,
	.max_args = 1,
};
COMMAND(config_command);
