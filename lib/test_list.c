/* SPDX-License-Identifier: MIT */
/*
 * Tests of lib/list.h: after every step the list holds the right objects in the right order,
 * forwards and backwards.
 */
#include <lib/list.h>
#include <lib/test.h>

struct item {
	int value;
	struct list link;
};

/*
 * The list's values as decimal digits, front to back; -1 when the links backwards tell
 * another story.
 */
static long content(struct list *head)
{
	const struct list *before = head;
	long digits = 0;

	list_for_each(item, head, struct item, link) {
		if (item->link.prev != before)
			return -1;
		before = &item->link;
		digits = digits * 10 + item->value;
	}
	return head->prev == before ? digits : -1;
}

static void adds_and_removes(void)
{
	struct list head = LIST_INIT(head);
	struct item a = { .value = 1 }, b = { .value = 2 }, c = { .value = 3 };

	TEST(list_empty(&head));
	TEST_EQ(content(&head), 0);
	list_add(&head, &a.link);
	TEST(!list_empty(&head));
	list_add(&head, &b.link);
	TEST_EQ(content(&head), 21);
	list_add_tail(&head, &c.link);
	TEST_EQ(content(&head), 213);
	list_del(&a.link);
	TEST_EQ(content(&head), 23);
	/* Taken off twice, and put back in the middle. */
	list_del(&a.link);
	TEST_EQ(content(&head), 23);
	list_add(&b.link, &a.link);
	TEST_EQ(content(&head), 213);
	list_del(&b.link);
	list_del(&c.link);
	list_del(&a.link);
	TEST(list_empty(&head));
	TEST(list_empty(&a.link));
}

static void starts_empty(void)
{
	struct list head;

	list_init(&head);
	TEST(list_empty(&head));
	TEST_EQ(content(&head), 0);
}

static const struct test_case cases[] = {
	TEST_CASE(starts_empty),
	TEST_CASE(adds_and_removes),
};

static const struct test_suite list_suite = TEST_SUITE_OF("list", cases);
TEST_SUITE(list_suite);
