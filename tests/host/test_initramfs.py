# SPDX-License-Identifier: MIT
"""The initramfs on the host: cpio taken apart in pieces of every length, gzip against Python's, and all of it, down to
the files, under libFuzzer."""

import gzip
import random
import stat
import zlib

import pytest

from lib import archive
from lib import host_machine as machine

FILES = [*(f"fs/{name}.c" for name in ("context", "dentry", "file", "inode", "mount", "names", "readdir", "truncate",
                                       "walk", "test_integrity")),
         "fs/ramfs/ramfs.c", "fs/ramfs/pages.c", "tests/host/fs/world.c",
         *(f"fs/initramfs/{name}.c" for name in ("cpio", "files", "initramfs", "gzip"))]
FILES_FLAGS = ["-Itests/host/fs", *machine.flags(12),
               *(f"-DCONFIG_{name}=1" for name in ("PAGE_ALLOC_BUDDY", "THREADS", "FS", "DEBUG_HEAP", "INITRAMFS",
                                                   "INITRAMFS_GZIP"))]
GZIP = "fs/initramfs/gzip.c"


def test_cpio(program):
    program("cpio", "fs/initramfs/cpio.c", "tests/host/initramfs/cases.c").test(cases=5)


# -- gzip -------------------------------------------------------------------------------------------------------------

def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def deflated(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, window=15):
    made = zlib.compressobj(level, zlib.DEFLATED, 16 + window, 9, strategy)
    return made.compress(data) + made.flush()


def with_header(data, flags, extra):
    """@data in a member whose header has the parts that @flags says."""
    plain = deflated(data)
    return plain[:3] + bytes([flags]) + plain[4:10] + extra + plain[10:]


@pytest.fixture
def unpack(program, tmp_path):
    tool = program("gzip", GZIP, "tests/host/initramfs/gzip.c", suites=False)

    def unpack(members):
        names = []
        for number, data in enumerate(members):
            names.append(tmp_path / str(number))
            names[-1].write_bytes(data)
        said = tool.run(*names).splitlines()
        assert len(said) == len(members)
        return [(int(length), int(total, 16), int(end), why)
                for length, total, end, why in (line.split(" ", 3) for line in said)]
    return unpack


def samples(seed):
    draw = random.Random(seed)
    words = [draw.randbytes(draw.randrange(1, 30)) for _ in range(200)]
    uneven = bytes(draw.choices(range(256), [2.0 ** -(i / 12) for i in range(256)], k=60000))
    return [b"", b"x", b"a" * 100000, draw.randbytes(70000), bytes(range(256)) * 300,
            b"".join(draw.choices(words, k=5000)), uneven]


def test_gzip(unpack):
    """Every kind of block, every strategy, behind each of which something follows."""
    members, wanted = [], []
    for data in samples(1):
        for made in (deflated(data), deflated(data, 1), deflated(data, 0), deflated(data, 9, zlib.Z_FIXED),
                     deflated(data, 9, zlib.Z_HUFFMAN_ONLY), deflated(data, 9, zlib.Z_RLE), deflated(data, 9, window=9),
                     with_header(data, 4, b"\3\0xyz"), with_header(data, 8 | 16 | 2, b"name\0remark\0cc")):
            members.append(made + b"behind")
            wanted.append((len(data), fnv(data), len(made), "good"))
    assert unpack(members) == wanted


def test_gzip_damaged(unpack):
    """What has been cut anywhere is not good; nor is what has one bit turned, unless Python finds it the same."""
    data = samples(2)[5][:3000]
    made = deflated(data)
    whys = [why for _, _, _, why in unpack([made[:at] for at in range(len(made))])]
    assert set(whys[3:]) == {"cut off"} and "good" not in whys
    draw = random.Random(3)
    turned = []
    for _ in range(400):
        at = draw.randrange(len(made))
        turned.append(made[:at] + bytes([made[at] ^ 1 << draw.randrange(8)]) + made[at + 1:])
    for flipped, (_, _, _, why) in zip(turned, unpack(turned)):
        try:
            same = gzip.decompress(flipped) == data
        except (OSError, EOFError, zlib.error):
            same = False
        assert (why == "good") == same


