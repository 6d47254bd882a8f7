# SPDX-License-Identifier: MIT
"""Text from outside on the host: the kernel's command line and the shell's lines."""


def test_command_lines(program):
    program("text", "kernel/cmdline.c", "kernel/test_cmdline.c", "shell/split.c", "shell/test_split.c",
            "tests/host/guard.c", "tests/host/text.c").test(cases=15)


def test_interrupted_log(program):
    program("printk", "tests/host/printk.c").test(cases=3)
