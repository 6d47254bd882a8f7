# SPDX-License-Identifier: MIT
"""lib/ on the host: the tests that also run in the kernel (lib/test_*.c), and those that compare with the C library."""


def test_string(program):
    program("string", "lib/test_string.c", "lib/test_string_all.c", "tests/host/string.c").test(cases=17)


def test_format(program):
    program("format", "lib/test_format.c", "tests/host/format.c", "tests/host/libc.c",
            flags=["-Wno-format-security"]).test(cases=13)


def test_parse(program):
    program("parse", "lib/test_parse.c", "tests/host/parse.c").test(cases=6)


def test_list(program):
    program("list", "lib/test_list.c").test(cases=2)


def test_rbtree(program):
    program("rbtree", "lib/rbtree.c", "lib/test_rbtree.c").test(cases=3)


def test_leftist(program):
    program("leftist", "lib/leftist.c", "lib/test_leftist.c", "tests/host/leftist.c").test(cases=4)


def test_chacha20(program):
    program("chacha20", "lib/chacha20.c", "lib/test_chacha20.c").test(cases=2)


def test_crc32(program):
    program("crc32", "lib/crc32.c", "lib/test_crc32.c").test(cases=2)
