/* SPDX-License-Identifier: MIT */
/* Names in /proc: looked for before, during and after the life of the process. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(what) do { \
	if (!(what)) { \
		printf("line %d: %s\n", __LINE__, #what); \
		exit(1); \
	} \
} while (0)

static int is_there(const char *format, int pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), format, pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int is_listed(int pid)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int found = 0;

	while ((e = readdir(dir)))
		found += atoi(e->d_name) == pid;
	closedir(dir);
	return found;
}

int main(void)
{
	int ends[2], stat, status, next = getpid() + 1;
	char c, path[64];
	pid_t pid;

	for (int i = 0; i < 20; i++, next++) {
		CHECK(!is_there("/proc/%d", next));
		CHECK(!is_there("/proc/%d/stat", next));
		CHECK(!pipe(ends));
		pid = fork();
		if (!pid) {
			close(ends[1]);
			_exit((int)read(ends[0], &c, 1));
		}
		CHECK(pid == next);
		close(ends[0]);
		CHECK(is_there("/proc/%d", pid) && is_there("/proc/%d/stat", pid));
		CHECK(is_there("/proc/%d/fd", pid) && is_listed(pid) == 1);
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = open(path, O_RDONLY);
		close(ends[1]);
		CHECK(waitpid(pid, &status, 0) == pid && !status);
		CHECK(!is_there("/proc/%d", pid) && !is_there("/proc/%d/stat", pid));
		CHECK(is_listed(pid) == 0);
		/* what was open says so */
		CHECK(read(stat, &c, 1) == -1);
		close(stat);
	}
	printf("all well\n");
	return 0;
}
