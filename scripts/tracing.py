# SPDX-License-Identifier: MIT
"""What the shell's `trace dump` printed, as threads that run, wait and sleep; and that in the form
that Perfetto and Chrome's about:tracing open.

    trace = parse(console text, symbol)         TraceError when it holds no whole dump
    as_json(trace)                              the file's text

Times are nanoseconds from the first event on. A thread's name is the one that it had when the dump
was made, or when it ended. What was overwritten in the ring is not guessed: a thread that was asleep
since before the first event is not shown as anything until then. Formats: shell/cmd/trace.c,
include/kernel/trace.h, and the "Trace Event Format" of Chrome.
"""

import dataclasses
import json
import re

VERSION = 1
(SWITCH, WAKE, IRQ_ENTER, IRQ_LEAVE, LOCK_WAIT, LOCK_TAKEN, LOCK_RELEASED, TIMER, ALLOC, FREE, NAME,
 NAME_REST) = range(1, 13)
INSTANTS = {LOCK_WAIT: "waits for lock", LOCK_TAKEN: "has lock", LOCK_RELEASED: "releases lock",
            TIMER: "timer", ALLOC: "alloc", FREE: "free"}
WHY = ("sleep", "idle", "new", "wake", "yield", "preempted", "slice over", "changed")
SLEEPS = (0, 1)                 # of WHY: leaves the CPU and is not ready
ID_BITS = 28
ADDRESS = (1 << 48) - 1
KERNEL = ~ADDRESS & (1 << 64) - 1
IDLE = "idle"


class TraceError(Exception):
    """What is wrong with the dump."""


@dataclasses.dataclass
class Thread:
    ident: int
    name: str
    runs: list = dataclasses.field(default_factory=list)        # (begin, end, cpu, why it left)
    waits: list = dataclasses.field(default_factory=list)       # (begin, end): ready, another runs
    woken: list = dataclasses.field(default_factory=list)       # times
    ready_since: int | None = None


@dataclasses.dataclass
class Wake:
    time: int
    thread: int
    by: tuple                   # ("thread", id) or ("irq", cpu)
    why: int


@dataclasses.dataclass
class Trace:
    threads: dict               # id -> Thread, in the order of ids
    irqs: list                  # (begin, end, cpu, name)
    wakes: list
    instants: list              # (time, thread, cpu, in an interrupt, name, arguments)
    lost: int
    end: int                    # of the last event


# -- reading ----------------------------------------------------------------------

BEGIN = re.compile(r"^trace begin (\d+) (\d+) (\d+)\s*$", re.M)
END = re.compile(r"^trace end (\d+)\s*$", re.M)
LINE = re.compile(r"(?:trace irq (?P<irq>\d+) (?P<device>\S+)|trace thread (?P<id>\d+) (?P<name>.*)|"
                  r"cpu (?P<cpu>\d+)|(?P<head>[0-9a-f]{1,16}) (?P<value>[0-9a-f]{1,16}))")


def parse(text, symbol=lambda address: None):
    """The last dump in the console's text. symbol(address) gives a name or None."""
    begins = list(BEGIN.finditer(text))
    if not begins:
        raise TraceError("there is no `trace begin`")
    begin = begins[-1]
    end = END.search(text, begin.end())
    if not end:
        raise TraceError("the dump is cut off: there is no `trace end`")
    version, hz, lost = map(int, begin.groups())
    if version != VERSION or not hz:
        raise TraceError(f"a dump of version {version} at {hz} Hz: not understood")
    irqs, names, events, cpu = {}, {}, [], 0
    for line in text[begin.end():end.start()].splitlines():
        found = LINE.fullmatch(line.rstrip())
        if not found:
            continue            # a line of the log may come in between
        if found["irq"]:
            irqs[int(found["irq"])] = found["device"]
        elif found["id"]:
            names[int(found["id"])] = found["name"]
        elif found["cpu"]:
            cpu = int(found["cpu"])
        else:
            events.append((cpu, int(found["head"], 16), int(found["value"], 16)))
    if len(events) != int(end[1]):
        raise TraceError(f"{len(events)} events of {end[1]}: the rest is damaged")
    take_names(events, names)
    events = [event for event in events if event[1] & 0xff not in (NAME, NAME_REST)]
    if not events:
        raise TraceError("there is no event in it: was it started?")
    return Reader(names, irqs, symbol, lost).read(in_order(events), hz)


