/* SPDX-License-Identifier: MIT */
/*
 * Random operations on fs/ and on the model (model.h), side by side: the same answers, and from
 * time to time the same tree. In the second case allocations fail: an operation may then answer
 * -ENOMEM and must have changed nothing, or it answers as the model does.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <lib/assert.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "../../../fs/test_fs.h"
#include "host.h"
#include "model.h"
#include "world.h"

#define ROUNDS	1000000
#define LONG	"a-name-that-is-longer-than-most"

static char path[64], other[64];
static u8 data[MODEL_SIZE], seen[MODEL_SIZE + 1];

static void any_path(char *to)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", ".", "..", LONG };
	unsigned int n = 1 + (unsigned int)host_random_below(3);

	*to = '\0';
	for (unsigned int i = 0; i < n; i++) {
		strlcat(to, "/", sizeof(path));
		if (host_random_below(32) == 0)
			strlcat(to, "/", sizeof(path));
		strlcat(to, names[host_random_below(host_random_below(2) ? 5 : 8)], sizeof(path));
	}
	if (host_random_below(16) == 0)
		strlcat(to, "/", sizeof(path));
	if (host_random_below(4096) == 0)
		*to = '\0';
	else if (host_random_below(8) == 0)
		memmove(to, to + 1, strlen(to));
}

/* The model cannot take back what it did: fs/ comes first, and where it had no memory, alone. */
static bool out_of_memory(s64 err)
{
	return (err == -ENOMEM || err == -ENOSPC) && world_failed();
}

static void same(s64 got, s64 wanted, const char *what)
{
	if (got != wanted)
		panic("%s(\"%s\", \"%s\"): %ld, not %ld", what, path, other, got, wanted);
}

static void do_open(void)
{
	static const int some[] = { 0, O_CREAT, O_CREAT | O_EXCL, O_NOFOLLOW,
				    O_CREAT | O_NOFOLLOW, O_TRUNC, O_CREAT | O_TRUNC };
	int flags = some[host_random_below(ARRAY_SIZE(some))], want;
	size_t at = host_random_below(MODEL_SIZE / 2), n = host_random_below(MODEL_SIZE / 2);
	struct model *node = NULL;
	struct file *f;
	int err = file_open(path, flags | O_RDWR, 0644, &f);
	ssize_t done;

	if (out_of_memory(err))
		return;
	want = model_open(path, flags, &node);
	if (!want && node->kind == 'd')
		want = -EISDIR;
	if (!want && node->kind == 'l')
		want = -ELOOP;
	same(err, want, "open");
	if (err)
		return;
	if (flags & O_TRUNC)
		model_write(node, 0, NULL, 0);
	switch (host_random_below(4)) {
	case 0:
		n = host_random_below(4) ? n : n % 64;
		done = file_pwrite(f, data, n, (s64)at);
		if (!out_of_memory(done) && done != (ssize_t)n && !world_failed())
			same(done, (s64)n, "write");
		if (done > 0)
			model_write(node, at, data, (size_t)done);
		break;
	case 1:
		at = host_random_below(4) ? at : 0;
		same(file_truncate(f, (s64)at), 0, "truncate");
		model_write(node, at, NULL, 0);
		break;
	default:
		done = file_pread(f, seen, MODEL_SIZE + 1, 0);
		same(done, (s64)node->size, "read");
		if (memcmp(seen, node->data ? node->data : seen, (size_t)done) != 0)
			panic("%s: other contents", path);
	}
	file_put(f);
}

static void do_make(void)
{
	bool directory = host_random_below(2);
	int err, want;

	any_path(other);
	err = directory ? fs_mkdir(path, 0777) : fs_symlink(other, path);
	if (out_of_memory(err))
		return;
	if (!directory && !*other)
		want = -ENOENT;
	else
		want = model_make(path, directory ? 'd' : 'l', directory ? NULL : other);
	same(err, want, directory ? "mkdir" : "symlink");
}

static void do_remove(void)
{
	bool directory = host_random_below(2);
	int err = directory ? fs_rmdir(path) : fs_unlink(path);

	if (!out_of_memory(err))
		same(err, model_remove(path, directory), directory ? "rmdir" : "unlink");
}

