/* SPDX-License-Identifier: MIT */
/* Errors that the tests of a topic leave out, as in abi_errors.c: memory, programs, processes. */
#include "signals.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DIR	"/tmp/abi_refused"

static void start(void)
{
	mkdir(DIR, 0777);
	EQ(chdir(DIR), 0);
}

static void make(const char *name, const void *contents, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	OK(fd >= 0);
	EQ(write(fd, contents, size), size);
	close(fd);
}

/* --- Memory ----------------------------------------------------------------------------------- */

static void memory(void)
{
	unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE), end = 1UL << 63;
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd;

	OK(p != MAP_FAILED);
	FAILS(syscall(SYS_mlock, -page, 2 * page), EINVAL);
	FAILS(syscall(SYS_munlock, -page, 2 * page), EINVAL);
	FAILS(syscall(SYS_mlock2, -page, 2 * page, 0), EINVAL);
	FAILS(syscall(SYS_mincore, p, page, BAD), EFAULT);
	FAILS(syscall(SYS_mincore, p, page, KERNEL), EFAULT);
	start();
	make("file", "0123456789", 10);
	fd = open("file", O_RDONLY);
	OK(fd >= 0);
	FAILS(syscall(SYS_mmap, NULL, 2 * page, PROT_READ, MAP_PRIVATE, fd, end - page), EOVERFLOW);
	FAILS(syscall(SYS_mmap, NULL, page, PROT_READ, MAP_PRIVATE, fd, end), EOVERFLOW);
	FAILS(syscall(SYS_mmap, NULL, page, PROT_READ, MAP_PRIVATE, fd, -page), EOVERFLOW);
	OK(syscall(SYS_mmap, NULL, page, PROT_READ, MAP_PRIVATE, fd, end - 2 * page) != -1);
	OK(syscall(SYS_mmap, NULL, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   end - page) != -1);
	EQ(setuid(1000), 0);
	/* where a pointer that is none would find it */
	FAILS(syscall(SYS_mremap, p, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, 0), EPERM);
	FAILS(syscall(SYS_mmap, NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		      0), EPERM);
}

/* --- Programs --------------------------------------------------------------------------------- */

static char *const one[] = { "x", NULL };

static void not_run(const char *path, char *const *argv, char *const *envp, int error)
{
	FAILS(syscall(SYS_execve, path, argv, envp), error);
	FAILS(syscall(SYS_execveat, AT_FDCWD, path, argv, envp, 0), error);
}

static void too_much_to_say(void)
{
	static char text[200000];
	char *const long_one[] = { "x", text, NULL };
	static char *many[200];

	memset(text, 'x', sizeof(text) - 1);
	not_run("/proc/self/exe", long_one, NULL, E2BIG);
	not_run("/proc/self/exe", one, long_one, E2BIG);
	/* each of them is short enough */
	for (int i = 0; i < 199; i++)
		many[i] = text + sizeof(text) - 100000;
	not_run("/proc/self/exe", many, NULL, E2BIG);
}

/* A program of one segment that wants @interpreter to start it. */
static void make_elf(const char *name, const char *interpreter)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segments[2];
		char interpreter[100];
	} elf = {
		.header = {
			.e_type = ET_EXEC, .e_machine = EM_AARCH64, .e_version = 1,
			.e_phoff = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2, .e_ehsize = sizeof(Elf64_Ehdr), .e_entry = 0x400000,
		},
		.segments = {
			{ .p_type = PT_INTERP, .p_flags = PF_R, .p_filesz = strlen(interpreter) + 1,
			  .p_offset = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr) },
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x400000,
			  .p_filesz = sizeof(elf), .p_memsz = sizeof(elf), .p_align = 0x10000 },
		},
	};

	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_ident[EI_VERSION] = EV_CURRENT;
	strcpy(elf.interpreter, interpreter);
	make(name, &elf, sizeof(elf));
}

