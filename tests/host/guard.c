/* SPDX-License-Identifier: MIT */
/*
 * See guard.h: one area with an unreadable page behind it, of which ever another part is
 * handed out.
 */
#include "shim/system.h"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include "guard.h"

#define AREA	MIB(1)

u8 *guarded(size_t size)
{
	static u8 *area, *last;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	u8 *start;

	if (area == NULL) {
		area = mmap(NULL, AREA + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
		if (area == MAP_FAILED || mprotect(area + AREA, page, PROT_NONE) != 0) {
			perror("mmap");
			exit(2);
		}
		last = area;
	}
	if (size > AREA) {
		fprintf(stderr, "guarded: %zu bytes are too many\n", size);
		exit(2);
	}
	start = area + ALIGN_DOWN(AREA - size, 8);
	__asan_poison_memory_region(last, (size_t)(area + AREA - last));
	__asan_unpoison_memory_region(start, size);
	last = start;
	return start;
}
