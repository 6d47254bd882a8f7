/* SPDX-License-Identifier: MIT */
/* The class of block devices on the host: names, ranges, and how reads are cut and tried again. */
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "host.h"

/* The list starts anew where a test wants it to. */
#include "../../drivers/block/block.c"

#define SECTORS	1000U
#define MOST	8

static u64 bad;			/* the sector that cannot be read; SECTORS: none */
static int fails;		/* what the driver says, when not 0 */
static unsigned int calls;
static bool once;		/* a read of several fails, and not those of one */

static const struct dt_node *timer;

const struct dt_node *time_source(void)
{
	return timer;
}

static int model_read(struct block *b, u64 sector, u32 count, void *buf, u64 deadline)
{
	calls++;
	TEST(count >= 1 && count <= MOST);
	TEST(sector + count <= b->sectors);
	TEST_EQ(deadline, time_source() ? 77 : TIME_NEVER);
	if (fails)
		return fails;
	if ((once && count > 1) || (bad >= sector && bad < sector + count))
		return -EIO;
	for (u32 i = 0; i < count; i++)
		memset((u8 *)buf + (size_t)i * b->sector_size, (u8)(sector + i), b->sector_size);
	return 0;
}

static const struct block_ops ops = { .read = model_read };

static struct block made(void)
{
	static const struct dt_node node;

	timer = &node;
	bad = SECTORS;
	fails = 0;
	calls = 0;
	once = false;
	return (struct block){ .ops = &ops, .sectors = SECTORS, .sector_size = 512, .most = MOST };
}

/* Reads, and compares what is said to have been read. */
static int check(struct block *b, u64 sector, u32 count, u32 *done)
{
	u8 *buf = malloc((size_t)count * 512 + 1);
	int err = block_read(b, sector, count, buf, 77, done);
	size_t wrong = 0;

	for (size_t i = 0; i < (size_t)*done * 512; i++)
		wrong += buf[i] != (u8)(sector + i / 512);
	TEST_EQ(wrong, 0);
	free(buf);
	return err;
}

static void cuts_reads(void)
{
	struct block b = made();
	u32 done;

	for (u64 i = 0; i < host_effort(2000); i++) {
		u64 sector = host_random_below(SECTORS);
		u32 count = (u32)host_random_below(SECTORS - sector + 1);

		calls = 0;
		TEST_EQ(check(&b, sector, count, &done), 0);
		TEST_EQ(done, count);
		TEST_EQ(calls, (count + MOST - 1) / MOST);
	}
}

static void stays_inside(void)
{
	struct block b = made();
	u32 done = 5;
	u8 buf[1];

	TEST_EQ(block_read(&b, SECTORS, 1, buf, 77, &done), -ERANGE);
	TEST_EQ(done, 0);
	TEST_EQ(block_read(&b, SECTORS - 1, 2, buf, 77, NULL), -ERANGE);
	TEST_EQ(block_read(&b, 1, UINT32_MAX, buf, 77, NULL), -ERANGE);
	TEST_EQ(block_read(&b, UINT64_MAX, 1, buf, 77, NULL), -ERANGE);
	TEST_EQ(calls, 0);
	TEST_EQ(block_read(&b, SECTORS, 0, buf, 77, NULL), 0);
}

static void finds_the_bad_sector(void)
{
	struct block b = made();
	u32 done;

	for (bad = 100; bad < 120; bad++) {
		TEST_EQ(check(&b, 100, 20, &done), -EIO);
		TEST_EQ(done, bad - 100);
	}
	bad = SECTORS;
	once = true;
	TEST_EQ(check(&b, 100, 20, &done), 0);
	TEST_EQ(done, 20);
	/* of other errors once is enough */
	fails = -ETIMEDOUT;
	calls = 0;
	TEST_EQ(check(&b, 100, 20, &done), -ETIMEDOUT);
	TEST_EQ(calls, 1);
	TEST_EQ(done, 0);
}

static void works_without_a_timer(void)
{
	struct block b = made();
	u32 done;

	timer = NULL;
	TEST_EQ(check(&b, 100, 20, &done), 0);
	TEST_EQ(calls, 3);
}

static void names_go_on_behind_z(void)
{
	static struct block blocks[26 + 26 * 26 + 1];
	static const struct {
		unsigned int index;
		const char *name;
	} names[] = {
		{ 0, "vda" }, { 25, "vdz" }, { 26, "vdaa" }, { 51, "vdaz" }, { 52, "vdba" },
		{ 701, "vdzz" },
	};
	struct block other = made(), last = made();

	first = NULL;
	TEST_EQ(block_register(&last, "letters"), -EINVAL);	/* no room for it */
	TEST_EQ(block_register(&other, "sd"), 0);
	TEST_STR(other.name, "sda");
	for (unsigned int i = 0; i < ARRAY_SIZE(blocks); i++) {
		blocks[i] = made();
		TEST_EQ(block_register(&blocks[i], "vd"), i < 702 ? 0 : -EINVAL);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		TEST_STR(blocks[names[i].index].name, names[i].name);
		TEST(block_find(names[i].name) == &blocks[names[i].index]);
	}
	TEST_EQ(block_register(&last, "sd"), 0);
	TEST_STR(last.name, "sdb");
	TEST(block_next(NULL) == &other && block_next(&other) == &blocks[0]);
	TEST(block_next(&last) == NULL);
	TEST(block_find("vd") == NULL && block_find("vdaaa") == NULL);
	first = NULL;
}

static void refuses_impossible_sizes(void)
{
	struct block b;

	for (unsigned int i = 0; i < 6; i++) {
		b = made();
		switch (i) {
		case 0:
			b.sectors = 0;
			break;
		case 1:
			b.most = 0;
			break;
		case 2:
			b.sector_size = 0;
			break;
		case 3:
			b.sector_size = 256;
			break;
		case 4:
			b.sector_size = 1000;
			break;
		case 5:
			b.sectors = BIT(54);
			break;
		}
		TEST_EQ(block_register(&b, "vd"), -EINVAL);
	}
	TEST(block_next(NULL) == NULL);
}

static const struct test_case block_cases[] = {
	TEST_CASE(cuts_reads),
	TEST_CASE(stays_inside),
	TEST_CASE(finds_the_bad_sector),
	TEST_CASE(works_without_a_timer),
	TEST_CASE(names_go_on_behind_z),
	TEST_CASE(refuses_impossible_sizes),
};
static const struct test_suite block_suite = TEST_SUITE_OF("block", block_cases);
TEST_SUITE(block_suite);
