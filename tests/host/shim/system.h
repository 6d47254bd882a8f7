/* SPDX-License-Identifier: MIT */
/*
 * The host's headers, before any of ours: some of their macros have names that <lib/types.h>
 * defines anew.
 */
#ifndef HOST_SYSTEM_H
#define HOST_SYSTEM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#undef __always_inline

#endif
