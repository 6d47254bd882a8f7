/* SPDX-License-Identifier: MIT */
/*
 * Archives taken apart: the same whatever the pieces are that they come in; and every character
 * that may or may not be a digit of a header, in every place.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>

#include "../../../fs/initramfs/cpio.h"
#include "host.h"

static struct cpio cpio;

/* Adds an entry at @to: its length. A link's target is @data. */
static size_t add(u8 *to, const char *name, u32 mode, const char *data)
{
	size_t n = (size_t)snprintf((char *)to, 256,
				    "070702%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s",
				    7U, mode, 1U, 2U, 3U, 4U, (u32)strlen(data), 5U, 6U, 7U, 8U,
				    (u32)strlen(name) + 1, 0x1c3U, name) + 1;

	while (n % 4)
		to[n++] = 0;
	memcpy(to + n, data, strlen(data));
	n += strlen(data);
	while (n % 4)
		to[n++] = 0;
	return n;
}

/* What an archive tells, as text. */
static char told[4096];
static size_t told_length;

static void tell(const char *what, const char *text)
{
	told_length += strlcpy(told + told_length, what, sizeof(told) - told_length);
	if (text)
		told_length += (size_t)snprintf(told + told_length, sizeof(told) - told_length,
						"(%s)", text);
}

static void one(enum cpio_event event)
{
	char data[256];

	if (event == CPIO_ENTRY) {
		tell("entry", cpio.name);
		if (cpio.target)
			tell("link", cpio.target);
	} else if (event == CPIO_DATA) {
		memcpy(data, cpio.data, cpio.length);
		data[cpio.length] = '\0';
		tell(data, NULL);
		if (!cpio.left)
			tell("end", cpio.sum_wrong ? "bad" : "good");
	} else if (event == CPIO_TRAILER) {
		tell("trailer", "");
	} else if (event == CPIO_BAD || event == CPIO_LOST) {
		tell(event == CPIO_BAD ? "bad" : "lost", cpio.why);
	}
}

/*
 * Reads @n bytes in pieces of @piece, each in memory of its own, so that the sanitizer sees. May
 * they end there?
 */
static bool read_pieces(const u8 *archive, size_t n, size_t piece)
{
	bool complete;

	told_length = 0;
	told[0] = '\0';
	cpio_start(&cpio);
	for (size_t at = 0; at < n; at += piece) {
		size_t length = MIN(piece, n - at);
		u8 *copy = malloc(length);
		enum cpio_event event;

		memcpy(copy, archive + at, length);
		cpio.in = copy;
		cpio.end = copy + length;
		do {
			event = cpio_next(&cpio);
			one(event);
		} while (event != CPIO_MORE && event != CPIO_OTHER);
		free(copy);
		if (event == CPIO_OTHER) {
			tell("other", "");
			return false;
		}
	}
	complete = cpio_end(&cpio);
	tell(complete ? "complete" : "cut", "");
	TEST(cpio_end(&cpio));
	return complete;
}

static const char EXPECTED[] =
	"entry(.)end(good)entry(dir)end(good)entry(dir/file)abcdend(bad)entry(l)link(to/where)end(good)"
	"bad(it has no name)bad(no target that a link can have)entry(sum)abcdefgend(bad)trailer()"
	"entry(b)end(bad)trailer()complete()";

static size_t make(u8 *archive)
{
	size_t n = 0;

	n += add(archive + n, ".", 040755, "");
	n += add(archive + n, "dir", 040755, "");
	n += add(archive + n, "dir/file", 0100644, "abcd");
	n += add(archive + n, "l", 0120777, "to/where");
	n += add(archive + n, "", 0100644, "xyz");
	n += add(archive + n, "none", 0120777, "");
	n += add(archive + n, "sum", 0100644, "abcdefg");
	n += add(archive + n, "TRAILER!!!", 0, "");
	memset(archive + n, 0, 77);
	n += 77;
	n += add(archive + n, "b", 0100644, "");
	return n + add(archive + n, "TRAILER!!!", 0, "");
}

static void pieces(void)
{
	static u8 archive[4096];
	size_t n = make(archive);

	for (size_t piece = 1; piece <= n; piece++) {
		read_pieces(archive, n, piece);
		if (!TEST_STR(told, EXPECTED))
			return;
	}
}

/* Wherever an archive ends, it is complete between archives only. */
static void cuts(void)
{
	static u8 archive[4096];
	size_t n = make(archive), complete = 0;

	for (size_t at = 0; at < n; at++) {
		complete += read_pieces(archive, at, 64);
	}
	/* nothing, what follows the name of a trailer and its NUL, and 77 zeroes */
	TEST_EQ(complete, 1 + 3 + 77 + 1 + 3);
}

static bool is_digit(unsigned int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static u32 value_of(unsigned int c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static void digits(void)
{
	u8 archive[256];
	size_t n = add(archive, "name", 0100644, "");

	for (unsigned int i = 0; i < 104; i++)
		for (unsigned int c = 0; c < 256; c++) {
			u8 was = archive[6 + i];
			u32 field;
			bool lost;

			archive[6 + i] = (u8)c;
			cpio_start(&cpio);
			cpio.in = archive;
			cpio.end = archive + n;
			lost = cpio_next(&cpio) == CPIO_LOST;
			field = cpio.field[i / 8] >> (28 - i % 8 * 4) & 15;
			archive[6 + i] = was;
			if (!TEST_EQ(lost, !is_digit(c)) ||
			    (!lost && !TEST_EQ(field, value_of(c))))
				return;
		}
}

/* Lengths of which nothing is there: the entry is left out, or the archive is cut off. */
static void lengths(void)
{
	static const u32 values[] = { 0, 1, 4096, 4097, 0x7fffffff, 0x80000000, 0xfffffffe, ~0U };
	u8 archive[256];
	char text[9];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		for (size_t field = 0; field < 2; field++)
			for (size_t kind = 0; kind < 2; kind++) {
				size_t n = add(archive, "name", kind ? 0120777 : 0100644, "data");

				snprintf(text, sizeof(text), "%08x", values[i]);
				memcpy(archive + (field ? 54 : 94), text, 8);
				/* what lies beyond the end is an archive that is cut */
				TEST(!read_pieces(archive, n, 1 + i * 50));
			}
}

static void others(void)
{
	read_pieces((const u8 *)"\0\0\x1f\x8b", 4, 4);
	TEST_STR(told, "other()");
	TEST_EQ(cpio.begin, 2);
	read_pieces((const u8 *)"0123", 4, 4);
	TEST_STR(told, "cut()");
	told_length = 0;
	{
		u8 archive[256];
		size_t n = add(archive, "name", 0100644, "");

		archive[5] = '7';
		read_pieces(archive, n, n);
		TEST_STR(told, "lost(cpio's old format, not newc)complete()");
		archive[5] = '3';
		read_pieces(archive, n, 9);
		TEST_STR(told, "lost(no header)complete()");
	}
}

static const struct test_case test_cases[] = {
	TEST_CASE(pieces), TEST_CASE(cuts), TEST_CASE(digits), TEST_CASE(lengths),
	TEST_CASE(others),
};

static const struct test_suite cpio_suite = TEST_SUITE_OF("cpio", test_cases);
TEST_SUITE(cpio_suite);
