# SPDX-License-Identifier: MIT
"""Lists of allocations: the six that scripts/compare-heap measures, one's own from a file, and the
form in which the kernel's `heaptrace` reads them from the initial ramdisk.

A file has one operation a line, and comments behind a #:

    a ID SIZE       allocate SIZE bytes
    f ID            free
    r ID SIZE       resize to SIZE bytes, moved where it must be

ID is any number; it names an object from its `a` to its `f` and may be used again after that. SIZE
is in bytes, from 1 to 4294967295. Both may be written in hexadecimal, 0x. What is still there at the
end of the file is freed then. An ID that is taken, or not there, is an error, as in the kernel.
"""

import random
import re
import struct

MAGIC = 0x31525448      # "HTR1"
NAME_MAX = 19           # bytes
KINDS = {"a": 0, "f": 1, "r": 2}
OPERATIONS_MAX = 1 << 24
SEED = 1


class TraceError(Exception):
    """FILE:LINE: what is wrong."""


class Trace:
    """Operations, checked as they come; IDs become slots, of which the lowest free one is taken."""

    def __init__(self, name):
        self.name = name
        self.operations = []        # (kind, slot, size)
        self.slots = 0
        self.live = {}              # id -> slot
        self.free_slots = []

    def allocate(self, ident, size):
        if ident in self.live:
            raise ValueError(f"{ident} is allocated already")
        self.live[ident] = slot = self.free_slots.pop() if self.free_slots else self.slots
        self.slots = max(self.slots, slot + 1)
        self.add("a", slot, size)

    def free(self, ident):
        slot = self.live.pop(self.there(ident))
        self.free_slots.append(slot)
        self.add("f", slot, 0)

    def resize(self, ident, size):
        self.add("r", self.live[self.there(ident)], size)

    def there(self, ident):
        if ident not in self.live:
            raise ValueError(f"{ident} is not allocated")
        return ident

    def add(self, kind, slot, size):
        if kind != "f" and not 0 < size < 1 << 32:
            raise ValueError(f"{size} bytes: from 1 to 4294967295 can be asked for")
        if len(self.operations) == OPERATIONS_MAX:
            raise ValueError(f"more than {OPERATIONS_MAX} operations")
        self.operations.append((KINDS[kind], slot, size))

    def pack(self):
        """The initial ramdisk: a header and two words for each operation (shell/cmd/heaptrace.c)."""
        words = 8 + 2 * len(self.operations)
        head = struct.pack("<III20s", MAGIC, words, self.slots, self.name.encode("ascii"))
        body = [word for kind, slot, size in self.operations for word in (kind << 30 | slot, size)]
        return head + struct.pack(f"<{len(body)}I", *body)


# -- from a file ----------------------------------------------------------------------

NUMBER = r"(0[xX][0-9a-fA-F]+|[0-9]+)"
LINE = re.compile(rf"(?:([ar])\s+{NUMBER}\s+{NUMBER}|(f)\s+{NUMBER})", re.A)


def read(path):
    """The Trace in a file. TraceError when it makes no sense, OSError when it cannot be read."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return parse(file, str(path))


def parse(lines, path):
    trace = Trace(trace_name(path))
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        found = LINE.fullmatch(text)
        if not found:
            raise TraceError(f"{path}:{number}: {shown(text)}: expected `a ID SIZE`, `f ID` or "
                             "`r ID SIZE`")
        kind, *numbers = [part for part in found.groups() if part]
        try:
            {"a": trace.allocate, "f": trace.free, "r": trace.resize}[kind](*map(value, numbers))
        except ValueError as error:
            raise TraceError(f"{path}:{number}: {shown(text)}: {error}") from None
    if not trace.operations:
        raise TraceError(f"{path}: no operation in it")
    return trace


def value(text):
    return int(text, 16 if text[1:2] in ("x", "X") else 10)


def trace_name(path):
    """The file's own name, as far as it can be printed anywhere."""
    stem = re.split(r"[/\\]", path)[-1].rpartition(".")[0] or re.split(r"[/\\]", path)[-1]
    return re.sub(r"[^\w.-]", "-", stem, flags=re.A)[:NAME_MAX] or "trace"


def shown(text):
    return "".join(c if c.isprintable() else "?" for c in text[:40])


# -- made up ----------------------------------------------------------------------

OBJECTS = 20000         # that a trace allocates
LIVE = 5000             # of them at one time


def some_size(draw):
    """From 16 bytes to 4 KiB, every power of two as likely as the next: most objects are small."""
    return int(16 * 2 ** draw.uniform(0, 8))


def fixed(trace, draw):
    """5,000 objects of 64 bytes; any of them goes, a new one comes."""
    replace(trace, draw, lambda draw: 64)


def mixed(trace, draw):
    """The same with sizes from 16 to 4,096 bytes."""
    replace(trace, draw, some_size)


def replace(trace, draw, size):
    live = list(range(LIVE))
    for ident in live:
        trace.allocate(ident, size(draw))
    for ident in range(LIVE, OBJECTS):
        at = draw.randrange(LIVE)
        trace.free(live[at])
        live[at] = ident
        trace.allocate(ident, size(draw))


def lifo(trace, draw):
    """A stack, up to 5,000 deep: what came last goes first."""
    stack, ident = [], 0
    while ident < OBJECTS:
        for _ in range(min(draw.randrange(LIVE - len(stack)), OBJECTS - ident)):
            trace.allocate(ident, some_size(draw))
            stack.append(ident)
            ident += 1
        for _ in range(draw.randrange(len(stack) + 1)):
            trace.free(stack.pop())


def fifo(trace, draw):
    """A queue of 5,000: what came first goes first."""
    for ident in range(OBJECTS):
        if ident >= LIVE:
            trace.free(ident - LIVE)
        trace.allocate(ident, some_size(draw))


def lifetimes(trace, draw):
    """Most objects go soon, some stay long."""
    ends = {}
    for now in range(OBJECTS):
        for ident in ends.pop(now, ()):
            trace.free(ident)
        trace.allocate(now, some_size(draw))
        ends.setdefault(now + 1 + int(2 ** draw.uniform(0, 14)), []).append(now)


def holes(trace, draw):
    """20 MB of 1,000 bytes each, every other one freed, then 15 MB of 3,000 bytes each: none of
    them fits into a hole."""
    del draw
    for ident in range(20000):
        trace.allocate(ident, 1000)
    for ident in range(0, 20000, 2):
        trace.free(ident)
    for ident in range(20000, 25000):
        trace.allocate(ident, 3000)


BUILT_IN = {"fixed": fixed, "mixed": mixed, "lifo": lifo, "fifo": fifo, "random": lifetimes,
            "holes": holes}


def built_in():
    """The six, the same at each call."""
    traces = []
    for name, make in BUILT_IN.items():
        traces.append(Trace(name))
        make(traces[-1], random.Random(SEED))
    return traces
