/* SPDX-License-Identifier: MIT */
/*
 * Huge pages of anonymous memory, asked for by madvise: what is written to them is there whatever
 * happens to a part of them, with the kernel's blocks or, where it gives none, without.
 */
#include "abi.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static size_t page, block;

/* @n whole blocks that are asked for; one more on each side is only reserved. */
static char *take(size_t n)
{
	char *p = mmap(NULL, (n + 1) * block, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED);
	p = (char *)(((size_t)p + block - 1) / block * block);
	EQ(mprotect(p, n * block, PROT_READ | PROT_WRITE), 0);
	EQ(madvise(p, n * block, MADV_HUGEPAGE), 0);
	return p;
}

static long huge(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "AnonHugePages: %ld kB", &kib);
	if (f)
		fclose(f);
	return kib * 1024;
}

/* Pages at both ends and in the middle have their marks; the rest is zero. */
static const int places[] = { 0, 1, 255, 256, 510 };

#define AT(p, i)	((p)[(size_t)places[i] * page + 5])

static void mark(char *p, int what)
{
	for (int i = 0; i < 5; i++)
		AT(p, i) = (char)(what + i);
}

static int is_marked(const char *p, int what)
{
	int good = !p[2 * page] && !p[300 * page + 1];

	for (int i = 0; i < 5; i++)
		good &= AT(p, i) == (char)(what + i);
	return good;
}

/* A block comes in by one touch, where there is memory for that; and goes. */
static void comes_and_goes(void)
{
	long before = huge(), resident;
	unsigned char there = 0;
	char *p = take(1);

	p[7 * page] = 1;
	resident = huge() - before;
	OK(resident == 0 || resident == (long)block);
	OK(page != 4096 || resident);
	EQ(mincore(p + 400 * page, page, &there), 0);
	EQ(there, resident != 0);
	mark(p, 1);
	OK(is_marked(p, 1));
	EQ(munmap(p, block), 0);
	EQ(huge(), before);
	FAILS(mincore(p, page, &there), ENOMEM);
}

static void is_cut_by_munmap(void)
{
	char *p = take(2);

	mark(p, 1);
	mark(p + block, 2);
	EQ(munmap(p + 20 * page, page), 0);
	OK(is_marked(p, 1) && is_marked(p + block, 2));
	EQ(munmap(p + 511 * page, block), 0);
	OK(is_marked(p, 1));
	EQ(munmap(p, 2 * block), 0);
}

static void is_cut_by_mprotect(void)
{
	int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY);
	char *p = take(1);

	mark(p, 3);
	EQ(mprotect(p + page, page, PROT_READ), 0);
	FAILS(read(zero, p + page, 1), EFAULT);
	EQ(mprotect(p + 256 * page, page, PROT_NONE), 0);
	FAILS(read(zero, p + 256 * page, 1), EFAULT);
	EQ(write(null, p, 1), 1);
	EQ(mprotect(p, block, PROT_READ | PROT_WRITE), 0);
	OK(is_marked(p, 3));
	mark(p, 4);
	OK(is_marked(p, 4));
}

static void is_cut_by_madvise(void)
{
	char *p = take(2);

	mark(p, 5);
	mark(p + block, 6);
	EQ(madvise(p + 255 * page, page, MADV_DONTNEED), 0);
	OK(!AT(p, 2) && AT(p, 1) == 6 && AT(p, 3) == 8);
	/* all of it: it is zero again, and may be a block again */
	EQ(madvise(p, block, MADV_DONTNEED), 0);
	for (int i = 0; i < 5; i++)
		OK(!AT(p, i));
	mark(p, 7);
	OK(is_marked(p, 7) && is_marked(p + block, 6));
	EQ(madvise(p + page, 100 * page, MADV_DONTFORK), 0);
	EQ(madvise(p, 2 * block, MADV_NOHUGEPAGE), 0);
	OK(is_marked(p, 7) && is_marked(p + block, 6));
}

static void is_cut_by_mremap(void)
{
	char *p = take(2), *to = take(2), *q;

	mark(p, 8);
	mark(p + block, 9);
	q = mremap(p, block, block, MREMAP_MAYMOVE | MREMAP_FIXED, to + page);
	OK(q == to + page && is_marked(q, 8) && is_marked(p + block, 9));
	q = mremap(p + block, block, 100 * page, 0);
	OK(q == p + block && AT(q, 1) == 10);
	FAILS(write(1, q + 100 * page, 1), EFAULT);
	OK(AT(q, 0) == 9);
}

static void is_shared_by_fork(void)
{
	char *p = take(2);
	int ends[2], status;
	char c = 0;

	EQ(pipe(ends), 0);
	mark(p, 11);
	mark(p + block, 12);
	if (!fork()) {
		close(ends[1]);
		OK(read(ends[0], &c, 1) == 1);
		/* the parent has written meanwhile */
		OK(is_marked(p, 11) && is_marked(p + block, 12));
		mark(p, 13);
		OK(is_marked(p, 13));
		if (!fork()) {
			OK(is_marked(p, 13) && is_marked(p + block, 12));
			mark(p + block, 14);
			_exit(0);
		}
		OK(wait(&status) > 0 && !status);
		OK(is_marked(p + block, 12));
		_exit(0);
	}
	mark(p, 15);
	OK(write(ends[1], &c, 1) == 1);
	OK(wait(&status) > 0);
	EQ(status, 0);
	OK(is_marked(p, 15) && is_marked(p + block, 12));
}

static void is_not_wanted(void)
{
	long before = huge();
	char *p = take(1);

	EQ(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
	EQ(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
	FAILS(prctl(PR_SET_THP_DISABLE, 1, 1, 0, 0), EINVAL);
	FAILS(prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0), EINVAL);
	mark(p, 1);
	EQ(huge(), before);
	EQ(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0), 0);
	/* where pages are, no block comes over them */
	p[9 * page] = 1;
	EQ(huge(), before);
	OK(AT(p, 0) == 1);
}

static const struct abi_case cases[] = {
	CASE(comes_and_goes), CASE(is_cut_by_munmap), CASE(is_cut_by_mprotect),
	CASE(is_cut_by_madvise), CASE(is_cut_by_mremap), CASE(is_shared_by_fork),
	CASE(is_not_wanted),
};

int main(int argc, char **argv)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	block = page / 8 * page;
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
