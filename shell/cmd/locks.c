/* SPDX-License-Identifier: MIT */
/* locks: what the lock checker knows: classes of locks with their figures, and their order. */
#include <kernel/lock_check.h>
#include <shell/command.h>

static void show_classes(void)
{
	struct lock_info info;

	print("%10s %9s %11s  %s\n", "taken", "contended", "longest ns", "lock");
	for (u32 c = 1; lock_check_info(c, &info); c++) {
		print("%10lu %9lu %11lu  %s", info.taken, info.contended, info.longest, info.name);
		if (info.longest)
			print(", longest by %pS", (void *)info.longest_at);
		if (info.held_at)
			print(", held by %s at %pS", info.held_by, (void *)info.held_at);
		print("\n");
	}
}

static void show_order(void)
{
	struct lock_info first, second;

	for (u32 a = 1; lock_check_info(a, &first); a++) {
		bool any = false;

		for (u32 b = 1; lock_check_info(b, &second); b++) {
			if (!lock_check_order(a, b))
				continue;
			if (!any)
				print("%s\n", first.name);
			print("  then %s\n", second.name);
			any = true;
		}
	}
}

static const struct argument locks_arguments[] = {
	{ .letter = 'o', .type = ARGUMENT_FLAG, .help = "the order in which they are taken" },
};

static int locks(const struct arguments *a)
{
	if (a->given)
		show_order();
	else
		show_classes();
	return STATUS_OK;
}

static const struct command locks_command = {
	.name = "locks", .help = "locks: how often taken, how long held; -o: in which order",
	.parsed = locks, ARGUMENTS(locks_arguments),
};
COMMAND(locks_command);
