# SPDX-License-Identifier: MIT
"""The session that README.md shows is what one types today, and what the kernel says to it."""

import re
import subprocess

from lib.build import ROOT

SCRIPT = ROOT / "scripts/session-picture"
KEPT = ROOT / "Documentation/images/session.svg"


def words(path):
    return re.findall(r"<text.*?>(.*?)</text>", path.read_text())


def test_picture_is_the_session_of_today(build, tmp_path):
    now = tmp_path / "now.svg"
    done = subprocess.run([SCRIPT, now, build("qemu_virt_defconfig")], capture_output=True, text=True, timeout=300,
                          check=False)
    assert done.returncode == 0, done.stderr
    assert words(now) == words(KEPT), "out of date: scripts/session-picture Documentation/images/session.svg"
    assert now.read_text() == KEPT.read_text()


def test_a_kernel_that_is_not_there(tmp_path):
    done = subprocess.run([SCRIPT, tmp_path / "x.svg", tmp_path], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode and done.stderr.startswith("error: ")
    assert not (tmp_path / "x.svg").exists()


def test_the_readme_shows_it():
    first = (ROOT / "README.md").read_text().splitlines()[:60]
    assert any("Documentation/images/session.svg" in line for line in first)
