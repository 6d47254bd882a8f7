/* SPDX-License-Identifier: MIT */
/*
 * ls: lists directories, a name a line, sorted by their bytes; with -l what is known of each. Of
 * several paths those that are no directories come first.
 */
#include <fs/fs.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "calendar.h"
#include "files.h"

#define PATH_BYTES	4096

enum { ALL, LONG, PATHS };

static const struct argument ls_arguments[] = {
	[ALL] = { .letter = 'a', .type = ARGUMENT_FLAG, .help = "also names with a dot first" },
	[LONG] = { .letter = 'l', .type = ARGUMENT_FLAG,
		   .help = "kind, mode, links, size or device, date" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .optional = true, .many = true },
};

struct listing {
	char **names;
	size_t count, room;
	bool all;
};

static int add(void *arg, const struct dir_entry *entry)
{
	struct listing *l = arg;
	char *copy;

	if (shell_stopped())
		return -EINTR;
	if (entry->name[0] == '.' && !l->all)
		return 0;
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 32;
		char **more = krealloc(l->names, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		l->names = more;
		l->room = room;
	}
	copy = kstrdup(entry->name);
	if (!copy)
		return -ENOMEM;
	l->names[l->count++] = copy;
	return 0;
}

/* Lets the name at @at sink to its place among the first @count, which are a heap below it. */
static void sink(char **names, size_t at, size_t count)
{
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		char *name = names[at];

		if (child + 1 < count && strcmp(names[child], names[child + 1]) < 0)
			child++;
		if (strcmp(name, names[child]) >= 0)
			return;
		names[at] = names[child];
		names[child] = name;
	}
}

static void sort(char **names, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sink(names, i, count);
	while (count > 1) {
		char *last = names[--count];

		names[count] = names[0];
		names[0] = last;
		sink(names, 0, count);
	}
}

/* "-rw-r--r--" of @mode. */
static void mode_words(u32 mode, char *text)
{
	static const char kinds[] = "?pc?d?b?-?l?s???";

	*text++ = kinds[DT_OF_MODE(mode)];
	for (int bit = 8; bit >= 0; bit--)
		*text++ = mode & 1U << bit ? "xwr"[bit % 3] : '-';
	*text = 0;
}

static int show(const char *path, const char *name, bool details)
{
	char words[12], size[24], target[256], modified[CALENDAR_TEXT];
	struct file_stat s;
	ssize_t n = 0;
	int err;

	if (!details) {
		print("%s\n", name);
		return 0;
	}
	err = fs_stat(path, false, &s);
	if (err)
		return err;
	mode_words(s.mode, words);
	if (S_ISLNK(s.mode))
		n = fs_readlink(path, target, sizeof(target));
	if (S_ISCHR(s.mode) || S_ISBLK(s.mode))
		snprintf(size, sizeof(size), "%lu, %lu", NODE_MAJOR(s.node), NODE_MINOR(s.node));
	else
		snprintf(size, sizeof(size), "%lu", s.size);
	/* to the minute */
	calendar_write(s.modified / NS_PER_SEC, modified, sizeof(modified));
	print("%s %3u %10s %.16s %s%s%.*s\n", words, s.links, size, modified, name,
	      n > 0 ? " -> " : "", n > 0 ? (int)n : 0, target);
	return 0;
}

static int list_names(const char *path, const struct listing *l, bool details)
{
	char *whole = kmalloc(PATH_BYTES);
	int err = whole ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < l->count && !shell_stopped(); i++) {
		snprintf(whole, PATH_BYTES, "%s/%s", path, l->names[i]);
		err = show(whole, l->names[i], details);
		if (err == -ENOENT)
			err = 0;	/* it has gone meanwhile */
	}
	kfree(whole);
	return err;
}

/* @title: the directory is named, as one of several. */
static int list(const char *path, bool all, bool details, bool title)
{
	struct listing l = { .all = all };
	struct file *dir;
	int err = file_open(path, O_RDONLY | O_DIRECTORY, 0, &dir);

	if (err)
		return err;
	if (title)
		print("%s:\n", path);
	err = file_readdir(dir, add, &l);
	file_put(dir);
	if (!err) {
		sort(l.names, l.count);
		err = list_names(path, &l, details);
	}
	while (l.count)
		kfree(l.names[--l.count]);
	kfree(l.names);
	return err;
}

/* Those of the paths that are directories, or the others. @said: something has been listed. */
static int list_some(const struct arguments *a, bool directories, bool *said)
{
	bool all = a->given & 1U << ALL, details = a->given & 1U << LONG;
	int status = STATUS_OK;

	for (int i = 0; i < a->count && !shell_stopped(); i++) {
		const char *path = a->words[i];
		struct file_stat stat;
		int err = fs_stat(path, !details, &stat);

		if (directories != (!err && S_ISDIR(stat.mode)))
			continue;
		if (directories && *said)
			print("\n");
		*said |= !err;
		if (!err)
			err = directories ? list(path, all, details, a->count > 1) :
					    show(path, path, details);
		status |= file_status("ls", path, err);
	}
	return status;
}

static int ls(const struct arguments *a)
{
	bool all = a->given & 1U << ALL, details = a->given & 1U << LONG, said = false;
	int status;

	if (!a->count)
		return file_status("ls", ".", list(".", all, details, false));
	status = list_some(a, false, &said);
	status |= list_some(a, true, &said);
	return shell_stopped() ? STATUS_STOPPED : status;
}

static const struct command ls_command = {
	.name = "ls", .help = "list directories", .parsed = ls, ARGUMENTS(ls_arguments),
};
COMMAND(ls_command);
