/* SPDX-License-Identifier: MIT */
/*
 * find: the paths of directories and of all that is in them, one a line, each directory before what
 * is in it; fewer by conditions, all of which must hold.
 *
 * Its words are read by hand: as on every Unix, options follow the paths, and are whole words
 * behind one minus.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <shell/glob.h>
#include <uapi/errno.h>

#include "files.h"
#include "tree.h"

struct find {
	struct tree tree;
	/* the conditions: */
	const char *name;	/* a pattern, or NULL */
	u8 type;		/* DT_REG, ...; 0: any */
	char compare;		/* of the size: '+' more than, '-' less than, '=', or 0: any */
	u64 size;
};

/* Whether the size is as wanted: 1, 0, or an errno. */
static int size_fits(struct find *f)
{
	struct file_stat stat;
	int err = fs_stat(f->tree.path, false, &stat);

	if (err)
		return err;
	return f->compare == '+' ? stat.size > f->size :
	       f->compare == '-' ? stat.size < f->size : stat.size == f->size;
}

/* Prints the path if the conditions hold. */
static int consider(struct tree *t, const char *name, u8 type)
{
	struct find *f = container_of(t, struct find, tree);
	int fits = (!f->type || f->type == type) && (!f->name || glob_match(f->name, name));

	if (fits && f->compare)
		fits = size_fits(f);
	if (fits > 0)
		print("%s\n", t->path);
	return MIN(fits, 0);
}

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
			print(name ? "find: %s: a value is missing\n" :
			      *value ? "find: %s %s: no such condition\n" :
				       "find: %s: no such condition\n", *words, value);
			return false;
		}
	}
	return true;
}

static int find_run(int argc __unused, char **argv)
{
	struct find f = { .tree = { .command = "find", .visit = consider } };
	char **word = argv + 1, **end = word;

	while (*end && **end != '-')
		end++;
	if (!read_options(&f, end))
		return STATUS_USAGE;
	if (word == end)
		tree_walk(&f.tree, ".");
	for (; word < end && !shell_stopped(); word++)
		tree_walk(&f.tree, *word);
	tree_end(&f.tree);
	return shell_stopped() ? STATUS_STOPPED : f.tree.status;
}

static const struct command find_command = {
	.name = "find", .usage = "[PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]",
	.help = "directories and all that is in them", .run = find_run, .max_args = 255,
};
COMMAND(find_command);
