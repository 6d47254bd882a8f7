/* SPDX-License-Identifier: MIT */
/* What libfdt expects of <stdlib.h>: strtoul. Only files that use libfdt see it. */
#include <lib/string.h>
