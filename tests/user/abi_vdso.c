/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: what it says is what the system calls say, and it is mapped as on Linux. With "count"
 * it reads clocks, all by the vDSO but one; with "measure" it prints how long a reading takes.
 */
#include "abi.h"

#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#define NS	1000000000L

static size_t page, vvar_size;
static char *vdso, *vvar;	/* what it reads is right before it; Linux has two pages of that */

static long ns_of(struct timespec t)
{
	return t.tv_sec * NS + t.tv_nsec;
}

static long by_vdso(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) ? -1 : ns_of(t);
}

static long by_call(clockid_t clock)
{
	struct timespec t;

	return syscall(SYS_clock_gettime, clock, &t) ? -1 : ns_of(t);
}

/* How a child that does @what to @p ends. */
static int end_of(void (*what)(char *p), char *p)
{
	int status;

	if (!fork()) {
		what(p);
		_exit(0);
	}
	wait(&status);
	return status;
}

static void write_to(char *p)
{
	*(volatile char *)p = 1;
}

static void call_it(char *p __attribute__((unused)))
{
	by_vdso(CLOCK_MONOTONIC);
}

static void unmap_and_call(char *p)
{
	if (munmap(vvar, vvar_size + page) || by_call(CLOCK_MONOTONIC) < 0)
		_exit(1);
	call_it(p);
}

/* Its own copy of the code, which no other process sees. */
static void spoil(char *p)
{
	if (mprotect(p, page, PROT_READ | PROT_WRITE | PROT_EXEC))
		_exit(1);
	memset(p, 0, page);
}

static void is_found(void)
{
	char line[256], at[64];
	int found = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	OK(vdso && !memcmp(vdso, ELFMAG, SELFMAG));
	snprintf(at, sizeof(at), "%lx-%lx r-xp ", (long)vdso, (long)vdso + (long)page);
	while (maps && fgets(line, sizeof(line), maps)) {
		found |= strstr(line, "[vdso]") && !strncmp(line, at, strlen(at)) ? 1 : 0;
		found |= strstr(line, "[vvar]") && strstr(line, " r--p ") ? 2 : 0;
	}
	fclose(maps);
	OK(found == 3);
}

static const clockid_t clocks[] = {
	CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
	CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,
};

static void agrees(void)
{
	for (unsigned int i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		for (int n = 0; n < 100; n++) {
			long before = by_call(clocks[i]), here = by_vdso(clocks[i]);
			long after = by_call(clocks[i]);

			OK(before > 0 && before <= here && here <= after);
		}
	}
}

static void falls_back(void)
{
	struct timespec t;
	long before = by_call(CLOCK_PROCESS_CPUTIME_ID), here = by_vdso(CLOCK_PROCESS_CPUTIME_ID);

	OK(before > 0 && here >= before);
	FAILS(clock_gettime(1000, &t), EINVAL);
	FAILS(clock_gettime(10, &t), EINVAL);
	FAILS(clock_getres(1000, &t), EINVAL);
	OK(!clock_getres(CLOCK_MONOTONIC, &t) && !t.tv_sec && t.tv_nsec == 1);
	OK(!clock_getres(CLOCK_PROCESS_CPUTIME_ID, &t));
	OK(!clock_getres(CLOCK_REALTIME, NULL));
}

static void time_of_day(void)
{
	struct timezone zone = { 1, 1 };
	struct timeval t;
	long before = by_call(CLOCK_REALTIME) / 1000;

	OK(!gettimeofday(&t, NULL));
	OK(t.tv_sec * 1000000 + t.tv_usec >= before);
	OK(t.tv_sec * 1000000 + t.tv_usec <= by_call(CLOCK_REALTIME) / 1000);
	OK(t.tv_usec >= 0 && t.tv_usec < 1000000);
	OK(!syscall(SYS_gettimeofday, &t, &zone) && !zone.tz_minuteswest);
	zone.tz_minuteswest = 1;
	EQ(gettimeofday(&t, &zone), 0);
#ifdef __GLIBC__	/* musl leaves it alone */
	EQ(zone.tz_minuteswest, 0);
#endif
}

/* Set by another process, the time is another here at once; time that only goes on does. */
static void follows_a_change(void)
{
	for (long by = -5000; by <= 5000; by += 10000) {
		long real = by_vdso(CLOCK_REALTIME), monotonic = by_vdso(CLOCK_MONOTONIC);
		struct timespec t = { real / NS + by, 0 };

		if (!fork())
			_exit(clock_settime(CLOCK_REALTIME, &t) ? 1 : 0);
		wait(NULL);
		real = by_vdso(CLOCK_REALTIME);
		OK(real >= ns_of(t) && real < ns_of(t) + 100 * NS);
		real = by_vdso(CLOCK_MONOTONIC);
		OK(real >= monotonic && real < monotonic + 100 * NS);
	}
}

static void is_read_only(void)
{
	int zero = open("/dev/zero", O_RDONLY);

	OK(WTERMSIG(end_of(write_to, vdso)) == SIGSEGV);
	OK(WTERMSIG(end_of(write_to, vvar)) == SIGSEGV);
	FAILS(mprotect(vvar, vvar_size, PROT_READ | PROT_WRITE), EACCES);
	FAILS(read(zero, vdso, 1), EFAULT);
	FAILS(read(zero, vvar, 1), EFAULT);
	OK(end_of(spoil, vdso) == 0);
	OK(!memcmp(vdso, ELFMAG, SELFMAG));
	close(zero);
}

