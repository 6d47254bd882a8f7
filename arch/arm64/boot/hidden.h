/* SPDX-License-Identifier: MIT */
/*
 * Included ahead of every C file of early boot: hidden symbols are reached relative to the PC,
 * not through addresses in a table.
 */
#pragma GCC visibility push(hidden)
