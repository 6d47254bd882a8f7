/* SPDX-License-Identifier: MIT */
/* Sources of entropy (see <device/entropy.h>): a list, all of which are asked. */
#include <arch/sections.h>
#include <device/entropy.h>
#include <lib/types.h>

static struct entropy *sources __ro_after_init;

void entropy_register(struct entropy *source)
{
	source->next = sources;
	sources = source;
	source->request(source);
}

void entropy_request(void)
{
	for (struct entropy *source = sources; source; source = source->next)
		source->request(source);
}
