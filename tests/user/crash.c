/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait, each in a function of its own, and one that crashes: what debuggers are to
 * find in its core file (tests/boot/test_core.py).
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

volatile int answer = 42;		/* written to: in the core file */
double ratio = 0.5;
static volatile int begun;
static int pipes[2];

__attribute__((noinline)) static void wait_for_ever(int number)
{
	char c;

	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	while (number >= 0)
		(void)!read(pipes[0], &c, 1);
}

static void *in_a_pipe(void *arg)
{
	wait_for_ever((int)(long)arg);
	return NULL;
}

static void *in_its_program(void *arg)
{
	volatile double d = 1.25;

	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	while (begun)
		d = d * 1.0;
	return arg;
}

__attribute__((noinline)) static void crash_at(volatile int *where)
{
	*where = answer;
}

int main(int argc, char **argv)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pthread_t thread[3];
	char *far;

	setrlimit(RLIMIT_CORE, &all);
	if (argc > 1 && chdir(argv[1]))
		return 1;
	answer++;
	/* much of nothing: a hole */
	far = mmap(NULL, 1UL << 25, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(far + (1UL << 24), "far away");
	if (far == MAP_FAILED || pipe(pipes))
		return 1;
	for (long i = 0; i < 3; i++)
		pthread_create(&thread[i], NULL, i < 2 ? in_a_pipe : in_its_program, (void *)i);
	while (begun < 3)
		usleep(1000);
	crash_at((int *)16);
	return 0;
}
