/* SPDX-License-Identifier: MIT */
/*
 * The stack that a program begins with, from the top: strings, 16 random bytes, the auxiliary
 * vector, the pointers to environment and arguments, their number; as the System V ABI for AArch64
 * has it.
 */
#include <arch/cpu.h>
#include <kernel/random.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "exec.h"

#define STACK_TOP	(ARCH_USER_END - PAGE_SIZE)

struct aux {
	u64 type, value;
};

/* What is on the new stack, from the lowest address on. */
struct stack_plan {
	vaddr_t sp, strings, random, platform, name;
	u64 *words;		/* what goes to @sp */
	size_t count;
};

static void add_word(struct stack_plan *plan, u64 word)
{
	plan->words[plan->count++] = word;
}

static void add_pointers(struct stack_plan *plan, const char **text, vaddr_t *at, u32 n)
{
	while (n--) {
		size_t size = strlen(*text) + 1;

		add_word(plan, *at);
		*at += size;
		*text += size;
	}
	add_word(plan, 0);
}

static void add_aux(struct stack_plan *plan, const struct space *space,
		    const struct image *image, const struct image *interpreter,
		    const struct credentials *cred)
{
	const struct aux aux[] = {
		{ AT_HWCAP, arch_cpu_hwcap() },
		{ space->vdso ? AT_SYSINFO_EHDR : AT_IGNORE, space->vdso },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, 100 },
		{ AT_PHDR, image->table ? image->table + image->bias : 0 },
		{ AT_PHENT, sizeof(struct elf_segment) },
		{ AT_PHNUM, image->header.phnum },
		{ AT_BASE, interpreter ? interpreter->bias : 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, image->header.entry + image->bias },
		{ AT_UID, cred->uid },
		{ AT_EUID, cred->euid },
		{ AT_GID, cred->gid },
		{ AT_EGID, cred->egid },
		{ AT_SECURE, cred->uid != cred->euid || cred->gid != cred->egid },
		{ AT_RANDOM, plan->random },
		{ AT_HWCAP2, 0 },
		{ AT_EXECFN, plan->name },
		{ AT_PLATFORM, plan->platform },
		{ AT_MINSIGSTKSZ, 4720 },
		{ AT_NULL, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(aux); i++) {
		add_word(plan, aux[i].type);
		add_word(plan, aux[i].value);
	}
}

#define AUX_WORDS	42

int exec_write_stack(struct space *space, const struct exec_strings *s, const char *name,
		       const struct image *image, const struct image *interpreter, vaddr_t *sp)
{
	size_t name_size = strlen(name) + 1, aux;
	struct stack_plan plan = { 0 };
	const char *text = s->text;
	u64 random[2];
	vaddr_t at;
	int err;

	plan.words = kmalloc((s->argc + s->envc + 3 + AUX_WORDS) * sizeof(u64));
	if (!plan.words)
		return -ENOMEM;
	plan.name = STACK_TOP - 8 - name_size;
	plan.strings = plan.name - s->used;
	plan.platform = plan.strings - sizeof("aarch64");
	plan.random = ALIGN_DOWN(plan.platform - 16, 16UL);
	at = plan.strings;
	add_word(&plan, s->argc);
	add_pointers(&plan, &text, &at, s->argc);
	space->args = plan.strings;
	space->args_end = at;
	add_pointers(&plan, &text, &at, s->envc);
	space->env_end = at;
	aux = plan.count;
	add_aux(&plan, space, image, interpreter, &process_current()->cred);
	plan.sp = ALIGN_DOWN(plan.random - plan.count * sizeof(u64), 16UL);
	space->aux = plan.sp + aux * sizeof(u64);
	random_bytes(random, sizeof(random));
	err = copy_to_user(plan.name, name, name_size);
	if (!err && s->used)
		err = copy_to_user(plan.strings, s->text, s->used);
	if (!err)
		err = copy_to_user(plan.platform, "aarch64", sizeof("aarch64"));
	if (!err)
		err = copy_to_user(plan.random, random, sizeof(random));
	if (!err)
		err = copy_to_user(plan.sp, plan.words, plan.count * sizeof(u64));
	kfree(plan.words);
	*sp = plan.sp;
	return err ? -ENOMEM : 0;
}

int exec_map_stack(struct space *space, const struct exec_strings *s)
{
	size_t size = ALIGN_UP(s->used + (s->argc + s->envc) * sizeof(u64) + KIB(8), PAGE_SIZE);
	struct space_mapping m = {
		.address = STACK_TOP - size, .size = size, .where = SPACE_FIXED_NEW,
		.flags = VMA_READ | VMA_WRITE | VMA_MAY_WRITE | VMA_GROWS_DOWN,
		.label = "[stack]",
	};
	ssize_t address = space_map(space, &m);

	return address < 0 ? -ENOMEM : 0;
}
