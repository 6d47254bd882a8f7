/* SPDX-License-Identifier: MIT */
/* For a debugger: a thread that sleeps, one that runs and makes calls, and a child that sleeps. */
#include <pthread.h>
#include <unistd.h>

__attribute__((noinline)) void doze(void)
{
	for (;;)
		sleep(1000);
}

static void *run(void *unused)
{
	doze();
	return unused;
}

__attribute__((noinline)) void spin(void)
{
	for (;;) {
		for (volatile int i = 0; i < 100000; i++)
			;
		getppid();
	}
}

int main(void)
{
	pthread_t thread;
	pid_t pid = fork();

	if (!pid)
		doze();
	if (pid < 0 || pthread_create(&thread, NULL, run, NULL))
		return 1;
	spin();
}
