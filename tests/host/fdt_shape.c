/* SPDX-License-Identifier: MIT */
/*
 * Device trees of every wrong shape, and of odd ones that are right, written tag by tag: dtc
 * would refuse to. Each test writes one; the block of strings and the header come at the end,
 * in finish().
 */
#include <device/fdt.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "fdt_ask.h"
#include "guard.h"
#include "host.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };
enum { MAGIC, TOTALSIZE, OFF_STRUCT, OFF_STRINGS, OFF_RESERVED, VERSION, LAST_COMPATIBLE, BOOT_CPU,
	SIZE_STRINGS, SIZE_STRUCT, HEADER_WORDS };

#define STRUCT_START	((HEADER_WORDS + 4) * 4)	/* one empty reservation before it */
#define BLOB_MAX	MIB(1)

static u8 blob[BLOB_MAX];
static char strings[256];
static size_t end, strings_size;

static void word(u32 value)
{
	value = __builtin_bswap32(value);
	memcpy(blob + end, &value, sizeof(value));
	end += sizeof(value);
}

static void patch(size_t at, u32 value)
{
	value = __builtin_bswap32(value);
	memcpy(blob + at, &value, sizeof(value));
}

static void start(void)
{
	memset(blob, 0, STRUCT_START);
	end = STRUCT_START;
	strings_size = 0;
}

static void bytes(const void *p, size_t n)
{
	memcpy(blob + end, p, n);
	memset(blob + end + n, 0, 4);
	end += ALIGN_UP(n, 4);
}

static void begin(const char *name)
{
	word(BEGIN_NODE);
	bytes(name, strlen(name) + 1);
}

static void prop(const char *name, const void *value, u32 len)
{
	word(PROP);
	word(len);
	word((u32)strings_size);
	bytes(value, len);
	memcpy(strings + strings_size, name, strlen(name) + 1);
	strings_size += strlen(name) + 1;
}

static void prop_string(const char *name, const char *value)
{
	prop(name, value, (u32)strlen(value) + 1);
}

/* A tree whose size fits; returns what came of it, after fdt_ask(). */
static int finish(void)
{
	size_t struct_size = end - STRUCT_START;
	int err;

	memcpy(blob + end, strings, strings_size);
	patch(MAGIC * 4, 0xd00dfeed);
	patch(TOTALSIZE * 4, (u32)(end + strings_size));
	patch(OFF_STRUCT * 4, STRUCT_START);
	patch(OFF_STRINGS * 4, (u32)end);
	patch(OFF_RESERVED * 4, HEADER_WORDS * 4);
	patch(VERSION * 4, 17);
	patch(LAST_COMPATIBLE * 4, 16);
	patch(SIZE_STRINGS * 4, (u32)strings_size);
	patch(SIZE_STRUCT * 4, (u32)struct_size);
	end += strings_size;
	host_log_quiet = true;
	err = fdt_ask(memcpy(guarded(end), blob, end), end);
	host_log_quiet = false;
	return err;
}

/* The same blob again, with one word of its header changed. */
static int with_header(unsigned int field, u32 value)
{
	u8 *p = memcpy(guarded(end), blob, end);
	int err;

	value = __builtin_bswap32(value);
	memcpy(p + field * 4, &value, sizeof(value));
	host_log_quiet = true;
	err = fdt_ask(p, end);
	host_log_quiet = false;
	return err;
}

static void plain_tree(void)
{
	start();
	begin("");
	prop_string("compatible", "plain");
	begin("a");
	word(END_NODE);
	word(END_NODE);
	word(END);
}

static void smallest(void)
{
	start();
	begin("");
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), 0);
	plain_tree();
	TEST_EQ(finish(), 0);
}

static void tags_that_say_nothing(void)
{
	start();
	word(NOP);
	word(NOP);
	begin("");
	word(NOP);
	prop_string("compatible", "x");
	word(NOP);
	prop_string("model", "y");
	word(NOP);
	begin("a");
	word(NOP);
	word(END_NODE);
	word(NOP);
	word(END_NODE);
	word(NOP);
	word(END);
	TEST_EQ(finish(), 0);
}

static void header_fields(void)
{
	static const u32 values[] = {
		0, 1, 8, 39, 40, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc,
	};

	plain_tree();
	TEST_EQ(finish(), 0);
	TEST_EQ(with_header(MAGIC, 0xd00dfeee), -EINVAL);
	TEST_EQ(with_header(VERSION, 16), -EINVAL);
	TEST_EQ(with_header(VERSION, 1), -EINVAL);
	TEST_EQ(with_header(LAST_COMPATIBLE, 18), -EINVAL);
	/* A newer version that says it can be read as this one. */
	TEST_EQ(with_header(VERSION, 18), 0);
	/* firmware likes to leave room behind the blocks */
	TEST_EQ(with_header(TOTALSIZE, (u32)end + 1), 0);
	TEST_EQ(with_header(SIZE_STRINGS, (u32)strings_size + 1), -EINVAL);
	for (unsigned int field = TOTALSIZE; field < HEADER_WORDS; field++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(values); i++)
			with_header(field, values[i]);
		for (u32 n = 0; n < end + 8; n++)
			with_header(field, n);
	}
}

