# SPDX-License-Identifier: MIT
"""CONFIG_DEBUG_HEAP, over every heap policy: the in-kernel tests under its checks, with allocations
that fail on purpose, and what memleak and the check at power-off say. What single mistakes are
reported as is in test_crash.py."""

import concurrent.futures
import functools
import itertools
import re

import pytest

from lib.session import OFF, PANIC, Session

from .conftest import CRASH
from .test_selftest import check, suites_of

POLICIES = ("SLAB", "BUDDY", "BUMP")
# what takes long in two suites, and changes nothing of what is asked here
SHORT = "sync.rounds=1000 timers.many=5000"
NOTHING_LEFT = "memleak: nothing left"
ROW = r"memleak: \d+ objects?, \d+ bytes by \w+\+0x\w+/0x\w+"


@pytest.fixture(scope="session")
def debug(build):
    """The kernel with heap checks over one policy, in-kernel tests, and the command `fault`."""
    def get(policy="SLAB"):
        return build("qemu_virt_defconfig",
                     set=f"HEAP_{policy}=y DEBUG_HEAP=y SELFTEST=y DEBUG_ASSERT=y", EXT=str(CRASH))
    return get


@pytest.mark.parametrize("policy, cpus", [(policy, 1) for policy in POLICIES] + [
    ("SLAB", 4), pytest.param("SLAB", 2, marks=pytest.mark.slow),
    *(pytest.param(policy, cpus, marks=pytest.mark.slow) for policy in POLICIES[1:] for cpus in (2, 4))])
def test_suites_leave_nothing(run, debug, policy, cpus):
    """The first round may leave what is made once; the second leaves nothing."""
    result = run(debug(policy), "selftest; memleak mark; echo ===; selftest", timeout=300,
                 env={"APPEND": f"memleak {SHORT}", "SMP": cpus}, icount=True)
    assert result.status == OFF, result.closing
    first, second = result.text.split("\n===\n")
    assert not suites_of(policy) - check(first) and not suites_of(policy) - check(second)
    assert second.endswith(f"\n{NOTHING_LEFT}\ncairn: off\n"), second[-300:]


@pytest.mark.parametrize("policy", POLICIES)
def test_mem_shows_the_heap(run, debug, policy):
    text = run(debug(policy), "selftest kmalloc; mem", env={"APPEND": "quiet"}).text
    name, held, live, lost = re.search(r"^heap      (\w+): (\d+) KiB held, (\d+) KiB in objects"
                                       r"(?:, (\d+) KiB gone for good)?$", text, re.M).groups()
    classes = re.findall(r"^class +(\d+) bytes +(\d+) live +\d+ free +\d+ cached +\d+ pages(?:  (\w+))?$", text, re.M)
    assert name == policy.lower()
    if policy == "BUMP":
        assert 0 < int(lost) <= int(held) and not classes
    else:
        assert lost is None and int(live) <= int(held)
        sizes = [int(size) for size, _, named in classes if not named]
        assert sizes == sorted(set(sizes))
        objects = sum(int(size) * int(number) for size, number, _ in classes)
        assert 0 < objects and objects // 1024 <= int(live) <= objects // 1024 + 64


def test_memleak_names_who_allocated(boot, debug):
    session = boot(debug(), env={"APPEND": "memleak"})
    assert session.cmd("memleak").splitlines()[1:] == [NOTHING_LEFT]
    assert session.cmd("fault leak").startswith("usage: ")
    checked, *rows = session.cmd("memleak").splitlines()
    assert re.fullmatch(r"memleak: \d+ objects checked, freed ones included", checked)
    assert len(rows) == 2 and all(re.fullmatch(ROW, row) for row in rows)
    assert rows[0].startswith("memleak: 1 object, 300 bytes by crash_leak_large+0x")
    assert rows[1].startswith("memleak: 3 objects, 120 bytes by crash_leak+0x")
    session.poweroff()
    assert session.text.endswith("\n" + "\n".join(rows) + "\ncairn: off\n")


def test_memleak_without_being_asked(run, debug):
    """Without the option nothing is listed at the end; with it also before a reboot."""
    assert "memleak" not in run(debug(), "fault leak").text
    result = run(debug(), "fault leak; reboot", env={"APPEND": "memleak"})
    assert result.status == OFF
    assert re.search(rf"\n{ROW}\n{ROW}\ncairn: reboot\n\Z", result.text), result.text[-300:]


