# SPDX-License-Identifier: MIT
"""U-Boot starts the Image, as firmware of most boards does: by itself, and by what one types at its
prompt. It is the distribution's for QEMU's virt, and gets Image and initramfs from QEMU."""

import re

import pytest

from lib.build import ROOT
from lib.session import OFF


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "hello").write_text("from U-Boot\n")
    return str(folder)


@pytest.mark.parametrize("entry, level", [("el1", 1), ("el2", 2)])
def test_by_itself(run, kernel, files, entry, level):
    result = run(kernel, "cat /hello; mem; cat /proc/cmdline", entry=entry, timeout=60,
                 env={"BOOT": "u-boot", "INITRD": files, "SMP": 2, "APPEND": "loglevel=7"})
    assert result.status == OFF, result.closing
    loader, _, text = result.text.partition("\nStarting kernel ...\n")
    assert "U-Boot 20" in loader
    assert re.search(rf"\] 2 of 2 CPUs used \(.*\), entered at EL{level}; 512 MiB", text)
    assert "\nfrom U-Boot\n" in text and '\nloglevel=7 autorun="cat /hello; mem;' in text
    # where the runner takes it to be when it names what hangs
    assert re.search(r"^reserved +0x000040400000-0x\w+ +\d+ KiB +kernel$", text, re.M)


def test_without_initramfs(run, kernel):
    """U-Boot's own script passes a size all the same, of what is no archive."""
    result = run(kernel, "ls /", timeout=60, env={"BOOT": "u-boot"})
    assert result.status == OFF, result.closing


def stop(one):
    """At U-Boot's prompt: it gives two seconds for that."""
    one.expect(rb"Hit any key to stop autoboot")
    one.type(b" ")


def typed(one, line, before=""):
    one.expect(rb"\n" + re.escape(before.encode()) + rb"=> ")
    one.type(line.encode() + b"\r")


def at_shell(one, line, said):
    one.expect(rb"\ncairn> ")
    one.type(line.encode() + b"\r")
    one.expect(rb"\n" + re.escape(said.encode()) + rb"\r")


def power_off(one):
    one.expect(rb"\ncairn> ")
    one.type(b"poweroff\r")
    assert one.end() == OFF


def as_pattern(line):
    """A line of the document: sizes and addresses of this very build are free."""
    parts = re.split(r"(\.\.\.|(?<=size )[0-9a-f]+|(?<=FDT set to )[0-9a-f]+)", line)
    return ("\n" + "".join(".*" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)) + "\r").encode()


def test_by_hand(user, kernel, files):
    """The session that Documentation/porting.md shows, line by line, at a terminal."""
    text = (ROOT / "Documentation/porting.md").read_text()
    lines = re.search(r"^\$ make run BOOT=u-boot INITRD=files/\n(.*?)^```", text, re.M | re.S)[1].splitlines()
    one = user(kernel, env={"BOOT": "u-boot", "INITRD": files})
    assert sum("=> " in line for line in lines) > 5
    for line in lines:
        before, prompt, command = line.partition("=> ")
        if "autoboot" in line:
            stop(one)
        elif prompt:
            typed(one, command, before)
        elif line not in ("...", "cairn>"):
            one.expect(as_pattern(line))
    at_shell(one, "cat /hello", "from U-Boot")
    at_shell(one, "cat /proc/cmdline", "loglevel=8")
    power_off(one)


def test_elsewhere(user, kernel):
    """An address that is no multiple of 2 MiB: booti moves the Image to one."""
    one = user(kernel, env={"BOOT": "u-boot"})
    stop(one)
    typed(one, "qfw load 0x48100000 ${ramdisk_addr_r}")
    typed(one, "booti 0x48100000 - ${fdtcontroladdr}")
    power_off(one)


def test_reboot(user, kernel):
    """Back to U-Boot, as on a board."""
    one = user(kernel, env={"BOOT": "u-boot"})
    at_shell(one, "echo x", "x")
    one.expect(rb"\ncairn> ")
    one.type(b"reboot\r")
    one.expect(rb"\nU-Boot 20")
    power_off(one)