static void nesting(void)
{
	start();
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(END_NODE);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(END_NODE);
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(END_NODE);
	begin("");
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(5);
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);
}

static void properties_out_of_place(void)
{
	start();
	prop_string("compatible", "x");
	begin("");
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	begin("a");
	word(END_NODE);
	prop_string("late", "x");
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);

	start();
	begin("");
	word(END_NODE);
	prop_string("behind", "x");
	word(END);
	TEST_EQ(finish(), -EINVAL);
}

static void properties_out_of_bounds(void)
{
	static const u32 lengths[] = { 5, 9, 100, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc,
		0xfffffff8, 0xfffffff7, 0xfffffff4, 0xfffffff3, 0xfffffff0, 0xffffffec };

	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		start();
		begin("");
		prop_string("compatible", "abc");
		patch(end - 12, lengths[i]);
		word(END_NODE);
		word(END);
		TEST_EQ(finish(), -EINVAL);
	}
	start();
	begin("");
	prop_string("compatible", "abc");
	patch(end - 8, (u32)strings_size);
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);
	patch(STRUCT_START + 16, 0x80000000);
	TEST_EQ(with_header(BOOT_CPU, 0), -EINVAL);
}

static void strings_without_end(void)
{
	start();
	begin("");
	prop_string("compatible", "abc");
	word(END_NODE);
	word(END);
	strings[strings_size - 1] = 'x';
	TEST_EQ(finish(), -EINVAL);
}

static void node_names(void)
{
	static const char *const wrong[] = { "", "a/b", "/" };

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		start();
		begin("");
		begin(wrong[i]);
		word(END_NODE);
		word(END_NODE);
		word(END);
		TEST_EQ(finish(), -EINVAL);
	}
	start();
	begin("root");
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), -EINVAL);
}

/* The whole name goes before one whose part in front of the @ is the same. */
static void names_that_begin_alike(void)
{
	const struct dt_node *found;
	void *storage;

	start();
	begin("");
	begin("uart@1");
	word(END_NODE);
	begin("uart");
	word(END_NODE);
	begin("uart2");
	word(END_NODE);
	word(END_NODE);
	word(END);
	TEST_EQ(finish(), 0);
	storage = malloc(dt_index_size());
	dt_index(storage);
	found = dt_find("/uart");
	TEST(found != NULL && strcmp(found->name, "uart") == 0);
	found = dt_find("/uart@1");
	TEST(found != NULL && strcmp(found->name, "uart@1") == 0);
	TEST_EQ(dt_find("/uart@2"), NULL);
	free(storage);
}

static int nested(unsigned int depth)
{
	start();
	begin("");
	for (unsigned int i = 1; i < depth; i++)
		begin("n");
	for (unsigned int i = 0; i < depth; i++)
		word(END_NODE);
	word(END);
	return finish();
}

static void depth(void)
{
	TEST_EQ(nested(30), 0);
	TEST_EQ(nested(300), -EINVAL);
	TEST_EQ(nested(30000), -EINVAL);
}

static int siblings(unsigned int count)
{
	start();
	begin("");
	for (unsigned int i = 1; i < count; i++) {
		begin("n");
		word(END_NODE);
	}
	word(END_NODE);
	word(END);
	return finish();
}

static void node_counts(void)
{
	TEST_EQ(siblings(3000), 0);
	TEST_EQ(siblings(59000), 0);
	TEST_EQ(siblings(66000), -EOVERFLOW);
}

/* Reservations without an end of their own stop where the blob does. */
static void endless_reservations(void)
{
	plain_tree();
	TEST_EQ(finish(), 0);
	for (size_t i = HEADER_WORDS * 4; i < STRUCT_START; i++)
		blob[i] = 1;
	TEST_EQ(with_header(BOOT_CPU, 0), 0);
	TEST_EQ(with_header(OFF_RESERVED, (u32)end), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(smallest),
	TEST_CASE(tags_that_say_nothing),
	TEST_CASE(header_fields),
	TEST_CASE(nesting),
	TEST_CASE(properties_out_of_place),
	TEST_CASE(properties_out_of_bounds),
	TEST_CASE(strings_without_end),
	TEST_CASE(node_names),
	TEST_CASE(names_that_begin_alike),
	TEST_CASE(depth),
	TEST_CASE(node_counts),
	TEST_CASE(endless_reservations),
};

static const struct test_suite fdt_shape_suite = TEST_SUITE_OF("fdt-shape", cases);
TEST_SUITE(fdt_shape_suite);
