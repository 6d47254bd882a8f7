# SPDX-License-Identifier: MIT
"""Objects that the tests' builds share (tests/lib/bin): they are what the compiler makes, or it makes them itself."""

import os
import shutil
import subprocess

import pytest

from lib.build import COMPILERS

NAME = "aarch64-linux-gnu-gcc"
SOURCE = '#include <value.h>\nint value(void);\nint value(void) { return VALUE; }\nconst char *name = __FILE__;\n'


class Compiler:
    """The wrapper before a compiler that keeps a list of what it has compiled."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        for name in ("bin", "objects", "one/arch/arm64/include", "two/arch/arm64/include"):
            (folder / name).mkdir(parents=True)
        (folder / "source.c").write_text(SOURCE)
        real = shutil.which(NAME)
        (folder / "bin" / NAME).write_text(f'#!/bin/sh\nfor word; do [ "$word" = -E ] && exec {real} "$@"; done\n'
                                           f'echo x >> {self.log}\nexec {real} "$@"\n')
        (folder / "bin" / NAME).chmod(0o755)
        self.env = {**os.environ, "PATH": f"{COMPILERS}:{folder / 'bin'}:{os.environ['PATH']}",
                    "CAIRN_OBJECTS": str(folder / "objects")}

    def __call__(self, o, *flags, value="1"):
        """(what is in the object, what was said, how often the compiler has run by now)"""
        o = self.folder / o
        header = o / "arch/arm64/include/value.h"
        header.write_text(f"#define VALUE {value}\n")
        target = o / "source.o"
        target.unlink(missing_ok=True)
        done = subprocess.run([NAME, f"-I{header.parent}", f"-ffile-prefix-map={o}/=build/", "-g", "-O1", *flags,
                               "-MMD", "-MF", o / ".source.o.d", "-c", "-o", target, "source.c"],
                              cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        self.depends = (o / ".source.o.d").read_text()
        made = target.read_bytes() if done.returncode == 0 else None
        return made, done.stderr, len(self.log.read_text()) // 2


@pytest.fixture
def compiler(tmp_path):
    return Compiler(tmp_path)


def test_the_second_takes_it(compiler):
    first, _, _ = compiler("one")
    second, said, runs = compiler("two")
    assert first == second and not said and runs == 1
    # and has its own prerequisites
    assert compiler.depends.replace("\\\n", "").split() == [f"{compiler.folder}/two/source.o:", "source.c",
                                                              f"{compiler.folder}/two/arch/arm64/include/value.h"]


def test_another_text_or_flag_is_compiled(compiler):
    first, _, _ = compiler("one")
    second, _, runs = compiler("two", value="2")
    assert first != second and runs == 2
    third, _, runs = compiler("two", "-O2")
    assert third not in (first, second) and runs == 3


def test_warnings_come_each_time(compiler):
    for o, runs in (("one", 1), ("two", 2)):
        made, said, count = compiler(o, "-Wconversion", value="1L << 40")
        assert made and "warning: " in said and count == runs


def test_errors(compiler):
    for value, words in (("#", "error: "), ("nothing", "undeclared")):
        for o in ("one", "two"):
            made, said, _ = compiler(o, value=value)
            assert not made and words in said
    (compiler.folder / "source.c").write_text("#include <nowhere.h>\n")
    made, said, _ = compiler("one")
    assert not made and said.count("nowhere.h: No such file") == 1
