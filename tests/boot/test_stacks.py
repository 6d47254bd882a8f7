# SPDX-License-Identifier: MIT
"""What `ps` says of the threads' stacks, with each granule. How an overflow is reported is in
test_crash.py."""

import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR

SIZE = {"4K": 16384, "16K": 16384, "64K": 65536}
LINE = re.compile(r"^ +(\d+) (\w+) +(\w+) +(\d+) +(\d+) +(\d+) +(\d+)%", re.M)


MACHINES = [("4K", 1), ("4K", 2), ("4K", 4), ("16K", 1), ("64K", 1)]


@pytest.mark.parametrize("granule, smp", MACHINES)
def test_ps(run, checked, granule, smp):
    env = {"CPU": CPU_FOR[granule], "SMP": str(smp)}
    result = run(checked(granule), "ps; ps; selftest format; ps", env=env, timeout=60)
    assert result.status == OFF, result.closing
    assert len(re.findall(r"^ +id name +state +stack +now +most +% ", result.text, re.M)) == 3
    lines = [line for line in LINE.findall(result.text) if line[1] == "main"]
    assert [line[:4] for line in lines] == [("0", "main", "running", str(SIZE[granule]))] * 3
    now, most, percent = zip(*(map(int, line[4:]) for line in lines))
    for n, m, p in zip(now, most, percent):
        assert 500 < n < m < SIZE[granule] and p == m * 100 // SIZE[granule]
    assert now[0] == now[1] == now[2], "the same command, called in the same way"
    # it stays, and the formatter's tests need more than the boot did
    assert most[0] <= most[1] < most[2]


@pytest.mark.parametrize("granule, smp", MACHINES)
def test_who_gets_no_stack(run, checked, granule, smp):
    """The suite takes stacks until memory is out: it is named, not a function in between."""
    env = {"CPU": CPU_FOR[granule], "SMP": str(smp)}
    text = run(checked(granule), "selftest vmap", env=env, timeout=60).text
    assert re.search(rf"] out of memory: {SIZE[granule]} bytes for memory_runs_out\+0x\w+/0x\w+ \(stack\)$",
                     text, re.M)
