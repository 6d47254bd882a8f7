# SPDX-License-Identifier: MIT
"""The shell's language on the host: parser, expansion, patterns, options, and pipes; the parser under libFuzzer too."""

import pytest

FEATURES = [f"-DCONFIG_SHELL_{name}=1" for name in "VARS PIPES JOBS GLOB REDIRECT SUGGEST ARGUMENTS".split()]
SYNC = ["-Itests/host/sync", "-DCONFIG_THREADS=1"]
LANGUAGE = [f"shell/{name}.c" for name in ("parse", "expand", "glob", "vars", "regex")]
HEAP = ["tests/host/shell_heap.c", "tests/host/shell_show.c"]
SEEDS = ["echo a; b && c || d | e & # f\n", "echo '$a' \"$a ${b}\" \\$c $?", "a < b > c >> d\ne *.c [a-z]?\n",
         "x=1 y=$x\n"]


def test_language(program):
    program("shell", *LANGUAGE, "shell/suggest.c", *HEAP, "tests/host/shell.c", flags=[*FEATURES, *SYNC]).test(cases=11)


def test_left_out(program):
    """Without its option, a construct is an error that names the option."""
    program("shell-off", "shell/parse.c", "tests/host/shell_show.c", "tests/host/shell_off.c").test(cases=1)


def test_arguments(program):
    program("arguments", "shell/argument.c", "tests/host/arguments.c", flags=FEATURES).test(cases=6)


def test_pipe(program):
    program("pipe", "tests/host/pipe.c", "tests/host/shell_heap.c",
            flags=[*SYNC, "-DCONFIG_STREAMS=1", "-DCONFIG_PIPE_SIZE=61"]).test(cases=3)


def fuzz(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("shell-fuzz", *LANGUAGE, *HEAP, "tests/host/shell_fuzz.c",
                         flags=["-fsanitize=fuzzer", *FEATURES, *SYNC], suites=False)
    for number, text in enumerate(SEEDS):
        (tmp_path / f"seed{number}").write_text(text)
    made.run(f"-max_total_time={seconds}", "-max_len=2048", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def test_fuzz(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 4)


@pytest.mark.slow
def test_fuzz_long(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 300)
