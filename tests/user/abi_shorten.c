/* SPDX-License-Identifier: MIT */
/*
 * Mappings of files that become shorter, and files that are not to change: what lies behind the
 * end is SIGBUS for all who have it mapped; seals of memfd_create(2); programs that run cannot be
 * written to, and what is written to cannot be run.
 */
#include "abi.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS	1033
#define F_GET_SEALS	1034
#define F_SEAL_SEAL	1
#define F_SEAL_SHRINK	2
#define F_SEAL_GROW	4
#define F_SEAL_WRITE	8
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE	16
#endif
#ifndef MFD_ALLOW_SEALING
#define MFD_ALLOW_SEALING	2U
#endif

#define NAME	"/tmp/abi_shorten"
#define PAGES	8

static size_t page;
static sigjmp_buf back;
static volatile int got;

static void on_bus(int signal)
{
	got = signal;
	siglongjmp(back, 1);
}

/* The signal that looking at @p brings, or 0. */
static int look(const volatile char *p)
{
	got = 0;
	signal(SIGBUS, on_bus);
	signal(SIGSEGV, on_bus);
	if (!sigsetjmp(back, 1))
		(void)*p;
	signal(SIGBUS, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	return got;
}

/* A file of PAGES pages, each with its number. */
static int make(void)
{
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0700);

	page = (size_t)sysconf(_SC_PAGESIZE);
	OK(fd >= 0);
	for (int i = 0; i < PAGES; i++) {
		char c = (char)('a' + i);

		EQ(pwrite(fd, &c, 1, (off_t)((size_t)i * page)), 1);
	}
	EQ(ftruncate(fd, (off_t)(PAGES * page)), 0);
	return fd;
}

static char *map(int fd, int prot, int flags)
{
	char *p = mmap(NULL, PAGES * page, prot, flags, fd, 0);

	OK(p != MAP_FAILED);
	for (int i = 0; i < PAGES; i++)
		EQ(p[(size_t)i * page], 'a' + i);
	return p;
}

static void shared(void)
{
	int fd = make();
	char *p = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);

	EQ(ftruncate(fd, (off_t)(2 * page + 1)), 0);
	EQ(look(p + page), 0);
	EQ(look(p + 2 * page), 0);
	/* what is left of the last page is zero */
	p[2 * page + 1] = 'x';
	EQ(look(p + 3 * page), SIGBUS);
	EQ(look(p + 7 * page), SIGBUS);
	/* longer again: it is zero */
	EQ(ftruncate(fd, (off_t)(PAGES * page)), 0);
	EQ(look(p + 7 * page), 0);
	EQ(p[7 * page], 0);
	EQ(p[3 * page], 0);
	EQ(p[page], 'b');
	EQ(unlink(NAME), 0);
}

/* Pages of one's own go as well. */
static void private(void)
{
	int fd = make();
	char *p = map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	p[0] = 'A';
	p[4 * page] = 'E';
	EQ(truncate(NAME, (off_t)(4 * page)), 0);
	EQ(p[0], 'A');
	EQ(p[3 * page], 'd');
	EQ(look(p + 4 * page), SIGBUS);
	close(open(NAME, O_WRONLY | O_TRUNC));
	EQ(look(p), SIGBUS);
	EQ(unlink(NAME), 0);
}

/* In other processes, and where the mapping is not of the beginning. */
static void others(void)
{
	int fd = make(), to[2], from[2], status;
	char *p = map(fd, PROT_READ, MAP_SHARED), c;
	char *upper = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE, fd, (off_t)(5 * page));
	pid_t pid;

	OK(upper != MAP_FAILED);
	EQ(*upper, 'f');
	EQ(pipe(to), 0);
	EQ(pipe(from), 0);
	pid = fork();
	if (!pid) {
		EQ(p[6 * page], 'g');
		EQ(write(from[1], "x", 1), 1);
		EQ(read(to[0], &c, 1), 1);
		EQ(look(p + 5 * page), 0);
		EQ(look(p + 6 * page), SIGBUS);
		EQ(look(upper), 0);
		EQ(look(upper + page), SIGBUS);
		_exit(0);
	}
	EQ(read(from[0], &c, 1), 1);
	EQ(ftruncate(fd, (off_t)(6 * page)), 0);
	EQ(look(p + 6 * page), SIGBUS);
	EQ(look(upper + page), SIGBUS);
	EQ(write(to[1], "x", 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(unlink(NAME), 0);
}

/* A call that is to read what is no more there. */
static void calls(void)
{
	int fd = make(), null = open("/dev/null", O_WRONLY), p[2];
	char *m = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);

	EQ(ftruncate(fd, (off_t)page), 0);
	EQ(pipe(p), 0);
	FAILS(write(p[1], m + page, 1), EFAULT);
	FAILS(uname((struct utsname *)(void *)(m + page)), EFAULT);
	EQ(write(null, m, 1), 1);
	EQ(unlink(NAME), 0);
}

/* --- Seals ------------------------------------------------------------------------------------ */

static int sealable(void)
{
	int fd = memfd_create("x", MFD_ALLOW_SEALING);

	page = (size_t)sysconf(_SC_PAGESIZE);
	OK(fd >= 0);
	EQ(ftruncate(fd, (off_t)page), 0);
	EQ(fcntl(fd, F_GET_SEALS), 0);
	return fd;
}

