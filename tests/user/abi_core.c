/* SPDX-License-Identifier: MIT */
/* Core files: when there is one, and what is in it. tests/boot/test_core.py has gdb read one. */
#include "abi.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/procfs.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define FOLDER	"/tmp/abi_core"

static volatile int marked = 0x600df00d;

/* In a folder of its own, without a core file. */
static void begin(rlim_t limit)
{
	const struct rlimit r = { limit, RLIM_INFINITY };

	mkdir(FOLDER, 0755);
	EQ(chdir(FOLDER), 0);
	unlink("core");
	rmdir("core");
	EQ(setrlimit(RLIMIT_CORE, &r), 0);
}

/* A child that ends by @signal: how it ended. */
static int die(int signal, void (*before)(void))
{
	int status, pid = fork();
	siginfo_t info;

	if (!pid) {
		if (before)
			before();
		kill(getpid(), signal);
		for (;;)
			pause();
	}
	EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(info.si_code, WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED);
	EQ(info.si_status, signal);
	OK(WIFSIGNALED(status));
	EQ(WTERMSIG(status), signal);
	return status;
}

static long size(void)
{
	struct stat st;

	return lstat("core", &st) ? -1 : (long)st.st_size;
}

static void by_default(void)
{
	struct rlimit r;

	EQ(getrlimit(RLIMIT_CORE, &r), 0);
	EQ(r.rlim_cur, 0);
	EQ(r.rlim_max, RLIM_INFINITY);
	begin(0);
	OK(!WCOREDUMP(die(SIGQUIT, NULL)));
	EQ(size(), -1);
}

static void signals(void)
{
	static const int cores[] = {
		SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGXCPU,
		SIGXFSZ,
	};
	static const int others[] = {
		SIGHUP, SIGINT, SIGKILL, SIGUSR1, SIGPIPE, SIGALRM, SIGTERM, SIGIO, SIGPWR,
		SIGSTKFLT, SIGPROF, SIGVTALRM,
	};

	for (unsigned int i = 0; i < sizeof(cores) / sizeof(*cores); i++) {
		begin(RLIM_INFINITY);
		OK(WCOREDUMP(die(cores[i], NULL)));
		OK(size() > 4096);
	}
	for (unsigned int i = 0; i < sizeof(others) / sizeof(*others); i++) {
		begin(RLIM_INFINITY);
		OK(!WCOREDUMP(die(others[i], NULL)));
		EQ(size(), -1);
	}
}

static void the_file(void)
{
	struct stat st;
	int fd;

	begin(RLIM_INFINITY);
	umask(0);
	OK(WCOREDUMP(die(SIGABRT, NULL)));
	EQ(stat("core", &st), 0);
	EQ(st.st_mode, S_IFREG | 0600);
	/* what was there is written over */
	fd = open("core", O_WRONLY);
	EQ(ftruncate(fd, 1L << 30), 0);
	OK(WCOREDUMP(die(SIGABRT, NULL)));
	OK(size() < 1L << 29);
	close(fd);
}

static void limited(void)
{
	begin(4095);
	OK(!WCOREDUMP(die(SIGSEGV, NULL)));
	EQ(size(), -1);
	begin(20000);
	OK(WCOREDUMP(die(SIGSEGV, NULL)));
	OK(size() > 0);
}

static void not_over(void)
{
	struct stat st;

	/* what others can read */
	begin(RLIM_INFINITY);
	close(open("core", O_CREAT | O_WRONLY, 0644));
	EQ(chmod("core", 0644), 0);
	OK(WCOREDUMP(die(SIGSEGV, NULL)));
	EQ(stat("core", &st), 0);
	EQ(st.st_mode, S_IFREG | 0600);
	/* a link of either kind */
	for (int i = 0; i < 2; i++) {
		begin(RLIM_INFINITY);
		close(open("other", O_CREAT | O_WRONLY | O_TRUNC, 0600));
		EQ(i ? link("other", "core") : symlink("other", "core"), 0);
		OK(WCOREDUMP(die(SIGSEGV, NULL)));
		EQ(lstat("core", &st), 0);
		OK(S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_size > 0);
		EQ(stat("other", &st), 0);
		EQ(st.st_size, 0);
	}
	/* another one's */
	begin(RLIM_INFINITY);
	EQ(rename("other", "core"), 0);
	EQ(chown("core", 1, 1), 0);
	OK(WCOREDUMP(die(SIGSEGV, NULL)));
	EQ(stat("core", &st), 0);
	EQ(st.st_uid, 0);
	/* a folder */
	begin(RLIM_INFINITY);
	EQ(mkdir("core", 0700), 0);
	OK(!WCOREDUMP(die(SIGSEGV, NULL)));
	EQ(rmdir("core"), 0);
}

static void hide(void)
{
	EQ(prctl(PR_SET_DUMPABLE, 0), 0);
}

static void hidden(void)
{
	begin(RLIM_INFINITY);
	OK(!WCOREDUMP(die(SIGSEGV, hide)));
	EQ(size(), -1);
}

static void stop_there(int signal)
{
	(void)signal;
	_exit(7);
}

