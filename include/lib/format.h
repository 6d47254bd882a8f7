/* SPDX-License-Identifier: MIT */
/*
 * Formatted text, and numbers out of text. Any context; no allocation.
 *
 * The formatter knows: flags - 0 + space #, width and precision (also *), lengths hh h l ll z
 * t j, conversions d i u x X o c s p %, and
 *   %pS  a code address as symbol+0xoffset/0xsize (needs CONFIG_KALLSYMS, else the number)
 *   %pe  an int errno (passed as a pointer-sized negative number) as its name, "-ENOMEM"
 * %n, floating point and anything else are refused: the directive and all that follows it is
 * printed as it stands, for nobody knows where the next argument is. NULL for %s prints as
 * "(null)".
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <lib/types.h>

/* Takes @len bytes of output; called as often as needed. */
typedef void format_sink(void *arg, const char *text, size_t len);

/* Sends the formatted text to @sink. Returns its length in bytes. */
size_t format_to(format_sink *sink, void *arg, const char *fmt, va_list ap);

/*
 * Write at most @size bytes with the final NUL (nothing when @size is 0), and return the
 * length that the whole text has without it: `>= size` means that it was cut.
 */
size_t vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);
size_t snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * What %pS prints: as snprintf, the symbol and the offset in it. Defined by the kernel where
 * it has symbols; lib's own weak one prints the number.
 */
size_t format_code_address(char *buf, size_t size, vaddr_t addr);

/*
 * Read a whole string as a number: decimal, 0x hexadecimal or 0 octal when @base is 0. Surrounding
 * space, an empty string or a left-over character is -EINVAL, a value that does not fit -ERANGE;
 * *@out is then untouched.
 */
int parse_u64(const char *s, unsigned int base, u64 *out);
int parse_s64(const char *s, unsigned int base, s64 *out);

/*
 * As parse_u64 with base 0, and one of K M G T (also KiB, MB, ...: powers of 1024) behind the
 * number. Bytes.
 */
int parse_size(const char *s, u64 *out);

/* The name of a positive errno ("ENOMEM"), or NULL. */
const char *errno_name(int err);

/* What a positive errno means ("No such file or directory"), else its name, or NULL. */
const char *errno_text(int err);

#endif
