/* SPDX-License-Identifier: MIT */
/*
 * Device trees from files, broken in every way that a byte can be: cut at every length, each
 * byte with a flipped bit, several flips at random. Whatever comes of it, fdt_ask() must get
 * an error with a line in the log, or answers that hold together.
 */
#include <lib/endian.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "fdt_ask.h"
#include "guard.h"
#include "host.h"

#define TOTALSIZE	4	/* offset of that word in the header */
#define RANDOM_ROUNDS	2000

static void store_be32(u8 *p, u32 value)
{
	value = __builtin_bswap32(value);
	memcpy(p, &value, sizeof(value));
}

/* Runs @f on each file of the command line, without the padding that QEMU puts behind a tree. */
static void for_each_file(void (*f)(const u8 *blob, size_t size))
{
	for (int i = 0; i < host_argc; i++) {
		size_t size;
		u8 *blob = host_read_file(host_argv[i], &size);

		TEST(size >= 40);
		printf("# %s: %zu bytes\n", host_argv[i], size);
		host_log_quiet = true;
		f(blob, size);
		host_log_quiet = false;
		free(blob);
	}
}

static void ask_whole(const u8 *blob, size_t size)
{
	TEST_EQ(fdt_ask(memcpy(guarded(size), blob, size), size), 0);
}

static void whole(void)
{
	TEST(host_argc > 0);
	for_each_file(ask_whole);
}

/* The last bytes are missing; then the header, too, says that the tree ends there. */
static void ask_truncated(const u8 *blob, size_t size)
{
	for (size_t n = 0; n < size; n++) {
		u8 *p = memcpy(guarded(n), blob, n);

		if (!TEST_EQ(fdt_ask(p, n), n < 40 ? -EINVAL : -EOVERFLOW))
			return;
		if (n >= TOTALSIZE + 4) {
			store_be32(p + TOTALSIZE, (u32)n);
			fdt_ask(p, n);
		}
	}
}

static void truncated(void)
{
	for_each_file(ask_truncated);
}

/* One bit of each byte, another one each time; all of them at an effort of 800 %. */
static void ask_flipped(const u8 *blob, size_t size)
{
	u64 bits = host_effort(1);
	u8 *p = memcpy(guarded(size), blob, size);

	for (size_t i = 0; i < size; i++) {
		u64 bit = host_random_below(8);

		for (u64 n = 0; n < MIN(bits, 8UL); n++, bit++) {
			p[i] ^= (u8)(1 << bit % 8);
			fdt_ask(p, size);
			p[i] = blob[i];
		}
	}
}

static void flipped(void)
{
	for_each_file(ask_flipped);
}

/* Values that trees break on, in the places of other words. */
static void ask_random(const u8 *blob, size_t size)
{
	static const u32 words[] = {
		0, 1, 2, 3, 4, 9, 16, 64, 0x1000000, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xfffffff4, 0xfffffff8, 0xfffffffc, 0xffffffff,
	};

	for (u64 round = host_effort(RANDOM_ROUNDS); round > 0; round--) {
		u8 *p = memcpy(guarded(size), blob, size);

		for (u64 n = 1 + host_random_below(8); n > 0; n--) {
			u64 word = host_random_below(size / 4) * 4;

			switch (host_random_below(3)) {
			case 0:
				p[host_random_below(size)] ^= (u8)(1 << host_random_below(8));
				break;
			case 1:
				store_be32(p + word, words[host_random_below(ARRAY_SIZE(words))]);
				break;
			default:
				memcpy(p + word, p + host_random_below(size / 4) * 4, 4);
				break;
			}
		}
		fdt_ask(p, size);
	}
}

static void random_damage(void)
{
	for_each_file(ask_random);
}

static const struct test_case cases[] = {
	TEST_CASE(whole),
	TEST_CASE(truncated),
	TEST_CASE(flipped),
	TEST_CASE(random_damage),
};

static const struct test_suite broken_suite = TEST_SUITE_OF("fdt-broken", cases);
TEST_SUITE(broken_suite);