static void is_a_mapping(void)
{
	FAILS(mremap(vdso, page, 2 * page, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT);
	FAILS(mremap(vvar, vvar_size, 3 * page, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0, EFAULT);
	OK(end_of(call_it, vdso) == 0);
	OK(WTERMSIG(end_of(unmap_and_call, vdso)) == SIGSEGV);
	/* what is thrown away comes back; Linux does not throw away what it reads, and says so */
	OK(!madvise(vdso, page, MADV_DONTNEED) && by_vdso(CLOCK_MONOTONIC) > 0);
	OK(!madvise(vvar, vvar_size, MADV_DONTNEED) || errno == EINVAL);
	OK(by_vdso(CLOCK_MONOTONIC) > 0);
}

typedef int clock_function(clockid_t clock, struct timespec *t);

/* The function of the object at @at, which has moved: found in its tables, as a libc does. */
static clock_function *find(char *at, const char *name)
{
	const Elf64_Ehdr *header = (const void *)at;
	const Elf64_Phdr *segment = (const void *)(at + header->e_phoff);
	const Elf64_Sym *symbols = NULL;
	const Elf64_Word *hash = NULL;
	const Elf64_Dyn *d = NULL;
	const char *strings = NULL;

	for (int i = 0; i < header->e_phnum; i++)
		if (segment[i].p_type == PT_DYNAMIC)
			d = (const void *)(at + segment[i].p_vaddr);
	for (; d && d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_SYMTAB)
			symbols = (const void *)(at + d->d_un.d_ptr);
		if (d->d_tag == DT_STRTAB)
			strings = at + d->d_un.d_ptr;
		if (d->d_tag == DT_HASH)
			hash = (const void *)(at + d->d_un.d_ptr);
	}
	for (Elf64_Word i = 0; symbols && strings && hash && i < hash[1]; i++)
		if (!strcmp(strings + symbols[i].st_name, name))
			return (clock_function *)(at + symbols[i].st_value);
	return NULL;
}

static void works_where_it_is_moved_to(void)
{
	size_t size = vvar_size + page;
	char *to = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	clock_function *get;
	struct timespec t;
	int status;

	if (!fork()) {
		long before = by_vdso(CLOCK_MONOTONIC);
		int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

		if (mremap(vvar, vvar_size, vvar_size, flags, to) != to ||
		    mremap(vdso, page, page, flags, to + vvar_size) != to + vvar_size)
			_exit(1);
		get = find(to + vvar_size, "__kernel_clock_gettime");
		if (!get || get(CLOCK_MONOTONIC, &t) || ns_of(t) < before ||
		    ns_of(t) > by_call(CLOCK_MONOTONIC))
			_exit(2);
		_exit(0);
	}
	wait(&status);
	OK(status == 0);
	munmap(to, size);
}

/* Processes on all CPUs look at one clock in turn: none sees it behind what another saw. */
static void goes_on_across_cpus(void)
{
	long *last = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, bad = 0;

	for (int i = 0; i < 4; i++) {
		if (fork())
			continue;
		for (int n = 0; n < 5000; n++) {
			long before = __atomic_load_n(last, __ATOMIC_ACQUIRE);
			long now = by_vdso(CLOCK_MONOTONIC);

			if (now < before)
				_exit(1);
			__atomic_store_n(last, now, __ATOMIC_RELEASE);
			if (n % 500 == 0)
				sched_yield();
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		wait(&status);
		bad |= status;
	}
	OK(!bad);
	munmap(last, page);
}

static int count(void)
{
	struct timespec t;
	struct timeval day;

	for (int i = 0; i < 100; i++) {
		for (unsigned int k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++)
			if (clock_gettime(clocks[k], &t))
				return 1;
		if (gettimeofday(&day, NULL) || time(NULL) <= 0 ||
		    clock_getres(CLOCK_MONOTONIC, &t))
			return 1;
	}
	return by_call(CLOCK_MONOTONIC) < 0;
}

static int measure(void)
{
	long start = by_vdso(CLOCK_MONOTONIC), middle, end;

	for (int i = 0; i < 1000; i++)
		by_call(CLOCK_MONOTONIC);
	middle = by_vdso(CLOCK_MONOTONIC);
	for (int i = 0; i < 1000; i++)
		by_vdso(CLOCK_MONOTONIC);
	end = by_vdso(CLOCK_MONOTONIC);
	printf("clock.call %ld ns\nclock.vdso %ld ns\n", (middle - start) / 1000,
	       (end - middle) / 1000);
	return 0;
}

static const struct abi_case cases[] = {
	CASE(is_found), CASE(agrees), CASE(falls_back), CASE(time_of_day), CASE(follows_a_change),
	CASE(is_read_only), CASE(is_a_mapping), CASE(works_where_it_is_moved_to),
	CASE(goes_on_across_cpus),
};

static void find_vvar(void)
{
	unsigned long from, to;
	char line[256];
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && fgets(line, sizeof(line), maps)) {
		if (strstr(line, "[vvar]") && sscanf(line, "%lx-%lx", &from, &to) == 2) {
			vvar = (char *)from;
			vvar_size = to - from;
		}
	}
	if (maps)
		fclose(maps);
}

int main(int argc, char **argv)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	vdso = (char *)getauxval(AT_SYSINFO_EHDR);
	if (argc > 1 && !strcmp(argv[1], "count"))
		return count();
	if (argc > 1 && !strcmp(argv[1], "measure"))
		return measure();
	find_vvar();
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
