# SPDX-License-Identifier: MIT
"""Archives for tests, good and bad ones: cpio's format "newc", entry by entry."""

import os
import sys

from .build import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from runner import cpio     # noqa: E402


def entry(name, mode, contents=b"", **fields):
    """As the packer of `make run INITRD=dir/` writes it; @name and @contents may be text."""
    return cpio.entry(os.fsencode(name), mode, contents, **fields)


def trailer():
    return cpio.trailer()


def changed(data, at, new):
    """@data with the bytes @new at @at."""
    return data[:at] + new + data[at + len(new):]


def field(data, number, text):
    """The entry @data with @text as number @number of its header: 0 inode, 1 mode, 6 size, 11 length of the name."""
    return changed(data, 6 + 8 * number, text)


def summed(data, value):
    """The entry @data as one that has a sum: @value."""
    return field(changed(data, 5, b"2"), 12, b"%08x" % value)
