# SPDX-License-Identifier: MIT
"""Misuse of locks that ends the run: each way has a panic that names it. They are provoked by the
command `misuse` (ext/crash/locks.c). What is an error and not a panic is tested inside the kernel."""

import re

import pytest

from lib.session import PANIC

from .conftest import CPUS
from .test_crash import on_last

WHERE = "in an interrupt or with interrupts masked"
SLEEPS = r"thread \S+ sleeps (in an interrupt|with interrupts masked): \w+\+0x.*"
WAYS = {
    "take": SLEEPS,
    "receive": SLEEPS,
    "lock": rf"thread \S+ uses a mutex {WHERE}",
    "try": rf"thread \S+ uses a mutex {WHERE}",
    "read": rf"thread \S+ uses a reader-writer lock {WHERE}",
    "condition": rf"thread \S+ uses a condition {WHERE}",
}
ENDED = {
    "ended-mutex": r"mutex (0x)?\w+ is used after its end",
    "ended-rwlock": r"reader-writer lock (0x)?\w+ is used after its end",
    "ended-semaphore": r"semaphore (0x)?\w+ is used after its end",
    "ended-queue": r"message queue (0x)?\w+ is used after its end",
    "held-at-end": r"thread careless ends and holds 1 locks",
}
PARAMETERS = [(f"{way} {where}", words) for way, words in WAYS.items()
              for where in ("interrupt", "masked")] + list(ENDED.items())


@pytest.mark.parametrize("cpus", CPUS)
@pytest.mark.parametrize("way,words", PARAMETERS, ids=[way for way, _ in PARAMETERS])
def test_misuse(run, checked, way, words, cpus):
    result = run(checked("4K"), f"{on_last(cpus)}misuse {way}", env={"SMP": cpus}, timeout=30)
    assert result.status == PANIC, f"status {result.status}: {result.closing}"
    assert re.search(rf"\ncairn: panic: {words}\n\Z", result.text), result.closing
