# SPDX-License-Identifier: MIT
"""Scheduler policies on the host, each in a program of its own: a million random operations against a model of what it
promises, shares and deadlines over long simulated times. The lottery from outside the tree as well."""

import re

import pytest

from lib.build import ROOT

POLICIES = {
    "cooperative": "kernel/sched/cooperative.c",
    "round_robin": "kernel/sched/round_robin.c",
    "priority": "kernel/sched/priority.c",
    "mlfq": "kernel/sched/mlfq.c",
    "fair": "kernel/sched/fair.c",
    "edf": "kernel/sched/edf.c",
    "lottery": "Documentation/examples/lottery/lottery.c",
}


def defaults():
    """-DCONFIG_SCHED_X=n for each number in the menu."""
    text = (ROOT / "kernel/Kconfig.sched_tuning").read_text()
    return [f"-DCONFIG_{name}={value}"
            for name, value in re.findall(r"^config (SCHED_\w+)\n(?:\t.*\n)*?\tdefault (\d+)$", text, re.M)]


@pytest.mark.parametrize("policy", POLICIES)
def test_policy(program, policy):
    flags = ["-Itests/host/sched", "-DCONFIG_THREADS=1", *defaults()]
    program(f"sched_{policy}", POLICIES[policy], "lib/leftist.c", "tests/host/sched/world.c",
            "tests/host/sched/random.c", flags=flags).test(cases=5)
