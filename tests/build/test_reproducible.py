# SPDX-License-Identifier: MIT
"""One commit gives one Image, wherever it is built and whenever."""
import os
import subprocess

import pytest

from lib.build import clean_environment, jobs

from .conftest import OWN_OBJECTS, Tree

CROSS = os.environ.get("CROSS_COMPILE", "aarch64-linux-gnu-")
DATE = "2001-02-03T04:05:06Z"


def git(folder, *arguments):
    env = clean_environment(GIT_AUTHOR_DATE=DATE, GIT_COMMITTER_DATE=DATE, GIT_AUTHOR_NAME="T", GIT_AUTHOR_EMAIL="t@t",
                            GIT_COMMITTER_NAME="T", GIT_COMMITTER_EMAIL="t@t", GIT_CONFIG_GLOBAL="/dev/null")
    subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def clones(copy, builder):
    """Two clones of one commit at paths of different length, one built in place, the other in a folder elsewhere."""
    first = copy("one")
    git(first.path, "init", "-q")
    git(first.path, "add", "-A")
    git(first.path, "commit", "-q", "-m", "all")
    path = builder.fresh("the-other-clone") / "deeper" / "down"
    git(first.path, "clone", "-q", str(first.path), str(path))
    second = Tree(path)
    second.o = builder.fresh("elsewhere")
    first.make(jobs(), "defconfig", "all", env=OWN_OBJECTS)
    second.make(jobs(), "defconfig", "all", o=second.o, env=OWN_OBJECTS)
    return first, second


def test_same_image(clones):
    first, second = clones
    assert (first.o / "Image").read_bytes() == (second.o / "Image").read_bytes()


def test_no_paths_inside(clones):
    """Not in the Image, and not in the debug information of cairn."""
    for tree in clones:
        for name in ("Image", "cairn"):
            data = (tree.o / name).read_bytes()
            assert str(tree.path).encode() not in data, name
            assert str(tree.o).encode() not in data, name


def test_debug_information_finds_its_sources(clones):
    """Paths are relative to the source folder."""
    o = clones[1].o
    assert "CONFIG_DEBUG_INFO=y" in (o / ".config").read_text(encoding="utf-8")
    nm = subprocess.run([CROSS + "nm", o / "cairn"], capture_output=True, text=True, check=True).stdout
    address = next(line.split()[0] for line in nm.splitlines() if line.endswith(" irq_request"))
    found = subprocess.run([CROSS + "addr2line", "-e", o / "cairn", address], capture_output=True, text=True,
                           check=True).stdout
    assert "kernel/irq.c:" in found


def test_date_of_the_commit(clones):
    header = (clones[0].o / "include/generated/version.h").read_text(encoding="utf-8")
    assert f'CAIRN_BUILD_DATE "{DATE[:10]}"' in header


@pytest.mark.slow
def test_rebuilt_from_nothing(clones):
    """The same again, file by file, in another order of jobs."""
    first = clones[0]
    before = (first.o / "cairn").read_bytes()
    first.make("clean")
    first.make("-j3")
    assert (first.o / "cairn").read_bytes() == before
