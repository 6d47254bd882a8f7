# SPDX-License-Identifier: MIT
"""A folder as an archive that the kernel unpacks: cpio's format "newc", not compressed.

The same folder gives the same bytes: names in the order of their bytes, all of them root's, times 0, inodes counted
from 1. Files with several names in the folder (hard links) are one file in the archive, its contents with the last
name, as cpio does it. A folder is packed as it is: symbolic links are not followed.
"""

import os
import stat

from . import USAGE, Stop

PIECE = 1 << 20
SIZE_MAX = (1 << 32) - 1        # of a file: eight digits
TRAILER = b"TRAILER!!!"


def header(name, mode, inode=0, links=1, size=0, node=0):
    """An entry up to its contents. @name: bytes."""
    fields = (inode, mode, 0, 0, links, 0, size, 0, 0, os.major(node), os.minor(node), len(name) + 1, 0)
    text = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return text + padding(len(text))


def padding(length):
    return bytes(-length % 4)


def entry(name, mode, contents=b"", **fields):
    """A whole entry. @name and @contents: bytes."""
    return header(name, mode, size=len(contents), **fields) + contents + padding(len(contents))


def trailer():
    return entry(TRAILER, 0)


def walk(folder):
    """(name below @folder, status) of all that is in it, a directory before what is in it. Bytes."""
    pending = [b""]
    while pending:
        name = pending.pop()
        path = os.path.join(folder, name) if name else folder
        status = os.lstat(path) if name else os.stat(path)
        yield name or b".", status
        if stat.S_ISDIR(status.st_mode):
            pending += [os.path.join(name, below) for below in sorted(os.listdir(path), reverse=True)]


def write_contents(file, path, status):
    written = 0
    with open(path, "rb") as source:
        while piece := source.read(min(PIECE, status.st_size - written)):
            file.write(piece)
            written += len(piece)
    if written != status.st_size:
        raise OSError(0, "changed while it was read", path)
    file.write(padding(written))


def write_folder(file, folder):
    found = list(walk(folder))
    left, inodes = {}, {}
    for _, status in found:
        key = (status.st_dev, status.st_ino)
        left[key] = left.get(key, 0) + 1
        inodes.setdefault(key, len(inodes) + 1)
    links = dict(left)
    for name, status in found:
        path, key = os.path.join(folder, name), (status.st_dev, status.st_ino)
        left[key] -= 1
        fields = {"inode": inodes[key], "links": links[key]}
        # a file of this name is none that ends the archive
        name = b"./" + name if name == TRAILER else name
        if stat.S_ISLNK(status.st_mode):
            file.write(entry(name, status.st_mode, os.readlink(path), **fields))
        elif not stat.S_ISREG(status.st_mode):
            node = status.st_rdev if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode) else 0
            file.write(header(name, status.st_mode, node=node, **fields))
        elif left[key]:
            file.write(header(name, status.st_mode, **fields))
        elif status.st_size > SIZE_MAX:
            raise OSError(0, "has 4 GiB or more, which no archive of this format can hold", path)
        else:
            file.write(header(name, status.st_mode, size=status.st_size, **fields))
            write_contents(file, path, status)
    file.write(trailer())


def pack_folder(folder, path):
    """Packs @folder into the file @path, which is there whole or as it was before."""
    new = f"{path}.{os.getpid()}"
    try:
        with open(new, "wb") as file:
            write_folder(file, os.fsencode(folder))
        os.replace(new, path)
    except OSError as error:
        name = os.fsdecode(error.filename or new)
        raise Stop(USAGE, f"INITRD: cannot pack {folder}: {name!r}: {error.strerror}") from None
    finally:
        if os.path.exists(new):
            os.unlink(new)
