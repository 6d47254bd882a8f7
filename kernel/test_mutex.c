/* SPDX-License-Identifier: MIT */
/*
 * Tests of mutexes and reader-writer locks: who gets them, and what is refused; with every policy.
 */
#include <kernel/mutex.h>
#include <kernel/rwlock.h>

#include "test_sync.h"

#define ROUNDS	500

static struct mutex a, b, c;

static void make(void)
{
	mutex_init(&a);
	mutex_init(&b);
	mutex_init(&c);
	/* circles are what is tested */
	lock_check_exempt(&a.check);
	lock_check_exempt(&b.check);
	lock_check_exempt(&c.check);
}

static void end(void)
{
	TEST_EQ(mutex_destroy(&a), 0);
	TEST_EQ(mutex_destroy(&b), 0);
	TEST_EQ(mutex_destroy(&c), 0);
	TEST_EQ(arch_current()->held, 0);
	TEST(!arch_current()->donor);
}

static int unlock_a(void *arg __unused)
{
	TEST_EQ(mutex_try_lock(&a), -EBUSY);
	return mutex_unlock(&a);
}

static void refusals(void)
{
	make();
	TEST_EQ(mutex_unlock(&a), -EPERM);
	TEST_EQ(mutex_lock(&a, TIME_NEVER), 0);
	TEST(mutex_owner(&a) == arch_current());
	TEST_EQ(mutex_lock(&a, TIME_NEVER), -EDEADLK);
	TEST_EQ(mutex_try_lock(&a), -EBUSY);
	TEST_EQ(test_join(test_spawn(unlock_a, NULL)), -EPERM);
	TEST(mutex_owner(&a) == arch_current());
	TEST_EQ(mutex_unlock(&a), 0);
	TEST(!mutex_owner(&a));
	end();
}

struct pair {
	struct mutex *first, *second;
};

static int lock_both(void *arg)
{
	struct pair *p = arg;
	int err = mutex_lock(p->first, TIME_NEVER);

	if (err)
		return err;
	err = mutex_lock(p->second, TIME_NEVER);
	if (!err)
		mutex_unlock(p->second);
	mutex_unlock(p->first);
	return err;
}

/* Threads that wait for each other in a circle: the one that would close it is told. */
static void circle(void)
{
	struct pair ba = { &b, &a }, cb = { &c, &b };
	struct thread *t[2];

	make();
	TEST_EQ(mutex_lock(&a, TIME_NEVER), 0);
	t[0] = test_spawn(lock_both, &ba);
	test_until_asleep(t[0]);
	t[1] = t[0] ? test_spawn(lock_both, &cb) : NULL;
	if (t[1]) {
		test_until_asleep(t[1]);
		TEST_EQ(mutex_waiters(&a), 1);
		TEST_EQ(mutex_waiters(&b), 1);
		TEST_EQ(mutex_lock(&b, TIME_NEVER), -EDEADLK);
		TEST_EQ(mutex_lock(&c, TIME_NEVER), -EDEADLK);
	}
	TEST_EQ(mutex_unlock(&a), 0);
	TEST_EQ(test_join(t[0]), 0);
	TEST_EQ(test_join(t[1]), 0);
	end();
}

static unsigned int inside, entered;

static int enter_often(void *arg __unused)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int err = mutex_lock(&a, TIME_NEVER);

		if (err)
			return err;
		TEST_EQ(inside++, 0);
		if (i % 3 == 0)
			thread_yield();
		if (i % 100 == 0)
			thread_sleep(1000);
		entered++;
		TEST_EQ(--inside, 0);
		mutex_unlock(&a);
	}
	return 0;
}

