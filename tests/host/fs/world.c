/* SPDX-License-Identifier: MIT */
/*
 * See world.h. What fails is drawn by the test's own random numbers, so that a seed repeats it.
 */
#include <fs/fs.h>
#include <kernel/mutex.h>
#include <kernel/thread.h>
#include <lib/string.h>
#include <mm/fault_inject.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>

#include "../machine/machine.h"
#include "host.h"
#include "world.h"

static struct thread thread;
struct thread *world_thread = &thread;
unsigned long world_objects;
static unsigned int one_in, failed;

void world_start(void)
{
	machine_start_simple(64);
	fs_init();
}

void world_fail(unsigned int n)
{
	one_in = n;
}

unsigned int world_failed(void)
{
	unsigned int n = failed;

	failed = 0;
	return n;
}

bool fault_inject(const char *what __unused, size_t bytes __unused, const void *caller __unused)
{
	bool fails = one_in && host_random_below(one_in) == 0;

	failed += fails;
	return fails;
}

/* --- The heap --------------------------------------------------------------------------------- */

void *heap_debug_kmalloc(size_t size)
{
	if (!size || fault_inject("heap", size, NULL))
		return NULL;
	world_objects++;
	return malloc(size);
}

void *kzalloc(size_t size)
{
	void *p = heap_debug_kmalloc(size);

	return p ? memset(p, 0, size) : NULL;
}

void *kcalloc(size_t count, size_t size)
{
	return kzalloc(count * size);
}

char *kstrdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *p = heap_debug_kmalloc(size);

	return p ? memcpy(p, s, size) : NULL;
}

void kfree(void *p)
{
	world_objects -= p != NULL;
	free(p);
}

void heap_debug_shrink(void)
{
}

/* --- Locks ------------------------------------------------------------------------------------ */

void mutex_init(struct mutex *m)
{
	m->owner = 0;
}

int mutex_lock_slow(struct mutex *m, u64 deadline __unused)
{
	panic("mutex %p is taken twice", (void *)m);
}

int mutex_unlock_slow(struct mutex *m)
{
	panic("mutex %p is released by who has not taken it", (void *)m);
}

void thread_kill(struct thread *t __unused)
{
	panic("nobody is killed here");
}

void world_need(void)
{
	static bool started;

	if (!started)
		world_start();
	started = true;
}

int world_touch(const char *path)
{
	struct file *f;
	int err = file_open(path, O_CREAT | O_WRONLY, 0644, &f);

	if (!err)
		file_put(f);
	return err;
}

int world_count(void *arg, const struct dir_entry *entry __unused)
{
	++*(int *)arg;
	return 0;
}
