/* SPDX-License-Identifier: MIT */
/* Says what it was started with. */
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv, char **envp)
{
	int n = 0;

	printf("%d ", argc);
	for (char **arg = argv; *arg; arg++)
		printf("%s|", *arg);
	while (envp[n])
		n++;
	printf(" env %d page %ld\n", n, sysconf(_SC_PAGESIZE));
	return getauxval(AT_RANDOM) && getauxval(AT_PHDR) && getauxval(AT_HWCAP) ? 0 : 1;
}
