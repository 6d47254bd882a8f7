# SPDX-License-Identifier: MIT
"""Two makes at once in one output folder: the second says so in one line. What the first one does meanwhile is a
script of ours that it runs, which tells when it was started and waits until it may go on."""
import contextlib
import os
import signal
import subprocess
import time

import pytest

from lib.build import clean_environment

from .conftest import one_line

WAITING = """#!/usr/bin/env python3
import os, pathlib, time
started, go_on = pathlib.Path("{0}/started"), pathlib.Path("{0}/go-on")
started.touch()
while not go_on.exists() and os.getppid() != 1:
    time.sleep(0.01)
"""


@pytest.fixture
def busy(built, tmp_path):
    """busy(goal, script) -> within, a make that is at @goal, whose recipe runs @script."""
    @contextlib.contextmanager
    def make(goal, script):
        with built.edit(script, lambda text: WAITING.format(tmp_path)):
            first = subprocess.Popen(["make", goal], cwd=built.path, env=clean_environment(), stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                deadline = time.monotonic() + 60
                while not (tmp_path / "started").exists():
                    assert first.poll() is None and time.monotonic() < deadline, first.communicate()
                    time.sleep(0.01)
                yield first
            finally:
                (tmp_path / "go-on").touch()
                first.communicate()
    return make


def test_the_second_says_so(built, busy, tmp_path):
    with busy("check-layers", "scripts/check_layers") as first:
        for goal in ("all", "lib/string.o", "clean", "mrproper"):
            one_line(built.make(goal, check=False), f"another make (process {first.pid}) is building in build: ")
        assert (built.o / "Image").exists()
        # what does not write there
        built.make("kernelversion")
        built.make("tiny_defconfig", "lib/string.o", o=tmp_path / "o")
    built.make()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_make_that_was_killed_holds_nothing(built, busy, number):
    with busy("check-layers", "scripts/check_layers") as first:
        first.send_signal(number)
        # not yet waited for
        deadline = time.monotonic() + 10
        while built.make("all", check=False).returncode:
            assert time.monotonic() < deadline


def test_a_number_that_is_used_again_holds_nothing(built):
    (built.o / ".make").write_text("1 12345678901\n")
    built.make()


def test_running_is_not_building(built, busy):
    """`make run` in one window, `make` in the other."""
    with busy("run", "scripts/run-qemu"):
        built.make()


def test_a_make_within_is_let_in(built):
    script = 'import subprocess\nprint(subprocess.run(["make", "lib/string.o"]).returncode)\n'
    with built.edit("scripts/check_layers", lambda text: script):
        assert built.make("check-layers").stdout.endswith("0\n")


def test_without_flock_nobody_is_held_up(built, busy, tmp_path):
    """As on macOS."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    with busy("check-layers", "scripts/check_layers") as first:
        for path, said in ((folder, ""), (os.environ["PATH"], f"{first.pid}\n")):
            done = subprocess.run([built.path / "scripts/lock", built.o, "1"], env={"PATH": str(path)},
                                  capture_output=True, text=True, check=True)
            assert (done.stdout, done.stderr) == (said, "")


def test_cleaning_elsewhere_leaves_nothing(built):
    """Nothing is left in a folder that is not ours."""
    built.make("clean", o="scripts")
    assert not (built.path / "scripts/.make").exists()
