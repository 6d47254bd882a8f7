# SPDX-License-Identifier: MIT
"""Files (fs/) on the host, over the real page allocator: case by case, at random against a model, with allocations that
fail, and paths from the fuzzer."""

from lib import host_machine as machine

SOURCES = [*(f"fs/{name}.c" for name in ("context", "dentry", "file", "inode", "mount", "names", "readdir", "walk",
                                         "test_integrity")),
           "fs/ramfs/ramfs.c", "fs/ramfs/pages.c", "tests/host/fs/world.c"]
# fs/asm stands before the machine's own: here a thread runs
FLAGS = ["-Itests/host/fs", *machine.flags(12), "-DCONFIG_PAGE_ALLOC_BUDDY=1", "-DCONFIG_THREADS=1", "-DCONFIG_FS=1",
         "-DCONFIG_DEBUG_HEAP=1"]

def build(program, name, *sources, **options):
    flags = [*FLAGS, *options.pop("flags", [])]
    return program(name, *machine.sources("buddy"), *SOURCES, *sources, flags=flags, link=machine.LINK, **options)

def test_cases(program):
    build(program, "fs-cases", "tests/host/fs/cases.c").test(cases=8)


def test_random(program):
    """A million operations against the model, and a million with allocations that fail."""
    build(program, "fs-random", "tests/host/fs/random.c", "tests/host/fs/model.c").test(cases=3)
