/* SPDX-License-Identifier: MIT */
/* Begins and ends: what a C library takes for that. */
int main(void)
{
	return 0;
}
