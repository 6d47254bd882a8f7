/* SPDX-License-Identifier: MIT */
/* See model.h. What Linux checks first is checked first: the order makes the errno. */
#include <lib/assert.h>
#include <lib/string.h>
#include <uapi/errno.h>
#include <uapi/fcntl.h>

#include "host.h"
#include "model.h"

/* The last name of a path: in which directory, and how it stands there. */
struct last {
	struct model *dir;
	char name[NAME_MAX + 1];
	bool slash;
	char kind;	/* n: a name; ".", "..", "/": . : / */
};

static struct model root = { .kind = 'd', .links = 2, .up = &root };

struct model *model_root(void)
{
	return &root;
}

static int slot(const struct model *dir, const char *name)
{
	for (unsigned int i = 0; i < dir->count; i++)
		if (!strcmp(dir->names[i].name, name))
			return (int)i;
	return -1;
}

static int go(struct model **at, const char *path, bool follow, int *links, struct last *last);

/* One step to @name in *@at; links are followed if @follow. */
static int step(struct model **at, const char *name, bool follow, int *links)
{
	struct model *dir = *at;
	int i;

	if (dir->kind != 'd')
		return -ENOTDIR;
	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		*at = dir->up;
		return 0;
	}
	i = slot(dir, name);
	if (i < 0)
		return -ENOENT;
	if (dir->names[i].node->kind == 'l' && follow) {
		if (++*links > 40)
			return -ELOOP;
		return go(at, dir->names[i].node->target, true, links, NULL);
	}
	*at = dir->names[i].node;
	return 0;
}

static int go(struct model **at, const char *path, bool follow, int *links, struct last *last)
{
	if (last)
		last->kind = '/';
	if (*path == '/')
		*at = &root;
	path += strspn(path, "/");
	while (*path) {
		size_t n = strcspn(path, "/"), slashes = strspn(path + n, "/");
		char name[NAME_MAX + 1];
		bool end = !path[n + slashes];
		int err;

		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		strlcpy(name, path, n + 1);
		path += n + slashes;
		if (end && last) {
			last->dir = *at;
			last->slash = slashes;
			strlcpy(last->name, name, sizeof(last->name));
			last->kind = !strcmp(name, ".") ? '.' : !strcmp(name, "..") ? ':' : 'n';
			return (*at)->kind == 'd' ? 0 : -ENOTDIR;
		}
		err = step(at, name, !end || follow || slashes, links);
		if (err)
			return err;
		if (slashes && (*at)->kind != 'd')
			return -ENOTDIR;
	}
	if (last)
		last->dir = *at;
	return 0;
}

static int parent(const char *path, struct last *last)
{
	struct model *at = &root;
	int links = 0;

	*last = (struct last){};
	if (!*path)
		return -ENOENT;
	return go(&at, path, false, &links, last);
}

int model_find(const char *path, bool follow, struct model **node)
{
	int links = 0;

	*node = &root;
	if (!*path)
		return -ENOENT;
	return go(node, path, follow, &links, NULL);
}

static struct model *make(char kind)
{
	struct model *node = calloc(1, sizeof(*node));

	node->kind = kind;
	return node;
}

static void add(struct model *dir, const char *name, struct model *node)
{
	if (dir->count == MODEL_NAMES)
		panic("more names than tests have");
	dir->names[dir->count].name = strdup(name);
	dir->names[dir->count++].node = node;
	node->links++;
	if (node->kind == 'd') {
		node->links++;
		node->up = dir;
		dir->links++;
	}
}

static void drop(struct model *dir, int i)
{
	struct model *node = dir->names[i].node;

	free(dir->names[i].name);
	dir->names[i] = dir->names[--dir->count];
	node->links--;
	if (node->kind == 'd') {
		node->links--;
		dir->links--;
	}
}

static void release(struct model *node)
{
	if (node->links)
		return;
	free(node->target);
	free(node->data);
	free(node);
}

