/* SPDX-License-Identifier: MIT */
/* Completion of paths: the names in the directory that the word begins with. */
#include <fs/file.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/complete.h>

#define PATH_BYTES	512	/* a longer one is not completed */

struct offer {
	struct completion *c;
	const char *directory;		/* as it was typed, with its last slash */
	size_t len;
};

static int offer_name(void *arg, const struct dir_entry *entry)
{
	const struct offer *o = arg;
	const char *rest = o->c->word + o->len;
	bool folder = entry->type == DT_DIR;
	char path[PATH_BYTES];

	/* names that begin with a dot are offered to those who have typed it */
	if ((entry->name[0] == '.' && *rest != '.') || !strcmp(entry->name, ".") ||
	    !strcmp(entry->name, ".."))
		return 0;
	if (o->len + entry->length + 2 <= sizeof(path)) {
		snprintf(path, sizeof(path), "%s%s%s", o->directory, entry->name,
			 folder ? "/" : "");
		complete_offer(o->c, path, folder ? "" : " ");
	}
	return 0;
}

static void offer_paths(struct completion *c)
{
	const char *slash = strrchr(c->word, '/');
	size_t len = slash ? (size_t)(slash - c->word) + 1 : 0;
	char directory[PATH_BYTES];
	struct offer o = { .c = c, .directory = directory, .len = len };
	struct file *dir;

	if (len >= sizeof(directory))
		return;
	memcpy(directory, c->word, len);
	directory[len] = 0;
	if (file_open(len ? directory : ".", O_RDONLY | O_DIRECTORY, 0, &dir))
		return;
	file_readdir(dir, offer_name, &o);
	file_put(dir);
}

static const struct completer path_completer = {
	.kinds = "PATH FILE NEW TARGET", .offer = offer_paths,
};
COMPLETER(path_completer);
