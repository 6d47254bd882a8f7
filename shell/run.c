/* SPDX-License-Identifier: MIT */
/*
 * Runs text: parses a line, then goes through its lists and pipelines in order. A simple command
 * runs in the thread that reads the line, the commands of a pipeline have threads of their own, and
 * so has a list with & behind it. Words are expanded just before their command runs.
 */
#include <kernel/thread.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <shell/files.h>
#include <shell/vars.h>
#include <uapi/errno.h>

#include "run.h"

#define LOCAL_COMMANDS	4	/* so short a line needs no memory of the heap to be parsed */
#define LOCAL_WORDS	16

static int open_redirection(struct prepared *c, const char *path, enum parse_kind kind)
{
	enum shell_open how = kind == PARSE_READ ? SHELL_READ :
			      kind == PARSE_WRITE ? SHELL_WRITE : SHELL_APPEND;
	struct stream **to = kind == PARSE_READ ? &c->in : &c->out;
	struct stream *s;
	int err = shell_redirect_open(path, how, &s);

	if (err) {
		print("%s: %s\n", path, errno_text(-err));
		return err;
	}
	stream_put(*to);
	*to = s;
	return 0;
}

static int redirect(struct prepared *c, const struct run *r, const struct parse_word *word)
{
	struct words target = { .status = r->status };
	int err = expand(&target, r->text + word->start, word->len, EXPAND_WHOLE);
	char **path = err ? NULL : words_argv(&target);

	if (path)
		err = open_redirection(c, *path, word->kind);
	else
		print("out of memory\n");
	words_free(&target);
	return path ? err : -ENOMEM;
}

static bool is_assignment(const struct prepared *c, const char *word)
{
	return IS_ENABLED(CONFIG_SHELL_VARS) && (size_t)c->assignments == c->words.count &&
	       vars_assignment(word);
}

int run_prepare(struct prepared *c, const struct run *r, const struct parse_command *command)
{
	const struct parse_word *word = r->words + command->first;

	*c = (struct prepared){ .words.status = r->status };
	if (IS_ENABLED(CONFIG_STREAMS)) {
		c->in = stream_get(stream_in());
		c->out = stream_get(stream_out());
	}
	for (const struct parse_word *end = word + command->count; word < end; word++) {
		const char *text = r->text + word->start;
		bool assignment;
		int err;

		if (IS_ENABLED(CONFIG_SHELL_REDIRECT) && word->kind != PARSE_WORD) {
			err = redirect(c, r, word);
			if (err)
				return err;
			continue;
		}
		assignment = is_assignment(c, text);
		err = expand(&c->words, text, word->len, assignment ? EXPAND_WHOLE : EXPAND_WORDS);
		if (err) {
			print("out of memory\n");
			return err;
		}
		c->assignments += assignment;
	}
	c->argc = (int)c->words.count;
	c->argv = words_argv(&c->words);
	if (!c->argv)
		print("out of memory\n");
	return c->argv ? 0 : -ENOMEM;
}

void run_discard(struct prepared *c)
{
	words_free(&c->words);
	if (IS_ENABLED(CONFIG_STREAMS)) {
		stream_put(c->in);
		stream_put(c->out);
		c->in = NULL;
		c->out = NULL;
	}
}

static int assign(struct prepared *c)
{
	for (int i = 0; i < c->argc; i++) {
		size_t len = vars_assignment(c->argv[i]);

		if (vars_set(c->argv[i], len, c->argv[i] + len + 1)) {
			print("out of memory\n");
			return STATUS_FAIL;
		}
	}
	return STATUS_OK;
}

/* What a command prints may not reach a file: said once, and not into the file. */
static int check_output(const char *name, int status)
{
	struct stream *out = IS_ENABLED(CONFIG_STREAMS) ? stream_out() : NULL;
	char text[80];

	if (!out || !out->error)
		return status;
	tty_write(text, snprintf(text, sizeof(text), "%.40s: write error: %s\n", name,
				 errno_text(-out->error)));
	out->error = 0;
	return STATUS_FAIL;
}

int run_prepared(struct prepared *c)
{
	if (!c->argc)
		return STATUS_OK;
	if (IS_ENABLED(CONFIG_SHELL_VARS) && c->assignments == c->argc)
		return assign(c);
	return check_output(c->argv[0], shell_run_words(c->argc, c->argv));
}

