# SPDX-License-Identifier: MIT
"""What is said of threads and locks that are used wrongly: by the lock checker, by the watchdog,
and by a kernel that has neither. The mistakes are those of `crash` and of ext/lockfault (`lockfault`)."""

import pathlib
import re

import pytest

from lib.session import OFF, PANIC, STUCK

from .conftest import CPUS
from .test_crash import call_chain, holds, on_last
from .test_selftest import ABOUT_CPUS, SUITES, check

LOCKS = pathlib.Path(__file__).parent / "ext" / "lockfault"
AT = r"\w+\+0x\w+/0x\w+"
OVERFLOW = (r"kernel stack overflow in thread deep: 16[4-7]\d\d of 16384 bytes used, sp 0xffff\w+, "
            r"address 0xffff\w+")

# command: (the last line, the functions of the last call chain, lines that come before it)
CHECKED = {
    "crash atomic": ("thread main sleeps with a spinlock held: first, taken at crash_atomic.*",
                     "wait_sleep thread_sleep_until crash_atomic",
                     [r"this CPU holds first, taken at crash_atomic"]),
    "crash recursive": (r"a spinlock is taken again by its holder: first \(0xffff\w+\), "
                        "at crash_recursive.*", "lock_check_wait crash_recursive",
                        ["this CPU holds first, taken at crash_recursive"]),
    "crash unlock": (r"a spinlock is released by who does not hold it: first \(0xffff\w+\), "
                     "at crash_unlock.*", "lock_check_release crash_unlock", []),
    "crash inversion": ("lock order: first is taken at crash_other_way.* with second held, but so "
                        "far it was first, then second",
                        "crash_one_way crash_thread shell_run panic_with crash_other_way",
                        ["second was taken with first held at:"]),
    "crash thread": (OVERFLOW, "crash_recurse start", [r"(CPU \d+, )?thread deep"]),
    "lockfault irqs-on": (r"a spinlock is taken with interrupts on: a \(0xffff\w+\), "
                          "at lock_irqs_on.*", "lock_irqs_on", []),
    "lockfault cycle": ("lock order: a is taken at take_both.* with c held, but so far it was a, "
                        "then c", "take_both lock_cycle panic_with take_both lock_cycle",
                        ["c was taken with a held at:"]),
    "lockfault pair": ("lock order: two of pair are taken at take_both.* in the other order than "
                       "before", "take_both lock_pair panic_with take_both lock_pair", []),
    "lockfault sleep-irq": (r"thread \S+ sleeps (in an interrupt|with a spinlock held).*",
                            "sleep_in_interrupt irq_entry el1_irq", []),
    "lockfault sleep-order": ("lock order: sleeping is taken at .* with other held, but so far it "
                              "was sleeping, then other", "lock_sleep_order panic_with "
                              "lock_sleep_order", ["the thread holds other, taken at"]),
    "lockfault sleep-spin": ("thread main sleeps with a spinlock held: a, "
                             "taken at lock_sleep_spin.*", "lock_check_wait lock_sleep_spin", []),
    "lockfault sleep-masked": ("thread main takes a lock that is slept for, with interrupts masked",
                               "lock_check_wait lock_sleep_masked", []),
}
UNCHECKED = {
    "lockfault sleep-irq": (r"thread \S+ sleeps in an interrupt: thread_sleep_until.*",
                            "sleep_in_interrupt irq_entry el1_irq"),
    # that is what the kernel waits before it gives up, in seconds: 10
    "lockfault spin": (r"spinlock 0xffff\w+ is never released, taken by lock_spin.*",
                       "spin_wait lock_spin"),
}


@pytest.fixture(scope="session")
def checker(build):
    """Every check that there is, and a watchdog that does not let tests wait."""
    return build("qemu_virt_defconfig",
                 set="SELFTEST=y DEBUG_ASSERT=y DEBUG_HEAP=y DEBUG_LOCKS=y WATCHDOG=y "
                     "WATCHDOG_SECONDS=1", EXT=str(LOCKS))


@pytest.fixture(scope="session")
def plain(build):
    return build("qemu_virt_defconfig", EXT=str(LOCKS))


def hold_report(result, words, chain, lines=()):
    assert result.status == PANIC, f"status {result.status}: {result.closing}"
    assert re.search(rf"\ncairn: panic: {words}\n\Z", result.text), result.text[-400:]
    report = result.text[result.text.index("] panic: "):]
    assert holds(call_chain(report), chain.split()), report
    for line in lines:
        assert re.search(rf"\] {line}", report), line


def on_cpus(o):
    """start() for ahead(): the command on the last one of so many CPUs."""
    return lambda command, cpus: {"o": o, "autorun": on_last(cpus) + command, "env": {"SMP": cpus}}


@pytest.mark.parametrize("cpus", CPUS)
@pytest.mark.parametrize("command", CHECKED)
def test_checker(ahead, checker, command, cpus):
    hold_report(ahead(on_cpus(checker)), *CHECKED[command])


@pytest.mark.parametrize("cpus", CPUS)
@pytest.mark.parametrize("command", UNCHECKED)
def test_without_the_checker(ahead, plain, command, cpus):
    hold_report(ahead(on_cpus(plain)), *UNCHECKED[command])


