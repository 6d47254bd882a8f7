# SPDX-License-Identifier: MIT
"""Every scheduler in the running kernel: each boots, says who it is, and passes the in-kernel tests, with
those of what it promises among them (kernel/sched/test_*.c). The lottery scheduler comes in from outside
the tree. `shares` (ext/shares) has hogs compete for as long as it is told.

All of it is counted in instructions, so each run is like any other.
"""

import itertools
import pathlib
import re

import pytest

from lib.build import ROOT, fragment
from lib.session import OFF

from .conftest import CPU_FOR, GRANULES
from .test_selftest import SUITES, check

POLICIES = {"cooperative": "cooperative", "round_robin": "round robin", "priority": "fixed priority",
            "mlfq": "multi-level feedback", "fair": "fair", "edf": "earliest deadline first"}
SHARES = pathlib.Path(__file__).parent / "ext" / "shares"
LOTTERY = ROOT / "Documentation/examples/lottery"


def kernel(build, policy, more="", ext=(SHARES,)):
    return build("qemu_virt_defconfig",
                 set=f"SCHED_{policy.upper()}=y SELFTEST=y DEBUG_ASSERT=y {more}".strip(),
                 EXT=":".join(map(str, ext)))


def runs_well(run, o, name, suite, **env):
    result = run(o, "selftest", env={"APPEND": "loglevel=7", **env}, timeout=300, icount=True)
    assert result.status == OFF, result.closing
    # kernel/test_inherit.c is about priorities
    others = SUITES if name == POLICIES["priority"] else SUITES - {"inherit"}
    assert not (others | {"sched", *suite}) - check(result.text)
    assert set(re.findall(" # SKIP (.+)", result.text)) <= {"one CPU runs"}
    assert f"scheduler {name}, allocator slab" in result.text


def chosen(build, policy, granule="4K", checks="checked"):
    """`checked`: with the lock checker, the heap's checks and the watchdog."""
    return kernel(build, policy, f"PAGE_{granule}=y " + (fragment("debug.config") if checks == "checked" else ""))


ALL = list(itertools.product(POLICIES, GRANULES, ("plain", "checked")))


@pytest.mark.parametrize("policy, granule, checks", [
    pytest.param(*choice, marks=() if choice[1:] == ("4K", "checked") else pytest.mark.slow, id="-".join(choice))
    for choice in ALL])
def test_policy(build, run, policy, granule, checks):
    runs_well(run, chosen(build, policy, granule, checks), POLICIES[policy], {f"sched_{policy}"}, CPU=CPU_FOR[granule])


def shares(run, o, seconds, *threads):
    """What each of the hogs, "nice,priority", had of the CPU in so many seconds of the guest."""
    result = run(o, f"shares {seconds} {' '.join(threads)}", timeout=600, icount=True)
    assert result.status == OFF, result.closing
    found = [int(ns) for ns in re.findall(r"^share \d+ (\d+)$", result.text, re.M)]
    assert len(found) == len(threads), result.text
    return [ns / sum(found) for ns in found]


@pytest.mark.slow
@pytest.mark.parametrize("nices", [(0, 0, 0), (-5, 0, 5), (-10, 19), (0, 1, 2, 3, 4), (10, 19)])
def test_fair_shares_in_ten_seconds(build, run, nices):
    """Within 2 % of what the weights say, each of them: 2 % of the share, not of the CPU. A share so small that
    ten seconds of it are a few slices, as of 19 beside -20, cannot be that exact."""
    got = shares(run, kernel(build, "fair"), 10, *(f"{nice},16" for nice in nices))
    weights = [round(1024 * 1.25 ** -nice) for nice in nices]
    for share, weight in zip(got, weights):
        assert abs(share / (weight / sum(weights)) - 1) < 0.02, got


def test_without_a_budget_is_not_starved(build, run):
    """The watchdog does not take a thread that has used up its budget for one that a hog keeps
    from the CPU."""
    o = build("qemu_virt_defconfig", set="SCHED_EDF=y WATCHDOG=y WATCHDOG_SECONDS=1")
    result = run(o, "spawn hog -d 100/9000/9000; spawn hog; top 3 -n 1; ps", icount=True)
    assert result.status == OFF, result.closing
    assert re.search(r"^ *2 hog +ready .* 1 overran$", result.text, re.M), result.text


def test_long_slice_is_no_hang(build, run):
    """Who was given more than the watchdog's patience may use it up."""
    o = build("qemu_virt_defconfig", set="SCHED_ROUND_ROBIN=y WATCHDOG=y WATCHDOG_SECONDS=1")
    result = run(o, "spawn hog -s 1500 -c 2; top 4 -n 1; version", icount=True)
    assert result.status == OFF, result.closing


def test_lottery_joins_the_choice(build, run, make):
    o = kernel(build, "lottery", ext=(SHARES, LOTTERY))
    assert "CONFIG_SCHED_LOTTERY=y" in (o / ".config").read_text()
    assert re.search(r"^# CONFIG_SCHED_PRIORITY is not set$", (o / ".config").read_text(), re.M)
    runs_well(run, o, "lottery", ())


def test_lottery_shares_follow_tickets(build, run):
    """3 : 1, drawn 400 times: five standard deviations are 11 %."""
    got = shares(run, kernel(build, "lottery", ext=(SHARES, LOTTERY)), 2, "0,29", "0,9")
    assert abs(got[0] - 0.75) < 0.11, got


def test_lottery_is_short():
    assert len((LOTTERY / "lottery.c").read_text().splitlines()) < 80


@pytest.mark.parametrize("setting, said", [
    ("SCHED_ROUND_ROBIN=y SCHED_ROUND_ROBIN_SLICE=0", "SCHED_ROUND_ROBIN_SLICE"),
    ("SCHED_FAIR=y SCHED_FAIR_SLICE=0", "SCHED_FAIR_SLICE"),
])
def test_slice_of_zero_is_refused(fresh, make, setting, said):
    o = fresh()
    make("qemu_virt_defconfig", o=o)
    done = make("setconfig", o=o, check=False, SET=setting)
    assert done.returncode and said in done.stdout + done.stderr
