/* SPDX-License-Identifier: MIT */
/* Options and positional arguments (see argument.h), and the words in which they are explained. */
#include <lib/format.h>
#include <lib/string.h>
#include <shell/argument.h>
#include <uapi/errno.h>

#define NS_PER_S	1000000000L

static const struct {
	const char *name;
	s64 ns;
} units[] = {
	{ "", NS_PER_S }, { "s", NS_PER_S }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	{ "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
};

int parse_duration(const char *s, s64 *ns)
{
	s64 whole = 0, fraction = 0, scale = 1, sum;
	const char *begin = s;

	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(whole, 10L, &whole) ||
		    __builtin_add_overflow(whole, (s64)(*s - '0'), &whole))
			return -ERANGE;
	if (s == begin)
		return -EINVAL;
	if (*s == '.') {
		for (begin = ++s; *s >= '0' && *s <= '9'; s++) {
			/* beyond a nanosecond of a second nobody can tell */
			if (scale < NS_PER_S) {
				fraction = fraction * 10 + (*s - '0');
				scale *= 10;
			}
		}
		if (s == begin)
			return -EINVAL;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s, units[i].name))
			continue;
		/* a fraction of an hour is below 2^63: 10^9 parts of 3600 * 10^9 are not */
		fraction = units[i].ns >= scale ? units[i].ns / scale * fraction
						: units[i].ns * fraction / scale;
		if (__builtin_mul_overflow(whole, units[i].ns, &sum) ||
		    __builtin_add_overflow(sum, fraction, &sum))
			return -ERANGE;
		*ns = sum;
		return 0;
	}
	return -EINVAL;
}

static bool is_option(const struct argument *a)
{
	return a->letter || a->word;
}

