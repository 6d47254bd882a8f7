# SPDX-License-Identifier: MIT
"""The terminal line discipline on the host: line mode, echo, signals, raw mode, and any bytes in any
mode under libFuzzer."""

import pytest

DISCIPLINE = ["kernel/tty.c", "kernel/tty_modes.c", "lib/utf8.c"]
FLAGS = ["-DCONFIG_TTY_MODES=1", "-Itests/host/sync"]
# Where there are programs: tests/user/abi_*.c have what each mode means.
TERMINAL = ["kernel/tty_input.c", "kernel/tty_output.c", "kernel/tty_read.c", "lib/utf8.c"]
TERMINAL_FLAGS = [*FLAGS, "-DCONFIG_THREADS=1"]


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


def fuzz_terminal(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("terminal-fuzz", *TERMINAL, "tests/host/terminal_fuzz.c",
                         flags=["-fsanitize=fuzzer", *TERMINAL_FLAGS], suites=False)
    (tmp_path / "lines").write_bytes(b"\0a\0\t\0\x7f\0\x17\0\x15\0\x16\0\n\2\x10\1x\xff\0\n\3\xff\0\4\2\x10\5\xff")
    (tmp_path / "modes").write_bytes(b"\6\0\x05\5\x18\x3b\x8a\6\1\0\3\1x\x80\6\0\1\5\0\1\x8a\7\2\2\xff\4x\xff\5\xff")
    made.run(f"-max_total_time={seconds}", "-max_len=1024", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


@pytest.mark.parametrize("of", [fuzz, fuzz_terminal])
def test_fuzz(clang_program, tmp_path, of):
    of(clang_program, tmp_path, 3)


@pytest.mark.slow
@pytest.mark.parametrize("of", [fuzz, fuzz_terminal])
def test_fuzz_long(clang_program, tmp_path, of):
    of(clang_program, tmp_path, 120)
