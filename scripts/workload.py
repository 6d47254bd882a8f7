# SPDX-License-Identifier: MIT
"""Descriptions of threads, for scripts/compare-sched: read from text, packed for the shell's `workload`.

A file has a line for each thread, and one for how long they run; # begins a comment:

    duration 1000                                        # ms
    hog      NAME [nice=N] [priority=N]
    sleeper  NAME work=US sleep=US [nice=N] [priority=N]
    periodic NAME work=US period=US [deadline=US] [reserve=US] [nice=N] [priority=N]

A hog works all the time; a sleeper sleeps, then works, again and again; a periodic thread does its
work once in each period, within the deadline (the period, unless given). `reserve` is the CPU time
in each period that earliest deadline first guarantees: by default a tenth more than the work.
Priorities go from 0 to 31, the most urgent, and are 16 unless given; nice values from -20, the
largest share, to 19.
"""

import dataclasses
import re
import struct

MAGIC = 0x314C4B57
KINDS = {"hog": (), "sleeper": ("work", "sleep"), "periodic": ("work", "period")}
OPTIONAL = {"hog": (), "sleeper": (), "periodic": ("deadline", "reserve")}
RANGES = {"nice": (-20, 19), "priority": (0, 31)}
TIME_MAX = 1_000_000_000            # us
THREADS_MAX = 256
NAME_MAX = 15

BUILT_IN = """\
duration 1000
hog      batch                             priority=8
hog      build       nice=5                priority=8
sleeper  editor      work=300 sleep=10000  priority=16
sleeper  shell       work=50  sleep=3000   priority=16
periodic audio       work=1000 period=10000 deadline=5000 priority=24
periodic control     work=2000 period=20000 deadline=10000 priority=20
periodic video       work=6000 period=40000 priority=18
"""


class WorkloadError(Exception):
    """FILE:LINE: what is wrong."""


@dataclasses.dataclass
class Thread:
    kind: str
    name: str
    values: dict


@dataclasses.dataclass
class Workload:
    name: str
    duration: int                   # ms
    threads: list

    def pack(self):
        out = struct.pack("<3I", MAGIC, len(self.threads), self.duration)
        for thread in self.threads:
            value = thread.values.get
            pause = value("sleep", value("period", 0))
            out += struct.pack("<IiiIIII16s", list(KINDS).index(thread.kind), value("priority", 16),
                               value("nice", 0), value("work", 0), pause, value("deadline", 0),
                               value("reserve", 0), thread.name.encode())
        return out


def parse(lines, path):
    workload = Workload(re.sub(r"[^\w-]", "-", path.rsplit("/", 1)[-1].rsplit(".", 1)[0]) or "own", 0, [])
    for number, line in enumerate(lines, 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            take(workload, words)
        except ValueError as error:
            said = "".join(c if c.isprintable() else "?" for c in line.strip())
            raise WorkloadError(f"{path}:{number}: {said}: {error}") from None
    if not workload.threads:
        raise WorkloadError(f"{path}: no thread in it")
    if not workload.duration:
        workload.duration = 1000
    return workload


def take(workload, words):
    if words[0] == "duration":
        workload.duration = whole(words[1] if len(words) == 2 else "", 1, 3_600_000)
        return
    if words[0] not in KINDS:
        raise ValueError(f"expected duration, {', '.join(KINDS)}")
    if len(words) < 2 or not re.fullmatch(rf"[!-<>-~]{{1,{NAME_MAX}}}", words[1]):
        raise ValueError(f"expected a name of at most {NAME_MAX} letters after {words[0]}")
    if any(words[1] == thread.name for thread in workload.threads):
        raise ValueError(f"there is a thread {words[1]} already")
    if len(workload.threads) == THREADS_MAX:
        raise ValueError(f"more than {THREADS_MAX} threads")
    kind, values = words[0], {}
    for word in words[2:]:
        name, _, text = word.partition("=")
        if name not in (*KINDS[kind], *OPTIONAL[kind], *RANGES):
            raise ValueError(f"{word}: a {kind} has {', '.join((*KINDS[kind], *OPTIONAL[kind], *RANGES))}")
        values[name] = whole(text, *RANGES.get(name, (1, TIME_MAX)))
    for name in KINDS[kind]:
        if name not in values:
            raise ValueError(f"a {kind} needs {name}=")
    if kind == "periodic":
        complete(values)
    workload.threads.append(Thread(kind, words[1], values))


def complete(values):
    values.setdefault("deadline", values["period"])
    values.setdefault("reserve", min(values["work"] + max(values["work"] // 10, 50), values["deadline"]))
    if not values["work"] <= values["deadline"] <= values["period"]:
        raise ValueError("work, deadline and period must not be shorter than the one before")
    if not values["work"] <= values["reserve"] <= values["deadline"]:
        raise ValueError("reserve must lie between work and deadline")


def whole(text, low, high):
    if not re.fullmatch(r"-?[0-9]{1,12}", text) or not low <= int(text) <= high:
        raise ValueError(f"expected a number from {low} to {high}, not {text or 'nothing'}")
    return int(text)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return parse(file, path)


def built_in():
    return parse(BUILT_IN.splitlines(), "built-in")
