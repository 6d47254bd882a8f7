/* SPDX-License-Identifier: MIT */
/*
 * printf's formatter. One loop over the format finds directives, a struct spec holds what one
 * says, and everything that a directive prints goes through emit(): padding, sign or prefix,
 * zeros, body. It has no buffer of its own but the digits of one number. A width or precision
 * asks for at most FILL_MAX fill characters, so that a wrong argument of `*` cannot keep the
 * machine busy for minutes.
 */
#include <lib/format.h>
#include <lib/string.h>

#define FILL_MAX	4096
#define DIGITS_MAX	22	/* 2^64 in octal */
#define ADDRESS_MAX	128	/* the longest symbol name with its offset */

struct output {
	format_sink *sink;
	void *arg;
	size_t len;
	va_list args;
};

struct spec {
	bool left, zero, plus, space, alt;	/* the flags - 0 + space # */
	bool longer;				/* 64 bits: l ll z t j */
	unsigned char narrower;			/* by how many bits an h or hh cuts an int */
	int width;
	int precision;				/* -1: none given */
};

static void put(struct output *out, const char *text, size_t len)
{
	if (len > 0)
		out->sink(out->arg, text, len);
	out->len += len;
}

static void fill(struct output *out, char c, long count)
{
	char run[16];

	memset(run, c, sizeof(run));
	for (count = MIN(count, (long)FILL_MAX); count > 0; count -= (long)sizeof(run))
		put(out, run, MIN((size_t)count, sizeof(run)));
}

/* Prints @len bytes of @body behind @zeros zeros behind @prefix, padded to the width. */
static void emit(struct output *out, const struct spec *spec, const char *prefix, long zeros,
		 const char *body, size_t len)
{
	size_t prefix_len = strlen(prefix);
	long pad = spec->width - (long)(prefix_len + len) - zeros;

	if (!spec->left)
		fill(out, ' ', pad);
	put(out, prefix, prefix_len);
	fill(out, '0', zeros);
	put(out, body, len);
	if (spec->left)
		fill(out, ' ', pad);
}

static void emit_string(struct output *out, const struct spec *spec, const char *s)
{
	size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

	if (s == NULL)
		s = "(null)";
	emit(out, spec, "", 0, s, strnlen(s, max));
}

static void emit_number(struct output *out, const struct spec *spec, const char *prefix, u64 value,
			unsigned int base, const char *digit)
{
	char buf[DIGITS_MAX];
	char *p = buf + sizeof(buf);
	long len, zeros;

	while (value > 0) {
		*--p = digit[value % base];
		value /= base;
	}
	len = buf + sizeof(buf) - p;

	if (spec->precision < 0 && spec->zero && !spec->left)
		zeros = spec->width - len - (long)strlen(prefix);
	else
		zeros = spec->precision - len;
	/*
	 * A zero has a digit unless the precision is 0, and # wants octal numbers to start
	 * with one.
	 */
	if ((len == 0 && spec->precision < 0) || (spec->alt && base == 8))
		zeros = MAX(zeros, 1L);
	emit(out, spec, prefix, MAX(zeros, 0L), p, (size_t)len);
}

static void emit_unsigned(struct output *out, const struct spec *spec, char conversion, u64 value)
{
	const char *digit = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = conversion == 'u' ? 10 : conversion == 'o' ? 8 : 16;
	const char *prefix = "";

	if (!spec->longer)
		value = (u32)value << spec->narrower >> spec->narrower;
	if (spec->alt && value != 0 && (conversion | 0x20) == 'x')
		prefix = conversion == 'X' ? "0X" : "0x";
	emit_number(out, spec, prefix, value, base, digit);
}

static void emit_signed(struct output *out, const struct spec *spec, s64 value)
{
	const char *prefix = spec->plus ? "+" : spec->space ? " " : "";

	if (!spec->longer)
		value = (s32)((u32)value << spec->narrower) >> spec->narrower;
	if (value < 0)
		prefix = "-";
	emit_number(out, spec, prefix, value < 0 ? -(u64)value : (u64)value, 10, "0123456789");
}

