# SPDX-License-Identifier: MIT
"""What the kernel may cost (tests/budgets.toml): instructions and sizes, measured and judged by
scripts/bench as `make bench` does. Times are not held."""

import pytest

from lib.build import bench


def test_budgets(kernel):
    _, rows = bench(kernel)
    for name in ("boot.prompt", "memcpy.4k", "memset.4k", "page.order0", "page.order4",
                 "page.handover.8g", "heap.pair", "heap.overhead", "heap.code", "fs.initramfs",
                 "sched.pick.ratio", "thread.create-join", "shell.key",
                 "fs.code", "shell.full", "shell.minimal", "image.base", "image.tiny",
                 "ipi.enter", "wake.far", "spin.fair", "boot.prompt.rpi4"):
        assert rows[name]["bound"] and rows[name]["value"] <= rows[name]["bound"] * 1.05


@pytest.mark.parametrize("heap", ["HEAP_BUDDY", "HEAP_BUMP"])
def test_other_heaps(build, heap):
    _, rows = bench(build("qemu_virt_defconfig", set=f"{heap}=y"))
    assert rows["heap.pair"]["bound"] and rows["heap.code"]["bound"]
    assert rows["heap.overhead"]["bound"] is None and rows["heap.overhead"]["value"] > 0


def test_trace(build):
    """An event of the trace."""
    _, rows = bench(build("qemu_virt_defconfig", set="TRACE=y"), "trace")
    row = rows["trace.event"]
    assert row["bound"] == 40 and row["value"] <= 40


@pytest.mark.parametrize("policy", ["SCHED_ROUND_ROBIN", "SCHED_FAIR", "SCHED_EDF"])
def test_other_schedulers(build, policy):
    _, rows = bench(build("qemu_virt_defconfig", set=f"{policy}=y"), "sched")
    assert rows["sched.pick.ratio"]["bound"] and rows["sched.pick.1000"]["value"] > 0
    assert rows["sched.yield"]["bound"] is None and rows["sched.yield"]["value"] > 0
