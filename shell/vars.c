/* SPDX-License-Identifier: MIT */
/* The shell's variables (see vars.h): a list in the order of names. */
#include <kernel/spinlock.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <shell/vars.h>
#include <uapi/errno.h>

#include "parse.h"

struct var {
	struct list link;
	const char *value;	/* behind the name */
	char name[];
};

static struct spinlock lock;
/* lock held; all zeroes until the first one is set: */
static struct list vars;

/* Takes the lock, with the list made. */
static unsigned long begin(void)
{
	unsigned long state = spin_lock_irqsave(&lock);

	if (!vars.next)
		list_init(&vars);
	return state;
}

/* As strcmp(), for a name that has no NUL. */
static int compare(const struct var *v, const char *name, size_t len)
{
	int order = strncmp(v->name, name, len);

	return order ? order : v->name[len];
}

int vars_get(const char *name, size_t len, char **value)
{
	unsigned long state = begin();
	int err = 0;

	*value = NULL;
	list_for_each (v, &vars, struct var, link) {
		if (!compare(v, name, len)) {
			size_t size = strlen(v->value) + 1;

			*value = kmalloc(size);
			err = *value ? 0 : -ENOMEM;
			if (*value)
				memcpy(*value, v->value, size);
		}
	}
	spin_unlock_irqrestore(&lock, state);
	return err;
}

static struct var *make(const char *name, size_t len, const char *value)
{
	size_t size = strlen(value) + 1;
	struct var *v = kmalloc(sizeof(*v) + len + 1 + size);

	if (!v)
		return NULL;
	memcpy(v->name, name, len);
	v->name[len] = 0;
	v->value = memcpy(v->name + len + 1, value, size);
	return v;
}

int vars_set(const char *name, size_t len, const char *value)
{
	struct var *new = NULL, *old = NULL;
	struct list *before;
	unsigned long state;

	if (value) {
		new = make(name, len, value);
		if (!new)
			return -ENOMEM;
	}
	state = begin();
	before = &vars;
	list_for_each (v, &vars, struct var, link) {
		int order = compare(v, name, len);

		if (!order)
			old = v;
		else if (order < 0)
			before = &v->link;
	}
	if (new)
		list_add(before, &new->link);
	if (old)
		list_del(&old->link);
	spin_unlock_irqrestore(&lock, state);
	kfree(old);
	return 0;
}

bool vars_next(const char *after, char *name, size_t size)
{
	unsigned long state = begin();
	bool found = false;

	list_for_each (v, &vars, struct var, link) {
		found = strcmp(v->name, after) > 0;
		if (found) {
			strlcpy(name, v->name, size);
			break;
		}
	}
	spin_unlock_irqrestore(&lock, state);
	return found;
}

size_t vars_assignment(const char *word)
{
	size_t len = parse_name(word);

	return *word != '?' && len < VAR_NAME_MAX && word[len] == '=' ? len : 0;
}
