/* SPDX-License-Identifier: MIT */
/* What /proc/self/status and /proc/self/stat say of a program's memory, signals and CPUs. */
#include "abi.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#define PIECE	(1 << 20)

static char text[8192];
static int variable = 1;

static void read_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	OK(n > 0);
	text[n] = 0;
	close(fd);
}

/* The value of a line of status, which must be there. */
static const char *line_of(const char *name)
{
	char begin[64];
	const char *found;

	read_file("/proc/self/status");
	snprintf(begin, sizeof(begin), "\n%s:\t", name);
	found = strstr(text, begin);
	if (!found)
		abi_fail(__LINE__, name, 0, 0);
	return found + strlen(begin);
}

static long kib_of(const char *name)
{
	char *end;
	long value = strtol(line_of(name), &end, 10);

	OK(!strncmp(end, " kB\n", 4));
	return value;
}

static void lines_in_order(void)
{
	static const char *const names[] = {
		"State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "FDSize",
		"Groups", "VmPeak", "VmSize", "VmLck", "VmPin", "VmHWM", "VmRSS", "VmData",
		"VmStk", "VmExe", "VmLib", "VmPTE", "VmSwap", "CoreDumping", "THP_enabled",
		"Threads", "SigQ", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh",
		"CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Cpus_allowed",
		"Cpus_allowed_list", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
	};
	const char *last = text;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *line = line_of(names[i]);

		if (line < last)
			abi_fail(__LINE__, names[i], line - text, 0);
		last = line;
	}
}

static void memory(void)
{
	long size = kib_of("VmSize"), data = kib_of("VmData"), stack = kib_of("VmStk");
	long code = kib_of("VmExe"), library = kib_of("VmLib");
	char *p = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED && code > 0 && stack > 0);
	EQ(kib_of("VmSize"), size + 1024);
	EQ(kib_of("VmData"), data + 1024);
	OK(kib_of("VmPeak") >= size + 1024);
	/* what was used once is kept */
	size = kib_of("VmPeak");
	EQ(munmap(p, PIECE), 0);
	EQ(kib_of("VmPeak"), size);
	EQ(kib_of("VmData"), data);
	p = mmap(NULL, PIECE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
	OK(p != MAP_FAILED);
	EQ(kib_of("VmStk"), stack + 1024);
	EQ(munmap(p, PIECE), 0);
	p = mmap(NULL, PIECE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	OK(p != MAP_FAILED);
	EQ(kib_of("VmLib"), library + 1024);
	EQ(kib_of("VmExe"), code);
	OK(kib_of("VmPTE") > 0);
	EQ(kib_of("VmLck") + kib_of("VmPin") + kib_of("VmSwap"), 0);
}

static void signals(void)
{
	const char *queue = line_of("SigQ");
	sigset_t set;

	EQ(*queue, '0');
	EQ(queue[1], '/');
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	EQ(sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }), 0);
	EQ(strtol(line_of("SigQ"), NULL, 10), 1);
}

static void cpus(void)
{
	cpu_set_t set;

	EQ(strtol(line_of("Cpus_allowed"), NULL, 16) & 1, 1);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	EQ(sched_setaffinity(0, sizeof(set), &set), 0);
	EQ(strtol(line_of("Cpus_allowed"), NULL, 16), 1);
	EQ(strncmp(line_of("Cpus_allowed_list"), "0\n", 2), 0);
}

/* Number @n of the values in /proc/self/stat, counted from 1 as proc(5) does. */
static unsigned long value(int n)
{
	const char *at;

	read_file("/proc/self/stat");
	at = strrchr(text, ')') + 1;
	for (int i = 2; i < n; i++)
		at = strchr(at, ' ') + 1;
	return strtoul(at, NULL, 10);
}

static void places(void)
{
	uintptr_t here = (uintptr_t)places, frame = (uintptr_t)__builtin_frame_address(0);

	OK(here >= value(26) && here < value(27));
	OK(frame < value(28) && frame > value(28) - PIECE);
	OK((uintptr_t)&variable >= value(45) && (uintptr_t)&variable < value(46));
	OK(value(47) >= value(46));
	OK(value(48) > value(28) && value(49) > value(48) && value(51) >= value(50));
}

static void sizes(void)
{
	unsigned long size, resident, shared, code, library, data;
	long page = sysconf(_SC_PAGESIZE) / 1024;

	read_file("/proc/self/statm");
	EQ(sscanf(text, "%lu %lu %lu %lu %lu %lu", &size, &resident, &shared, &code, &library,
		  &data), 6);
	EQ(size * page, kib_of("VmSize"));
	EQ(code * page, kib_of("VmExe"));
	EQ(library, 0);
	EQ(data * page, kib_of("VmData") + kib_of("VmStk"));
}

static const struct abi_case cases[] = {
	CASE(lines_in_order), CASE(memory), CASE(signals), CASE(cpus), CASE(places), CASE(sizes),
};

ABI_MAIN(cases)
