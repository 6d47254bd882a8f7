# SPDX-License-Identifier: MIT
"""Files (fs/) on the host, over the real page allocator: case by case, at random against a model, with allocations that
fail, and paths from the fuzzer."""

import pytest

from lib import host_machine as machine

SOURCES = [*(f"fs/{name}.c" for name in ("context", "dentry", "file", "inode", "mount", "names", "readdir", "truncate",
                                         "walk", "test_integrity")),
           "fs/ramfs/ramfs.c", "fs/ramfs/pages.c", "tests/host/fs/world.c"]
# fs/asm stands before the machine's own: here a thread runs
FLAGS = ["-Itests/host/fs", *machine.flags(12), "-DCONFIG_PAGE_ALLOC_BUDDY=1", "-DCONFIG_THREADS=1", "-DCONFIG_FS=1",
         "-DCONFIG_DEBUG_HEAP=1"]

def build(program, name, *sources, **options):
    flags = [*FLAGS, *options.pop("flags", [])]
    return program(name, *machine.sources("buddy"), *SOURCES, *sources, flags=flags, link=machine.LINK, **options)

def test_cases(program):
    build(program, "fs-cases", "tests/host/fs/cases.c", "tests/host/fs/mounts.c").test(cases=10)


def test_random(program):
    """A million operations against the model, and a million with allocations that fail."""
    build(program, "fs-random", "tests/host/fs/random.c", "tests/host/fs/model.c").test(cases=3)


# -- libFuzzer --------------------------------------------------------------------------------------------------------

def fuzz(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = build(clang_program, "fs-fuzz", "tests/host/fs/fuzz.c", flags=["-fsanitize=fuzzer"], suites=False)
    calls = (b"\x10/a\1\x1d/a/b\1\x03/a\2/d/e/../c", b"\x05/x\2d/m/m\1\x09/x/m//./..", b"\x0b/d\1\x1d/d/f")
    for number, text in enumerate(calls):
        (tmp_path / str(number)).write_bytes(text)
    made.run(f"-max_total_time={seconds}", "-max_len=8192", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def test_fuzz(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 4)


@pytest.mark.slow
def test_fuzz_long(clang_program, tmp_path):
    fuzz(clang_program, tmp_path, 300)