def in_order(events):
    """By time. A CPU's own are in order, and stay so where its clock reads a little less than before."""
    latest, timed = {}, []
    for event in events:
        cpu, time = event[0], event[1] >> 8
        latest[cpu] = max(latest.get(cpu, 0), time)
        timed.append((latest[cpu], event))
    return [event for _, event in sorted(timed, key=lambda one: one[0])]


def take_names(events, names):
    """Of threads that have ended: their names are events."""
    halves = {}
    for _, head, value in events:
        kind, ident = head & 0xff, head >> 8
        if kind == NAME:
            halves[ident] = value.to_bytes(8, "little")
        elif kind == NAME_REST and ident in halves:
            raw = halves.pop(ident) + value.to_bytes(8, "little")
            names[ident] = raw.partition(b"\0")[0].decode("utf-8", "replace")


class Reader:
    """Follows each CPU through its events."""

    def __init__(self, names, irqs, symbol, lost):
        self.names, self.irq_names, self.symbol = names, irqs, symbol
        self.trace = Trace({}, [], [], [], lost, 0)
        self.current = {}               # cpu -> (thread, since)
        self.irq = {}                   # cpu -> (number, since)

    def read(self, events, hz):
        base = min(head >> 8 for _, head, _ in events)
        for cpu, head, value in events:
            time = ((head >> 8) - base) * 1_000_000_000 // hz
            self.trace.end = max(self.trace.end, time)
            self.step(cpu, time, head & 0xff, value)
        for cpu, (ident, since) in self.current.items():
            self.thread(ident).runs.append((since, self.trace.end, cpu, None))
        for thread in self.trace.threads.values():
            if thread.ready_since is not None:
                thread.waits.append((thread.ready_since, self.trace.end))
        self.trace.threads = dict(sorted(self.trace.threads.items()))
        return self.trace

    def thread(self, ident):
        if ident not in self.trace.threads:
            name = self.names.get(ident, f"thread {ident}")
            self.trace.threads[ident] = Thread(ident, name)
        return self.trace.threads[ident]

    def step(self, cpu, time, kind, value):
        if kind == SWITCH:
            self.switch(cpu, time, value)
        elif kind == WAKE:
            self.wake(cpu, time, value)
        elif kind == IRQ_ENTER:
            self.irq[cpu] = value, time
        elif kind == IRQ_LEAVE:
            number, since = self.irq.pop(cpu, (value, 0))
            self.trace.irqs.append((since, time, cpu, self.irq_names.get(number, f"irq {number}")))
        elif kind in INSTANTS:
            self.instant(cpu, time, kind, value)
        else:
            raise TraceError(f"an event of kind {kind}: not understood")

    def switch(self, cpu, time, value):
        why, left, comes = value >> 56, value >> ID_BITS & (1 << ID_BITS) - 1, \
            value & (1 << ID_BITS) - 1
        if why >= len(WHY):
            raise TraceError(f"a switch for the reason {why}: not understood")
        _, since = self.current.get(cpu, (left, 0))
        old, new = self.thread(left), self.thread(comes)
        old.runs.append((since, time, cpu, why))
        if why not in SLEEPS:
            old.ready_since = time
        if new.ready_since is not None:
            new.waits.append((new.ready_since, time))
            new.ready_since = None
        self.current[cpu] = comes, time

    def by(self, cpu):
        if cpu in self.irq or cpu not in self.current:
            return "irq", cpu
        return "thread", self.current[cpu][0]

    def wake(self, cpu, time, value):
        thread = self.thread(value & (1 << ID_BITS) - 1)
        thread.ready_since = time
        thread.woken.append(time)
        self.trace.wakes.append(Wake(time, thread.ident, self.by(cpu), value >> 56))

    def instant(self, cpu, time, kind, value):
        address, arguments = value & ADDRESS | KERNEL, {}
        if kind == ALLOC:
            arguments["bytes"] = value >> 48
        arguments["address"] = self.symbol(address) or f"{address:#x}"
        name = INSTANTS[kind]
        if kind == TIMER:
            name = f"timer {arguments['address']}"
        self.trace.instants.append((time, self.by(cpu), name, arguments))