static void do_two(bool moves)
{
	bool flag = host_random_below(4);
	int err, want;

	any_path(other);
	err = moves ? fs_rename(path, other, flag ? 0 : RENAME_NOREPLACE) :
	      fs_link(path, flag, other);
	if (out_of_memory(err))
		return;
	want = moves ? model_rename(path, other, flag) : model_link(path, flag, other);
	same(err, want, moves ? "rename" : "link");
}

static void do_stat(void)
{
	bool follow = host_random_below(2);
	struct file_stat st;
	struct model *node;
	int err = fs_stat(path, follow, &st);

	if (out_of_memory(err))
		return;
	same(err, model_find(path, follow, &node), "stat");
	if (err)
		return;
	same(st.links, node->links, "links of");
	same(st.mode & S_IFMT,
	     node->kind == 'd' ? S_IFDIR :
	     node->kind == 'l' ? S_IFLNK :
				 S_IFREG,
	     "kind of");
	if (node->kind == 'f')
		same((s64)st.size, (s64)node->size, "size of");
}

static int check_name(void *arg, const struct dir_entry *e)
{
	struct model *dir = arg;
	unsigned int i = 0;

	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return 0;
	while (i < dir->count && strcmp(dir->names[i].name, e->name) != 0)
		i++;
	if (i == dir->count)
		panic("%s: a name that is not there: %s", path, e->name);
	seen[0]++;
	return 0;
}

static void do_list(void)
{
	struct model *dir;
	struct file *f;
	int err = file_open(path, O_RDONLY | O_DIRECTORY, 0, &f), want;

	if (out_of_memory(err))
		return;
	want = model_find(path, true, &dir);
	if (!want && dir->kind != 'd')
		want = -ENOTDIR;
	same(err, want, "list");
	if (err)
		return;
	seen[0] = 0;
	same(file_readdir(f, check_name, dir), 0, "readdir");
	same(seen[0], dir->count, "names in");
	file_put(f);
}

static void run(unsigned int fails)
{
	u64 rounds = host_effort(ROUNDS);

	for (u64 i = 0; i < rounds; i++) {
		any_path(path);
		*other = '\0';
		world_fail(fails);
		world_failed();
		switch (host_random_below(8)) {
		case 0: do_open(); break;
		case 1: do_make(); break;
		case 2: do_remove(); break;
		case 3: do_two(true); break;
		case 4: do_two(false); break;
		case 5: do_list(); break;
		default: do_stat(); break;
		}
		world_fail(0);
		if (i % 4096 == 0)
			fs_integrity(0);
	}
	fs_integrity(0);
}

static void as_the_model(void)
{
	world_start();
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (u8)(host_random() | 1);
	run(0);
}

static void without_memory(void)
{
	run(8);
}

/* All goes, and nothing is left. */
static void gives_everything_back(void)
{
	struct model *dir = model_root();
	struct fs_statfs st;

	while (dir->count || dir != model_root()) {
		struct model *node = dir->count ? dir->names[0].node : NULL;
		char name[NAME_MAX + 1];

		if (node && node->kind == 'd') {
			TEST_EQ(fs_chdir(dir->names[0].name), 0);
			dir = node;
			continue;
		}
		if (node) {
			strlcpy(name, dir->names[0].name, sizeof(name));
			TEST_EQ(fs_unlink(name), 0);
			if (!--node->links) {
				free(node->target);
				free(node->data);
				free(node);
			}
		} else {
			dir = dir->up;
			TEST_EQ(fs_chdir(".."), 0);
			strlcpy(name, dir->names[0].name, sizeof(name));
			TEST_EQ(fs_rmdir(name), 0);
			free(dir->names[0].node);
		}
		free(dir->names[0].name);
		dir->names[0] = dir->names[--dir->count];
	}
	TEST_EQ(fs_integrity(0), 1);
	TEST_EQ(fs_statfs("/", &st), 0);
	TEST_EQ(st.files, 1);
	TEST_EQ(st.free, st.blocks);
}

static const struct test_case cases[] = {
	TEST_CASE(as_the_model), TEST_CASE(without_memory), TEST_CASE(gives_everything_back),
};
static const struct test_suite fs_random_suite = TEST_SUITE_OF("fs_random", cases);
TEST_SUITE(fs_random_suite);
