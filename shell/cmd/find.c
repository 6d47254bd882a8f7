/* SPDX-License-Identifier: MIT */
/*
 * find: the paths of directories and of all that is in them, one a line, each directory before what
 * is in it; fewer by conditions, all of which must hold. The directories between the first one and
 * where it stands are kept open, in memory of the heap: a tree may be as deep as a path is long.
 * Symbolic links are shown and not followed.
 *
 * Its words are read by hand: as everywhere, options follow the paths, and are words with one minus.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/glob.h>
#include <uapi/errno.h>

#include "files.h"

#define PATH_BYTES	4096

struct find {
	/* the conditions: */
	const char *name;	/* a pattern, or NULL */
	u8 type;		/* DT_REG, ...; 0: any */
	char compare;		/* of the size: '+' more than, '-' less than, '=', or 0: any */
	u64 size;
	/* where it stands: */
	char *path;		/* PATH_BYTES */
	struct level {
		struct file *dir;
		size_t len;		/* of its path */
	} *levels;
	size_t depth, room;
	/* of the entry that ended a listing: */
	u64 next;
	int status;
};

static void complain(struct find *f, int err)
{
	f->status |= file_status("find", f->path, err);
}

/* --- One path --- */

static bool size_fits(struct find *f)
{
	struct file_stat stat;
	int err = fs_stat(f->path, false, &stat);

	if (err) {
		complain(f, err);
		return false;
	}
	return f->compare == '+' ? stat.size > f->size :
	       f->compare == '-' ? stat.size < f->size : stat.size == f->size;
}

/* Prints f->path, whose last part is @name, if the conditions hold. */
static void consider(struct find *f, const char *name, u8 type)
{
	if ((!f->type || f->type == type) && (!f->name || glob_match(f->name, name)) &&
	    (!f->compare || size_fits(f)))
		print("%s\n", f->path);
}

/* --- The tree --- */

/* Sets the path to @name in the directory whose path is @len long. */
static bool set_path(struct find *f, size_t len, const char *name)
{
	const char *slash = len && f->path[len - 1] == '/' ? "" : "/";
	size_t room = PATH_BYTES - len;

	if (snprintf(f->path + len, room, "%s%s", slash, name) < room)
		return true;
	f->path[len] = 0;
	complain(f, -ENAMETOOLONG);
	return false;
}

/* Considers an entry; one that is a directory ends the listing, and is the path. */
static int visit(void *arg, const struct dir_entry *entry)
{
	struct find *f = arg;

	if (shell_stopped())
		return -EINTR;
	if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..") ||
	    !set_path(f, f->levels[f->depth - 1].len, entry->name))
		return 0;
	consider(f, entry->name, entry->type);
	f->next = entry->next;
	return entry->type == DT_DIR;
}

/* Opens f->path, to go on in it. */
static int enter(struct find *f)
{
	struct level *more;
	int err;

	if (f->depth == f->room) {
		size_t room = f->room ? 2 * f->room : 16;

		more = krealloc(f->levels, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		f->levels = more;
		f->room = room;
	}
	more = &f->levels[f->depth];
	err = file_open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &more->dir);
	more->len = strlen(f->path);
	f->depth += !err;
	return err;
}

static void leave(struct find *f)
{
	file_put(f->levels[--f->depth].dir);
}

/* Goes on in the directory where it stands, up to one that is in it, or its end. */
static void step(struct find *f)
{
	struct level *level = &f->levels[f->depth - 1];
	int found = file_readdir(level->dir, visit, f);

	if (found > 0) {
		file_seek(level->dir, (s64)f->next, SEEK_SET);
		found = enter(f);
		if (found)
			complain(f, found);
		return;
	}
	if (found && found != -EINTR) {
		f->path[level->len] = 0;
		complain(f, found);
	}
	leave(f);
}

static void walk(struct find *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct file_stat stat;
	int err = strlcpy(f->path, path, PATH_BYTES) >= PATH_BYTES ? -ENAMETOOLONG : 0;

	err = err ? err : fs_stat(f->path, false, &stat);
	if (!err) {
		consider(f, slash && slash[1] ? slash + 1 : path, (u8)DT_OF_MODE(stat.mode));
		err = S_ISDIR(stat.mode) ? enter(f) : 0;
	}
	if (err)
		complain(f, err);
	while (f->depth) {
		if (shell_stopped())
			leave(f);
		else
			step(f);
	}
}

/* --- Words --- */

static bool read_type(struct find *f, const char *word)
{
	f->type = !strcmp(word, "f") ? DT_REG : !strcmp(word, "d") ? DT_DIR :
		  !strcmp(word, "l") ? DT_LNK : 0;
	return f->type;
}

static bool read_size(struct find *f, const char *word)
{
	f->compare = *word == '+' || *word == '-' ? *word++ : '=';
	return !parse_size(word, &f->size);
}

/* The words behind the paths: pairs of an option and its value. */
static bool read_options(struct find *f, char **words)
{
	for (; *words; words += 2) {
		const char *value = words[1] ? words[1] : "";
		bool name = !strcmp(*words, "-name");

		if (name)
			f->name = value;
		if (!words[1] || (!name && !(!strcmp(*words, "-type") && read_type(f, value)) &&
				  !(!strcmp(*words, "-size") && read_size(f, value)))) {
			print("find: %s %s: no such condition\n", *words, value);
			return false;
		}
	}
	return true;
}

static int find_run(int argc __unused, char **argv)
{
	struct find f = { 0 };
	char **word = argv + 1, **end = word;

	while (*end && **end != '-')
		end++;
	if (!read_options(&f, end))
		return STATUS_USAGE;
	f.path = kmalloc(PATH_BYTES);
	if (!f.path)
		return file_status("find", ".", -ENOMEM);
	if (word == end)
		walk(&f, ".");
	for (; word < end && !shell_stopped(); word++)
		walk(&f, *word);
	kfree(f.levels);
	kfree(f.path);
	return f.status;
}

static const struct command find_command = {
	.name = "find", .usage = "[PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]",
	.help = "directories and all that is in them", .run = find_run, .max_args = 255,
};
COMMAND(find_command);
