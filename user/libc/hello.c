/* SPDX-License-Identifier: MIT */
/*
 * hello [ARGUMENT ...]: what a program finds when it begins: its arguments, its environment, the
 * kernel's auxiliary vector, and where its parts lie. With a C library.
 */
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>

static int data = 1;
static int zeroes;

static void show_aux(const char *name, unsigned long type)
{
	printf("%-16s %#lx\n", name, getauxval(type));
}

int main(int argc, char **argv, char **envp)
{
	printf("hello from process %d, a child of %d\n", (int)getpid(), (int)getppid());
	for (int i = 0; i < argc; i++)
		printf("argument %d       %s\n", i, argv[i]);
	for (char **e = envp; *e; e++)
		printf("environment      %s\n", *e);
	show_aux("AT_PAGESZ", AT_PAGESZ);
	show_aux("AT_ENTRY", AT_ENTRY);
	show_aux("AT_PHDR", AT_PHDR);
	show_aux("AT_HWCAP", AT_HWCAP);
	show_aux("AT_RANDOM", AT_RANDOM);
	show_aux("AT_SYSINFO_EHDR", AT_SYSINFO_EHDR);
	printf("code             %p\n", (void *)main);
	printf("data             %p\n", (void *)&data);
	printf("zeroed data      %p\n", (void *)&zeroes);
	printf("stack            %p\n", (void *)&argc);
	return 0;
}
