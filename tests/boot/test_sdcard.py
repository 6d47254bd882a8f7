# SPDX-License-Identifier: MIT
"""`make sdcard`: the card's image read back by mtools, and by U-Boot, which is no relative of theirs; and
what was read boots."""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import time

import pytest

from lib.build import ROOT, clean_environment, locked, make
from lib.session import OFF

from .test_u_boot import at_shell, power_off, stop, typed

TREE = "bcm2711-rpi-4-b"
SECTOR, START = 512, 1 << 20
NAMES = {"kernel8.img", f"{TREE}.dtb", "config.txt", "cmdline.txt"}


@pytest.fixture
def card(rpi4, tmp_path):
    """card(name=value, ...) -> (the finished scripts/sdcard, the image) of a folder that has the rpi4 build."""
    o = tmp_path / "o"
    (o / "dts").mkdir(parents=True)
    for name in ("Image", "cairn", ".config", f"dts/{TREE}.dtb"):
        shutil.copy(rpi4 / name, o / name)

    def get(**env):
        done = subprocess.run([sys.executable, str(ROOT / "scripts/sdcard"), "-O", str(o)], cwd=ROOT,
                              env=clean_environment(**env), capture_output=True, text=True, check=False)
        return done, o / "sdcard.img"
    return get


@pytest.fixture
def firmware(tmp_path):
    """A folder as the firmware's: two files that must be there, one that may, one that is not asked for."""
    folder = tmp_path / "firmware"
    (folder / "overlays").mkdir(parents=True)
    for size, name in ((3_000_001, "start4.elf"), (5_000, "fixup4.dat"), (1_000, "overlays/disable-bt.dtbo"),
                       (10, "kernel8.img")):
        (folder / name).write_bytes(os.urandom(size))
    return folder


def tool(name, image, *arguments):
    return subprocess.run([name, "-i", f"{image}@@{START}", *arguments], env=clean_environment(MTOOLSRC="/dev/null"),
                          capture_output=True, check=True).stdout


def files(image):
    """{name: contents}, by mtools."""
    listed = tool("mdir", image, "-/", "-b", "::").decode().splitlines()
    names = [line.removeprefix("::/") for line in listed if not line.endswith("/")]
    return {name: tool("mtype", image, f"::/{name}") for name in names}


def digest(image):
    return hashlib.sha256(image.read_bytes()).hexdigest()


def settings(text):
    """config.txt's lines without remarks."""
    return [line for line in text.decode().splitlines() if line and not line.startswith("#")]


def test_partition(card):
    _, image = card()
    sector = image.read_bytes()[:SECTOR]
    size = image.stat().st_size
    assert size & (size - 1) == 0 and sector[510:] == b"\x55\xaa"
    kind, (first, sectors) = sector[450], struct.unpack_from("<II", sector, 454)
    assert (kind, first * SECTOR, (first + sectors) * SECTOR) == (0x0c, START, size)
    assert not any(sector[462:510]), "no other partition"
    with open(image, "rb") as file:
        file.seek(START)
        boot = file.read(SECTOR)
    assert boot[82:90] == b"FAT32   " and struct.unpack_from("<II", boot, 28) == (first, sectors)


def test_contents(card, rpi4, firmware):
    done, image = card()
    assert done.returncode == 0, done.stderr
    assert "add start4.elf and fixup4.dat to the partition" in done.stdout and "FIRMWARE=dir" in done.stdout
    found = files(image)
    assert set(found) == NAMES
    assert found["kernel8.img"] == (rpi4 / "Image").read_bytes()
    assert found[f"{TREE}.dtb"] == (rpi4 / f"dts/{TREE}.dtb").read_bytes()
    assert found["cmdline.txt"] == b"\n"
    assert settings(found["config.txt"]) == ["arm_64bit=1", "kernel=kernel8.img", f"device_tree={TREE}.dtb",
                                             "enable_uart=1"]
    done, image = card(FIRMWARE=firmware, APPEND="loglevel=8 quiet")
    assert done.returncode == 0 and "add start4.elf" not in done.stdout
    found = files(image)
    assert set(found) == NAMES | {"start4.elf", "fixup4.dat", "overlays/disable-bt.dtbo"}
    for name in ("start4.elf", "fixup4.dat", "overlays/disable-bt.dtbo"):
        assert found[name] == (firmware / name).read_bytes()
    assert found["kernel8.img"] == (rpi4 / "Image").read_bytes(), "not the folder's"
    assert found["cmdline.txt"] == b"loglevel=8 quiet\n"