# -- for Perfetto ----------------------------------------------------------------------

THREADS, CPUS, IRQS = 1, 2, 3           # "processes" that group the tracks


def us(time):
    return time / 1000


def track(by):
    kind, number = by
    return {"pid": THREADS if kind == "thread" else IRQS, "tid": number + 1}


def as_json(trace):
    out = names(trace)
    for thread in trace.threads.values():
        here = {"pid": THREADS, "tid": thread.ident + 1}
        for begin, end, cpu, why in thread.runs:
            span = {"ph": "X", "ts": us(begin), "dur": us(end - begin),
                    "args": {"left": WHY[why] if why is not None else "still runs"}}
            out.append({"name": "runs", "cat": "switch", **span, **here})
            out.append({"name": thread.name, "cat": "switch", **span, "pid": CPUS, "tid": cpu + 1})
        for begin, end in thread.waits:
            out.append({"name": "ready", "cat": "ready", "ph": "X", "ts": us(begin),
                        "dur": us(end - begin), "cname": "grey", **here})
    for begin, end, cpu, name in trace.irqs:
        out.append({"name": name, "cat": "irq", "ph": "X", "ts": us(begin), "dur": us(end - begin),
                    "pid": IRQS, "tid": cpu + 1})
    for number, wake in enumerate(trace.wakes):
        out += arrow(trace, number, wake)
    for time, by, name, arguments in trace.instants:
        out.append({"name": name, "cat": "event", "ph": "i", "s": "t", "ts": us(time),
                    "args": arguments, **track(by)})
    out.sort(key=lambda event: event.get("ts", -1))
    return json.dumps({"traceEvents": out, "displayTimeUnit": "ms",
                       "otherData": {"lost events": trace.lost}}, indent=None,
                      separators=(",", ":")).replace("},{", "},\n{") + "\n"


def names(trace):
    def name(kind, pid, tid, text):
        return {"name": kind, "ph": "M", "pid": pid, "tid": tid, "args": {"name": text}}
    cpus = {run[2] for thread in trace.threads.values() for run in thread.runs}
    cpus |= {irq[2] for irq in trace.irqs} | {0}
    out = [name("process_name", THREADS, 0, "threads"), name("process_name", CPUS, 0, "CPUs"),
           name("process_name", IRQS, 0, "interrupts")]
    for thread in trace.threads.values():
        out.append(name("thread_name", THREADS, thread.ident + 1, thread.name))
    for cpu in sorted(cpus):
        out.append(name("thread_name", CPUS, cpu + 1, f"CPU {cpu}"))
        out.append(name("thread_name", IRQS, cpu + 1, f"interrupts of CPU {cpu}"))
    return out


def arrow(trace, number, wake):
    """The wake-up, and from there to where the thread runs next, if it did."""
    here = track(wake.by)
    thread = trace.threads[wake.thread]
    out = [{"name": f"wakes {thread.name}", "cat": "wake", "ph": "i", "s": "t",
            "ts": us(wake.time), "args": {"why": WHY[wake.why]}, **here}]
    begin = next((run[0] for run in thread.runs if run[0] >= wake.time), None)
    if begin is not None:
        flow = {"name": "wake", "cat": "wake", "id": number}
        out.append({**flow, "ph": "s", "ts": us(wake.time), **here})
        out.append({**flow, "ph": "f", "bp": "e", "ts": us(begin), "pid": THREADS,
                    "tid": wake.thread + 1})
    return out
