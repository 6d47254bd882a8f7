/* SPDX-License-Identifier: MIT */
/* fork, wait, pipes and memory that is copied when it is written to, many times over. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES	16
#define CHECK(what) do { \
	if (!(what)) { \
		printf("line %d: %s: %s\n", __LINE__, #what, strerror(errno)); \
		exit(1); \
	} \
} while (0)

static int own = 5;

static int child(volatile char *copied, volatile char *shared, int n)
{
	for (int i = 0; i < PAGES; i++) {
		if (copied[i * 4096] != 1)
			return 1;
		copied[i * 4096] = (char)n;
	}
	shared[n] = (char)n;
	own = n;
	return own == n ? 40 + n : 1;
}

int main(void)
{
	char *copied = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, ends[2];
	char text[8];

	CHECK(copied != MAP_FAILED && shared != MAP_FAILED);
	for (int i = 0; i < PAGES; i++)
		copied[i * 4096] = 1;
	for (int n = 1; n < 50; n++) {
		pid_t pid = fork();

		CHECK(pid >= 0);
		if (!pid)
			_exit(child(copied, shared, n));
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 40 + n);
		CHECK(copied[0] == 1 && shared[n] == n && own == 5);
	}
	CHECK(waitpid(-1, &status, 0) == -1 && errno == ECHILD);
	CHECK(!pipe(ends));
	if (!fork()) {
		close(ends[0]);
		CHECK(write(ends[1], "word", 5) == 5);
		_exit(0);
	}
	close(ends[1]);
	CHECK(read(ends[0], text, sizeof(text)) == 5 && !strcmp(text, "word"));
	CHECK(read(ends[0], text, sizeof(text)) == 0);
	CHECK(wait(&status) > 0 && status == 0);
	printf("all well\n");
	return 0;
}
