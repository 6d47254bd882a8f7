/* SPDX-License-Identifier: MIT */
/*
 * execve: a program's file becomes an address space. ELF files (elf.c), with the interpreter
 * (ld.so) that they name, if they do; and scripts, whose first line names the program that reads
 * them.
 *
 * The new space is complete before the old one goes, so a file that cannot be run leaves the caller
 * as it was.
 */
#include <arch/cpu.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "exec.h"
#include "waiting.h"

#define SCRIPT_LINE	256	/* bytes of a script's first line, as Linux's BINPRM_BUF_SIZE */
#define SCRIPTS_MAX	5	/* that name one another */
#define DYN_BASE	ALIGN_DOWN(ARCH_USER_END / 3 * 2, MIB(2))

/*
 * Opens a program: 0; -EACCES for what is no regular file, or not executable; -ETXTBSY for what is
 * being written to.
 */
static int open_program(const char *path, struct file **file)
{
	return file_open(path, O_RDONLY | FILE_OPEN_EXEC, 0, file);
}

static void name_process(struct process *p, const char *path)
{
	const char *name = path;

	for (const char *c = path; *c; c++)
		if (*c == '/' && c[1])
			name = c + 1;
	strlcpy(p->name, name, sizeof(p->name));
	strlcpy(arch_current()->name, name, sizeof(p->name));
}

/* Where the file's code and data lie; of several segments from the first to the last, as Linux. */
static void note_image(struct space *space, const struct image *image)
{
	vaddr_t code = ~0UL, code_end = 0, data = 0, data_end = 0;

	for (unsigned int i = 0; i < image->header.phnum; i++) {
		const struct elf_segment *s = &image->segments[i];
		vaddr_t start = s->vaddr + image->bias, end = start + s->filesz;

		if (s->type != PT_LOAD)
			continue;
		if (s->flags & PF_X) {
			code = MIN(code, start);
			code_end = MAX(code_end, end);
		}
		data = MAX(data, start);
		data_end = MAX(data_end, end);
	}
	space->image.code = code_end ? code : 0;
	space->image.code_end = code_end;
	space->image.data = data;
	space->image.data_end = data_end;
}

/* Fills the new space, which the calling thread uses already. */
static int fill_space(struct space *space, struct image *image, struct image *interpreter,
		      const struct exec_strings *s, const char *path, uaddr_t *sp)
{
	int err = exec_map_stack(space, s);

	if (!err)
		err = elf_map(space, image, DYN_BASE);
	if (!err)
		err = exec_map_vdso(space);
	if (!err && interpreter)
		err = elf_map(space, interpreter, 0);
	if (err)
		return err;
	space->brk_start = ALIGN_UP(image->end, PAGE_SIZE);
	space->brk = space->brk_start;
	note_image(space, image);
	err = exec_write_stack(space, s, path, image, interpreter, sp);
	space->image.stack = *sp;
	return err;
}

/* What of the caller stays as it is must not be what a program before has set. */
static void begin_anew(struct process *p, struct image *image, const char *path, bool dumpable)
{
	struct file *old = p->exe;
	unsigned long state;

	files_close_on_exec(p->files);
	if (p->timers)
		posix_timers_end(p, false);
	signal_reset_actions(p);
	p->task.alt = (struct abi_stack){ .flags = SS_DISABLE };
	p->task.clear_tid = 0;
	p->task.robust = 0;
	p->execed = true;
	p->dumpable = dumpable;
	p->pdeath_signal = p->cred.uid != p->cred.euid ? 0 : p->pdeath_signal;
	p->cred.keep_caps = false;
	file_get(image->file);
	state = spin_lock_irqsave(&process_lock);
	p->exe = image->file;
	spin_unlock_irqrestore(&process_lock, state);
	if (old)
		file_put(old);
	name_process(p, path);
}

/*
 * Who a program begins as: whoever called exec, or the owner of a file that says so (set-user-ID),
 * with what that one may do.
 */
static void begin_as(struct process *p, const struct image *image)
{
	struct credentials *c = &p->cred;
	struct file_stat stat;

	file_stat(image->file, &stat);
	if (!p->no_new_privs && stat.mode & S_ISUID)
		c->euid = stat.uid;
	if (!p->no_new_privs && (stat.mode & (S_ISGID | 010)) == (S_ISGID | 010))
		c->egid = stat.gid;
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	c->permitted = !c->uid || !c->euid ? c->bounding | c->inheritable : 0;
	c->effective = c->euid ? 0 : c->permitted;
}

