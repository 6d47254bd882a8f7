# SPDX-License-Identifier: MIT
"""The device tree's index (drivers/fdt*.c) on the host: right answers on trees that are known, and on broken ones an
error with a line in the log or answers that hold together, never a wild access.
"""

import os
import shutil
import subprocess

import pytest

from lib.build import ROOT

DTS = ROOT / "tests" / "host" / "dts"
INDEX = ["drivers/fdt.c", "drivers/fdt_query.c", "drivers/fdt_address.c"]
TESTS = [f"tests/host/{name}.c" for name in ("fdt", "fdt_ask", "fdt_broken", "fdt_shape", "guard")]
FUZZER = [f"tests/host/{name}.c" for name in ("fdt_ask", "fdt_fuzz", "guard")]
# The distribution's shared library, which dtc uses: the development package for the host is not needed. Headers are
# those that the kernel is built with.
LIBFDT = ["-l:libfdt.so.1"]
HEADERS = [f"-I{os.environ['LIBFDT']}", f"-I{os.environ['LIBFDT']}/libfdt"] if os.environ.get("LIBFDT") else []
BROKEN = ("board", "nonsense", "virt")


@pytest.fixture(scope="session")
def tree(tmp_path_factory):
    """tree("board") is the blob of dts/board.dts; tree("virt") that of QEMU's machine, without its padding."""
    folder = tmp_path_factory.mktemp("trees")

    def compiled(name):
        blob, source = folder / f"{name}.dtb", DTS / f"{name}.dts"
        if not source.exists():
            source = folder / f"{name}-padded.dtb"
            subprocess.run(["qemu-system-aarch64", "-machine", f"{name},gic-version=3,dumpdtb={source}",
                            "-cpu", "cortex-a72", "-m", "512M", "-nic", "none", "-display", "none"],
                           check=True, capture_output=True)
        kind = source.suffix[1:]
        subprocess.run(["dtc", "-q", "-I", kind, "-O", "dtb", "-o", blob, source], check=True)
        return blob
    return compiled


@pytest.fixture(scope="session")
def fdt(program):
    made = program("fdt", *INDEX, *TESTS, flags=HEADERS, link=LIBFDT)

    def test(suite, *trees, **options):
        return made.test(*trees, env={"CAIRN_SUITE": suite, **options.pop("env", {})}, **options)
    return test


def test_known_tree(fdt, tree):
    fdt("fdt-board", tree("board"), cases=10)


def test_virt(fdt, tree):
    fdt("fdt-virt", tree("virt"))


def test_nonsense(fdt, tree):
    fdt("fdt-nonsense", tree("nonsense"), cases=5)


def test_shapes(fdt):
    fdt("fdt-shape", cases=12)


def test_broken(fdt, tree):
    fdt("fdt-broken", *map(tree, BROKEN), cases=4)


@pytest.mark.slow
def test_broken_long(fdt, tree):
    """Every bit of every byte."""
    fdt("fdt-broken", *map(tree, BROKEN), cases=4, env={"CAIRN_EFFORT": "2000"}, timeout=1800)


# -- libFuzzer --------------------------------------------------------------------------------------------------------

def fuzz(clang_program, tree, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("fdt-fuzz", *INDEX, *FUZZER, flags=["-fsanitize=fuzzer", *HEADERS], link=LIBFDT, suites=False)
    for name in BROKEN:
        shutil.copy(tree(name), tmp_path)
    made.run(f"-max_total_time={seconds}", "-max_len=16384", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def test_fuzz(clang_program, tree, tmp_path):
    fuzz(clang_program, tree, tmp_path, 4)


@pytest.mark.slow
def test_fuzz_long(clang_program, tree, tmp_path):
    fuzz(clang_program, tree, tmp_path, 300)
