# SPDX-License-Identifier: MIT
"""Flattened device trees as bytes: what a test compares the kernel's words with, and where in the
bytes each part lies, for tests that break one.

parse() trusts its input: it reads what QEMU or dtc made.
"""

import dataclasses
import struct

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
HEADER = ("magic", "totalsize", "off_dt_struct", "off_dt_strings", "off_mem_rsvmap", "version",
          "last_comp_version", "boot_cpuid_phys", "size_dt_strings", "size_dt_struct")


@dataclasses.dataclass
class Node:
    name: str
    parent: "Node"
    at: int                                     # offset of its BEGIN_NODE in the file
    end: int = 0                                # and behind its END_NODE
    props: dict = dataclasses.field(default_factory=dict)       # name -> bytes
    children: list = dataclasses.field(default_factory=list)

    @property
    def path(self):
        if not self.parent:
            return "/"
        return ("" if not self.parent.parent else self.parent.path) + "/" + self.name

    @property
    def enabled(self):
        own = self.props.get("status", b"okay\0") in (b"okay\0", b"ok\0")
        return own and (not self.parent or self.parent.enabled)

    def strings(self, name):
        return [s.decode() for s in self.props.get(name, b"").rstrip(b"\0").split(b"\0") if s]

    def cells(self, name):
        value = self.props.get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value))

    def regs(self):
        """[(address, size)], as the node's own bus counts."""
        ac, sc = (self.parent.cells(f"#{what}-cells") or [otherwise]
                  for what, otherwise in (("address", 2), ("size", 1)))
        cells, found = self.cells("reg"), []
        for at in range(0, len(cells), ac[0] + sc[0]):
            pair = cells[at:at + ac[0]], cells[at + ac[0]:at + ac[0] + sc[0]]
            found.append(tuple(number(part) for part in pair))
        return found

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, path):
        node = self
        for part in path.strip("/").split("/"):
            node = next(child for child in node.children if child.name == part)
        return node

    def compatible(self, *wanted):
        """The first enabled node below this one that is one of @wanted."""
        return next((node for node in self.walk()
                     if node.enabled and set(wanted) & set(node.strings("compatible"))), None)

    def banks(self):
        """Memory that the tree offers, sorted."""
        return sorted(reg for node in self.children if node.enabled and
                      node.strings("device_type") == ["memory"] for reg in node.regs())


def number(cells):
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value


def header(data):
    return dict(zip(HEADER, struct.unpack_from(">10I", data)))


def with_header(data, **fields):
    """@data with some of its header's words changed."""
    words = header(data)
    words.update(fields)
    return struct.pack(">10I", *(words[name] for name in HEADER)) + data[40:]


def tags(data):
    """(offset of the tag, tag, node name or property name) of every tag of the structure block."""
    h = header(data)
    at = h["off_dt_struct"]
    while True:
        (tag,) = struct.unpack_from(">I", data, at)
        if tag == BEGIN_NODE:
            name = data[at + 4:data.index(b"\0", at + 4)]
            yield at, tag, name.decode()
            at += 4 + len(name) + 1
        elif tag == PROP:
            length, offset = struct.unpack_from(">II", data, at + 4)
            start = h["off_dt_strings"] + offset
            yield at, tag, data[start:data.index(b"\0", start)].decode()
            at += 12 + length
        else:
            yield at, tag, ""
            at += 4
        at = (at + 3) & ~3
        if tag == END:
            return


def parse(data):
    """The root node."""
    root = node = None
    for at, tag, name in tags(data):
        if tag == BEGIN_NODE:
            child = Node(name, node, at)
            if node:
                node.children.append(child)
            root = root or child
            node = child
        elif tag == END_NODE:
            node.end = at + 4
            node = node.parent
        elif tag == PROP:
            (length,) = struct.unpack_from(">I", data, at + 4)
            node.props[name] = bytes(data[at + 12:at + 12 + length])
    return root


def read(path):
    with open(path, "rb") as file:
        return parse(file.read())