def test_the_same_bytes_again(card, firmware):
    """Whatever the clock, the user's settings and the order of the folder say."""
    _, image = card(FIRMWARE=firmware, SOURCE_DATE_EPOCH=1_000_000_000)
    first = digest(image)
    assert tool("mdir", image, "::").count(b"2001-09-09") == len(NAMES) + 3
    time.sleep(2.1)         # FAT's times go by two seconds
    (firmware / "fixup4.dat").touch()
    card(FIRMWARE=firmware, SOURCE_DATE_EPOCH=1_000_000_000, TZ="Asia/Tokyo", LC_ALL="C.UTF-8")
    assert digest(image) == first
    card(FIRMWARE=firmware)
    assert digest(image) != first
    assert b"1980-01-01" in tool("mdir", image, "::")


def test_grows(card, firmware):
    with open(firmware / "start4.elf", "r+b") as file:
        file.truncate(40 << 20)
    done, image = card(FIRMWARE=firmware)
    assert done.returncode == 0 and image.stat().st_size == 128 << 20
    assert tool("mtype", image, "::/start4.elf") == (firmware / "start4.elf").read_bytes()


@pytest.mark.parametrize("env, said", [
    ({"FIRMWARE": "/none"}, "FIRMWARE=/none is no folder"),
    ({"FIRMWARE": "/dev"}, "FIRMWARE=/dev lacks start4.elf and fixup4.dat"),
    ({"INITRD": "/none"}, "the initramfs /none is missing"),
    ({"APPEND": "x" * 1024}, "APPEND is one line of at most 1023 bytes"),
    ({"APPEND": "a\nb"}, "APPEND is one line"),
    ({"PATH": "/nowhere"}, "mtools is not installed"),
])
def test_refused(card, env, said):
    done, image = card(**env)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not image.exists() and not list(image.parent.glob("*.new"))


def test_another_board(kernel):
    with locked(f"{kernel}.lock"):
        done = make("sdcard", o=kernel, check=False)
    assert done.returncode and "does not build its tree" in done.stderr and "make rpi4_defconfig sdcard" in done.stderr


def test_what_is_on_it_boots(run, card, rpi4, raspi4b, tmp_path):
    """As firmware does: kernel, tree, archive and command line by what config.txt names."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "hello").write_text("from the card\n")
    _, image = card(INITRD=folder, APPEND="loglevel=8")
    found = files(image)
    lines = settings(found["config.txt"])
    assert "initramfs initrd.img followkernel" in lines
    values = dict(line.split("=") for line in lines if "=" in line)
    o = tmp_path / "run"
    o.mkdir()
    (o / "Image").write_bytes(found[values["kernel"]])
    (o / "board.dtb").write_bytes(found[values["device_tree"]])
    (o / "initrd").write_bytes(found["initrd.img"])
    shutil.copy(rpi4 / ".config", o / ".config")
    result = run(o, "cat /hello /proc/cmdline", timeout=60, env={
        "DTB": o / "board.dtb", "INITRD": o / "initrd", "APPEND": found["cmdline.txt"].decode().strip()})
    assert result.status == OFF, result.closing
    assert "\nfrom the card\nloglevel=8 " in result.text


def test_u_boot_reads_it(user, card, kernel, rpi4):
    """Another reader of FAT; and the Pi's kernel, from the Pi's card, on QEMU's virt."""
    _, image = card()
    one = user(kernel, env={
        "BOOT": "u-boot",
        "QEMU_ARGS": f"-drive if=none,id=card,format=raw,file={image} -device virtio-blk-device,drive=card"})
    stop(one)
    typed(one, "virtio scan")
    typed(one, "fatls virtio 0:1")
    listed = one.expect(rb"(?s)\n(.*)\n4 file\(s\), 0 dir\(s\)")[1].decode()
    assert {line.split()[1] for line in listed.splitlines() if re.match(r" +\d+ ", line)} == NAMES
    typed(one, "load virtio 0:1 ${kernel_addr_r} kernel8.img")
    one.expect(rb"\n%d bytes read" % (rpi4 / "Image").stat().st_size)
    typed(one, "booti ${kernel_addr_r} - ${fdtcontroladdr}")
    at_shell(one, "config RUN_MACHINE", 'CONFIG_RUN_MACHINE="raspi4b"')
    power_off(one)
