# SPDX-License-Identifier: MIT
"""Disks and entropy of a virtual machine: virtio-mmio, legacy as QEMU has it and as in the standard, by the command
blk, whose sums are compared with Python's. Devices that answer nonsense are in tests/host/device/virtio.c."""

import json
import random
import re
import time
import zlib

import pytest

from lib import tree
from lib.session import OFF, Session

MODERN = ["-global", "virtio-mmio.force-legacy=false"]
TITLE = "name sectors bytes each KiB access device"
IOERR = "Input/output error"


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """images(name, bytes) -> (path, content), always the same for one name."""
    folder = tmp_path_factory.mktemp("images")

    def get(name, size):
        data = random.Random(name).randbytes(size)
        path = folder / name
        path.write_bytes(data)
        return path, data
    return get


def disk(path, name, device="", drive=""):
    """QEMU's options for a disk."""
    return ["-drive", f"if=none,id={name},format=raw,file={path}{drive}",
            "-device", f"virtio-blk-device,drive={name}{device}"]


def slow(path, name):
    """One that answers once in a second, or when it is reset."""
    return disk(path, name, drive=",throttling.iops-total=1,throttling.iops-total-max=1")


def bad(path, name, sector):
    """One of which a sector cannot be read."""
    nodes = [{"driver": "file", "node-name": name + "-file", "filename": str(path)},
             {"driver": "blkdebug", "node-name": name + "-bad", "image": name + "-file",
              "inject-error": [{"event": "read_aio", "sector": sector, "errno": 5}]},
             {"driver": "raw", "node-name": name, "file": name + "-bad"}]
    return [word for node in nodes for word in ("-blockdev", json.dumps(node))] + \
        ["-device", f"virtio-blk-device,drive={name}"]


def summed(data, name):
    return f"{zlib.crc32(data):08x} {len(data)} {name}"


def dumped(text):
    """The bytes of a dump, without lines that repeat, and the place that it begins at."""
    lines = text.splitlines()
    pairs = [re.fullmatch(r"([0-9a-f]{8})  ((?:[0-9a-f]{2} +){16}) \|.{16}\|", line) for line in lines[:-1]]
    assert all(pairs), text
    data = b"".join(bytes.fromhex(pair[2]) for pair in pairs)
    start = int(pairs[0][1], 16)
    assert [int(pair[1], 16) for pair in pairs] == list(range(start, start + len(data), 16))
    assert int(lines[-1], 16) == start + len(data)
    return start, data


@pytest.mark.parametrize("gic", ["2", "3"])
@pytest.mark.parametrize("version", [[], MODERN], ids=["legacy", "modern"])
def test_disks(kernel, boot, images, version, gic):
    """Two of them; the one that is named first has the last place, and the last name."""
    one, data = images("one", 3 << 20)
    two, other = images("two", 1 << 20)
    session = boot(kernel, env={"GIC": gic, "SMP": "2"}, extra=[
        *version, *disk(one, "x"),
        *disk(two, "y", drive=",readonly=on", device=",logical_block_size=4096,physical_block_size=4096")])
    session.prompt()
    assert session.cmd("blk").split("\n") == session.cmd("blk info").split("\n")
    title, *rows = (" ".join(line.split()) for line in session.cmd("blk").splitlines())
    assert (title, rows) == (TITLE, ["vda 256 4096 1024 ro virtio_mmio@a003c00",
                                     "vdb 6144 512 3072 rw virtio_mmio@a003e00"])
    assert [line.split()[0] for line in session.cmd("blk info vdb").splitlines()] == ["name", "vdb"]
    assert session.cmd("blk sum vda") == summed(other, "vda")
    assert session.cmd("blk sum vdb") == summed(data, "vdb")
    assert session.cmd("blk sum vdb 6000") == summed(data[6000 * 512:], "vdb")
    assert session.cmd("blk sum vda 255 1") == summed(other[255 * 4096:], "vda")
    assert session.cmd("blk -r read vdb 100 77 | sum") == summed(data[100 * 512:177 * 512], "").rstrip()
    assert dumped(session.cmd("blk read vdb 6143")) == (6143 * 512, data[6143 * 512:])
    assert dumped(session.cmd("blk read vda 3 2")) == (3 * 4096, other[3 * 4096:5 * 4096])
    rows = re.findall(r"^ +\d+ +(\d+) +(\d+) edge +virtio_mmio@(\w+) ", session.cmd("irq"), re.M)
    assert [name for _, _, name in rows] == ["a003c00", "a003e00"]
    assert all(int(count) > 50 and unhandled == "0" for count, unhandled, _ in rows)
    session.poweroff()


