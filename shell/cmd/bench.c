/* SPDX-License-Identifier: MIT */
/* bench: figures of this run, one `name value unit` a line, for scripts/bench. */
#include <kernel/time.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/prompt.h>

static int bench_run(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "boot")) {
		print("bench: no group %s; there is: boot\n", argv[1]);
		return STATUS_USAGE;
	}
	if (!shell_prompt_time) {
		print("bench: no prompt has been shown yet\n");
		return STATUS_FAIL;
	}
	/* under -icount shift=0 a nanosecond is an instruction */
	print("boot.prompt %lu instructions\n", shell_prompt_time);
	return STATUS_OK;
}

static const struct command bench_command = {
	.name = "bench", .usage = "[boot]", .help = "figures of this run (exact under icount)",
	.run = bench_run, .min_args = 0, .max_args = 1,
};
COMMAND(bench_command);
