/* SPDX-License-Identifier: MIT */
/*
 * Every question that include/device/fdt.h answers, put to one blob; for the tests of broken
 * trees and the fuzzer.
 */
#ifndef HOST_FDT_ASK_H
#define HOST_FDT_ASK_H

#include <lib/types.h>

/*
 * Checks the blob, of which @mapped bytes can be read, and when it passes asks everything
 * about everything in it. Returns what dt_check() did. Aborts, naming the rule, when an
 * answer breaks the header's word.
 */
int fdt_ask(const void *blob, size_t mapped);

#endif
