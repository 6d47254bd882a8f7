# SPDX-License-Identifier: MIT
"""`make bench`: figures held to tests/budgets.toml; and that an exceeded one is a complaint."""

import importlib.machinery
import importlib.util
import json
import subprocess
import sys

import pytest

from lib.build import ROOT, clean_environment

BUDGETS = {"held": {"compiler": "gcc 12.2", "slack": 5},
           "bounds": {"a": {"max": 1000, "unit": "instructions"}, "t": {"max": 1, "unit": "s"}}}


@pytest.fixture(scope="module")
def bench():
    """scripts/bench as a module."""
    loader = importlib.machinery.SourceFileLoader("bench", str(ROOT / "scripts/bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def built_by(tmp_path):
    def write(text):
        (tmp_path / "include/generated").mkdir(parents=True)
        (tmp_path / "include/generated/compiler").write_text(text)
        return str(tmp_path)
    return write


def test_figures_are_within_their_bounds(build):
    """Counts and sizes are exact, so the tests hold them as `make bench` does."""
    o = build("qemu_virt_defconfig")
    done = subprocess.run([sys.executable, str(ROOT / "scripts/bench"), "-O", str(o)], cwd=ROOT,
                          env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads((o / "bench.json").read_text())}
    assert rows["boot.prompt"]["unit"] == "instructions" and rows["boot.prompt"]["bound"] == 350000
    assert {"image.defconfig", "image.tiny"} <= rows.keys()
    assert all(f"{row['value']:,}" in done.stdout for row in rows.values())


def test_other_configurations_are_measured_and_not_held(build):
    o = build("qemu_virt_defconfig", set="PAGE_64K=y")
    done = subprocess.run([sys.executable, str(ROOT / "scripts/bench"), "-O", str(o)], cwd=ROOT,
                          env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "this is not qemu_virt_defconfig" in done.stderr
    assert all(row["bound"] is None for row in json.loads((o / "bench.json").read_text()))


def test_lines_of_the_guest(bench):
    text = ("cairn: x\r\nboot.prompt 349000 instructions\r\nmemcpy-4k 1.5 bytes/insn\n"
            "no 12\nab c d\n")
    assert bench.LINE.findall(text) == [("boot.prompt", "349000", "instructions"),
                                        ("memcpy-4k", "1.5", "bytes/insn")]


@pytest.mark.parametrize("value, unit, complaints", [
    (1000, "instructions", 0), (1001, "instructions", 1), (900, "bytes", 1)])
def test_an_exceeded_bound_is_a_complaint(bench, built_by, value, unit, complaints):
    o = built_by("aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0\n")
    rows, said = bench.judge(o, [("a", value, unit), ("t", 5, "s")], BUDGETS, True)
    assert len(said) == complaints
    assert [row["bound"] for row in rows] == [1000, 1]


@pytest.mark.parametrize("value, complaints", [(1050, 0), (1051, 1)])
def test_another_compiler_gets_some_slack(bench, built_by, value, complaints):
    o = built_by("Debian clang version 14.0.6\n")
    assert len(bench.judge(o, [("a", value, "instructions")], BUDGETS, True)[1]) == complaints


def test_a_missing_figure_is_a_complaint(bench):
    assert bench.missing([{"name": "b"}], BUDGETS) == ["a was not measured"]
