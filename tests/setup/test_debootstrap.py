# SPDX-License-Identifier: MIT
"""The README's two commands on fresh, minimal installations of Debian 12 and 13, in chroots.

For `make test-all`: needs root, debootstrap, and the network for about 200 MB a release. The
mirror is the one that this machine's apt uses. What each command printed is kept beside the
other results: <test folder>/setup-<release>.log.
"""

import os
import shutil
import subprocess
import time

import pytest
from lib import build as building

pytestmark = pytest.mark.slow
QEMU = {"bookworm": 10, "trixie": 10}


class Chroot:
    """A minimal Debian below `folder`, with the source tree as /src/cairn, and a log of its commands."""

    def __init__(self, folder, codename, log):
        self.root = folder / codename
        self.log = log
        self.log.write_text("", encoding="utf-8")
        self.outside("debootstrap", "--variant=minbase", codename, self.root, mirror())
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        self.copy_tree()

    def outside(self, *command, **options):
        with open(self.log, "a", encoding="utf-8") as log:
            subprocess.run(command, stdout=log, stderr=log, timeout=1200, check=True, **options)

    def copy_tree(self):
        """What git would take: the files of a clone, and those changed or added since."""
        there = self.root / "src/cairn"
        there.mkdir(parents=True)
        names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"],
                               cwd=building.ROOT, capture_output=True, check=True).stdout
        names = b"\0".join(name for name in names.split(b"\0") if os.path.exists(building.ROOT / os.fsdecode(name)))
        self.outside("tar", "-C", building.ROOT, "--null", "--no-recursion", "-T", "-", "-cf",
                     self.root / "tree.tar", input=names)
        self.outside("tar", "-C", there, "-xf", self.root / "tree.tar")

    def run(self, command, timeout=1800):
        """One line of shell in the tree. Returns (status, what it printed, seconds).

        Its mounts are its own and end with it, and none shows a folder of this machine: whoever
        removes the chroot, however a run ended, removes nothing else.
        """
        start = time.monotonic()
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             'mount -t proc proc "$0/proc" && mount -t devpts -o ptmxmode=666 devpts "$0/dev/pts" && '
             'exec chroot "$0" "$@"', self.root, "env", "-i", "HOME=/root", "TERM=dumb",
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "sh", "-c", f"cd /src/cairn && {command}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=timeout, check=False)
        seconds = time.monotonic() - start
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"$ {command}\n{done.stdout}[status {done.returncode}, {seconds:.1f} s]\n")
        return done.returncode, done.stdout, seconds

    def must(self, command, **options):
        status, text, seconds = self.run(command, **options)
        assert status == 0, f"`{command}` ended with {status}; the end of {self.log}:\n{text[-3000:]}"
        return text, seconds


def mirror():
    said = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(SITE)"],
                          capture_output=True, text=True, check=True).stdout.splitlines()
    return next(line.split("|")[2] for line in said if line.startswith("Debian|main|"))


@pytest.fixture(scope="module", params=QEMU)
def chroot(request, tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("needs root, for debootstrap and chroot")
    if not shutil.which("debootstrap"):
        pytest.skip("needs debootstrap (apt-get install debootstrap)")
    debian = Chroot(tmp_path_factory.mktemp("debian"), request.param,
                    building.test_folder() / f"setup-{request.param}.log")
    debian.codename = request.param
    yield debian
    shutil.rmtree(debian.root)


def test_set_up_then_run(chroot):
    text, _ = chroot.must("scripts/setup")
    assert "scripts/setup: done" in text
    assert ("backports" in text) == (chroot.codename == "bookworm")
    version, _ = chroot.must("qemu-system-aarch64 --version")
    assert int(version.split("version ")[1].split(".")[0]) >= QEMU[chroot.codename]

    text, seconds = chroot.must("scripts/setup")
    assert "nothing to do" in text and seconds < 1

    text, _ = chroot.must("make run APPEND='autorun=poweroff'")
    assert "warning:" not in text
    assert "cairn: off" in text.splitlines()


def test_set_up_for_tests_then_check(chroot):
    text, _ = chroot.must("scripts/setup test")
    assert "scripts/setup: done" in text
    text, seconds = chroot.must("scripts/setup test")
    assert "nothing to do" in text and seconds < 1
    text, _ = chroot.must("make O=build-llvm LLVM=1 -j2")
    assert "warning:" not in text
    chroot.must("make check", timeout=600)
