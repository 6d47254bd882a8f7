# SPDX-License-Identifier: MIT
"""The shell's line editor, its history and completion on the host, at a model of a terminal."""

EDITOR = ["shell/line.c", "shell/line_keys.c", "shell/line_screen.c", "shell/history.c", "lib/utf8.c"]
FLAGS = ["-DCONFIG_SHELL_HISTORY=1", "-DCONFIG_SHELL_HISTORY_SIZE=1024", "-DCONFIG_SHELL_COMPLETE=1"]


def test_editor(program):
    program("line", *EDITOR, "tests/host/line.c", "tests/host/line_screen.c", flags=FLAGS).test(cases=9)