@pytest.mark.parametrize("cpus", CPUS)
def test_what_is_no_mistake(run, checker, cpus):
    result = run(checker, "lockfault try; lockfault try; lockfault sleep-again; lockfault exempt", env={"SMP": cpus})
    assert result.status == OFF, result.closing


def test_figures_can_be_measured(run, checker):
    """What is measured breaks no rule either."""
    result = run(checker, "bench sched; bench mem", icount=True)
    assert result.status == OFF, result.closing
    assert len(re.findall(r"^[a-z]+\.\S+ [\d.]+ \S+$", result.text, re.M)) >= 20, result.text


def test_held_too_long(run, checker):
    """A line, once for each new record, and the run goes on."""
    result = run(checker, "crash held; crash held; version", icount=True)
    assert result.status == OFF, result.closing
    lines = re.findall(rf"lock check: first was held for (\d+) us, taken at crash_held\+.*",
                       result.text)
    assert lines and 200000 <= int(lines[0]) < 200100, result.text
    assert len(lines) <= 2


@pytest.mark.parametrize("cpus", CPUS)
def test_hog(run, checker, cpus):
    """Whatever many CPUs there are, each has one, or the shell would go on where none is."""
    result = run(checker, "crash hog", env={"SMP": cpus})
    words = r"watchdog: thread hog has kept CPU \d for 1 s, and main is ready"
    assert result.status == STUCK, result.closing
    assert re.fullmatch(f"run-qemu: stuck: {words}", result.closing), result.closing
    assert re.search(rf"\ncairn: hang: {words}\n\Z", result.text)
    report = result.text[result.text.index("] hang: "):]
    for thread in ("0 main, ready", r"\d+ idle, ready"):
        assert re.search(rf"\] thread {thread}, ", report), report
    assert holds(call_chain(report),
                 "crash_hog shell_run kernel_main idle panic_with el1_irq crash_spin start".split()
                 ) or holds(call_chain(report), "crash_hog shell_run kernel_main panic_with el1_irq "
                                                "crash_spin start".split()), report


def test_masked(run, checker):
    result = run(checker, "crash masked")
    assert result.status == STUCK
    assert re.fullmatch(r"run-qemu: stuck: watchdog: interrupts were masked for 1 s, "
                        rf"up to \w+\+0x\w+/0x\w+", result.closing), result.closing
    assert re.search(r"lock check: interrupts were masked for 1\d{6} us or more", result.text)


def test_past_deadlines_are_not_late(run, checker):
    """A timer that is started for long ago comes at once: that is no interrupt that was kept waiting."""
    result = run(checker, "top 2 -n 1; selftest timers", icount=True)
    assert result.status == OFF, result.closing
    assert "fail:0" in result.text and "interrupts were masked" not in result.text, result.text


def test_busy_and_starving_are_no_hang(run, checker):
    """A thread alone may run for ever, and so may one that is more urgent than those that wait."""
    result = run(checker, "lockfault busy; version")
    assert result.status == OFF, result.closing


@pytest.mark.parametrize("cpus", CPUS)
def test_hung(run, checker, cpus):
    """Who waits for a mutex for long is named, once, and the run goes on."""
    result = run(checker, "lockfault hung; version", env={"SMP": cpus})
    assert result.status == OFF, result.closing
    assert len(re.findall(r"watchdog: thread \d+ waiter has waited for a mutex for 1 s, and main has it",
                          result.text)) == 1, result.text


def test_locks(run, checker):
    result = run(checker, "crash held; locks; locks -o")
    assert result.status == OFF
    assert re.search(rf"^ +[1-9]\d* +0 +[1-9]\d* +page_zone.lock, longest by {AT}$", result.text,
                     re.M), result.text
    assert re.search(rf"^ +1 +0 +2\d{{8}} +first, longest by crash_held\+.*", result.text, re.M)
    assert re.search(r"^lock 0xffff\w+ of map_lock.*\n(?:  then .*\n)*?  then page_zone.lock$", result.text, re.M)


def test_backtrace(run, checker):
    result = run(checker, "backtrace; backtrace 1; backtrace 99; backtrace x")
    main, idle = (result.text.index(f"thread {thread}") for thread in ("0 main, running:",
                                                                       "1 idle, "))
    assert re.search(rf"\n  backtrace\+0x(?s:.*)\n  shell_run\+0x(?s:.*)\n  kernel_main\+0x",
                     result.text[main:idle])
    assert result.text.count("thread 1 idle, ready:") == 2
    assert "backtrace: there is no thread 99: see ps" in result.text
    assert "usage: backtrace [ID]" in result.text


@pytest.mark.parametrize("cpus", CPUS)
def test_suites_keep_the_order(run, checker, cpus):
    """All suites, with every check on at once. CPUs take turns: where there are fewer real ones, who holds a
    lock may not run for long."""
    result = run(checker, "selftest; locks -o", env={"SMP": cpus}, icount=True, timeout=300)
    assert result.status == OFF, result.closing
    assert f"{cpus} of {cpus} CPU{'s' if cpus > 1 else ''} used" in result.text
    assert not (SUITES | (ABOUT_CPUS if cpus > 1 else set())) - check(result.text)
    assert cpus == 1 or " # SKIP " not in result.text