static void no_programs(void)
{
	static char text[200];

	start();
	memset(text, 'x', sizeof(text));
	make("text", text, sizeof(text));
	make("empty", "", 0);
	mkdir("folder", 0755);
	not_run("text", one, NULL, ENOEXEC);
	not_run("empty", one, NULL, ENOEXEC);
	make_elf("elf", DIR "/text");
	not_run("elf", one, NULL, ELIBBAD);
	make_elf("elf", DIR "/none");
	not_run("elf", one, NULL, ENOENT);
	make_elf("elf", DIR "/folder");
	not_run("elf", one, NULL, EACCES);
}

/* --- Processes of others ---------------------------------------------------------------------- */

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static void scheduling_of_others(void)
{
	struct attr attr = { .size = 48 };
	unsigned long all = 1;
	pid_t parent = getppid();
	int priority = 0;

	FAILS(syscall(SYS_sched_setparam, 0, BAD), EFAULT);
	FAILS(syscall(SYS_sched_setattr, 0x3fffffff, &attr, 0), ESRCH);
	EQ(setuid(1000), 0);
	FAILS(syscall(SYS_sched_setparam, parent, &priority), EPERM);
	FAILS(syscall(SYS_sched_setattr, parent, &attr, 0), EPERM);
	FAILS(syscall(SYS_sched_setaffinity, parent, sizeof(all), &all), EPERM);
}

static void signals_to_others(void)
{
	pid_t parent = getppid();
	siginfo_t info = { .si_code = SI_QUEUE };

	FAILS(syscall(SYS_rt_tgsigqueueinfo, parent, parent, SIGUSR1, BAD), EFAULT);
	info.si_code = SI_USER;
	FAILS(syscall(SYS_rt_tgsigqueueinfo, parent, parent, SIGUSR1, &info), EPERM);
	EQ(setuid(1000), 0);
	FAILS(syscall(SYS_tkill, parent, SIGUSR1), EPERM);
	FAILS(syscall(SYS_tgkill, parent, parent, SIGUSR1), EPERM);
	FAILS(syscall(SYS_tkill, parent, 0), EPERM);
	info.si_code = SI_QUEUE;
	FAILS(syscall(SYS_rt_tgsigqueueinfo, parent, parent, SIGUSR1, &info), EPERM);
}

/* Those that queue are refused where no more may wait; others come, with nothing known of them. */
static void no_more_signals(void)
{
	struct rlimit limit = { 2, 2 };
	siginfo_t info = { .si_code = SI_QUEUE };
	sigset_t set = only(SIGRTMIN);
	int signal = SIGRTMIN;
	pid_t me = getpid();

	sigaddset(&set, SIGUSR1);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	EQ(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
	for (int i = 0; i < 3 && !syscall(SYS_tkill, me, signal); i++)
		;
	FAILS(syscall(SYS_tkill, me, signal), EAGAIN);
	FAILS(syscall(SYS_tgkill, me, me, signal), EAGAIN);
	FAILS(syscall(SYS_rt_sigqueueinfo, me, signal, &info), EAGAIN);
	FAILS(syscall(SYS_rt_tgsigqueueinfo, me, me, signal, &info), EAGAIN);
	EQ(kill(me, signal), 0);
	EQ(syscall(SYS_tkill, me, SIGUSR1), 0);
}

/* --- The system ------------------------------------------------------------------------------- */

static void the_system(void)
{
	struct __user_cap_header_struct header = { 0x12345678, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	struct rlimit limit;

	FAILS(syscall(SYS_capset, &header, data), EINVAL);
	EQ(header.version, _LINUX_CAPABILITY_VERSION_3);
	FAILS(syscall(SYS_syslog, 3 /* READ_ALL */, BAD, 4096), EFAULT);
	FAILS(syscall(SYS_setdomainname, "x", -1), EINVAL);
	FAILS(syscall(SYS_setdomainname, "x", 65), EINVAL);
	limit = (struct rlimit){ 100, 100 };
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EQ(setuid(1000), 0);
	limit.rlim_max = 101;
	FAILS(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit), EPERM);
}

static const struct abi_case cases[] = {
	CASE(memory), CASE(too_much_to_say), CASE(no_programs), CASE(scheduling_of_others),
	CASE(signals_to_others), CASE(no_more_signals), CASE(the_system),
};

ABI_MAIN(cases)