int model_open(const char *path, int flags, struct model **node)
{
	bool follow = !(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
	struct model *at = &root;
	struct last last = {};
	int links = 0, err, i;

	if (!(flags & O_CREAT))
		return model_find(path, follow, node);
	if (!*path)
		return -ENOENT;
	for (;;) {
		err = go(&at, path, false, &links, &last);
		if (err)
			return err;
		if (last.kind != 'n')
			return flags & O_EXCL ? -EEXIST : -EISDIR;
		if (last.slash)
			return -EISDIR;
		i = slot(last.dir, last.name);
		if (i < 0) {
			*node = make('f');
			add(last.dir, last.name, *node);
			return 0;
		}
		*node = last.dir->names[i].node;
		if (!follow || (*node)->kind != 'l')
			return flags & O_EXCL ? -EEXIST : 0;
		if (++links > 40)
			return -ELOOP;
		at = last.dir;
		path = (*node)->target;
	}
}

int model_make(const char *path, char kind, const char *target)
{
	struct model *node;
	struct last last;
	int err = parent(path, &last);

	if (err)
		return err;
	if (last.kind != 'n' || slot(last.dir, last.name) >= 0)
		return -EEXIST;
	if (last.slash && kind != 'd')
		return -ENOENT;
	node = make(kind);
	if (target)
		node->target = strdup(target);
	add(last.dir, last.name, node);
	return 0;
}

int model_remove(const char *path, bool directory)
{
	struct model *node;
	struct last last;
	int i, err = parent(path, &last);

	if (err)
		return err;
	if (last.kind != 'n' && !directory)
		return -EISDIR;
	if (last.kind != 'n')
		return last.kind == '.' ? -EINVAL : last.kind == ':' ? -ENOTEMPTY : -EBUSY;
	i = slot(last.dir, last.name);
	if (i < 0)
		return -ENOENT;
	node = last.dir->names[i].node;
	if (directory != (node->kind == 'd'))
		return directory ? -ENOTDIR : -EISDIR;
	if (last.slash && !directory)
		return -ENOTDIR;
	if (node->count)
		return -ENOTEMPTY;
	drop(last.dir, i);
	release(node);
	return 0;
}

int model_link(const char *path, bool follow, const char *new_path)
{
	struct model *node;
	struct last last;
	int err = model_find(path, follow, &node);

	if (!err)
		err = parent(new_path, &last);
	if (err)
		return err;
	if (last.kind != 'n' || slot(last.dir, last.name) >= 0)
		return -EEXIST;
	if (last.slash)
		return -ENOENT;
	if (node->kind == 'd')
		return -EPERM;
	add(last.dir, last.name, node);
	return 0;
}

static bool below(const struct model *node, const struct model *other)
{
	for (; node != other; node = node->up)
		if (node == &root)
			return false;
	return true;
}

int model_rename(const char *path, const char *new_path, bool replace)
{
	struct model *node, *victim = NULL;
	struct last from, to;
	int i, j, err = parent(path, &from);

	if (!err)
		err = parent(new_path, &to);
	if (err)
		return err;
	if (from.kind != 'n')
		return -EBUSY;
	if (to.kind != 'n')
		return replace ? -EBUSY : -EEXIST;
	i = slot(from.dir, from.name);
	if (i < 0)
		return -ENOENT;
	node = from.dir->names[i].node;
	j = slot(to.dir, to.name);
	if (j >= 0)
		victim = to.dir->names[j].node;
	if (victim && !replace)
		return -EEXIST;
	if (node->kind != 'd' && (from.slash || to.slash))
		return -ENOTDIR;
	if (node->kind == 'd' && below(to.dir, node))
		return -EINVAL;
	if (victim && victim->kind == 'd' && below(from.dir, victim))
		return -ENOTEMPTY;
	if (victim == node)
		return 0;
	if (victim && (node->kind == 'd') != (victim->kind == 'd'))
		return node->kind == 'd' ? -ENOTDIR : -EISDIR;
	if (victim && victim->count)
		return -ENOTEMPTY;
	if (victim) {
		drop(to.dir, j);
		i = slot(from.dir, from.name);
	}
	drop(from.dir, i);
	add(to.dir, to.name, node);
	if (victim)
		release(victim);
	return 0;
}

void model_write(struct model *node, size_t at, const u8 *data, size_t n)
{
	size_t size = data ? MAX(node->size, at + n) : at;

	if (!node->data)
		node->data = calloc(1, MODEL_SIZE);
	if (size < node->size)
		memset(node->data + size, 0, node->size - size);
	if (data)
		memcpy(node->data + at, data, n);
	node->size = size;
}