static int load(struct image *image, struct image *interpreter, struct exec_strings *s,
		const char *path, struct arch_frame *frame)
{
	struct process *p = process_current();
	struct space *space = space_create(), *old = p->space;
	const struct credentials cred = p->cred;
	bool dumpable = file_is_readable(image->file);
	uaddr_t sp = 0;
	int err;

	if (!space)
		return -ENOMEM;
	space->no_blocks = old && old->no_blocks;
	begin_as(p, image);
	/* nobody else may look at what runs with rights that its caller has not */
	dumpable &= p->cred.uid == p->cred.euid && p->cred.gid == p->cred.egid &&
		    p->cred.euid == cred.euid && p->cred.egid == cred.egid;
	arch_user_set_space(&task_current()->user, &space->arch);
	err = fill_space(space, image, interpreter, s, path, &sp);
	if (!err)
		err = task_end_others();
	/* there what it may hold is */
	if (!err && p->task.robust) {
		arch_user_set_space(&p->task.user, &old->arch);
		futex_exit_robust(&p->task);
		arch_user_set_space(&p->task.user, &space->arch);
	}
	if (err) {
		arch_user_set_space(&task_current()->user, old ? &old->arch : NULL);
		space_put(space);
		p->cred = cred;
		return err;
	}
	/* before a parent in vfork() goes on and waits for a child with another one */
	p->exit_signal = SIGCHLD;
	process_new_space(p, space);
	begin_anew(p, image, path, dumpable);
	arch_user_begin(&p->task.user, frame,
			interpreter ? interpreter->header.entry + interpreter->bias :
				      image->header.entry + image->bias, sp);
	return 0;
}

/* Opens the interpreter that @image names, into one that the caller frees. */
static int open_interpreter(const struct image *image, struct image **interpreter)
{
	int err;

	*interpreter = kzalloc(sizeof(**interpreter));
	if (!*interpreter)
		return -ENOMEM;
	err = open_program(image->interpreter, &(*interpreter)->file);
	if (err)
		return err;
	err = elf_read_headers(*interpreter);
	(*interpreter)->may_shrink = true;
	return err == -ENOEXEC ? -ELIBBAD : err;
}

static void free_image(struct image *image)
{
	if (image && image->file)
		file_put(image->file);
	kfree(image);
}

static char *skip_blanks(char *c)
{
	while (*c == ' ' || *c == '\t')
		c++;
	return c;
}

static char *skip_word(char *c)
{
	while (*c && *c != ' ' && *c != '\t')
		c++;
	return c;
}

/*
 * The first line of a script: "#!", a program, and perhaps one argument, of which what is too long
 * is cut. 1: it is none. Else 0 with @line, of SCRIPT_LINE + 1 bytes, cut into these.
 */
static int read_script(struct file *file, char *line, char **program, char **argument)
{
	ssize_t n = file_pread(file, line, SCRIPT_LINE, 0);
	char *end;

	if (n < 2 || line[0] != '#' || line[1] != '!')
		return n < 0 ? (int)n : 1;
	memset(line + n, '\0', (size_t)(SCRIPT_LINE + 1 - n));
	*program = skip_blanks(line + 2);
	end = strchr(line, '\n');
	/* the program's own name is not cut */
	if (!end && skip_word(*program) == line + SCRIPT_LINE)
		return -ENOEXEC;
	/* as Linux has it: a name of nothing is a folder, unless the line says that it ends */
	if (!end && !**program)
		return -EACCES;
	if (!end)
		end = line + SCRIPT_LINE - 1;
	while (end > line + 2 && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	if (!**program || *program >= end)
		return -ENOEXEC;
	*argument = skip_word(*program);
	if (**argument) {
		*(*argument)++ = '\0';
		*argument = skip_blanks(*argument);
	}
	return 0;
}

/* The script at @path is run by the program that it names: the strings become that one's. */
static int become_script(struct exec_strings *s, const char *path, const char *program,
			 const char *argument)
{
	int err = exec_put_first(s, path, true);

	if (!err && *argument)
		err = exec_put_first(s, argument, false);
	return err ? err : exec_put_first(s, program, false);
}

/* Opens what is to be loaded at last, through scripts that name one another. */
static int open_image(const char *path, struct file *file, struct exec_strings *s,
		      struct image *image)
{
	char *line = kmalloc(SCRIPT_LINE + 1), *program = NULL, *argument = NULL, *before = NULL;
	int err = !line ? -ENOMEM : file ? file_open_program(file, &image->file) :
		  open_program(path, &image->file);

	for (unsigned int depth = 0; !err; depth++) {
		err = read_script(image->file, line, &program, &argument);
		if (err)
			break;
		err = s->no_scripts ? -ENOENT : depth == SCRIPTS_MAX ? -ELOOP :
		      become_script(s, before ? before : path, program, argument);
		if (err)
			break;
		file_put(image->file);
		image->file = NULL;
		err = open_program(program, &image->file);
		kfree(before);
		before = kstrdup(program);
		if (!err && !before)
			err = -ENOMEM;
	}
	kfree(line);
	kfree(before);
	return err == 1 ? elf_read_headers(image) : err;
}

int exec_load(const char *path, struct file *file, struct exec_strings *s, struct arch_frame *frame)
{
	struct image *image = kzalloc(sizeof(*image)), *interpreter = NULL;
	int err = image ? open_image(path, file, s, image) : -ENOMEM;

	if (!err && *image->interpreter)
		err = open_interpreter(image, &interpreter);
	if (!err)
		err = load(image, interpreter, s, path, frame);
	/* only what is run stays as it is for as long */
	if (interpreter && interpreter->file)
		file_may_change(interpreter->file);
	free_image(interpreter);
	free_image(image);
	return err;
}