/* %p, %pS, %pe. Returns what follows the directive, of which @fmt is the character behind the p. */
static const char *emit_pointer(struct output *out, const struct spec *spec, const char *fmt,
				vaddr_t value)
{
	struct spec as_string = *spec;
	const char *name;
	char buf[ADDRESS_MAX];

	as_string.precision = -1;
	switch (*fmt) {
	case 'S':
		format_code_address(buf, sizeof(buf), value);
		emit_string(out, &as_string, buf);
		return fmt + 1;
	case 'e':
		name = errno_name((int)-value);
		as_string.longer = true;
		if (name == NULL || (vaddr_t)-(int)-value != value)
			emit_signed(out, &as_string, (s64)value);
		else
			emit(out, spec, "-", 0, name, strlen(name));
		return fmt + 1;
	default:
		emit_number(out, &as_string, "0x", value, 16, "0123456789abcdef");
		return fmt;
	}
}

static const char *parse_int(const char *fmt, int *value)
{
	*value = 0;
	for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
		if (*value < INT32_MAX / 10)
			*value = *value * 10 + (*fmt - '0');
	}
	return fmt;
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-': spec->left = true; break;
		case '0': spec->zero = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alt = true; break;
		default: return fmt;
		}
	}
}

static const char *parse_length(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case 'h': spec->narrower = spec->narrower ? 24 : 16; break;
		case 'l': case 'z': case 't': case 'j': spec->longer = true; break;
		default: return fmt;
		}
	}
}

static const char *parse_spec(struct output *out, const char *fmt, struct spec *spec)
{
	fmt = parse_flags(fmt, spec);
	if (*fmt == '*') {
		fmt++;
		spec->width = va_arg(out->args, int);
		if (spec->width < 0) {
			spec->left = true;
			spec->width = spec->width == INT32_MIN ? INT32_MAX : -spec->width;
		}
	} else {
		fmt = parse_int(fmt, &spec->width);
	}
	if (*fmt == '.' && fmt[1] == '*') {
		fmt += 2;
		spec->precision = va_arg(out->args, int);
	} else if (*fmt == '.') {
		fmt = parse_int(fmt + 1, &spec->precision);
	}
	return parse_length(fmt, spec);
}

/*
 * Prints what the directive says that begins behind the percent sign at @fmt. Returns what
 * follows it.
 */
static const char *directive(struct output *out, const char *fmt)
{
	struct spec spec = { .precision = -1 };
	const char *end = parse_spec(out, fmt, &spec);
	char c = *end++;
	u64 value;

	switch (c) {
	case 'd':
	case 'i':
		value = spec.longer ? va_arg(out->args, u64) : va_arg(out->args, u32);
		emit_signed(out, &spec, (s64)value);
		return end;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		value = spec.longer ? va_arg(out->args, u64) : va_arg(out->args, u32);
		emit_unsigned(out, &spec, c, value);
		return end;
	case 'c':
		c = (char)va_arg(out->args, int);
		emit(out, &spec, "", 0, &c, 1);
		return end;
	case 's':
		emit_string(out, &spec, va_arg(out->args, const char *));
		return end;
	case 'p':
		return emit_pointer(out, &spec, end, va_arg(out->args, vaddr_t));
	case '%':
		put(out, "%", 1);
		return end;
	default:
		/*
		 * Unknown, hence also where the next argument is: all the rest is shown as it
		 * stands.
		 */
		end = fmt + strlen(fmt);
		put(out, fmt - 1, (size_t)(end - fmt) + 1);
		return end;
	}
}

size_t format_to(format_sink *sink, void *arg, const char *fmt, va_list ap)
{
	struct output out = { .sink = sink, .arg = arg };
	const char *text;

	va_copy(out.args, ap);
	while (*fmt != '\0') {
		for (text = fmt; *fmt != '\0' && *fmt != '%'; fmt++)
			;
		put(&out, text, (size_t)(fmt - text));
		if (*fmt == '%')
			fmt = directive(&out, fmt + 1);
	}
	va_end(out.args);
	return out.len;
}

struct buffer {
	char *next;
	size_t room;		/* without the final NUL */
};

static void buffer_sink(void *arg, const char *text, size_t len)
{
	struct buffer *buffer = arg;
	size_t n = MIN(len, buffer->room);

	if (n == 0)
		return;
	memcpy(buffer->next, text, n);
	buffer->next += n;
	buffer->room -= n;
}

size_t vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct buffer buffer = { .next = buf, .room = size > 0 ? size - 1 : 0 };
	size_t len = format_to(buffer_sink, &buffer, fmt, ap);

	if (size > 0)
		*buffer.next = '\0';
	return len;
}

size_t snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len;
}

size_t __weak format_code_address(char *buf, size_t size, vaddr_t addr)
{
	return snprintf(buf, size, "%p", (void *)addr);
}