static void one_at_a_time(void)
{
	struct thread *t[4];

	make();
	inside = 0;
	entered = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		t[i] = test_spawn(enter_often, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		TEST_EQ(test_join(t[i]), 0);
	TEST_EQ(entered, ARRAY_SIZE(t) * ROUNDS);
	end();
}

static char order[8];
static unsigned int come;

struct visit {
	struct rwlock *rw;
	bool writes;
	char name;
	u64 deadline;
};

static int visit(void *arg)
{
	struct visit *v = arg;
	int err = v->writes ? rwlock_write(v->rw, v->deadline) : rwlock_read(v->rw, v->deadline);

	if (err)
		return err;
	order[atomic_add_relaxed(&come, 1)] = v->name;
	thread_sleep(NS_PER_MS);
	return v->writes ? rwlock_write_unlock(v->rw) : rwlock_read_unlock(v->rw);
}

/*
 * Readers do not pass a writer that waits; after it they come in together, and then the next one.
 */
static void writers_do_not_starve(void)
{
	struct rwlock rw = RWLOCK_INIT(rw);
	struct visit w1 = { &rw, true, 'w', TIME_NEVER }, w2 = { &rw, true, 'x', TIME_NEVER };
	struct visit r1 = { &rw, false, 'r', TIME_NEVER }, r2 = { &rw, false, 's', TIME_NEVER };
	struct visit *visits[] = { &w1, &r1, &w2, &r2 };
	struct thread *t[ARRAY_SIZE(visits)];
	unsigned int made = 0;

	come = 0;
	TEST_EQ(rwlock_read(&rw, TIME_NEVER), 0);
	while (made < ARRAY_SIZE(t) && (t[made] = test_spawn(visit, visits[made])))
		test_until_asleep(t[made++]);
	if (made) {
		TEST_EQ(come, 0);
		TEST_EQ(rwlock_try_read(&rw), -EBUSY);
	}
	TEST_EQ(rwlock_read_unlock(&rw), 0);
	for (unsigned int i = 0; i < made; i++)
		TEST_EQ(test_join(t[i]), 0);
	if (made == ARRAY_SIZE(t))
		TEST(order[0] == 'w' && order[3] == 'x');
	TEST_EQ(rwlock_destroy(&rw), 0);
}

/* The readers behind a writer whose time is over come in at that time. */
static void writer_gives_up(void)
{
	struct rwlock rw = RWLOCK_INIT(rw);
	struct visit w = { &rw, true, 'w', test_in_ms(50) };
	struct visit r = { &rw, false, 'r', TIME_NEVER };
	struct thread *tw, *tr;

	come = 0;
	TEST_EQ(rwlock_read(&rw, TIME_NEVER), 0);
	tw = test_spawn(visit, &w);
	/* on a machine that stands still meanwhile its time may be over already */
	TEST_UNTIL(!tw || atomic_load_relaxed(&tw->state) == THREAD_SLEEPING ||
		   time_now() >= w.deadline);
	tr = test_spawn(visit, &r);
	thread_sleep(NS_PER_MS);
	TEST(!come || time_now() >= w.deadline);
	TEST_EQ(test_join(tw), -ETIMEDOUT);
	TEST_EQ(test_join(tr), 0);
	TEST_EQ(rwlock_try_read(&rw), 0);
	TEST_EQ(rwlock_read_unlock(&rw), 0);
	TEST_EQ(rwlock_read_unlock(&rw), 0);
	TEST_EQ(rwlock_destroy(&rw), 0);
}

static int read_unlock(void *arg)
{
	TEST_EQ(rwlock_read_unlock(arg), -EPERM);
	return rwlock_write_unlock(arg);
}

static void rwlock_refusals(void)
{
	struct rwlock rw = RWLOCK_INIT(rw);

	TEST_EQ(rwlock_read_unlock(&rw), -EPERM);
	TEST_EQ(rwlock_write_unlock(&rw), -EPERM);
	TEST_EQ(rwlock_write(&rw, TIME_NEVER), 0);
	TEST_EQ(rwlock_write(&rw, TIME_NEVER), -EDEADLK);
	TEST_EQ(rwlock_read(&rw, TIME_NEVER), -EDEADLK);
	TEST_EQ(rwlock_try_read(&rw), -EBUSY);
	TEST_EQ(rwlock_try_write(&rw), -EBUSY);
	TEST_EQ(test_join(test_spawn(read_unlock, &rw)), -EPERM);
	TEST_EQ(rwlock_write_unlock(&rw), 0);
	TEST_EQ(rwlock_read(&rw, TIME_NEVER), 0);
	TEST_EQ(rwlock_read(&rw, TIME_NEVER), 0);
	TEST_EQ(rwlock_write(&rw, test_in_ms(1)), -ETIMEDOUT);
	TEST_EQ(rwlock_try_write(&rw), -EBUSY);
	TEST_EQ(rwlock_read_unlock(&rw), 0);
	TEST_EQ(rwlock_read_unlock(&rw), 0);
	TEST_EQ(rwlock_try_write(&rw), 0);
	TEST_EQ(rwlock_write_unlock(&rw), 0);
	TEST_EQ(arch_current()->held, 0);
}

static const struct test_case cases[] = {
	TEST_CASE(refusals),		TEST_CASE(circle),
	TEST_CASE(one_at_a_time),	TEST_CASE(writers_do_not_starve),
	TEST_CASE(writer_gives_up),	TEST_CASE(rwlock_refusals),
};
static const struct test_suite mutex_suite = TEST_SUITE_OF("mutex", cases);
TEST_SUITE(mutex_suite);
