/* SPDX-License-Identifier: MIT */
/* What execve takes: strings without number, scripts, files that are cut; and who may look then. */
#include "abi.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static char *const one[] = { "x", NULL };

static void not_run(const char *path, char *const *argv, char *const *envp, int error)
{
	FAILS(syscall(SYS_execve, path, argv, envp), error);
}

/* What is there to say is of one size, however many strings there are. */
static void much_to_say(void)
{
	static char *many[140001];
	struct rlimit limit = { 1 << 20, 1 << 20 };
	int status;
	pid_t pid;

	for (int i = 0; i < 140000; i++)
		many[i] = "12345";
	pid = fork();
	if (!pid) {
		execve("/proc/self/exe", many, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
	EQ(setrlimit(RLIMIT_STACK, &limit), 0);
	not_run("/proc/self/exe", many, NULL, E2BIG);
	/* 128 KiB in any case */
	limit.rlim_cur = 65536;
	EQ(setrlimit(RLIMIT_STACK, &limit), 0);
	many[9000] = NULL;
	pid = fork();
	if (!pid) {
		execve("/proc/self/exe", many, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	OK(!WIFEXITED(status) || !WEXITSTATUS(status));
	many[9000] = "12345";
	many[10000] = NULL;
	not_run("/proc/self/exe", many, NULL, E2BIG);
}

/* --- Scripts ---------------------------------------------------------------------------------- */

static void make_script(const char *text, size_t length)
{
	int fd = open("script", O_WRONLY | O_CREAT | O_TRUNC, 0755);

	OK(fd >= 0);
	EQ(write(fd, text, length), length);
	EQ(close(fd), 0);
}

static int script_status(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execve("script", one, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void scripts(void)
{
	char line[400], *const envp[] = { NULL };
	int fd;

	EQ(chdir("/tmp"), 0);
	make_script("#!", 2);
	EQ(script_status(), EACCES);
	make_script("#!  ", 4);
	EQ(script_status(), EACCES);
	make_script("#!\n", 3);
	EQ(script_status(), ENOEXEC);
	make_script("#! \t\n", 5);
	EQ(script_status(), ENOEXEC);
	make_script("#!/proc/self/exe", 16);
	EQ(script_status(), 33);
	/* the argument is cut, a program's name is not */
	memset(line, 'a', sizeof(line));
	memcpy(line, "#!/proc/self/exe ", 17);
	make_script(line, sizeof(line));
	EQ(script_status(), 33);
	line[16] = '/';
	make_script(line, sizeof(line));
	EQ(script_status(), ENOEXEC);
	memset(line + 2, ' ', sizeof(line) - 2);
	make_script(line, sizeof(line));
	EQ(script_status(), ENOEXEC);
	/* it could not be opened any more */
	make_script("#!/proc/self/exe\n", 17);
	fd = open("script", O_RDONLY | O_CLOEXEC);
	FAILS(syscall(SYS_execveat, fd, "", one, envp, AT_EMPTY_PATH), ENOENT);
	unlink("script");
}

/* --- ELF -------------------------------------------------------------------------------------- */

#define PART	0x10000UL	/* a page of any size */

/* The file ends behind its headers, and the program begins where there is none of it any more. */
static void cut_program(void)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
	} elf = {
		.header = {
			.e_type = ET_EXEC, .e_machine = EM_AARCH64, .e_version = 1,
			.e_phoff = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1, .e_ehsize = sizeof(Elf64_Ehdr), .e_entry = 0x400000 + PART,
		},
		.segment = {
			.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_vaddr = 0x400000,
			.p_filesz = 2 * PART + 100, .p_memsz = 3 * PART, .p_align = PART,
		},
	};
	pid_t pid;
	int status;

	EQ(chdir("/tmp"), 0);
	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_ident[EI_VERSION] = EV_CURRENT;
	make_script((char *)&elf, sizeof(elf));
	pid = fork();
	if (!pid) {
		execve("script", one, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	unlink("script");
}

/* --- Who may look ----------------------------------------------------------------------------- */

static void dumpable(void)
{
	char *const argv[] = { "x", "--dumpable", NULL };
	char name[64];
	int status, fd;
	pid_t pid;

	EQ(chdir("/tmp"), 0);
	EQ(prctl(PR_GET_DUMPABLE), 1);
	sprintf(name, "/proc/%d/maps", getppid());
	fd = open(name, O_RDONLY);
	OK(fd >= 0);
	fd = open("/proc/self/exe", O_RDONLY);
	make_script("", 0);
	status = open("script", O_WRONLY);
	OK(sendfile(status, fd, NULL, 100 << 20) > 0);
	close(status);
	EQ(chmod("script", 0711), 0);
	EQ(setresgid(66, 66, 66), 0);
	EQ(prctl(PR_GET_DUMPABLE), 0);
	EQ(prctl(PR_SET_DUMPABLE, 1), 0);
	EQ(setresuid(77, 77, 77), 0);
	EQ(prctl(PR_GET_DUMPABLE), 0);
	FAILS(open(name, O_RDONLY), EACCES);
	EQ(prctl(PR_SET_DUMPABLE, 1), 0);
	/* whose file may not be read, of that nothing may be seen in memory either */
	pid = fork();
	if (!pid) {
		execve("script", argv, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 40);
	pid = fork();
	if (!pid) {
		execve("/proc/self/exe", argv, NULL);
		_exit(errno);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(WEXITSTATUS(status), 41);
}

/* As user 77: @link of @path fails with @error, or is done and undone. */
static void link_as_other(const char *path, int error)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		EQ(setresuid(77, 77, 77), 0);
		if (error) {
			FAILS(link(path, "second"), error);
		} else {
			EQ(link(path, "second"), 0);
			EQ(unlink("second"), 0);
		}
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

/* Debian's fs.protected_hardlinks is 1. */
static void protected_links(void)
{
	mkdir("/tmp/abi_links", 0777);
	EQ(chmod("/tmp/abi_links", 0777), 0);
	EQ(chdir("/tmp/abi_links"), 0);
	make_script("x", 1);
	EQ(chmod("script", 0644), 0);
	link_as_other("script", EPERM);
	EQ(chmod("script", 0666), 0);
	link_as_other("script", 0);
	EQ(chmod("script", 04777), 0);
	link_as_other("script", EPERM);
	EQ(chmod("script", 02777), 0);
	link_as_other("script", EPERM);
	EQ(chmod("script", 02767), 0);
	link_as_other("script", 0);
	EQ(chown("script", 77, 0), 0);
	EQ(chmod("script", 04400), 0);
	link_as_other("script", 0);
	EQ(mkfifo("fifo", 0666), 0);
	EQ(chmod("fifo", 0666), 0);
	link_as_other("fifo", EPERM);
	EQ(symlink("script", "symlink"), 0);
	link_as_other("symlink", EPERM);
	unlink("fifo");
	unlink("symlink");
	unlink("script");
}

static const struct abi_case cases[] = {
	CASE(much_to_say), CASE(scripts), CASE(cut_program), CASE(dumpable),
	CASE(protected_links),
};

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], "12345"))
		return 0;
	if (!strcmp(argv[argc - 1], "script"))
		return 33;
	if (argc == 2 && !strcmp(argv[1], "--dumpable"))
		return 40 + prctl(PR_GET_DUMPABLE);
	return abi_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
