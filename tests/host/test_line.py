# SPDX-License-Identifier: MIT
"""The shell's line editor, its history and completion on the host, at a model of a terminal."""

import pytest

EDITOR = [*(f"shell/{name}.c" for name in ("line", "line_history", "line_keys", "line_screen", "history")),
          "lib/utf8.c"]
FLAGS = ["-DCONFIG_SHELL_LINE_SIZE=512", "-DCONFIG_SHELL_HISTORY=1", "-DCONFIG_SHELL_HISTORY_SIZE=1024",
         "-DCONFIG_SHELL_COMPLETE=1"]
SEEDS = {
    "typing": b"\x50echo gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x8c\x8d a\xcc\x88\x01\x06\x0b\x19\x19\x14\x17\r",
    "keys": b"\x0bab cd\x1b[D\x1b[1;5D\x1b[3~\x1bOH\x1b[F\x1bb\x1bd\x1b\x7f\x1b[8;20;40t\x1b[3;9R\r",
    "history": b"\x51one\rtwo\r\x1b[A\x1b[A\x1b[B\x12o\x12\x07\x12t\x1b[C\r",
    "paste": b"\x28\x1b[200~dt ls\t/\necho\x01\x1b[201~\r",
    "tab": b"\x51d\tl\t/a\t\t\xc3\xbc\t'/a\t\"\t;dt cat $\t>\t\t\r",
}


def test_editor(program):
    program("line", *EDITOR, "tests/host/line.c", "tests/host/line_screen.c", flags=FLAGS).test(cases=15)


def test_completion(program):
    program("complete", *EDITOR, "shell/complete.c", "tests/host/complete.c", flags=FLAGS).test(cases=6)


# -- libFuzzer --------------------------------------------------------------------------------------------------------

def fuzz(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("line-fuzz", *EDITOR, "shell/complete.c", "tests/host/line_fuzz.c",
                         flags=["-fsanitize=fuzzer", *FLAGS], suites=False)
    for name, seed in SEEDS.items():
        (tmp_path / name).write_bytes(seed)
    made.run(f"-max_total_time={seconds}", "-max_len=2048", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def test_fuzz(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 4)


@pytest.mark.slow
def test_fuzz_long(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 300)
