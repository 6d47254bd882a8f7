/* SPDX-License-Identifier: MIT */
/* Completion of variables, $NAME and ${NAME}: those that are set. */
#include <lib/format.h>
#include <shell/complete.h>
#include <shell/vars.h>

static void offer_variables(struct completion *c)
{
	char name[VAR_NAME_MAX] = "", text[VAR_NAME_MAX + 3];
	bool braces = c->len > 1 && c->word[1] == '{';

	while (vars_next(name, name, sizeof(name))) {
		snprintf(text, sizeof(text), braces ? "${%s}" : "$%s", name);
		complete_offer(c, text, " ");
	}
}

static const struct completer variable_completer = { .sign = '$', .offer = offer_variables };
COMPLETER(variable_completer);
