# SPDX-License-Identifier: MIT
"""The kernel's log out of the guest's memory, for a run that ended without a word: a tree whose UART
cannot be found, a console that hangs.

Reads physical memory, by the addresses that the symbols of $(O)/cairn have in the Image where it
was loaded, so that it does not matter what the CPU is doing. The layout is kernel/printk.c's, as
scripts/gdb/cairn.py reads it too: records in `log_desc`, their text in `log_text`, both rings.
Before the first record there is nothing to read: what early boot says goes to a UART or nowhere.
"""

import struct

from .console import decode

RECORD = struct.Struct("<QQQII")        # published, position, time, len, level
LONGEST = 1024                          # bytes of a line; a longer one is not a record


def read_log(symbols, read, count):
    """The last @count lines, oldest first, without those that are half written or overtaken.

    read(physical address, size) -> bytes or None. Empty when there is no log.
    """
    places = [symbols.physical(name) for name in ("log_desc", "log_text", "log_next", "text_next")]
    if None in places:
        return []
    (ring, ring_size), (text, text_size), (end, _), (written, _) = places
    records = ring_size // RECORD.size
    end, written = read_number(read, end), read_number(read, written)
    if not records or not text_size or not end or written is None:
        return []
    lines = []
    for number in range(end - 1, max(end - records, 0) - 1, -1):
        if len(lines) == count:
            break
        line = read_line(read, number, ring + number % records * RECORD.size, text, text_size,
                         written)
        if line is not None:
            lines.insert(0, line)
    return lines


def read_number(read, address):
    data = read(address, 8)
    return None if data is None else int.from_bytes(data, "little")


def read_line(read, number, place, text, text_size, written):
    data = read(place, RECORD.size)
    if data is None:
        return None
    published, position, time, length, _ = RECORD.unpack(data)
    if published != number + 1 or not 0 <= written - position <= text_size or length > LONGEST:
        return None
    at = position % text_size
    run = min(length, text_size - at)
    parts = [read(text + at, run), read(text, length - run)]
    if None in parts:
        return None
    seconds, rest = divmod(time, 10 ** 9)
    return f"[{seconds:5}.{rest // 1000:06}] {decode(b''.join(parts))}"
