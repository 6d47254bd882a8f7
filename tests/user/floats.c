/* SPDX-License-Identifier: MIT */
/* FP registers of several processes that run at once, none of which sees another one's. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static double sum(int from)
{
	double s = from;

	for (int i = 1; i < 20000; i++) {
		s = s * 1.0000001 + 1.0 / i;
		if (i % 100 == 0)
			sched_yield();
	}
	return s;
}

int main(void)
{
	double alone[4];
	int bad = 0, status;

	for (int i = 0; i < 4; i++)
		alone[i] = sum(i);
	for (int i = 0; i < 4; i++)
		if (!fork())
			_exit(sum(i) == alone[i] ? 0 : 1);
	while (wait(&status) > 0)
		bad += status != 0;
	printf("%d differ\n", bad);
	return bad;
}
