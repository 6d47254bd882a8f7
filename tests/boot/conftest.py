# SPDX-License-Identifier: MIT
"""What the boot tests share: the kernels that they run, built once each, and QEMU's own tree for a
run, to hold the kernel's words against.

The kernels `checked[granule]` have the in-kernel tests, all assertions and the command that crashes
in every way (ext/crash, which comes in by EXT=).
"""

import pathlib
import subprocess

import pytest

from lib import blob, tree

CRASH = pathlib.Path(__file__).parent / "ext" / "crash"
GRANULES = ("4K", "16K", "64K")
# a CPU that has the granule
CPU_FOR = {"4K": "cortex-a72", "16K": "cortex-a76", "64K": "cortex-a72"}


@pytest.fixture(scope="session")
def kernel(build):
    """The defconfig: 4 KiB pages."""
    return build("qemu_virt_defconfig")


@pytest.fixture(scope="session")
def checked(build):
    def get(granule):
        return build("qemu_virt_defconfig", set=f"PAGE_{granule}=y SELFTEST=y DEBUG_ASSERT=y",
                     EXT=str(CRASH))
    return get


@pytest.fixture(scope="session")
def bare(build):
    """As small as can be: no symbol names, no entry at EL3; and it knows virt's UART by hand."""
    return build("tiny_defconfig", set="CMD_PANIC=y EARLY_UART=y EARLY_UART_BASE=0x9000000")


@pytest.fixture(scope="session")
def rpi4(build):
    return build("rpi4_defconfig")


@pytest.fixture(scope="session")
def qemu_version():
    said = subprocess.run(["qemu-system-aarch64", "--version"], capture_output=True, text=True,
                          check=False).stdout
    return tuple(int(part) for part in said.split("version ")[1].split()[0].split(".")[:2])


@pytest.fixture
def raspi4b(qemu_version):
    """Asked for by tests that run on -M raspi4b."""
    if qemu_version < (9, 0):
        pytest.skip("skipped: needs QEMU 9")


@pytest.fixture
def qemu_tree(tmp_path):
    """qemu_tree(o, env, entry=...) -> the root of the tree that QEMU makes for such a run."""
    def get(o, env=None, **options):
        return blob.read(tree.dump(o, tmp_path / "qemu.dtb", env, **options))
    return get


@pytest.fixture
def tree_text(tmp_path, kernel):
    """tree_text(env, ...) -> QEMU's tree as dts text, to be edited and given to with_tree."""
    def get(env=None, **options):
        return tree.decompile(tree.dump(kernel, tmp_path / "own.dtb", env, **options))
    return get


@pytest.fixture
def with_tree(tmp_path, run, kernel):
    """with_tree(dts text or bytes, ...) -> the Result of a boot with exactly that tree."""
    count = 0

    def start(what, o=None, args=(), timeout=20, **options):
        nonlocal count
        count += 1
        path = tmp_path / f"tree{count}.dtb"
        if isinstance(what, str):
            tree.compile_dts(what, path)
        else:
            path.write_bytes(what)
        return run(o or kernel, args=["--tree", str(path), *args], timeout=timeout, **options)
    return start
