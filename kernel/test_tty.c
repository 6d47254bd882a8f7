/* SPDX-License-Identifier: MIT */
/* Tests of the terminal's modes (kernel/tty_modes.c): set on one CPU, read on others. */
#include <kernel/tty.h>
#include <lib/test.h>
#include <uapi/termios.h>

#include "test_smp.h"

/* how long they are set: where CPUs are more than the host has, a lock that all want is slow */
#define LONG	(100 * NS_PER_MS)

/* What nobody looks at, in the first, a middle and the last word, says @n. */
static void mark(struct termios *m, u8 n)
{
	m->c_oflag = n;
	m->c_line = n;
	m->c_cc[NCCS - 1] = n;
}

static int look(void *arg)
{
	u64 *looked = arg;
	struct termios m;
	int torn = 0;

	while (!atomic_load_relaxed(&smp_stop)) {
		tty_get_modes(&m);
		torn += m.c_oflag != m.c_line || m.c_line != m.c_cc[NCCS - 1];
		atomic_store_relaxed(looked, *looked + 1);
	}
	return torn;
}

/* Whoever looks at modes sees those that somebody set, not some of these and some of those. */
static void modes_are_of_one_piece(void)
{
	struct termios before, m;
	struct thread *t[CPUS_MAX];
	u64 looked[CPUS_MAX] = { 0 }, end;

	tty_get_modes(&before);
	m = before;
	mark(&m, 0);
	tty_set_modes(&m);
	smp_stop = false;
	for (unsigned int i = 1; i < cpus(); i++)
		t[i] = spawn_on(BIT(i), look, &looked[i]);
	for (unsigned int i = 1; i < cpus(); i++)
		TEST_UNTIL(!t[i] || atomic_load_relaxed(&looked[i]));
	end = time_now() + LONG;
	for (unsigned int round = 0; time_now() < end; round++) {
		mark(&m, (u8)round);
		tty_set_modes(&m);
	}
	atomic_store_relaxed(&smp_stop, true);
	for (unsigned int i = 1; i < cpus(); i++)
		TEST_EQ(test_join(t[i]), 0);
	tty_set_modes(&before);
}

static const struct test_case cases[] = { TEST_CASE(modes_are_of_one_piece) };
static const struct test_suite tty_suite = {
	.name = "tty", .skip = smp_not, .cases = cases, .count = ARRAY_SIZE(cases),
};
TEST_SUITE(tty_suite);
