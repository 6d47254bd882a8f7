/* SPDX-License-Identifier: MIT */
/*
 * What is in a core file: an ELF file (core(5), elf(5)) with notes about the process and each of
 * its tasks, the one that died first, and its memory by segments. Which memory, is Linux's default:
 * what was written to of private mappings, with all of the mapping then; what is shared without a
 * name; of other mapped ELF files the first page, by which a debugger knows them. Pages that are
 * not there of memory without a file are holes in this one.
 */
#include <fs/file.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/elf.h>
#include <uapi/errno.h>
#include <uapi/stat.h>

#include "core.h"

#define NOTE_ROOM	4096U	/* of what there is once; strings of files come on top */
#define TASK_ROOM	1152U	/* of each task's */
#define FILE_ROOM	(24U + sizeof(((struct vma_info *)NULL)->name))
#define SEGMENTS_MAX	65000U
#define AUX_SIZE	(42 * sizeof(u64))	/* see exec_stack.c */

struct part {
	vaddr_t start, end;
	u64 size;		/* in the file */
	u64 at;			/* there */
	u32 flags;
	bool has_file;
};

struct core {
	struct file *file;
	u64 pos;
	u64 left;		/* bytes that may still be written */
	struct part *parts;
	unsigned int count;
	u8 *notes;
	size_t notes_size, notes_room;
};

/* --- Notes ------------------------------------------------------------------------------------ */

static void *add_note(struct core *core, const char *name, u32 type, size_t size)
{
	size_t name_size = strlen(name) + 1;
	struct elf_note *note = (void *)(core->notes + core->notes_size);
	u8 *text = (u8 *)(note + 1), *data = text + ALIGN_UP(name_size, 4UL);

	core->notes_size += (size_t)(data - (u8 *)note) + ALIGN_UP(size, 4UL);
	/* there is room for all that there is to say */
	if (core->notes_size > core->notes_room)
		panic("core: notes of %zu bytes in %zu", core->notes_size, core->notes_room);
	*note = (struct elf_note){ (u32)name_size, (u32)size, type };
	memcpy(text, name, name_size);
	return data;
}

static struct elf_time time_of(u64 ns)
{
	return (struct elf_time){ (s64)(ns / NS_PER_SEC), (s64)(ns % NS_PER_SEC / NS_PER_US) };
}

static void add_status(struct core *core, const struct task *t, const struct abi_siginfo *info)
{
	struct elf_prstatus *s = add_note(core, "CORE", NT_PRSTATUS, sizeof(*s));
	const struct process *p = t->process;
	struct thread_info thread = { 0 };

	thread_info(t->thread->id, &thread);
	*s = (struct elf_prstatus){
		.signo = info->signo, .code = info->code, .err = info->err,
		.cursig = (s16)info->signo, .pending = t->pending.set, .blocked = t->mask,
		.pid = t->tid, .ppid = p->parent ? p->parent->pid : 0, .pgrp = p->pgid,
		.sid = p->sid, .utime = time_of(thread.run),
		.cutime = time_of(p->child_used.run), .has_fp = 1,
	};
	arch_user_registers(arch_user_frame(t->thread->stack), s->regs);
}

static void add_fp(struct core *core, const struct task *t)
{
	arch_user_fp(&t->user, add_note(core, "CORE", NT_FPREGSET, ARCH_USER_FP_SIZE));
	*(u64 *)add_note(core, "LINUX", NT_ARM_TLS, sizeof(u64)) = t->user.tls;
}

static void add_process(struct core *core)
{
	struct elf_prpsinfo *s = add_note(core, "CORE", NT_PRPSINFO, sizeof(*s));
	const struct process *p = process_current();
	const struct space *space = p->space;
	size_t size = MIN(sizeof(s->args) - 1, space->args_end - space->args);

	*s = (struct elf_prpsinfo){
		.sname = 'R', .uid = p->cred.uid, .gid = p->cred.gid, .pid = p->pid,
		.ppid = p->parent ? p->parent->pid : 0, .pgrp = p->pgid, .sid = p->sid,
	};
	strlcpy(s->name, p->name, sizeof(s->name));
	size = space_read(p->space, space->args, s->args, size);
	for (size_t i = 0; i + 1 < size; i++)
		if (!s->args[i])
			s->args[i] = ' ';
}