static int choose(const struct argument *a, const char *s, s64 *number)
{
	for (s64 i = 0; a->choices[i]; i++) {
		if (!strcmp(s, a->choices[i])) {
			*number = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_number(const struct argument *a, const char *s, s64 *number)
{
	u64 size;
	int err;

	switch (a->type) {
	case ARGUMENT_NUMBER:
		return parse_s64(s, 0, number);
	case ARGUMENT_ADDRESS:
		err = parse_u64(s, 0, &size);
		if (!err)
			*number = (s64)size;
		return err;
	case ARGUMENT_DURATION:
		return parse_duration(s, number);
	case ARGUMENT_CHOICE:
		return choose(a, s, number);
	default:
		err = parse_size(s, &size);
		if (!err && size > INT64_MAX)
			err = -ERANGE;
		if (!err)
			*number = (s64)size;
		return err;
	}
}

/* The words of a choice, "a|b|c". */
static void join(const struct argument *a, char *text, size_t size)
{
	text[0] = 0;
	for (unsigned int i = 0; a->choices[i]; i++) {
		strlcat(text, i ? "|" : "", size);
		strlcat(text, a->choices[i], size);
	}
}

static const char *value_name(const struct argument *a, char *text, size_t size)
{
	if (a->name)
		return a->name;
	if (a->type == ARGUMENT_FLAG)
		return "";
	join(a, text, size);
	return text;
}

/* The bounds in words, " of 1 to 10", durations in ms; else how a duration is written. */
static void bounds(const struct argument *a, char *text, size_t size)
{
	s64 unit = a->type == ARGUMENT_DURATION ? 1000000 : 1;

	text[0] = 0;
	if (a->max == INT64_MAX)
		snprintf(text, size, " of %ld or more", a->min / unit);
	else if (a->max)
		snprintf(text, size, " of %ld%s to %ld%s", a->min / unit, unit > 1 ? "ms" : "",
			 a->max / unit, unit > 1 ? "ms" : "");
	else if (unit > 1)
		snprintf(text, size, " as 2, 0.5 or 200ms");
}

/* Reads @s as the value of @a, the @i-th of the table. */
static int take(const struct argument *a, unsigned int i, const char *s, struct arguments *out,
		char *problem, size_t size)
{
	static const char *const kinds[] = {
		[ARGUMENT_NUMBER] = "number", [ARGUMENT_ADDRESS] = "number",
		[ARGUMENT_SIZE] = "size", [ARGUMENT_DURATION] = "duration",
	};
	char text[80];
	s64 number = 0;

	out->given |= 1U << i;
	if (a->type == ARGUMENT_TEXT) {
		out->value[i].text = s;
		return 0;
	}
	if (!read_number(a, s, &number) && (!a->max || (number >= a->min && number <= a->max))) {
		out->value[i].number = number;
		return 0;
	}
	if (a->type == ARGUMENT_CHOICE) {
		join(a, text, sizeof(text));
		snprintf(problem, size, "\"%s\" is none of %s", s, text);
	} else {
		bounds(a, text, sizeof(text));
		snprintf(problem, size, "\"%s\" is no %s: a %s%s", s, a->name, kinds[a->type],
			 text);
	}
	return -EINVAL;
}

/* The option that @word is, letter by letter from @letter on; the table's index or -1. */
static int find(const struct command *c, const char *word, const char *letter)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);

	for (int i = 0; i < c->argument_count; i++) {
		const struct argument *a = &c->arguments[i];

		if (letter ? a->letter == *letter && *letter
			   : a->word && strlen(a->word) == len - 2 &&
			     !memcmp(word + 2, a->word, len - 2))
			return i;
	}
	return -1;
}

struct reader {
	const struct command *c;
	struct arguments *out;
	char **words;		/* the next one */
	char *problem;
	size_t size;
	bool ended;		/* "--" was there: what follows is no option */
};

/* One option, whose word is r->words[0]: moves behind it and its value. */
static int option(struct reader *r)
{
	const char *word = *r->words++;
	const char *letter = word[1] == '-' ? NULL : word + 1;

	do {
		const char *value = letter ? letter + 1 : strchr(word, '=');
		int i = find(r->c, word, letter);
		const struct argument *a;

		if (i < 0) {
			snprintf(r->problem, r->size, "%s: no such option", word);
			return -EINVAL;
		}
		a = &r->c->arguments[i];
		if (a->type == ARGUMENT_FLAG) {
			r->out->given |= 1U << i;
			r->out->value[i].number = 1;
			letter = letter && letter[1] ? letter + 1 : NULL;
			continue;
		}
		if (!letter && value)
			value++;
		if (!value || (letter && !*value))
			value = *r->words;
		if (!value) {
			snprintf(r->problem, r->size, "%s: its value is missing", word);
			return -EINVAL;
		}
		r->words += value == *r->words;
		return take(a, (unsigned int)i, value, r->out, r->problem, r->size);
	} while (letter);
	return 0;
}

/* A word that begins with a minus is an option, but for a negative number. */
static bool looks_like_option(const char *word)
{
	return word[0] == '-' && word[1] && (word[1] < '0' || word[1] > '9');
}

/* Reads the options that are next. */
static int options(struct reader *r)
{
	int err = 0;

	while (!err && !r->ended && *r->words && looks_like_option(*r->words)) {
		r->ended = !strcmp(*r->words, "--");
		if (r->ended)
			r->words++;
		else
			err = option(r);
	}
	return err;
}

int arguments_parse(const struct command *c, int argc, char **argv, struct arguments *a,
		    char *problem, size_t size)
{
	struct reader r = { c, a, argv + 1, problem, size, false };
	bool many = false;
	int err;

	*a = (struct arguments){ .words = argv + argc };
	problem[0] = 0;
	for (unsigned int i = 0; i < c->argument_count; i++) {
		if (c->arguments[i].type != ARGUMENT_TEXT)
			a->value[i].number = c->arguments[i].preset;
		many |= c->arguments[i].many;
	}
	err = options(&r);
	for (unsigned int i = 0; i < c->argument_count && !err; i++) {
		const struct argument *p = &c->arguments[i];

		if (is_option(p))
			continue;
		if (!*r.words)
			return p->optional ? 0 : -EINVAL;
		if (p->many) {
			a->words = r.words;
			a->count = (int)(argv + argc - r.words);
			return 0;
		}
		err = take(p, i, *r.words++, a, problem, size);
		/* words of any number may be another command's, with its options */
		if (!err && !many)
			err = options(&r);
	}
	return !err && *r.words ? -EINVAL : err;
}

void arguments_usage(const struct command *c, char *text, size_t size)
{
	size_t len = 0;

	text[0] = 0;
	for (unsigned int i = 0; i < c->argument_count && len < size; i++) {
		const struct argument *a = &c->arguments[i];
		char choices[80], letter[3] = { '-', a->letter, 0 };
		const char *value = value_name(a, choices, sizeof(choices));

		len += snprintf(text + len, size - len, "%s", i ? " " : "");
		if (is_option(a))
			len += snprintf(text + MIN(len, size), size - MIN(len, size),
					"[%s%s%s%s]", a->letter ? letter : "--",
					a->letter ? "" : a->word, *value ? " " : "", value);
		else
			len += snprintf(text + MIN(len, size), size - MIN(len, size),
					"%s%s%s%s", a->optional ? "[" : "", value,
					a->many ? "..." : "", a->optional ? "]" : "");
	}
}

bool argument_explain(const struct argument *a, char *text, size_t size)
{
	char choices[80], form[48], letter[3] = { '-', a->letter, 0 };
	const char *value = value_name(a, choices, sizeof(choices));

	if (!a->help)
		return false;
	snprintf(form, sizeof(form), "%s%s%s%s%s%s", a->letter ? letter : "",
		 a->letter && a->word ? ", " : "", a->word ? "--" : "", a->word ? a->word : "",
		 is_option(a) && *value ? " " : "", value);
	bounds(a, choices, sizeof(choices));
	snprintf(text, size, "  %-18s %s%s%s%s", form, a->help, *choices ? " (" : "",
		 *choices ? choices + 4 : "", *choices ? ")" : "");
	return true;
}
