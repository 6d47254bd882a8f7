/* SPDX-License-Identifier: MIT */
/*
 * ELF64 files (System V gABI, ELF for the Arm 64-bit Architecture), and Linux's auxiliary vector.
 */
#ifndef UAPI_ELF_H
#define UAPI_ELF_H

#include <lib/types.h>

struct elf_header {
	u8 ident[16];
	u16 type;
	u16 machine;
	u32 version;
	u64 entry;
	u64 phoff;
	u64 shoff;
	u32 flags;
	u16 ehsize;
	u16 phentsize;
	u16 phnum;
	u16 shentsize;
	u16 shnum;
	u16 shstrndx;
};

struct elf_segment {
	u32 type;
	u32 flags;
	u64 offset;
	u64 vaddr;
	u64 paddr;
	u64 filesz;
	u64 memsz;
	u64 align;
};

#define ELF_CLASS	4	/* in ident */
#define ELF_CLASS_64	2
#define ELF_DATA	5
#define ELF_DATA_LSB	1

#define ET_EXEC		2
#define ET_DYN		3
#define ET_CORE		4
#define EM_AARCH64	183

#define PT_LOAD		1
#define PT_INTERP	3
#define PT_NOTE		4
#define PT_GNU_STACK	0x6474e551

#define PF_X		1
#define PF_W		2
#define PF_R		4

/* In front of a note: its name and its data follow, each padded to 4 bytes. */
struct elf_note {
	u32 name_size;
	u32 size;
	u32 type;
};

#define NT_PRSTATUS	1
#define NT_FPREGSET	2
#define NT_PRPSINFO	3
#define NT_AUXV		6
#define NT_ARM_TLS	0x401
#define NT_FILE		0x46494c45
#define NT_SIGINFO	0x53494749

struct elf_time {
	s64 sec, usec;
};

/* Linux's, in notes of a core file (linux/elfcore.h) on arm64. */
struct elf_prstatus {
	s32 signo, code, err;
	s16 cursig;
	u16 pad;
	u64 pending, blocked;
	s32 pid, ppid, pgrp, sid;
	struct elf_time utime, stime, cutime, cstime;
	u64 regs[34];
	s32 has_fp;
	u32 pad2;
};
_Static_assert(sizeof(struct elf_prstatus) == 392, "as in Linux");

struct elf_prpsinfo {
	char state, sname, zombie, nice;
	u32 pad;
	u64 flag;
	u32 uid, gid;
	s32 pid, ppid, pgrp, sid;
	char name[16];
	char args[80];
};
_Static_assert(sizeof(struct elf_prpsinfo) == 136, "as in Linux");

#define AT_NULL		0
#define AT_IGNORE	1
#define AT_PHDR		3
#define AT_PHENT	4
#define AT_PHNUM	5
#define AT_PAGESZ	6
#define AT_BASE		7
#define AT_FLAGS	8
#define AT_ENTRY	9
#define AT_UID		11
#define AT_EUID		12
#define AT_GID		13
#define AT_EGID		14
#define AT_PLATFORM	15
#define AT_HWCAP	16
#define AT_CLKTCK	17
#define AT_SECURE	23
#define AT_RANDOM	25
#define AT_HWCAP2	26
#define AT_EXECFN	31
#define AT_SYSINFO_EHDR	33
#define AT_MINSIGSTKSZ	51

#endif
