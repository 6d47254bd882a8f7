/* SPDX-License-Identifier: MIT */
/* Files as what a filter reads (see inputs.h): as if each were redirected to it in turn. */
#include <kernel/stream.h>
#include <lib/string.h>
#include <shell/files.h>
#include <uapi/errno.h>

#include "files.h"
#include "inputs.h"

static int read_file(const char *path, input_fn *act, void *arg)
{
	struct stream *in, *out;
	int err = IS_ENABLED(CONFIG_SHELL_REDIRECT) ? shell_redirect_open(path, SHELL_READ, &in) :
						      -ENOSYS;

	if (err)
		return err;
	out = stream_get(stream_out());
	thread_streams_swap(&in, &out);
	err = act(path, arg);
	thread_streams_swap(&in, &out);
	stream_put(in);
	stream_put(out);
	return err;
}

int input_loops(void)
{
	return IS_ENABLED(CONFIG_SHELL_REDIRECT) &&
	       shell_redirect_loops(stream_in(), stream_out()) ? INPUT_LOOPS : 0;
}

static int status_of(const char *command, const char *name, int err)
{
	if (err != INPUT_LOOPS)
		return file_status(command, name, err);
	print("%s: %s: input file is output file\n", command, name);
	return STATUS_FAIL;
}

int inputs_each(const char *command, const struct arguments *a, input_fn *act, void *arg)
{
	int status = STATUS_OK, err;

	if (!a->count)
		status = status_of(command, "input", act(NULL, arg));
	for (int i = 0; i < a->count && !shell_stopped(); i++) {
		const char *name = a->words[i];

		err = strcmp(name, "-") ? read_file(name, act, arg) : act(name, arg);
		/* whoever stopped it knows why it did not read all of it */
		if (!shell_stopped())
			status |= status_of(command, name, err);
	}
	return shell_stopped() ? STATUS_STOPPED : status;
}
