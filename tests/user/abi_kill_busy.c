/* SPDX-License-Identifier: MIT */
/* kill -9 of a process that is busy, at some place or other of what it does again and again. */
#include "kill.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ROUNDS	10

/* The same many times, of a child that is busy: never at the same place. */
static void kill_while(void (*run)(void))
{
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid;

		open_pipes();
		pid = fork();
		if (!pid) {
			begin();
			for (;;)
				run();
		}
		OK(pid > 0);
		await_begin();
		usleep((useconds_t)i * 300);
		kill_it(pid);
		close_pipes();
	}
}

static void compute(void)
{
	for (volatile int i = 0; i < 1000; i++)
		;
}

static void fault(void)
{
	size_t size = 64 * 4096;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; p != MAP_FAILED && i < size; i += 4096)
		p[i] = 1;
	munmap(p, size);
}

static void breed(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void *end_at_once(void *arg)
{
	return arg;
}

static void spin_off(void)
{
	pthread_t t;

	if (!pthread_create(&t, NULL, end_at_once, NULL))
		pthread_join(t, NULL);
}

static void fill_files(void)
{
	static char text[65536];
	int fd = open("kill.file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (int i = 0; i < 8; i++)
		OK(write(fd, text, sizeof(text)) > 0);
	close(fd);
	rename("kill.file", "kill.other");
}

static void pump(void)
{
	static char text[4096];

	OK(write(pipes[1], text, sizeof(text)) > 0);
	OK(read(pipes[0], text, sizeof(text)) > 0);
}

static void note_it(int signal)
{
	(void)signal;
}

static void signal_self(void)
{
	signal(SIGUSR1, note_it);
	raise(SIGUSR1);
}

/* It becomes itself, again and again. */
static void become(void)
{
	execl("/proc/self/exe", "become", "become", NULL);
	_exit(3);
}

static void *handle_many(void *arg)
{
	for (;;)
		syscall(SYS_tgkill, getpid(), (pid_t)(long)arg, SIGUSR1);
	return NULL;
}

static void many(void)
{
	pthread_t t;

	signal(SIGUSR1, note_it);
	for (int i = 0; i < 4; i++)
		EQ(pthread_create(&t, NULL, handle_many, (void *)syscall(SYS_gettid)), 0);
	for (;;)
		sched_yield();
}

static void busy(void)
{
	void (*const all[])(void) = {
		compute, fault, breed, spin_off, fill_files, pump, signal_self, become, many,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		kill_while(all[i]);
	unlink("kill.file");
	unlink("kill.other");
}

/* --- With a core file to be written, as one of the last things that it does ------------------- */

static void dumping_run(void)
{
	abort();
}

static void dumping(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		int status;
		pid_t pid;

		open_pipes();
		pid = fork();
		if (!pid) {
			begin();
			dumping_run();
		}
		await_begin();
		usleep((useconds_t)i * 200);
		EQ(kill(pid, SIGKILL), 0);
		EQ(waitpid(pid, &status, 0), pid);
		/* either may have come first */
		OK(WIFSIGNALED(status));
		OK(WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGABRT);
		close_pipes();
	}
	unlink("core");
}

static const struct abi_case cases[] = { CASE(busy), CASE(dumping) };

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "become"))
		become();
	OK(!chdir("/tmp"));
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
