# SPDX-License-Identifier: MIT
"""Programs and a Linux as Debian ships them for arm64: what `scripts/setup test` has unpacked.

Other systems: ARM64_ROOT names a folder with the same files in it. Nothing is fetched here.
"""

import os
import pathlib
import shutil
import subprocess

import pytest

from lib import archive     # it makes the runner's modules known

FOLDER = pathlib.Path(os.environ.get("ARM64_ROOT") or "/var/cache/cairn/arm64")
CROSS_LIBRARIES = pathlib.Path("/usr/aarch64-linux-gnu/lib")
MUSL = pathlib.Path("/usr/lib/aarch64-linux-musl/musl-gcc.specs")
LAST = "reboot: Power down"
INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /dev /proc /tmp
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t tmpfs tmp /tmp
/bin/busybox ln -s /proc/self/fd /dev/fd
/bin/busybox ln -s /proc/self/fd/0 /dev/stdin
/bin/busybox ln -s /proc/self/fd/1 /dev/stdout
/bin/busybox ln -s /proc/self/fd/2 /dev/stderr
/bin/busybox setsid -c /bin/busybox sh /commands < /dev/ttyAMA0 > /dev/ttyAMA0 2>&1
/bin/busybox poweroff -f
"""


def file(pattern):
    """The file of those packages that @pattern finds; symbolic links followed within them."""
    if not (FOLDER / "packages").exists():
        pytest.skip(f"skipped: {FOLDER} is not there: scripts/setup test unpacks programs for arm64 there")
    found = sorted(FOLDER.glob(pattern))
    assert found, f"no {pattern} in {FOLDER}"
    return found[0]


def musl_flags():
    """What makes the cross compiler build for musl. Linux's own headers are not the library's."""
    if not MUSL.exists():
        pytest.skip("skipped: needs musl-dev:arm64 (scripts/setup test)")
    return [f"-specs={MUSL}", "-idirafter", CROSS_LIBRARIES.parent / "include"]


def add_file(root, name, contents):
    """@contents: a path, or bytes."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(contents, bytes):
        path.write_bytes(contents)
    else:
        shutil.copy(contents, path)
    path.chmod(0o755)


def run_linux(root, folder, timeout=900):
    """Boots Linux with the files in @root, has its /commands run, and returns what was said. @folder: for what is
    made on the way."""
    add_file(root, "init", INIT.encode())
    archive.cpio.pack_folder(root, folder / "linux.cpio")
    # with less than 512 MiB that are free Linux has no huge pages
    command = [os.environ.get("QEMU") or "qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a72",
               "-m", "1G", "-nic", "none", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot",
               "-kernel", file("boot/vmlinuz-*"), "-initrd", folder / "linux.cpio",
               "-append", "console=ttyAMA0 quiet mitigations=off"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    text = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
    assert LAST in text, f"Linux did not come to its end:\n{text[-2000:]}{done.stderr.decode()[-500:]}"
    return text
