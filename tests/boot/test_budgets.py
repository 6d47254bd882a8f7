# SPDX-License-Identifier: MIT
"""What the kernel may cost (tests/budgets.toml): instructions and sizes, measured and judged by
scripts/bench as `make bench` does. Times are not held."""

import json
import subprocess
import sys

import pytest

from lib.build import ROOT, clean_environment


def measure(o):
    """The figures by name. Status 0 says that none is exceeded and none that has a bound is missing."""
    done = subprocess.run([sys.executable, ROOT / "scripts/bench", "-O", o], cwd=ROOT,
                          env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {row["name"]: row for row in json.loads((o / "bench.json").read_text())}


def test_budgets(kernel):
    rows = measure(kernel)
    for name in ("boot.prompt", "memcpy.4k", "memset.4k", "page.order0", "page.order4",
                 "page.handover.8g", "heap.pair", "heap.overhead", "heap.code", "sched.yield",
                 "sched.pick.ratio", "thread.create", "thread.create-join", "image.defconfig",
                 "image.tiny"):
        assert rows[name]["bound"] and rows[name]["value"] <= rows[name]["bound"] * 1.05


@pytest.mark.parametrize("heap", ["HEAP_BUDDY", "HEAP_BUMP"])
def test_other_heaps(build, heap):
    rows = measure(build("qemu_virt_defconfig", set=f"{heap}=y"))
    assert rows["heap.pair"]["bound"] and rows["heap.code"]["bound"]
    assert rows["heap.overhead"]["bound"] is None and rows["heap.overhead"]["value"] > 0


def test_trace(build):
    """An event of the trace."""
    row = measure(build("qemu_virt_defconfig", set="TRACE=y"))["trace.event"]
    assert row["bound"] == 40 and row["value"] <= 40


@pytest.mark.parametrize("policy", ["SCHED_ROUND_ROBIN", "SCHED_FAIR", "SCHED_EDF"])
def test_other_schedulers(build, policy):
    rows = measure(build("qemu_virt_defconfig", set=f"{policy}=y"))
    assert rows["sched.pick.ratio"]["bound"] and rows["sched.pick.1000"]["value"] > 0
    assert rows["sched.yield"]["bound"] is None and rows["sched.yield"]["value"] > 0