def test_zeroes_are_shown_once(kernel, run, tmp_path):
    path = tmp_path / "zeroes"
    path.write_bytes(bytes(8192))
    result = run(kernel, "blk read vda 2 3", extra=disk(path, "x"))
    assert result.text.endswith("00000400" + "  00 00 00 00 00 00 00 00" * 2 + f"  |{'.' * 16}|\n*\n00000a00\n"
                                "cairn: off\n")


@pytest.mark.parametrize("version", [[], MODERN], ids=["legacy", "modern"])
def test_bad_sector(kernel, boot, images, version):
    """A disk that fails half way: which sector it is, and the rest is read."""
    path, data = images("half", 2 << 20)
    good, other = images("good", 1 << 20)
    session = boot(kernel, extra=[*version, *disk(good, "y"), *bad(path, "x", 2050)])
    session.prompt()
    assert session.cmd("blk sum vda; echo $?") == f"blk: vda: sector 2050: {IOERR}\n1"
    assert session.cmd("blk sum vda 2050 1") == f"blk: vda: sector 2050: {IOERR}"
    said, _, words = session.cmd("blk read vda 2048 5").rpartition("\n")
    assert dumped(said) == (2048 * 512, data[2048 * 512:2050 * 512])
    assert words == f"blk: vda: sector 2050: {IOERR}"
    assert session.cmd("blk sum vda 0 2050") == summed(data[:2050 * 512], "vda")
    assert session.cmd("blk sum vda 2051") == summed(data[2051 * 512:], "vda")
    assert session.cmd("blk sum vdb") == summed(other, "vdb")
    session.poweroff()


def test_no_answer(kernel, boot, images):
    """The time is up: the device is reset, and works again; the other one does all the time."""
    path, data = images("slow", 1 << 20)
    good, other = images("good", 1 << 20)
    session = boot(kernel, extra=[*disk(good, "y"), *slow(path, "x")])
    session.prompt()
    said = session.cmd("blk -t 300ms sum vda; echo $?").splitlines()
    assert re.search(r"virtio_mmio@a003c00: vda: sector \d+: no answer in time: reset$", said[0])
    assert re.fullmatch(r"blk: vda: sector \d+: no answer in time", said[1]) and said[2:] == ["1"]
    assert session.cmd("blk sum vdb") == summed(other, "vdb")
    assert session.cmd("blk -t 30s sum vda 5 1") == summed(data[5 * 512:6 * 512], "vda")
    session.poweroff()


def test_ctrl_c(kernel, boot, images):
    path, data = images("slow", 1 << 20)
    session = boot(kernel, extra=slow(path, "x"))
    session.prompt()
    session.send("echo begun; blk -t 1h sum vda\r")
    session.expect("^begun\n")
    session.send("\x03")
    assert "^C" in session.prompt(10) and session.cmd("echo $?") == "130"
    assert "reset" not in session.text
    assert session.cmd("blk -t 30s sum vda 5 1") == summed(data[5 * 512:6 * 512], "vda")
    session.poweroff()


@pytest.fixture(scope="module")
def shell(kernel, images):
    session = Session(kernel, timeout=None, extra=disk(images("shell", 1 << 20)[0], "x"))
    session.prompt()
    yield session
    session.close()


@pytest.mark.parametrize("line, said", [
    ("blk info vdb", "blk: vdb: no such device"), ("blk sum sda", "blk: sda: no such device"),
    ("blk read vda 2048", "blk: vda: sectors 2048 to 2048: the last one is 2047"),
    ("blk read vda 2047 2", "blk: vda: sectors 2047 to 2048: the last one is 2047"),
    ("blk sum vda 9223372036854775807", "blk: vda: sectors 9223372036854775807 to 9223372036854775807: "
                                        "the last one is 2047"),
    ("blk sum vda 1 9223372036854775807", "blk: vda: sectors 1 to 9223372036854775807: the last one is 2047"),
])
def test_ranges_and_names(shell, line, said):
    assert shell.cmd(f"{line}; echo $?") == said + "\n1"


@pytest.mark.parametrize("line, said", [
    ("blk sum vda -1", '"-1" is no SECTOR: a number of 0 or more'),
    ("blk read vda 0 0", '"0" is no COUNT: a number of 1 or more'),
    ("blk -t 0 sum vda", '"0" is no TIME: a duration of 1ms to 3600000ms'),
    ("blk read", ""), ("blk read vda", ""), ("blk sum", ""), ("blk -r sum vda", ""), ("blk info vda 0", ""),
    ("blk -x", "-x: no such option"), ("blk sum vda 0 1 2", ""),
])
def test_usage(shell, line, said):
    lines = shell.cmd(f"{line}; echo $?").splitlines()
    assert lines[-1] == "2" and lines[-2] == "usage: blk [-r] [-t TIME] [info|read|sum] [DEV] [SECTOR] [COUNT]"
    assert lines[:-2] == ([f"blk: {said}"] if said else [])


