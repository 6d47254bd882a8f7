/* SPDX-License-Identifier: MIT */
/* Running what was parsed: between run.c, pipeline.c and jobs.c. */
#ifndef SHELL_RUN_H
#define SHELL_RUN_H

#include <kernel/stream.h>
#include <kernel/time.h>
#include <lib/types.h>

#include "expand.h"
#include "parse.h"

/*
 * How jobs and the commands of pipelines are scheduled: in turns with their equals, whatever the
 * policy's own slices are, or one that computes would keep all others from running.
 */
#define RUN_SLICE	(10 * NS_PER_MS)
#define RUN_PARAMS	{ .priority = PRIORITY_DEFAULT, .slice = RUN_SLICE }

/* A line that is run. */
struct run {
	const char *text;
	const struct parse_word *words;
	const struct parse_command *commands;
	int status;		/* of the last command */
};

/* A command whose words are expanded and whose redirections are open. */
struct prepared {
	struct words words;
	char **argv;
	int argc;
	int assignments;	/* so many of the words, the first ones, are NAME=VALUE */
	/* what it is to read and write, a reference each: */
	struct stream *in, *out;
};

/*
 * Prepares @command to be run with the caller's streams, or those that it names itself: 0, or an
 * error of which it has printed a line. To be undone by run_discard() in any case.
 */
int run_prepare(struct prepared *c, const struct run *r, const struct parse_command *command);

/* Gives back all that @c has; a second time there is nothing left. */
void run_discard(struct prepared *c);

/* Runs @c with the streams that the caller has now: its status. */
int run_prepared(struct prepared *c);

/*
 * Runs the lines of @text; *@status is that of the last command before, and then of the last one in
 * it. @file names where they come from, for messages, or is NULL.
 */
void run_text(const char *text, const char *file, int *status);

/* Whether further lines belong to @text: a quote is open, or a | or && has nothing behind it. */
bool run_unfinished(const char *text);

/* Runs @count commands, at least two, joined by pipes: the status of the last one. */
int pipeline_run(const struct run *r, const struct parse_command *commands, u32 count);

/* Runs the @len bytes of text at @text as a job: STATUS_OK, or STATUS_FAIL with a line about it. */
int jobs_start(const char *text, size_t len);

/* Tells of the jobs that have ended since, and forgets them. */
void jobs_report(void);

/* From here on Ctrl-C ends what the shell's thread does, or no longer. */
void shell_foreground(bool on);

#endif
