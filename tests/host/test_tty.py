# SPDX-License-Identifier: MIT
"""The terminal line discipline on the host: line mode, echo, signals, raw mode, and any bytes in any
mode under libFuzzer."""

import pytest

DISCIPLINE = ["kernel/tty.c", "kernel/tty_modes.c", "lib/utf8.c"]
FLAGS = ["-DCONFIG_TTY_MODES=1", "-Itests/host/sync"]


def test_discipline(program):
    program("tty", *DISCIPLINE, "tests/host/tty.c", flags=FLAGS).test(cases=14)


# -- libFuzzer --------------------------------------------------------------------------------------------------------

def fuzz(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("tty-fuzz", *DISCIPLINE, "tests/host/tty_fuzz.c", flags=["-fsanitize=fuzzer", *FLAGS],
                         suites=False)
    (tmp_path / "lines").write_bytes(b"\x3f\x00\x10ab\x7f\xc3\xbc\x7fc d\x17\x15x\x04\ry\x03z\x1a\n")
    (tmp_path / "raw").write_bytes(b"\x00\x03\x04abcdefgh\x03\r\n")
    made.run(f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def test_fuzz(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 3)


@pytest.mark.slow
def test_fuzz_long(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 120)
