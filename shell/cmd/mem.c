/* SPDX-License-Identifier: MIT */
/* mem: banks, reservations and sums of boot memory. */
#include <mm/boot_mem.h>
#include <shell/command.h>

static void show(const char *what, const struct boot_mem_range *r)
{
	print("%-9s 0x%012lx-0x%012lx %10lu KiB%s%s%s\n", what, r->base, r->base + r->size - 1,
	      r->size / 1024, r->name ? "  " : "", r->name ? r->name : "",
	      r->no_map ? " (no-map)" : "");
}

static int mem_run(int argc, char **argv)
{
	const struct boot_mem_range *r;

	(void)argc;
	(void)argv;
	for (unsigned int i = 0; (r = boot_mem_bank(i)); i++)
		show("bank", r);
	for (unsigned int i = 0; (r = boot_mem_reserved(i)); i++)
		show("reserved", r);
	print("total %lu KiB, used %lu KiB, free %lu KiB\n", boot_mem_total() / 1024,
	      boot_mem_used() / 1024, (boot_mem_total() - boot_mem_used()) / 1024);
	return STATUS_OK;
}

static const struct command mem_command = {
	.name = "mem", .usage = "", .help = "memory: banks, reserved ranges, sums",
	.run = mem_run, .min_args = 0, .max_args = 0,
};
COMMAND(mem_command);