static int run_simple(const struct run *r, const struct parse_command *command)
{
	int status = STATUS_FAIL;
	struct prepared c;

	if (!run_prepare(&c, r, command)) {
		if (IS_ENABLED(CONFIG_STREAMS))
			thread_streams_swap(&c.in, &c.out);
		status = run_prepared(&c);
		if (IS_ENABLED(CONFIG_STREAMS))
			thread_streams_swap(&c.in, &c.out);
	}
	run_discard(&c);
	return status;
}

/* How many commands from the @first one on are joined by @join or by what binds more tightly. */
static u32 joined(const struct run *r, u32 first, u32 end, enum parse_join join)
{
	u32 n = first + 1;

	while (n < end && (r->commands[n].join == PARSE_PIPE ||
			   (join != PARSE_PIPE && r->commands[n].join != PARSE_NEW)))
		n++;
	return n - first;
}

/* Runs the @count pipelines' commands from @first on: one list, in order, as && and || say. */
static void run_list(struct run *r, u32 first, u32 count)
{
	const u32 end = first + count;
	u32 n;

	for (u32 i = first; i < end && !shell_stopped(); i += n) {
		const struct parse_command *c = &r->commands[i];

		n = joined(r, i, end, PARSE_PIPE);
		if ((c->join == PARSE_AND && r->status) || (c->join == PARSE_OR && !r->status))
			continue;
		if (IS_ENABLED(CONFIG_SHELL_PIPES) && n > 1)
			r->status = pipeline_run(r, c, n);
		else
			r->status = run_simple(r, c);
	}
}

static void run_line(struct run *r, u32 count)
{
	u32 n;

	for (u32 i = 0; i < count && !shell_stopped(); i += n) {
		const struct parse_command *c = &r->commands[i];

		n = joined(r, i, count, PARSE_AND);
		if (IS_ENABLED(CONFIG_SHELL_JOBS) && c->background)
			r->status = jobs_start(r->text + c->start,
					       r->commands[i + n - 1].end - c->start);
		else
			run_list(r, i, n);
	}
}

static void complain(const struct parse *p, const char *file, unsigned int line)
{
	if (file)
		print("%s: line %u, column %u: %s\n", file, line, p->column, p->problem);
	else
		print("column %u: %s\n", p->column, p->problem);
}

/* Parses and runs the first line of r->text. 0; -EINVAL or -ENOMEM, with a line printed. */
static int parse_and_run(struct run *r, struct parse *p, const char *file, unsigned int line)
{
	struct parse_command commands[LOCAL_COMMANDS];
	struct parse_word words[LOCAL_WORDS];
	void *more = NULL;

	*p = (struct parse){ 0 };
	if (parse(p, r->text)) {
		complain(p, file, line);
		return -EINVAL;
	}
	if (!p->command_count)
		return 0;
	p->commands = commands;
	p->words = words;
	if (p->command_count > LOCAL_COMMANDS || p->word_count > LOCAL_WORDS) {
		size_t size = p->command_count * sizeof(*commands);

		more = kmalloc(size + p->word_count * sizeof(*words));
		if (!more) {
			print("out of memory\n");
			return -ENOMEM;
		}
		p->commands = more;
		p->words = (void *)((char *)more + size);
	}
	parse(p, r->text);
	r->commands = p->commands;
	r->words = p->words;
	run_line(r, p->command_count);
	kfree(more);
	return 0;
}

void run_text(const char *text, const char *file, int *status)
{
	struct run r = { .text = text, .status = *status };
	unsigned int line = 1;
	struct parse p;

	while (*r.text && !shell_stopped()) {
		int err = parse_and_run(&r, &p, file, line);

		if (err) {
			r.status = err == -EINVAL ? STATUS_USAGE : STATUS_FAIL;
			break;
		}
		for (u32 i = 0; i < p.consumed; i++)
			line += r.text[i] == '\n';
		r.text += p.consumed;
	}
	*status = shell_stopped() ? STATUS_STOPPED : r.status;
}

bool run_unfinished(const char *text)
{
	struct parse p;
	int err;

	do {
		p = (struct parse){ 0 };
		err = parse(&p, text);
		text += p.consumed;
	} while (!err && *text);
	return err ? err == -EAGAIN : p.continued;
}

int shell_run(const char *text)
{
	/* what $? is at the prompt; threads that run text beside it do not disturb it */
	static int prompt_status;
	int status = prompt_status;

	run_text(text, NULL, &status);
	if (thread_current() == &boot_thread)
		prompt_status = status;
	return status;
}

int shell_run_either(int count, char **words)
{
	int status = STATUS_OK;

	if (count > 1)
		return shell_run_words(count, words);
	run_text(words[0], NULL, &status);
	return status;
}