def test_completion(shell):
    shell.position = len(shell.text)
    for keys in ("blk su\t", "vd\t", "0 4\r"):
        shell.send(keys)
        time.sleep(0.3)
    assert shell.prompt().splitlines()[-1].endswith(" 2048 vda")


def test_without_disks(machine):
    """No place of virt's has a device, and none is made of them."""
    assert machine.cmd("blk; echo $?") == "blk: there is no block device\n0"
    assert "virtio" not in machine.cmd("devices") + machine.cmd("irq") + machine.cmd("dmesg")


def test_other_devices(kernel, run):
    result = run(kernel, "devices", extra=["-device", "virtio-serial-device"])
    assert "virtio_mmio@a003e00: a device of kind 3, for which this image has no driver" in result.text
    assert re.search(r"^failed +virtio_mmio +/virtio_mmio@a003e00 \(-ENODEV\)$", result.text, re.M)
    assert result.status == OFF


@pytest.fixture
def changed(kernel, tmp_path):
    """changed((text, other), ...) -> arguments for a run whose tree is QEMU's with that changed, everywhere."""
    def get(*changes):
        text = tree.decompile(tree.dump(kernel, tmp_path / "own.dtb"))
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return ["--tree", str(tree.compile_dts(text, tmp_path / "changed.dtb"))]
    return get


@pytest.mark.parametrize("version", [[], MODERN], ids=["legacy", "modern"])
def test_without_coherency(kernel, boot, images, changed, version):
    path, data = images("one", 3 << 20)
    session = boot(kernel, args=changed(("dma-coherent;", "")), extra=[*version, *disk(path, "x")])
    session.prompt()
    assert session.cmd("blk sum vda") == summed(data, "vda")
    session.poweroff()


def test_places_that_make_no_sense(kernel, boot, images, changed):
    """Each is a line, and the disk in the next place works."""
    path, data = images("good", 1 << 20)
    args = changed(("reg = <0x00 0xa003e00 0x00 0x200>;", "reg = <0x00 0xa003e00 0x00 0x80>;"),
                   ("interrupts = <0x00 0x2e 0x01>;", ""),
                   ("reg = <0x00 0xa003a00 0x00 0x200>;", "reg = <0x00 0x9010000 0x00 0x200>;"))
    session = boot(kernel, args=args, extra=[
        word for name in "abcd" for word in disk(path, name, drive=",readonly=on", device=",share-rw=on")])
    session.prompt()
    assert "virtio_mmio@a003e00: `reg` of 128 bytes is too small for its registers" in session.text
    assert "virtio_mmio@a003c00: probe failed: -ENOENT" in session.text
    assert "virtio_mmio@a003a00: no virtio device: 0x" in session.text
    assert session.cmd("blk").split()[-1] == "virtio_mmio@a003800"
    assert session.cmd("blk sum vda") == summed(data, "vda")
    session.poweroff()


def test_without_a_timer(kernel, run, images, changed):
    path, data = images("good", 1 << 20)
    result = run(kernel, args=changed(('compatible = "arm,armv8-timer\\0arm,armv7-timer";', 'compatible = "x,timer";'),
                                      ("chosen {", 'chosen { bootargs = "autorun=\\"blk sum vda; poweroff\\"";')),
                 extra=disk(path, "x"))
    assert "timer none" in result.text and f"\n{summed(data, 'vda')}\n" in result.text and result.status == OFF


@pytest.mark.parametrize("version", [[], MODERN], ids=["legacy", "modern"])
def test_entropy(kernel, boot, version):
    """Where the tree has no seed, a device makes up for it: no warning (test_devices.py has it without)."""
    session = boot(kernel, extra=[*version, "-machine", "dtb-randomness=off", "-device", "virtio-rng-device"])
    session.prompt()
    assert re.fullmatch(r"[0-9a-f]{8} \d+", session.cmd("head -n 3 /dev/random | sum"))
    said = session.cmd("dmesg")
    assert "virtio_mmio@a003e00: a source of entropy" in said and "can be guessed" not in said
    assert re.search(r"^ +\d+ +1 +0 edge +virtio_mmio@a003e00 ", session.cmd("irq"), re.M)
    session.poweroff()
