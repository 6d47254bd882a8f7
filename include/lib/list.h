/* SPDX-License-Identifier: MIT */
/*
 * Circular doubly linked list whose links are members of the objects in it. A head is a link that
 * belongs to no object. Nothing here locks: the owner of the list says which lock guards it.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <lib/types.h>

struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_INIT(head)	{ &(head), &(head) }

/* Makes @head an empty list. */
static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

/* True when nothing is on @head's list. */
static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/* Puts @link right behind @pos: at the front, when @pos is the head. */
static inline void list_add(struct list *pos, struct list *link)
{
	struct list *next = pos->next;

	link->next = next;
	link->prev = pos;
	next->prev = link;
	pos->next = link;
}

/* Puts @link right before @pos: at the end, when @pos is the head. */
static inline void list_add_tail(struct list *pos, struct list *link)
{
	struct list *prev = pos->prev;

	link->next = pos;
	link->prev = prev;
	prev->next = link;
	pos->prev = link;
}

/* Takes @link off its list. What it points at then is of no use. */
static inline void list_unlink(struct list *link)
{
	struct list *next = link->next, *prev = link->prev;

	prev->next = next;
	next->prev = prev;
}

/*
 * Takes @link off its list and leaves it as an empty list, so that taking it off twice is
 * harmless.
 */
static inline void list_del(struct list *link)
{
	list_unlink(link);
	list_init(link);
}

#define list_entry(link, type, member)	container_of(link, type, member)

/* for (each @pos of @type, linked by @member, on @head). The body may not take @pos off. */
#define list_for_each(pos, head, type, member) \
	for (type *pos = list_entry((head)->next, type, member); &pos->member != (head); \
	     pos = list_entry(pos->member.next, type, member))

#endif
