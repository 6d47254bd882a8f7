/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 (see <lib/utf8.h>). Widths are looked up in two tables of ranges, in the order of their
 * numbers; text without anything above U+02FF never looks.
 */
#include <lib/utf8.h>

struct range {
	u32 first, last;
};

static const struct range joining[] = {
	{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f },
	{ 0x6d6, 0x6dc }, { 0x93c, 0x93c }, { 0x941, 0x948 }, { 0x94d, 0x94d }, { 0xe31, 0xe31 },
	{ 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x20d0, 0x20f0 },
	{ 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	{ 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x23e9, 0x23ec }, { 0x2614, 0x2615 },
	{ 0x26a1, 0x26a1 }, { 0x2705, 0x2705 }, { 0x274c, 0x274c }, { 0x2753, 0x2757 },
	{ 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b55 }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
	{ 0xa960, 0xa97c }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

size_t utf8_length(u8 lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

size_t utf8_decode(const char *s, size_t len, u32 *c)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	u8 lead = (u8)*s;
	size_t n = utf8_length(lead);
	u32 value = n > 1 ? lead & (0x7fU >> n) : lead;

	*c = UTF8_BROKEN;
	if (!n || n > len)
		return 1;
	for (size_t i = 1; i < n; i++) {
		if (((u8)s[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | ((u8)s[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 1;
	*c = value;
	return n;
}

static bool within(u32 c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

unsigned int utf8_columns(u32 c)
{
	if (c < joining[0].first)
		return 1;
	if (within(c, joining, ARRAY_SIZE(joining)))
		return 0;
	return within(c, wide, ARRAY_SIZE(wide)) ? 2 : 1;
}
