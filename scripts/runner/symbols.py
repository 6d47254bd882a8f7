# SPDX-License-Identifier: MIT
"""From a program counter to a name, by the symbol table of $(O)/cairn.

The kernel is linked high and loaded anywhere: an address that is not in the linked range but in the
range where QEMU loaded the Image belongs to code that runs before the MMU is on. Reads ELF64
little-endian itself, so that no binutils for the target need to be installed to learn where a run
hangs.
"""

import bisect
import struct

SHT_SYMTAB = 2
SHF_ALLOC = 2
STT_SECTION = 3          # and above: sections and files, no code
SHN_ABS = 0xfff1


class Symbols:
    """An ELF's symbols by address; empty with the reason in .missing when it cannot be read."""

    def __init__(self, path, load):
        self.load = load            # physical address of the Image
        self.addresses, self.names, self.sizes = [], [], {}
        self.start = self.end = 0
        self.missing = None
        try:
            with open(path, "rb") as file:
                self.parse(file.read())
        except OSError as error:
            self.missing = f"no symbols: {path}: {error.strerror}"
        except (ValueError, struct.error, IndexError):
            self.missing = f"no symbols: {path} is not an ELF file for this machine"

    def parse(self, data):
        if data[:6] != b"\x7fELF\x02\x01":
            raise ValueError
        shoff = struct.unpack_from("<Q", data, 40)[0]
        shsize, shnum = struct.unpack_from("<HH", data, 58)
        sections = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * shsize)
                    for i in range(shnum)]
        # sections, not segments: the first segment may begin with the ELF header, which the Image
        # lacks
        loaded = [(s[3], s[3] + s[5]) for s in sections if s[2] & SHF_ALLOC and s[5]]
        self.start, self.end = min(s for s, _ in loaded), max(e for _, e in loaded)
        table = next((s for s in sections if s[1] == SHT_SYMTAB), None)
        if table is None:
            raise ValueError
        strings = sections[table[6]]
        found = {}
        for at in range(table[4], table[4] + table[5], 24):
            name, info, _, section, value, size = struct.unpack_from("<IBBHQQ", data, at)
            if section in (0, SHN_ABS) or info & 15 >= STT_SECTION:
                continue
            if not self.start <= value < self.end:
                continue
            begin = strings[4] + name
            text = data[begin:data.index(b"\0", begin)].decode("ascii", "replace")
            # $x and $d mark code and data inside a function; local labels tell nothing either
            if text and not text.startswith(("$", ".L")):
                # of several names at one address, a global one is the one to know it by
                if value not in found or info >> 4:
                    found[value] = text
                self.sizes[text] = value, size
        self.addresses = sorted(found)
        self.names = [found[a] for a in self.addresses]

    def lookup(self, address):
        at = bisect.bisect_right(self.addresses, address) - 1
        if at < 0 or not self.start <= address < self.end:
            return None
        offset = address - self.addresses[at]
        return self.names[at] + (f"+{offset:#x}" if offset else "")

    def physical(self, name):
        """(address in physical memory, size) of a symbol, or None."""
        if name not in self.sizes:
            return None
        address, size = self.sizes[name]
        return address - self.start + self.load, size

    def describe(self, pc):
        if self.missing:
            return f"{pc:#x} ({self.missing})"
        name = self.lookup(pc)
        if name:
            return f"{name} ({pc:#x})"
        name = self.lookup(pc - self.load + self.start)
        if name:
            return f"boot code before the MMU: {name} ({pc:#x})"
        # what lies there is no code, so the CPU takes that exception for ever and gets no further
        if pc < 0x800 and not pc % 0x80:
            return f"{pc:#x} (not in the kernel: an exception before its vectors were set)"
        return f"{pc:#x} (not in the kernel)"
