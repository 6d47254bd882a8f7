/* SPDX-License-Identifier: MIT */
/* What the shell's language asks a filesystem for. */
#ifndef SHELL_FILES_H
#define SHELL_FILES_H

#include <lib/types.h>

struct stream;

struct shell_files {
	/*
	 * Calls @each with the names in the folder @path ("": where the shell stands), . and ..
	 * may be among them, until it returns an error, which is then the result. 0; what opening
	 * or reading the folder gave.
	 */
	int (*list)(const char *path, int (*each)(void *arg, const char *name), void *arg);
	/* True when @path is there. */
	bool (*exists)(const char *path);
};

/* What there is to ask, or NULL: patterns then stand for themselves. Set at boot, once. */
extern const struct shell_files *shell_files;

/* Those of the kernel's filesystems. Only with CONFIG_SHELL_REDIRECT. */
extern const struct shell_files shell_fs_files;

/* How a file is opened for a redirection: <, >, >>. */
enum shell_open { SHELL_READ, SHELL_WRITE, SHELL_APPEND };

/*
 * Opens the file at @path as *@stream, the caller's to stream_put(): 0, or what the filesystem
 * said. Only with CONFIG_SHELL_REDIRECT.
 */
int shell_redirect_open(const char *path, enum shell_open how, struct stream **stream);

/*
 * Whether @in and @out are the same regular file, with something left to read: what copies from one
 * to the other never ends. Only with CONFIG_SHELL_REDIRECT.
 */
bool shell_redirect_loops(struct stream *in, struct stream *out);

#endif