@pytest.mark.parametrize("data, why", ids=lambda value: value if isinstance(value, str) else "", argvalues=[
    (b"\x1f\x8b\x07\0" + bytes(20), "of an unknown kind"),
    (b"\x1f\x8b\x08\x20" + bytes(20), "of an unknown kind"),
    (b"\x1f\x8c" + bytes(20), "not gzip"),
    (b"\x1f\x8b\x08\0" + bytes(6) + b"\x07" + bytes(20), "damaged"),            # a block of the kind that there is not
    (b"\x1f\x8b\x08\0" + bytes(6) + b"\x01\1\0\1\0" + bytes(20), "damaged"),    # a stored one whose lengths differ
    (deflated(b"abc")[:-8] + b"\1\2\3\4\3\0\0\0", "its checksum is wrong"),
    (deflated(b"abc")[:-4] + b"\4\0\0\0", "its checksum is wrong"),
])
def test_gzip_wrong(unpack, data, why):
    assert unpack([data])[0][3] == why


# -- libFuzzer --------------------------------------------------------------------------------------------------------

def entries():
    """Archives to begin with."""
    entry = archive.entry
    good = (entry("d", stat.S_IFDIR | 0o755) + entry("d/f", stat.S_IFREG | 0o644, b"text" * 3000) +
            entry("l", stat.S_IFLNK | 0o777, b"d/f") + entry("n", stat.S_IFCHR | 0o600, node=0x103) +
            entry("h", stat.S_IFREG | 0o644, inode=9, links=2) +
            entry("k", stat.S_IFREG | 0o644, b"x", inode=9, links=2) + archive.trailer())
    return [good, good + bytes(100) + good, gzip.compress(good), entry("../x", stat.S_IFREG) + archive.trailer(),
            entry("l/x", stat.S_IFREG) + archive.trailer(), good[:-200]]


def run_fuzzer(made, tmp_path, seeds, seconds):
    for number, data in enumerate(seeds):
        (tmp_path / str(number)).write_bytes(data)
    made.run(f"-max_total_time={seconds}", "-max_len=16384", "-timeout=10", "-verbosity=1", "-print_final_stats=1",
             f"-artifact_prefix={made.folder}/", tmp_path, timeout=seconds + 60)


def fuzz_files(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("initramfs-fuzz", *machine.sources("buddy"), *FILES, "tests/host/initramfs/fuzz.c",
                         link=machine.LINK, suites=False, flags=[*FILES_FLAGS, "-fsanitize=fuzzer"])
    run_fuzzer(made, tmp_path, [bytes([fail]) + data for data in entries() for fail in (0, 130, 140)], seconds)


def fuzz_gzip(clang_program, tmp_path, seconds):
    assert clang_program is not None, "clang is missing: scripts/setup test installs it"
    made = clang_program("gzip-fuzz", GZIP, "tests/host/initramfs/gzip_fuzz.c", flags=["-fsanitize=fuzzer"],
                         suites=False)
    run_fuzzer(made, tmp_path, [deflated(data[:2000], level) for data in samples(4) for level in (0, 1, 9)], seconds)


def test_fuzz(clang_program, tmp_path):
    fuzz_files(clang_program, tmp_path, 4)


def test_fuzz_gzip(clang_program, tmp_path):
    fuzz_gzip(clang_program, tmp_path, 4)


@pytest.mark.slow
def test_fuzz_long(clang_program, tmp_path):
    fuzz_files(clang_program, tmp_path, 300)


@pytest.mark.slow
def test_fuzz_gzip_long(clang_program, tmp_path):
    fuzz_gzip(clang_program, tmp_path, 300)
