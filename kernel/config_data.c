/* SPDX-License-Identifier: MIT */
/* The configuration that this image was built with, as text (CONFIG_IKCONFIG). */
#include <kernel/config_data.h>

__asm__(
	"	.section .rodata.config_data, \"a\"\n"
	"	.globl	config_data\n"
	"config_data:\n"
	"	.incbin \"generated/config_data.txt\"\n"
	"	.globl	config_data_end\n"
	"config_data_end:\n"
	"	.byte	0\n"
	"	.previous\n");