static void add_aux(struct core *core)
{
	struct space *space = process_current()->space;
	u64 aux[AUX_SIZE / sizeof(u64)] = { 0 };

	space_read(space, space->aux, aux, sizeof(aux));
	memcpy(add_note(core, "CORE", NT_AUXV, sizeof(aux)), aux, sizeof(aux));
}

/* Which file is mapped where, in three words each, then their names. */
static void add_files(struct core *core)
{
	struct space *space = process_current()->space;
	u64 *words = kmalloc((core->count * 3 + 2) * sizeof(u64)), *word = words + 2;
	char *names = kmalloc(core->count * sizeof(((struct vma_info *)NULL)->name)), *name = names;
	struct vma_info info;
	size_t size;
	u8 *to;

	if (!words || !names)
		goto out_free;
	for (unsigned int i = 0; i < core->count; i++) {
		const struct part *part = &core->parts[i];

		if (!part->has_file || !space_vma_info(space, part->start, &info) ||
		    info.start != part->start)
			continue;
		*word++ = info.start;
		*word++ = info.end;
		*word++ = info.offset / PAGE_SIZE;
		name += strlcpy(name, info.name, sizeof(info.name)) + 1;
	}
	words[0] = (u64)(word - words - 2) / 3;
	words[1] = PAGE_SIZE;
	size = (size_t)(word - words) * sizeof(u64);
	to = add_note(core, "CORE", NT_FILE, size + (size_t)(name - names));
	memcpy(to, words, size);
	memcpy(to + size, names, (size_t)(name - names));
out_free:
	kfree(names);
	kfree(words);
}

/* The task that died comes first, and what is of the process with it. */
static int make_notes(struct core *core, const struct abi_siginfo *info)
{
	struct task *first = task_current();
	struct process *p = first->process;
	void *siginfo;

	core->notes_room = NOTE_ROOM + p->task_count * TASK_ROOM + core->count * FILE_ROOM;
	core->notes = kzalloc(core->notes_room);
	if (!core->notes)
		return -ENOMEM;
	add_status(core, first, info);
	add_process(core);
	siginfo = add_note(core, "CORE", NT_SIGINFO, SIGINFO_SIZE);
	memcpy(siginfo, info, sizeof(*info));
	add_aux(core);
	add_files(core);
	add_fp(core, first);
	/* none of them comes or goes meanwhile */
	list_for_each (t, &p->tasks, struct task, link) {
		if (t == first || !t->thread)
			continue;
		add_status(core, t, info);
		add_fp(core, t);
	}
	return 0;
}

/* --- Which memory ----------------------------------------------------------------------------- */

static bool is_elf(vaddr_t address)
{
	char magic[4];

	return !copy_from_user(magic, address, sizeof(magic)) && !memcmp(magic, "\177ELF", 4);
}

/* How many bytes of it are written. */
static u64 size_of(struct space *space, const struct vma_info *info)
{
	bool file = info->device || info->inode;
	u64 all = info->end - info->start;

	if (!strcmp(info->name, "[vvar]"))
		return 0;
	if (!strcmp(info->name, "[vdso]"))
		return all;
	if (info->flags & VMA_SHARED) {
		/* its file has no name any more, or never had one */
		const char *tail = strstr(info->name, " (deleted)");

		return tail ? all : 0;
	}
	if (space_has_private(space, info->start, info->end))
		return all;
	if (file && !info->offset && info->flags & VMA_READ && is_elf(info->start))
		return PAGE_SIZE;
	return 0;
}

