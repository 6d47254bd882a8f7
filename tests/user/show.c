/* SPDX-License-Identifier: MIT */
/* Prints files, with -l what links point to; -m makes calls that are not there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char text[65536];

int main(int argc, char **argv)
{
	int links = argc > 1 && !strcmp(argv[1], "-l");

	if (argc > 1 && !strcmp(argv[1], "-m")) {
		for (int i = 0; i < 3; i++)
			syscall(SYS_init_module, NULL, 0, NULL);
		syscall(500);
		return 0;
	}
	for (int i = 1 + links; i < argc; i++) {
		int fd = links ? -1 : open(argv[i], O_RDONLY);
		ssize_t n = links ? readlink(argv[i], text, sizeof(text)) : 0;

		if (links && n >= 0) {
			printf("%s -> %.*s\n", argv[i], (int)n, text);
		} else if (fd < 0) {
			printf("%s: %s\n", argv[i], strerror(errno));
		} else {
			fflush(stdout);
			while ((n = read(fd, text, sizeof(text))) > 0)
				if (write(1, text, (size_t)n) != n)
					return 1;
			close(fd);
		}
	}
	return 0;
}
