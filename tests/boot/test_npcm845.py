# SPDX-License-Identifier: MIT
"""A 16550 as the console: virt's image on QEMU's npcm845-evb, with a tree of our own (npcm845.dts)."""

import pathlib
import re
import shutil
import zlib

import pytest

from lib import tree
from lib.session import OFF, PANIC

pytestmark = pytest.mark.usefixtures("npcm845")

DTS = pathlib.Path(__file__).parent / "npcm845.dts"


@pytest.fixture(scope="module")
def board(kernel, tmp_path_factory):
    """The image of qemu_virt_defconfig, and a configuration that has another machine run it."""
    folder = tmp_path_factory.mktemp("npcm845")
    for name in ("Image", "cairn"):
        shutil.copy(kernel / name, folder / name)
    config = (kernel / ".config").read_text()
    (folder / ".config").write_text(re.sub("CONFIG_RUN_MACHINE=.*", 'CONFIG_RUN_MACHINE="npcm845-evb"', config))
    return folder


@pytest.fixture
def env(tmp_path):
    """env((text, other), ...) -> the environment for a run with the tree so changed."""
    def get(*changes):
        text = DTS.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return {"DTB": str(tree.compile_dts(text, tmp_path / "npcm845.dtb"))}
    return get


def test_prompt(boot, board, env):
    session = boot(board, env=env())
    session.prompt()
    assert "] Cairn 0.1.0 on NPCM845 in QEMU\n" in session.text
    assert "] console /serial@f0000000, interrupts /interrupt-controller@dfff9000, timer /timer at " in session.text
    assert session.cmd("echo x") == "x"
    assert int(re.search(r"^ +\d+ +(\d+) +\d+ level +serial@f0000000 ", session.cmd("irq"), re.M)[1]) > 0
    session.poweroff()


def test_paste(boot, board, env):
    """60 KB in one go, into a file."""
    text = "".join(f"{n:05d} {'abcdefghijklmnopqrstuvwxyz'[n % 26] * 53}\n" for n in range(1000)).encode()
    session = boot(board, env=env(), timeout=180)
    session.prompt()
    session.send("cat > f\r")
    session.send(text.replace(b"\n", b"\r") + b"\x04")
    session.prompt(120)
    assert session.cmd("sum f") == f"{zlib.crc32(text):08x} {len(text)} f"
    session.send("poweroff\r")
    assert session.status() == OFF


@pytest.mark.parametrize("compatible", ["ns16550a", "ns16550", "snps,dw-apb-uart"])
def test_panic_before_the_driver(run, board, env, compatible):
    """What the tree says of the UART holds for boot's own words too: registers behind reg's beginning."""
    result = run(board, timeout=20, env=env(
        ('"ns16550a"', f'"{compatible}"'), ("reg = <0 0xf0000000 0 0x1000>;",
                                            "reg = <0 0xeffff000 0 0x2000>; reg-offset = <0x1000>;"),
        ('"arm,gic-400"', '"none"')))
    assert result.status == PANIC, result.closing
    assert result.text.endswith("\ncairn: panic: no console: the tree has no interrupt controller that this image "
                                "knows\n")
