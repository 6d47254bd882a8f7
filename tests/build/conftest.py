# SPDX-License-Identifier: MIT
"""
Tests of the build itself, on copies of the source tree that they may change.

    tree        a copy that is built once; tests change its files and put them back (tree.edit)
    built       the same, with everything up to date
    copy(name)  a fresh copy, not built

Tree.make() is one make in the copy, Tree.steps() what it did, as [("CC", "mm/map.o"), ...]. Copies are made without
.git, so that a test decides what the build knows of commits.
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from lib.build import ROOT, clean_environment, cpu_seconds, jobs, shared_objects

OWN_OBJECTS = {"CAIRN_OBJECTS": ""}      # all is compiled: environment of a make
STEP = re.compile(r"^  ([A-Z]+) +(\S+)$", re.M)


def sources():
    """Every file that git knows or would add, as the working tree has it."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True,
                            check=False)
    if listed.returncode == 0:
        return [name.decode() for name in listed.stdout.split(b"\0") if name]
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
            if path.is_file() and path.relative_to(ROOT).parts[0] not in ("build", ".git")]


class Tree:
    def __init__(self, path, o="build"):
        self.path = pathlib.Path(path)
        self.name = o
        self.o = self.path / o

    def fill(self):
        for name in sources():
            if (ROOT / name).is_file() and not name.startswith(("tests/", "Documentation/")):
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.path / name)
        return self

    def make(self, *goals, check=True, o=None, env=None, timeout=300, **variables):
        command = ["make", *goals] + ([f"O={o}"] if o else [])
        command += [f"{name}={value}" for name, value in variables.items()]
        env = clean_environment(**{**shared_objects(), **(env or {})})
        done = subprocess.run(command, cwd=self.path, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, check=False)
        if check and done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
            raise AssertionError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{said}")
        return done

    def steps(self, *goals, **options):
        return STEP.findall(self.make(*goals, **options).stdout)

    def objects(self, *goals, **options):
        """What was compiled or assembled, apart from the symbol table that every link makes."""
        return [name for what, name in self.steps(*goals, **options) if what in ("CC", "AS")]

    def touch(self, name):
        # The clock of a file system may be coarser than two steps of a test are apart.
        later = max(time.time(), max((path.stat().st_mtime for path in self.o.glob("*")), default=0)) + 0.01
        os.utime(self.path / name, (later, later))

    @contextlib.contextmanager
    def edit(self, name, change):
        """The file, with change(text) in it as long as the block lasts, or without the file for None."""
        path = self.path / name
        old = path.read_text(encoding="utf-8") if path.exists() else None
        new = change(old or "")
        if new is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8")
        try:
            yield path
        finally:
            if old is None:
                path.unlink()
            else:
                path.write_text(old, encoding="utf-8")


@pytest.fixture(scope="session")
def copy(builder):
    made = []

    def make_copy(name="tree"):
        made.append(builder.fresh(name))
        return Tree(made[-1]).fill()

    yield make_copy
    for path in made:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def tree(copy):
    tree = copy()
    # for the time of a whole build: the processor's, of all processes together
    before = cpu_seconds()
    tree.make(jobs(), env=OWN_OBJECTS)
    tree.cpu_seconds = cpu_seconds() - before
    return tree


@pytest.fixture
def built(tree):
    tree.make(jobs(), "all")
    return tree


def one_line(done, *words):
    """The run failed, and said why in one line of its own; make's last word on the failed target may follow."""
    assert done.returncode, done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if not re.match(r"make(\[\d+\])?: \*\*\* \[", line)]
    assert len(said) == 1, done.stderr
    for word in words:
        assert word in said[0], said[0]
    return said[0]