@pytest.mark.parametrize("value,said", [("0", "0"), ("x" * 40, "x" * 15), ('""', "")])
def test_memleak_takes_no_value(run, debug, value, said):
    """It is asked for all the same."""
    result = run(debug(), "dmesg", env={"APPEND": f"memleak={value}"})
    assert f'] command line: memleak takes no value, "{said}" is ignored\n' in result.text
    assert result.text.endswith(f"\n{NOTHING_LEFT}\ncairn: off\n")


@pytest.mark.parametrize("way,words", [
    ("late-overrun", r"heap overrun: object of 40 bytes at 0x\w+: byte 40 became 0x78"),
    ("late-uaf", r"heap use after free: object of 40 bytes at 0x\w+: byte 0 became 0x78")])
def test_power_off_finds_damage(run, debug, way, words):
    result = run(debug(), f"fault {way}")
    assert result.status == PANIC
    assert re.search(rf"\ncairn: panic: {words}\n\Z", result.text), result.text[-300:]
    assert f"] heap: allocated by crash_{way.replace('-', '_')}+0x" in result.text


# -- allocations that fail ----------------------------------------------------------------------

def state(session):
    """(allocations since failmem was set, whether one has failed)"""
    said = session.cmd("failmem")
    found = re.fullmatch(r"failmem: (\d+) allocations, "
                         r"(?:none is to fail|number \d+ (has failed|is to fail))", said)
    assert found, said
    return int(found[1]), found[2] == "has failed"


def test_failmem_command(boot, debug):
    session = boot(debug())
    assert session.cmd("failmem x").endswith("\nusage: failmem [N]")
    assert session.cmd("failmem 2") == ""
    assert state(session) == (0, False)
    session.cmd("fault leak")
    assert "failmem: allocation 2 fails: heap, 40 bytes for crash_leak+0x" in session.cmd("dmesg")
    assert "out of memory: 40 bytes for crash_leak+0x" in session.cmd("dmesg")
    assert state(session) == (4, True)
    assert session.cmd("failmem 0") == "" and state(session) == (0, False)


def steps(most):
    """1, 2, 3 ... and after @most, where each would take too long here, three times as many each time."""
    n = 1
    while True:
        yield n
        n = n + 1 if n < most else n * 3


def fail_in(session, suite, numbers):
    """Has the allocations @numbers of @suite fail, each in a run of its own, as far as there are so
    many; returns how many did. The suite may fail, and leaves nothing behind."""
    # the first time also what is made once and stays
    session.cmd("failmem 1")
    session.cmd(f"selftest {suite}", timeout=120)
    if state(session)[0] == 0:
        return 0
    session.cmd(f"selftest {suite}", timeout=120)
    session.cmd("memleak mark")
    pages, tables = used_pages(session)
    fired = 0
    for n in numbers:
        session.cmd(f"failmem {n}")
        said = session.cmd(f"selftest {suite}", timeout=120)
        assert re.search(r"^# Totals: ", said, re.M), f"{suite} with allocation {n} failing:\n{said}"
        if not state(session)[1]:
            break
        fired += 1
        left = session.cmd("memleak").splitlines()[1:]
        assert left == [NOTHING_LEFT], f"{suite} with allocation {n} failing leaves {left}"
        now, now_tables = used_pages(session)
        assert now == pages, f"{suite} with allocation {n} failing keeps pages"
        # those of the vmap area stay; a run of the suite vmap, which maps by blocks and by pages, adds one
        assert now_tables <= tables + 1, f"{suite} with allocation {n} failing keeps tables"
        tables = now_tables
    return fired


def allocations(session, suite):
    """How many @suite makes."""
    session.cmd("failmem 0")
    session.cmd(f"selftest {suite}", timeout=120)
    return state(session)[0]


def suites(session):
    """All that this kernel has."""
    return session.cmd("selftest ?").partition(", only ")[2].split()


def used_pages(session):
    """Pages by use, without the heap's, which has its own count, and how many tables there are."""
    used = {use: int(pages) for pages, use in
            re.findall(r"^used +(\d+) pages +\d+ KiB  (\w+)$", session.cmd("mem"), re.M)}
    used.pop("heap", None)
    return used, used.pop("table", 0)


def test_allocations_fail_in_suites(boot, debug):
    """All suites, the first few allocations of each; test-all has the rest."""
    session = boot(debug(), env={"APPEND": f"quiet {SHORT}"}, timeout=None)
    fired = {suite: fail_in(session, suite, steps(4)) for suite in suites(session)}
    assert fired["kmalloc"] > 4 and fired["page"] > 4, fired
    session.poweroff()