static void handle(void)
{
	signal(SIGQUIT, stop_there);
	raise(SIGQUIT);
}

static void handled(void)
{
	int status, pid;

	begin(RLIM_INFINITY);
	pid = fork();
	if (!pid)
		handle();
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 7);
	EQ(size(), -1);
}

/* --- What is in it ---------------------------------------------------------------------------- */

static const char *core;

/* The data of the first note of that type, and how many bytes. */
static const void *note(unsigned int type, size_t *bytes)
{
	const Elf64_Ehdr *h = (const void *)core;
	const Elf64_Phdr *p = (const void *)(core + h->e_phoff);
	const char *at = core + p->p_offset, *end = at + p->p_filesz;

	EQ(p->p_type, PT_NOTE);
	while (at < end) {
		const Elf64_Nhdr *n = (const void *)at;
		const char *data = at + sizeof(*n) + ((n->n_namesz + 3) & ~3U);

		if (n->n_type == type) {
			*bytes = n->n_descsz;
			return data;
		}
		at = data + ((n->n_descsz + 3) & ~3U);
	}
	OK(!"a note of that type");
	return NULL;
}

/* The value of the word at @address in the core file's memory. */
static int word_at(const volatile void *address)
{
	const Elf64_Ehdr *h = (const void *)core;
	const Elf64_Phdr *p = (const void *)(core + h->e_phoff);
	Elf64_Addr at = (Elf64_Addr)address;

	for (int i = 1; i < h->e_phnum; i++) {
		EQ(p[i].p_type, PT_LOAD);
		EQ(p[i].p_align, 4096 * (getpagesize() / 4096));
		if (at - p[i].p_vaddr < p[i].p_filesz)
			return *(const int *)(core + p[i].p_offset + (at - p[i].p_vaddr));
	}
	return -1;
}

static int *heap;
static const int *untouched;

static void mark(void)
{
	marked = 0x0badf00d;
	heap = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	heap[100] = 77;
}

static void contents(void)
{
	struct stat st;
	const Elf64_Ehdr *h;
	const struct elf_prstatus *status;
	const struct elf_prpsinfo *info;
	const siginfo_t *siginfo;
	const unsigned long *words;
	size_t bytes;
	int fd;

	begin(RLIM_INFINITY);
	mark();
	/* a mapping of its own: not one with what is written to */
	untouched = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	OK(untouched != MAP_FAILED);
	OK(WCOREDUMP(die(SIGSEGV, NULL)));
	fd = open("core", O_RDONLY);
	EQ(fstat(fd, &st), 0);
	core = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	OK(core != MAP_FAILED);
	h = (const void *)core;
	OK(!memcmp(h->e_ident, ELFMAG, SELFMAG));
	EQ(h->e_type, ET_CORE);
	EQ(h->e_machine, EM_AARCH64);
	EQ(h->e_phentsize, sizeof(Elf64_Phdr));
	EQ(word_at(&marked), 0x0badf00d);
	EQ(word_at(&heap[100]), 77);
	EQ(word_at(&heap[101]), 0);
	EQ(word_at(untouched), -1);
	status = note(NT_PRSTATUS, &bytes);
	EQ(bytes, sizeof(*status));
	EQ(status->pr_cursig, SIGSEGV);
	EQ(status->pr_info.si_signo, SIGSEGV);
	EQ(status->pr_ppid, getpid());
	EQ(status->pr_pgrp, getpgrp());
	EQ(status->pr_sid, getsid(0));
	/* the call that it was in when the signal came: kill(2) */
	EQ(status->pr_reg[8], 129);
	EQ(status->pr_reg[1], SIGSEGV);
	info = note(NT_PRPSINFO, &bytes);
	EQ(bytes, sizeof(*info));
	EQ(info->pr_pid, status->pr_pid);
	EQ(info->pr_uid, getuid());
	OK(!strncmp(info->pr_fname, "abi_core", 8));
	OK(strstr(info->pr_psargs, "abi_core"));
	siginfo = note(NT_SIGINFO, &bytes);
	EQ(bytes, sizeof(*siginfo));
	EQ(siginfo->si_signo, SIGSEGV);
	EQ(siginfo->si_code, SI_USER);
	EQ(siginfo->si_pid, status->pr_pid);
	words = note(NT_AUXV, &bytes);
	while (words[0] != AT_NULL && words[0] != AT_PAGESZ)
		words += 2;
	EQ(words[0], AT_PAGESZ);
	EQ(words[1], getpagesize());
	words = note(NT_FILE, &bytes);
	OK(words[0] >= 1);
	EQ(words[1], getpagesize());
	OK(words[2] < words[3]);
	OK(strstr((const char *)&words[2 + 3 * words[0]], "abi_core"));
	(void)note(NT_FPREGSET, &bytes);
	EQ(bytes, 528);
}

static const struct abi_case cases[] = {
	CASE(by_default), CASE(signals), CASE(the_file), CASE(limited),
	CASE(not_over),	  CASE(hidden),	 CASE(handled),	 CASE(contents),
};

ABI_MAIN(cases)
