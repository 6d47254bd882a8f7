/* SPDX-License-Identifier: MIT */
/* Capabilities: Linux's numbers and layouts (linux/capability.h), those that are asked for. */
#ifndef UAPI_CAPABILITY_H
#define UAPI_CAPABILITY_H

#include <lib/types.h>

#define CAP_CHOWN		0
#define CAP_DAC_OVERRIDE	1
#define CAP_DAC_READ_SEARCH	2
#define CAP_FOWNER		3
#define CAP_FSETID		4
#define CAP_KILL		5
#define CAP_SETGID		6
#define CAP_SETUID		7
#define CAP_SETPCAP		8
#define CAP_SYS_CHROOT		18
#define CAP_SYS_PTRACE		19
#define CAP_SYS_ADMIN		21
#define CAP_SYS_BOOT		22
#define CAP_SYS_NICE		23
#define CAP_SYS_RESOURCE	24
#define CAP_SYS_TIME		25
#define CAP_MKNOD		27
#define CAP_SYSLOG		34
#define CAP_LAST		40
#define CAP_ALL			((2UL << CAP_LAST) - 1)

#define CAP_VERSION_1		0x19980330
#define CAP_VERSION_2		0x20071026
#define CAP_VERSION_3		0x20080522

struct abi_cap_header {
	u32 version;
	s32 pid;
};

struct abi_cap_data {
	u32 effective, permitted, inheritable;
};

#endif
