# SPDX-License-Identifier: MIT
"""The device tree's index (drivers/fdt*.c) on the host: right answers on trees that are known, and on broken ones an error
with a line in the log or answers that hold together, never a wild access."""

import subprocess

import pytest

from lib.build import ROOT

DTS = ROOT / "tests" / "host" / "dts"
INDEX = ["drivers/fdt.c", "drivers/fdt_address.c"]
TESTS = ["fdt.c", "fdt_ask.c", "fdt_broken.c", "fdt_shape.c", "guard.c"]
# The distribution's shared library: the development package for the host is not needed.
LIBFDT = ["-l:libfdt.so.1"]


@pytest.fixture(scope="session")
def tree(builder):
    """tree("board") is the blob of dts/board.dts; tree("virt") that of QEMU's machine, without its padding."""
    folder = builder.folder / "host" / "trees"
    folder.mkdir(parents=True, exist_ok=True)

    def compiled(name):
        blob, source = folder / f"{name}.dtb", DTS / f"{name}.dts"
        if source.exists():
            command = ["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, source]
        else:
            padded = folder / f"{name}-padded.dtb"
            subprocess.run(["qemu-system-aarch64", "-machine", f"{name},gic-version=3,dumpdtb={padded}", "-cpu", "cortex-a72",
                            "-m", "512M", "-nic", "none", "-display", "none"], check=True, capture_output=True)
            command = ["dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", blob, padded]
        subprocess.run(command, check=True)
        return blob
    return compiled


@pytest.fixture(scope="session")
def fdt(program):
    made = program("fdt", *INDEX, *(f"tests/host/{name}" for name in TESTS), link=LIBFDT)

    def test(suite, *trees, **options):
        env = {"CAIRN_SUITE": suite, **options.pop("env", {})}
        return made.test(*trees, env=env, **options)
    return test


def test_known_tree(fdt, tree):
    fdt("fdt-board", tree("board"), cases=9)


def test_nonsense(fdt, tree):
    fdt("fdt-nonsense", tree("nonsense"), cases=5)


def test_shapes(fdt):
    fdt("fdt-shape", cases=12)


def test_broken(fdt, tree):
    fdt("fdt-broken", tree("board"), tree("nonsense"), tree("virt"), cases=4)


@pytest.mark.slow
def test_broken_long(fdt, tree):
    """Every bit of every byte."""
    fdt("fdt-broken", tree("board"), tree("nonsense"), tree("virt"), cases=4, env={"CAIRN_EFFORT": "2000"}, timeout=1800)
