/* SPDX-License-Identifier: MIT */
/* Numbers out of text: one digit loop below, and above it what each function takes for a number. */
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 'a' ^ 'A';
	if (c >= 'a' && c <= 'z')
		return (unsigned int)(c - 'a') + 10;
	return UINT32_MAX;
}

/*
 * Reads the digits that @s starts with. Returns what follows them, or @s when there is none;
 * *@fits tells whether *@value could hold them. A prefix counts only with a digit behind it:
 * the number in "0x" is the 0.
 */
static const char *read_digits(const char *s, unsigned int base, u64 *value, bool *fits)
{
	bool hex = s[0] == '0' && (s[1] | 0x20) == 'x' && digit_value(s[2]) < 16;

	if (base == 0)
		base = hex ? 16 : s[0] == '0' ? 8 : 10;
	if (base == 16 && hex)
		s += 2;

	*value = 0;
	*fits = true;
	for (; digit_value(*s) < base; s++) {
		if (__builtin_mul_overflow(*value, (u64)base, value) ||
		    __builtin_add_overflow(*value, (u64)digit_value(*s), value))
			*fits = false;
	}
	return s;
}

/* As read_digits(), for those who want all of it or nothing. @s behind the number goes to *@end. */
static int read_number(const char *s, unsigned int base, u64 *value, const char **end)
{
	bool fits;

	*end = read_digits(s, base, value, &fits);
	if (*end == s)
		return -EINVAL;
	return fits ? 0 : -ERANGE;
}

int parse_u64(const char *s, unsigned int base, u64 *out)
{
	const char *end;
	u64 value;
	int err = read_number(s, base, &value, &end);

	if (*end != '\0')
		return -EINVAL;
	if (err == 0)
		*out = value;
	return err;
}

int parse_s64(const char *s, unsigned int base, s64 *out)
{
	bool negative = *s == '-';
	u64 value;
	int err = parse_u64(s + negative, base, &value);

	if (err)
		return err;
	if (value > (u64)INT64_MAX + negative)
		return -ERANGE;
	*out = (s64)(negative ? -value : value);
	return 0;
}

/* The shift that a unit stands for ("", "K", "KB", "KiB", the letter in either case), or -1. */
static int unit_shift(const char *unit)
{
	static const char letters[] = "kmgt";
	const char *letter;

	if (*unit == '\0')
		return 0;
	letter = strchr(letters, *unit | 0x20);
	unit++;
	if (letter != NULL && (*unit == '\0' || strcmp(unit, "B") == 0 || strcmp(unit, "iB") == 0))
		return 10 * (int)(letter - letters + 1);
	return -1;
}

int parse_size(const char *s, u64 *out)
{
	const char *unit;
	u64 value;
	int err = read_number(s, 0, &value, &unit);
	int shift = unit_shift(unit);

	if (unit == s || shift < 0)
		return -EINVAL;
	if (err || value > UINT64_MAX >> shift)
		return -ERANGE;
	*out = value << shift;
	return 0;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	const char *digits = s;
	const char *behind;
	bool negative;
	bool fits;
	u64 value;

	while (*digits == ' ' || (*digits >= '\t' && *digits <= '\r'))
		digits++;
	negative = *digits == '-';
	if (negative || *digits == '+')
		digits++;
	behind = read_digits(digits, (unsigned int)base, &value, &fits);
	if (end != NULL)
		*end = (char *)(uintptr_t)(behind == digits ? s : behind);
	if (!fits)
		return UINT64_MAX;
	return negative ? -value : value;
}
