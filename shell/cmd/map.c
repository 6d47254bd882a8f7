/* SPDX-License-Identifier: MIT */
/* map: what the kernel has mapped, with rights, memory type and the sizes of entries. */
#include <lib/format.h>
#include <lib/string.h>
#include <mm/map.h>
#include <shell/command.h>

/* Writes the sizes in @blocks and, with a star, those in @groups, from the smallest on. */
static const char *sizes(char *buf, size_t len, size_t blocks, size_t groups)
{
	size_t at = 0;

	buf[0] = 0;
	for (size_t size = PAGE_SIZE; size && at < len; size <<= 1) {
		unsigned int unit = size >> 30 ? 30 : size >> 20 ? 20 : 10;

		if ((blocks | groups) & size)
			at += (size_t)snprintf(buf + at, len - at, "%s%lu%c%s", at ? " " : "",
					       size >> unit, "KMG"[unit / 10 - 1],
					       groups & size ? "*" : "");
	}
	return buf;
}

static int map_run(int argc, char **argv)
{
	struct mmu_guards guards = arch_mmu_guards();
	struct map_range r = { 0 };
	size_t groups = 0;
	char buf[48];

	(void)argc;
	(void)argv;
	while (map_next(&r)) {
		print("%#lx-%#lx %10lu KiB  R%c%c  %s  %-20s  %s\n", r.start, r.end - 1,
		      (r.end - r.start) / 1024, r.flags & MMU_WRITE ? 'W' : '-',
		      r.flags & MMU_EXEC ? 'X' : '-', r.flags & MMU_DEVICE ? "device" : "normal",
		      r.what, sizes(buf, sizeof(buf), r.blocks, r.groups));
		groups |= r.groups;
	}
	if (groups)
		print("* of entries with the contiguous hint\n");
	print("nothing is writable and executable: %u entries checked\n", map_check());
	print("page granule %lu KiB, %u-bit addresses, WXN %s, PAN %s\n", PAGE_SIZE / 1024, VA_BITS,
	      guards.wxn ? "on" : "off",
	      guards.pan ? "on" : guards.has_pan ? "off" : "not in this CPU");
	return STATUS_OK;
}

static const struct command map_command = {
	.name = "map", .usage = "", .help = "the kernel's addresses: ranges, rights, what they are",
	.run = map_run, .min_args = 0, .max_args = 0,
};
COMMAND(map_command);
