# SPDX-License-Identifier: MIT
"""U-Boot starts the Image, as firmware of most boards does: by itself, and by what one types at its
prompt. It is the distribution's for QEMU's virt, and gets Image and initramfs from QEMU."""

import os
import re

import pytest

from lib.session import OFF

U_BOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
pytestmark = pytest.mark.skipif(not os.path.isfile(U_BOOT), reason="skipped: needs the package u-boot-qemu")


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


def typed(session, line):
    session.expect(r"^=> \Z")
    session.send(line + "\r")


def test_by_hand(boot, kernel, files):
    """What Documentation/porting.md has one type, with a command line of one's own, twice."""
    session = boot(kernel, timeout=90, env={"BOOT": "u-boot", "INITRD": files})
    session.expect("Hit any key to stop autoboot")
    session.send(" ")
    typed(session, "qfw load ${kernel_addr_r} ${ramdisk_addr_r}")
    session.expect(r"loading kernel to address \w+ size \w+ initrd \w+ size \w+")
    typed(session, "setenv bootargs loglevel=8")
    typed(session, "fdt addr ${fdtcontroladdr}")
    typed(session, "fdt print /chosen stdout-path")
    session.expect('stdout-path = "/pl011@9000000"')
    typed(session, "booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdtcontroladdr}")
    session.prompt()
    assert session.cmd("cat /hello") == "from U-Boot"
    assert session.cmd("cat /proc/cmdline") == "loglevel=8"
    session.poweroff()


def test_elsewhere(boot, kernel):
    """An address that is no multiple of 2 MiB: booti moves the Image to one."""
    session = boot(kernel, timeout=90, env={"BOOT": "u-boot"})
    session.expect("Hit any key to stop autoboot")
    session.send(" ")
    typed(session, "qfw load 0x48100000 ${ramdisk_addr_r}")
    typed(session, "booti 0x48100000 - ${fdtcontroladdr}")
    session.prompt()
    session.poweroff()
