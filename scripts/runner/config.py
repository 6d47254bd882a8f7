# SPDX-License-Identifier: MIT
"""What was built: the configuration of an output folder, and the header of its Image.

The configuration is read from include/config/auto.conf, which describes the Image that is there,
rather than from .config, which may have been edited since; .config is the fallback for a folder
that holds nothing else. Computes where QEMU loads the Image, which is how a program counter before
the MMU is told from one after it.
"""

import os
import shlex
import struct

from . import USAGE, Stop

MIB = 1 << 20


def make_command(o):
    """The make call that fixes this output folder, as a user would type it."""
    return "make" if os.path.normpath(o) == "build" else "make O=" + shlex.quote(o)


def read_config(o):
    """CONFIG_ symbols without their prefix, strings without quotes, unset ones absent."""
    for name in ("include/config/auto.conf", ".config"):
        path = os.path.join(o, name)
        try:
            with open(path, encoding="utf-8") as file:
                return dict(parse_line(line) for line in file if line.startswith("CONFIG_"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise Stop(USAGE, f"cannot read {path}: {error}") from None
    raise Stop(USAGE, f"{o} holds no configuration: run `{make_command(o)}`")


def parse_line(line):
    symbol, equals, value = line.rstrip("\n").partition("=")
    if not equals:
        raise ValueError(f"not an assignment: {line.strip()}")
    if value.startswith('"') and value.endswith('"') and len(value) >= 2:
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return symbol[len("CONFIG_"):], value


def require(o, name):
    """The path of a product, or one line that says how to make it."""
    path = os.path.join(o, name)
    if not os.path.isfile(path):
        raise Stop(USAGE, f"{path} is missing: run `{make_command(o)}`")
    return path


def read_header(image):
    """(text_offset, image_size) of an arm64 Image, or None."""
    with open(image, "rb") as file:
        header = file.read(64)
    if len(header) < 64 or header[56:60] != b"ARM\x64":
        return None
    return struct.unpack_from("<QQ", header, 8)


def memory_size(image):
    """How much memory the Image takes from where it is loaded, zeroed parts included."""
    header = read_header(image)
    return max(os.path.getsize(image), header[1] if header else 0)


def load_address(image, ram):
    """Where QEMU puts this Image in a machine whose RAM starts at @ram.

    As QEMU's load_aarch64_image() does: text_offset from the header, moved up by 2 MiB where it
    would collide with QEMU's own first instructions; without a header 0x80000.
    """
    header = read_header(image)
    if not header or not header[1]:
        return ram + 0x80000
    return ram + header[0] + (2 * MIB if header[0] < 4096 else 0)
