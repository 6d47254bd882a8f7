/* SPDX-License-Identifier: MIT */
/*
 * The graph of the lock checker on the host: edges, their chains, and the ways that it finds, held
 * against a model that computes all of them.
 */
#include <lib/string.h>
#include <lib/test.h>

#include "../../kernel/lock_graph.h"
#include "host.h"

static struct lock_graph graph;
static u8 path[LOCK_CLASSES];

static void start(void)
{
	memset(&graph, 0, sizeof(graph));
}

static struct lock_chain chain(u32 pc)
{
	return (struct lock_chain){ .pc = { pc, pc + 1 } };
}

static void add(u32 first, u32 second)
{
	struct lock_chain c = chain(first * 1000 + second);

	lock_graph_add(&graph, first, second, &c);
}

static void edges_have_a_direction(void)
{
	start();
	add(1, 2);
	TEST(lock_graph_has(&graph, 1, 2));
	TEST(!lock_graph_has(&graph, 2, 1));
	TEST(!lock_graph_has(&graph, 1, 3));
	TEST_EQ(lock_graph_chain(&graph, 1, 2)->pc[0], 1002);
	TEST_EQ(lock_graph_chain(&graph, 1, 2)->pc[1], 1003);
	TEST(lock_graph_chain(&graph, 2, 1) == NULL);
}

static void shortest_way_is_found(void)
{
	start();
	add(1, 2);
	add(2, 3);
	add(3, 4);
	TEST_EQ(lock_graph_path(&graph, 1, 4, path), 4);
	TEST(path[0] == 1 && path[1] == 2 && path[2] == 3 && path[3] == 4);
	add(2, 4);
	TEST_EQ(lock_graph_path(&graph, 1, 4, path), 3);
	TEST(path[0] == 1 && path[1] == 2 && path[2] == 4);
	TEST_EQ(lock_graph_path(&graph, 4, 1, path), 0);
	TEST_EQ(lock_graph_path(&graph, LOCK_CLASSES - 1, 1, path), 0);
}

/* All classes in one chain, to the last one that there is. */
static void longest_way_fits(void)
{
	start();
	for (u32 c = 1; c + 1 < LOCK_CLASSES; c++)
		add(c, c + 1);
	TEST_EQ(lock_graph_path(&graph, 1, LOCK_CLASSES - 1, path), LOCK_CLASSES - 1);
	for (u32 c = 1; c < LOCK_CLASSES; c++)
		TEST_EQ(path[c - 1], c);
}

/* More edges than chains are kept of: none is forgotten, those of the first are still there. */
static void more_edges_than_room(void)
{
	u32 n = 0;

	start();
	for (u32 a = 1; a < LOCK_CLASSES; a++)
		for (u32 b = a + 1; b < LOCK_CLASSES && n < LOCK_EDGES + 100; b++, n++)
			add(a, b);
	TEST_EQ(graph.edges, LOCK_EDGES);
	TEST_EQ(graph.lost, 100);
	TEST(lock_graph_chain(&graph, 1, 2) != NULL);
	n = 0;
	for (u32 a = 1; a < LOCK_CLASSES; a++)
		for (u32 b = 1; b < LOCK_CLASSES; b++)
			n += lock_graph_has(&graph, a, b);
	TEST_EQ(n, LOCK_EDGES + 100);
}

#define MODEL	20	/* classes of the model */

/* How many edges the shortest way between any two has; 0: none, or the same class. */
static u32 distance[MODEL][MODEL];

static void model_distances(void)
{
	for (u32 k = 1; k < MODEL; k++)
		for (u32 a = 1; a < MODEL; a++)
			for (u32 b = 1; b < MODEL; b++) {
				u32 over = distance[a][k] + distance[k][b];

				if (a != b && distance[a][k] && distance[k][b] &&
				    (!distance[a][b] || over < distance[a][b]))
					distance[a][b] = over;
			}
}

static bool path_holds(u32 from, u32 to, size_t n)
{
	bool good = path[0] == from && path[n - 1] == to;

	for (size_t i = 0; i + 1 < n; i++)
		good = good && lock_graph_has(&graph, path[i], path[i + 1]);
	return good;
}

static void random_play(u32 edges)
{
	start();
	memset(distance, 0, sizeof(distance));
	while (edges--) {
		u32 a = (u32)host_random_below(MODEL - 1) + 1;
		u32 b = (u32)host_random_below(MODEL - 1) + 1;

		if (a == b || lock_graph_has(&graph, a, b))
			continue;
		add(a, b);
		distance[a][b] = 1;
	}
	model_distances();
	for (u32 a = 1; a < MODEL; a++)
		for (u32 b = 1; b < MODEL; b++) {
			size_t n = a == b ? 0 : lock_graph_path(&graph, a, b, path);

			if (!TEST_EQ(n, distance[a][b] ? distance[a][b] + 1 : 0))
				return;
			if (n && !TEST(path_holds(a, b, n)))
				return;
		}
}

static void ways_are_the_models(void)
{
	for (u64 i = host_effort(300); i > 0; i--)
		random_play((u32)host_random_below(60));
}

static const struct test_case cases[] = {
	TEST_CASE(edges_have_a_direction), TEST_CASE(shortest_way_is_found),
	TEST_CASE(longest_way_fits),	   TEST_CASE(more_edges_than_room),
	TEST_CASE(ways_are_the_models),
};
static const struct test_suite lock_graph_suite = TEST_SUITE_OF("lock_graph", cases);
TEST_SUITE(lock_graph_suite);