static void seal_size(void)
{
	int fd = sealable();

	EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK);
	FAILS(ftruncate(fd, 1), EPERM);
	EQ(ftruncate(fd, (off_t)(2 * page)), 0);
	EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
	FAILS(ftruncate(fd, (off_t)(3 * page)), EPERM);
	EQ(ftruncate(fd, (off_t)(2 * page)), 0);
	FAILS(pwrite(fd, "x", 1, (off_t)(2 * page)), EPERM);
	EQ(pwrite(fd, "x", 1, (off_t)(2 * page - 1)), 1);
	FAILS(fallocate(fd, 0, 0, (off_t)(3 * page)), EPERM);
	EQ(fallocate(fd, 0, 0, (off_t)(2 * page)), 0);
}

static void seal_write(void)
{
	int fd = sealable();
	char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	OK(p != MAP_FAILED);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	EQ(fcntl(fd, F_GET_SEALS), 0);
	*p = 'a';
	EQ(munmap(p, page), 0);
	EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	FAILS(write(fd, "x", 1), EPERM);
	FAILS(pwrite(fd, "x", 1, 0), EPERM);
	FAILS(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	OK(p != MAP_FAILED);
	EQ(*p, 'a');
	*p = 'b';
	EQ(pread(fd, p + 1, 1, 0), 1);
	EQ(p[1], 'a');
	p = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	OK(p != MAP_FAILED);
	EQ(*p, 'a');
	FAILS(mprotect(p, page, PROT_READ | PROT_WRITE), EACCES);
	EQ(ftruncate(fd, 0), 0);
}

static void seal_future_write(void)
{
	int fd = sealable();
	char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *q;

	OK(p != MAP_FAILED);
	EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	*p = 'a';
	FAILS(write(fd, "x", 1), EPERM);
	FAILS(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
	q = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	OK(q != MAP_FAILED);
	EQ(*q, 'a');
	FAILS(mprotect(q, page, PROT_READ | PROT_WRITE), EACCES);
}

static void seal_seals(void)
{
	int fd = sealable(), other = memfd_create("x", 0), file = make(), p[2], again;
	char path[40];

	EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), 0);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
	EQ(fcntl(other, F_GET_SEALS), F_SEAL_SEAL);
	FAILS(fcntl(other, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	EQ(pipe(p), 0);
	FAILS(fcntl(p[0], F_GET_SEALS), EINVAL);
	FAILS(fcntl(p[1], F_ADD_SEALS, 0), EINVAL);
	fd = sealable();
	FAILS(fcntl(fd, F_ADD_SEALS, 0x1000), EINVAL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	OK(again >= 0);
	FAILS(fcntl(again, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	EQ(fcntl(again, F_GET_SEALS), 0);
	close(file);
	EQ(unlink(NAME), 0);
}

/* --- Programs that run ------------------------------------------------------------------------ */

static int copy_self(void)
{
	static char buf[65536];
	int from = open("/proc/self/exe", O_RDONLY), to;
	ssize_t n;

	OK(from >= 0);
	to = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0700);
	OK(to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		EQ(write(to, buf, (size_t)n), n);
	EQ(n, 0);
	close(from);
	return to;
}

static void busy(void)
{
	int fd = copy_self(), status, p[2];
	char path[40], text[80] = "";
	pid_t pid;

	/* what is open to be written to is not run */
	FAILS(execl(NAME, NAME, "none", NULL), ETXTBSY);
	FAILS(syscall(SYS_execveat, fd, "", (char *[]){ "x", NULL }, NULL, AT_EMPTY_PATH), ETXTBSY);
	close(fd);
	EQ(pipe(p), 0);
	pid = fork();
	if (!pid) {
		dup2(p[0], 0);
		close(p[1]);
		execl(NAME, NAME, "waits", NULL);
		_exit(1);
	}
	close(p[0]);
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	while (strcmp(text, NAME)) {
		memset(text, 0, sizeof(text));
		OK(readlink(path, text, sizeof(text) - 1) > 0);
		usleep(1000);
	}
	FAILS(open(NAME, O_WRONLY), ETXTBSY);
	FAILS(open(NAME, O_RDWR | O_TRUNC), ETXTBSY);
	FAILS(truncate(NAME, 1), ETXTBSY);
	fd = open(NAME, O_RDONLY);
	OK(fd >= 0);
	close(fd);
	close(p[1]);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	fd = open(NAME, O_WRONLY);
	OK(fd >= 0);
	FAILS(execl(NAME, NAME, "none", NULL), ETXTBSY);
	close(fd);
	EQ(unlink(NAME), 0);
}

/* For busy(): until the other one has seen it. */
static void waits(void)
{
	char c;

	EQ(read(0, &c, 1), 0);
}

/* A script that is being written to. */
static void busy_script(void)
{
	int fd = open(NAME, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	OK(fd >= 0);
	EQ(write(fd, "#!/proc/self/exe\n", 17), 17);
	FAILS(execl(NAME, NAME, NULL), ETXTBSY);
	close(fd);
	EQ(unlink(NAME), 0);
}

static const struct abi_case cases[] = {
	CASE(shared), CASE(private), CASE(others), CASE(calls), CASE(seal_size), CASE(seal_write),
	CASE(seal_future_write), CASE(seal_seals), CASE(busy), CASE(busy_script),
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "waits")) {
		waits();
		return 0;
	}
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