# failures in one boot, which the bump heap has memory for; and boots, which often wait for a clock
A_BOOT, AT_ONCE = 50, 4


def fail_from(o, suite, first):
    """How many of @suite's A_BOOT allocations from @first on have failed: in a boot of their own."""
    session = Session(o, env={"APPEND": "quiet"}, timeout=None)
    try:
        fired = fail_in(session, suite, range(first, first + A_BOOT))
        session.poweroff()
        return fired
    except AssertionError as error:
        raise AssertionError(f"{error}\n{session.log[-4000:]}") from None
    finally:
        session.close()


# 10,000 names make more allocations than anybody waits for, each like those of the first ones
MOST = {"fs": 2000}


def fail_all(pool, o, suite):
    """How many of @suite's allocations have failed: each number up to the first that none has."""
    full = AT_ONCE * A_BOOT
    for first in itertools.count(1, full):
        fired = sum(pool.map(functools.partial(fail_from, o, suite),
                             range(first, first + full, A_BOOT)))
        if fired < full or first > MOST.get(suite, first):
            return first - 1 + fired


def fail_once(session, suite, n):
    """Has allocation @n of @suite's first run fail, where later runs make none: these are good."""
    session.cmd(f"failmem {n}")
    said = session.cmd(f"selftest {suite}", timeout=120)
    assert re.search(r"^# Totals: ", said, re.M), f"{suite} with allocation {n} failing:\n{said}"
    assert state(session)[1], f"{suite} made fewer than {n} allocations"
    session.cmd("failmem 0")
    check(session.cmd(f"selftest {suite}", timeout=120))
    session.poweroff()


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_every_allocation_fails_in_suites(boot, debug, policy):
    o = debug(policy)
    session = boot(o, env={"APPEND": "quiet"}, timeout=None)
    made = {suite: (allocations(session, suite), allocations(session, suite))
            for suite in suites(session)}
    session.poweroff()
    fired = {}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for suite, (at_first, again) in made.items():
            if again:
                fired[suite] = fail_all(pool, o, suite)
                continue
            for n in range(1, at_first + 1):
                fail_once(boot(o, env={"APPEND": "quiet"}, timeout=None), suite, n)
    assert all(fired.values()) and fired["heap"] > 1000 and fired["kmalloc"] > 100, fired


# what boot may end with when it has no memory for a part that it cannot do without
GIVES_UP = (r"no console: the tree has no (interrupt controller|UART) that this image knows"
            r"|no memory for the idle thread's stack|no memory for \d+ buckets of names"
            r"|nothing can be mounted on /: -ENOMEM")
# what a CPU's own memory is missing for costs that CPU, or all but the first one
FEWER = r"cpu@\w+: no memory for the CPU: left out|no interrupts between CPUs \(-ENOMEM\): one CPU is used"


def fail_at_boot(run, o, n, cpus=1):
    """True when the nth allocation was one of boot's."""
    result = run(o, "failmem; dt ls /", env={"APPEND": f"failmem={n}", "SMP": cpus}, timeout=60)
    fired = re.search(rf"failmem: allocation {n} fails: (.*)", result.text)
    if result.status == PANIC:
        assert re.search(rf"\ncairn: panic: ({GIVES_UP})\n\Z", result.text), result.text[-400:]
        assert fired
    else:
        assert result.status == OFF, result.closing
        assert f", number {n} " in result.text and result.text.endswith("\ncairn: off\n")
        used = int(re.search(rf"\] (\d+) of {cpus} CPUs? used", result.text)[1])
        assert (used < cpus) == bool(re.search(FEWER, result.text)) and used in (1, cpus - 1, cpus)
    return bool(fired)


@pytest.mark.parametrize("n, cpus", [(n, 1) for n in (1, 2, 3, 5, 8)] + [(n, 4) for n in (8, 15, 18, 20, 25)] + [
    (n, 2) for n in (8, 15, 18)])
def test_allocation_fails_at_boot(run, debug, n, cpus):
    assert fail_at_boot(run, debug(), n, cpus)


@pytest.mark.slow
@pytest.mark.parametrize("policy, cpus", [(policy, cpus) for policy in POLICIES for cpus in (1, 2, 4)] + [
    ("SLAB", 8), ("SLAB", 16)])
def test_every_allocation_fails_at_boot(run, debug, policy, cpus):
    n = 1
    while fail_at_boot(run, debug(policy), n, cpus):
        n += 1
    assert n > 8
