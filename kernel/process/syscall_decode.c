/* SPDX-License-Identifier: MIT */
/*
 * System calls in words, as strace has them: each argument by the type that syscalls.def says it
 * is. Flags are names, what is left of them a number; text is what C would write.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "exec.h"
#include "syscall.h"
#include "syscall_decode.h"

#define PATH_SHOWN	64	/* bytes */
#define TEXT_SHOWN	32
#define VECTOR_ROOM	300	/* bytes of a line: behind them no string of a vector begins */

void trace_add(struct trace_line *line, const char *fmt, ...)
{
	size_t room = TRACE_LINE_SIZE - line->used;
	va_list ap;

	va_start(ap, fmt);
	line->used += MIN(vsnprintf(line->text + line->used, room, fmt, ap), room - 1);
	va_end(ap);
}

/* --- Text ------------------------------------------------------------------------------------- */

static char escape_of(char c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\t':
		return 't';
	case '\r':
		return 'r';
	case '"':
	case '\\':
		return c;
	default:
		return 0;
	}
}

/* @n bytes in quotes; @more: they are not all. */
static void add_text(struct trace_line *line, const char *text, size_t n, bool more)
{
	trace_add(line, "\"");
	for (size_t i = 0; i < n; i++) {
		bool digit_follows = i + 1 < n && text[i + 1] >= '0' && text[i + 1] <= '7';

		if (escape_of(text[i]))
			trace_add(line, "\\%c", escape_of(text[i]));
		else if (text[i] >= ' ' && text[i] < 0x7f)
			trace_add(line, "%c", text[i]);
		else if (digit_follows)
			trace_add(line, "\\%03o", (u8)text[i]);
		else
			trace_add(line, "\\%o", (u8)text[i]);
	}
	trace_add(line, more ? "\"..." : "\"");
}

static void add_pointer(struct trace_line *line, uaddr_t pointer)
{
	if (pointer)
		trace_add(line, "%#lx", pointer);
	else
		trace_add(line, "NULL");
}

/* A string of the program's, of which @most bytes are shown. */
static void add_string(struct trace_line *line, uaddr_t from, size_t most)
{
	char text[PATH_SHOWN + 1];
	ssize_t n = copy_string_from_user(text, from, most + 1);

	if (n < 0 && n != -ENAMETOOLONG)
		add_pointer(line, from);
	else
		add_text(line, text, n < 0 ? most : (size_t)n, n < 0);
}

static void add_buffer(struct trace_line *line, uaddr_t from, u64 size)
{
	char text[TEXT_SHOWN];
	size_t n = MIN(size, (u64)TEXT_SHOWN);

	if (copy_from_user(text, from, n))
		add_pointer(line, from);
	else
		add_text(line, text, n, size > n);
}

/* A vector of strings: all of it can be read, or it is a number. */
static void add_vector(struct trace_line *line, uaddr_t from)
{
	uaddr_t string;

	if (!from || copy_from_user(&string, from, sizeof(string))) {
		add_pointer(line, from);
		return;
	}
	trace_add(line, "[");
	for (u32 i = 0; string && line->used < VECTOR_ROOM; i++) {
		if (i)
			trace_add(line, ", ");
		add_string(line, string, TEXT_SHOWN);
		from += sizeof(string);
		if (copy_from_user(&string, from, sizeof(string)))
			break;
	}
	trace_add(line, string ? ", ...]" : "]");
}

/* --- Flags ------------------------------------------------------------------------------------ */

struct flag {
	u64 value;
	const char *name;
};

#define FLAG(name)	{ name, #name }

/* Those of several bits before those that are in them. */
static const struct flag open_flags[] = {
	FLAG(O_CREAT), FLAG(O_EXCL), FLAG(O_NOCTTY), FLAG(O_TRUNC), FLAG(O_APPEND),
	FLAG(O_NONBLOCK), FLAG(O_SYNC), FLAG(O_DSYNC), FLAG(O_TMPFILE), FLAG(O_DIRECTORY),
	FLAG(O_NOFOLLOW), FLAG(O_DIRECT), FLAG(O_LARGEFILE), FLAG(O_NOATIME), FLAG(O_CLOEXEC),
	FLAG(O_PATH), { 0, NULL },
};

static const struct flag protections[] = {
	FLAG(PROT_READ), FLAG(PROT_WRITE), FLAG(PROT_EXEC), { 0, NULL },
};

static const struct flag map_flags[] = {
	FLAG(MAP_SHARED_VALIDATE), FLAG(MAP_SHARED), FLAG(MAP_PRIVATE), FLAG(MAP_FIXED),
	FLAG(MAP_ANONYMOUS), FLAG(MAP_GROWSDOWN), FLAG(MAP_POPULATE), FLAG(MAP_HUGETLB),
	FLAG(MAP_FIXED_NOREPLACE), { 0, NULL },
};

