/* SPDX-License-Identifier: MIT */
/*
 * threads [N [ROUNDS]]: N threads add to one counter, ROUNDS times each: without care, and then
 * with a mutex. What is missing in the first sum was lost where two added at the same time. With a
 * C library.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST	64

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long counter;
static long rounds = 100000;

static void *add(void *unused)
{
	(void)unused;
	for (long i = 0; i < rounds; i++)
		counter = counter + 1;
	return NULL;
}

static void *add_with_mutex(void *unused)
{
	(void)unused;
	for (long i = 0; i < rounds; i++) {
		pthread_mutex_lock(&mutex);
		counter = counter + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static long sum_of(int count, void *(*run)(void *))
{
	pthread_t threads[MOST];

	counter = 0;
	for (int i = 0; i < count; i++) {
		if (pthread_create(&threads[i], NULL, run, NULL)) {
			perror("threads");
			exit(1);
		}
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return counter;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 4;

	if (argc > 2)
		rounds = atol(argv[2]);
	if (count < 1 || count > MOST || rounds < 1) {
		fprintf(stderr, "threads: 1 to %d threads, at least 1 round\n", MOST);
		return 2;
	}
	printf("%d threads, %ld rounds each: %ld\n", count, rounds, count * rounds);
	printf("without care:   %ld\n", sum_of(count, add));
	printf("with a mutex:   %ld\n", sum_of(count, add_with_mutex));
	return 0;
}