static int make_parts(struct core *core)
{
	struct space *space = process_current()->space;
	struct vma_info info;
	unsigned int count = 0;

	for (vaddr_t at = 0; space_vma_info(space, at, &info); at = info.end)
		count++;
	if (count > SEGMENTS_MAX)
		return -ENOMEM;
	core->parts = kmalloc(count * sizeof(*core->parts));
	if (!core->parts)
		return -ENOMEM;
	for (vaddr_t at = 0; core->count < count && space_vma_info(space, at, &info);
	     at = info.end)
		core->parts[core->count++] = (struct part){
			info.start, info.end, size_of(space, &info), 0,
			(info.flags & VMA_READ ? PF_R : 0) | (info.flags & VMA_WRITE ? PF_W : 0) |
				(info.flags & VMA_EXEC ? PF_X : 0),
			info.inode && *info.name == '/',
		};
	return 0;
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* 0; -EFBIG where the limit is; -EINTR: the process was killed. */
static int put(struct core *core, const void *from, size_t size)
{
	ssize_t n;

	if (size > core->left)
		return -EFBIG;
	if (signal_ends_soon(process_current()))
		return -EINTR;
	n = file_pwrite(core->file, from, size, (s64)core->pos);
	if (n < 0)
		return (int)n;
	core->pos += size;
	core->left -= size;
	return (size_t)n == size ? 0 : -ENOSPC;
}

static int put_headers(struct core *core)
{
	u64 at = sizeof(struct elf_header) + (core->count + 1UL) * sizeof(struct elf_segment);
	struct elf_header header = {
		.ident = { 0x7f, 'E', 'L', 'F', ELF_CLASS_64, ELF_DATA_LSB, 1 },
		.type = ET_CORE, .machine = EM_AARCH64, .version = 1, .phoff = sizeof(header),
		.ehsize = sizeof(header), .phentsize = sizeof(struct elf_segment),
		.phnum = (u16)(core->count + 1),
	};
	struct elf_segment segment = {
		.type = PT_NOTE, .offset = at, .filesz = core->notes_size, .align = 4,
	};
	int err = put(core, &header, sizeof(header));

	if (!err)
		err = put(core, &segment, sizeof(segment));
	at = ALIGN_UP(at + core->notes_size, PAGE_SIZE);
	for (unsigned int i = 0; i < core->count && !err; i++) {
		const struct part *part = &core->parts[i];

		segment = (struct elf_segment){
			.type = PT_LOAD, .flags = part->flags, .offset = at, .vaddr = part->start,
			.filesz = part->size, .memsz = part->end - part->start, .align = PAGE_SIZE,
		};
		err = put(core, &segment, sizeof(segment));
		at += part->size;
	}
	return err ? err : put(core, core->notes, core->notes_size);
}

/* Memory of a file comes in for that; where it cannot, and of other memory, it is a hole. */
static int put_part(struct core *core, const struct part *part, u8 *page)
{
	struct space *space = process_current()->space;
	vaddr_t end = part->start + part->size;
	int err = 0;

	for (vaddr_t at = part->start; at < end && !err; at += PAGE_SIZE) {
		if (part->has_file && part->flags & PF_R && !space_is_there(space, at))
			(void)space_fault(space, at, VMA_READ);
		else if (!space_next_page(space, &at, end))
			break;
		if (space_read(space, at, page, PAGE_SIZE) != PAGE_SIZE)
			continue;
		core->pos = part->at + (at - part->start);
		err = put(core, page, PAGE_SIZE);
	}
	return err;
}

int core_write(struct file *file, u64 limit, const struct abi_siginfo *info)
{
	struct core core = { .file = file, .left = limit };
	u8 *page = kmalloc(PAGE_SIZE);
	int err = page ? make_parts(&core) : -ENOMEM;
	u64 end;

	if (!err)
		err = make_notes(&core, info);
	if (!err)
		err = put_headers(&core);
	end = ALIGN_UP(core.pos, PAGE_SIZE);
	for (unsigned int i = 0; i < core.count && !err; i++) {
		core.parts[i].at = end;
		err = put_part(&core, &core.parts[i], page);
		end += core.parts[i].size;
	}
	/* a hole at the end is part of it */
	if (!err)
		err = file_truncate(file, (s64)end);
	kfree(core.notes);
	kfree(core.parts);
	kfree(page);
	return err;
}