/* The names of @flags, behind @first, if there is one; @none: what no flag at all is called. */
static void add_flags(struct trace_line *line, const struct flag *names, u64 flags,
		      const char *first, const char *none)
{
	const char *between = first ? "|" : "";

	if (first)
		trace_add(line, "%s", first);
	for (; names->name; names++) {
		if ((flags & names->value) != names->value)
			continue;
		trace_add(line, "%s%s", between, names->name);
		flags &= ~names->value;
		between = "|";
	}
	if (flags)
		trace_add(line, "%s%#lx", between, flags);
	else if (!*between)
		trace_add(line, "%s", none);
}

static void add_open_flags(struct trace_line *line, u64 flags)
{
	static const char *const ways[] = { "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE" };

	add_flags(line, open_flags, (u32)flags & ~(u64)O_ACCMODE, ways[flags & O_ACCMODE], NULL);
}

static void add_signal(struct trace_line *line, int signal)
{
	char name[SIGNAL_NAME];

	if (signal <= 0 || signal > SIGNALS) {
		trace_add(line, "%d", signal);
		return;
	}
	signal_name(signal, name);
	trace_add(line, "%s", name);
}

/* --- Calls ------------------------------------------------------------------------------------ */

static bool is(const char *type, size_t length, const char *what)
{
	return length == strlen(what) && !strncmp(type, what, length);
}

/* One that is a number: whether it was. */
static bool add_number(struct trace_line *line, const char *type, size_t length, u64 value)
{
	if (is(type, length, "at") && (int)value == AT_FDCWD)
		trace_add(line, "AT_FDCWD");
	else if (is(type, length, "fd") || is(type, length, "at") || is(type, length, "int") ||
		 is(type, length, "id"))
		trace_add(line, "%d", (int)value);
	else if (is(type, length, "uint"))
		trace_add(line, "%u", (u32)value);
	else if (is(type, length, "long"))
		trace_add(line, "%ld", (long)value);
	else if (is(type, length, "ulong"))
		trace_add(line, "%lu", value);
	else if (is(type, length, "mode"))
		trace_add(line, "0%02o", (u32)value);
	else if (is(type, length, "hex"))
		trace_add(line, value ? "%#lx" : "%lu", value);
	else
		return false;
	return true;
}

/* @next: the argument behind it, which is the size of a buffer. */
static void add_argument(struct trace_line *line, const char *type, size_t length, u64 value,
			 u64 next)
{
	if (add_number(line, type, length, value))
		return;
	if (is(type, length, "path"))
		add_string(line, value, PATH_SHOWN);
	else if (is(type, length, "buf"))
		add_buffer(line, value, next);
	else if (is(type, length, "argv"))
		add_vector(line, value);
	else if (is(type, length, "open"))
		add_open_flags(line, value);
	else if (is(type, length, "prot"))
		add_flags(line, protections, value, NULL, "PROT_NONE");
	else if (is(type, length, "map"))
		add_flags(line, map_flags, value, NULL, "0");
	else if (is(type, length, "sig"))
		add_signal(line, (int)value);
	else
		add_pointer(line, value);
}

static void add_name(struct trace_line *line, u64 number)
{
	const char *name = syscall_name(number);

	if (name)
		trace_add(line, "%s(", name);
	else
		trace_add(line, "syscall_%#lx(", number);
}

/* Permissions behind the flags of open() mean nothing but for a file that is made. */
static bool ends_here(const char *type, size_t length, const char *rest, u64 value)
{
	return is(type, length, "open") && !strcmp(rest, ", mode") &&
	       !(value & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)));
}

void trace_add_call(struct trace_line *line, const struct arch_frame *frame)
{
	const struct syscall_info *info = syscall_info(arch_syscall_number(frame));
	const char *type = info ? info->types : "hex, hex, hex, hex, hex, hex";

	add_name(line, arch_syscall_number(frame));
	for (unsigned int i = 0; *type; i++) {
		const char *end = strchr(type, ',');
		size_t length = end ? (size_t)(end - type) : strlen(type);
		u64 value = arch_syscall_argument(frame, i);

		add_argument(line, type, length, value,
			     i < 5 ? arch_syscall_argument(frame, i + 1) : 0);
		if (ends_here(type, length, type + length, value))
			break;
		type += length;
		if (*type) {
			trace_add(line, ", ");
			type += 2;
		}
	}
	trace_add(line, ") = ");
}

void trace_add_exec(struct trace_line *line, const char *path, const struct exec_strings *s,
		    uaddr_t sp)
{
	const char *text = s->text;
	u32 i;

	trace_add(line, "execve(");
	add_text(line, path, MIN(strlen(path), (size_t)PATH_SHOWN), strlen(path) > PATH_SHOWN);
	trace_add(line, ", [");
	for (i = 0; i < s->argc && line->used < VECTOR_ROOM; i++) {
		size_t n = strlen(text);

		if (i)
			trace_add(line, ", ");
		add_text(line, text, MIN(n, (size_t)TEXT_SHOWN), n > TEXT_SHOWN);
		text += n + 1;
	}
	/* behind the number of arguments, the arguments and a NULL */
	trace_add(line, i < s->argc ? ", ...], %#lx /* %u vars */)" : "], %#lx /* %u vars */)",
		  sp + (s->argc + 2) * sizeof(u64), s->envc);
}
