# SPDX-License-Identifier: MIT
"""The driver that Documentation/adding-a-driver.md walks through is built from outside the tree, finds
its device and serves its interrupt; and the document says what is in the file."""

import json
import re
import socket
import time

EXAMPLE = "Documentation/examples/pl061"


def press_power_button(path):
    """QEMU's system_powerdown raises an input of the PL061."""
    with socket.socket(socket.AF_UNIX) as qmp:
        qmp.settimeout(10)
        qmp.connect(str(path))
        answers = qmp.makefile("r")
        answers.readline()
        for command in ("qmp_capabilities", "system_powerdown"):
            qmp.sendall(json.dumps({"execute": command}).encode())
            while "return" not in json.loads(answers.readline()):
                pass


def test_example_driver(build, boot, tmp_path):
    o = build("qemu_virt_defconfig", EXT=EXAMPLE)
    run = boot(o, extra=["-qmp", f"unix:{tmp_path}/qmp,server=on,wait=off"])
    assert re.search(r"^ready +pl061 +/pl061@", run.cmd("devices"), re.M)
    for presses in (1, 2):
        press_power_button(tmp_path / "qmp")
        run.expect(r"pl061 pl061@\w+: input 3 has risen$")
        run.send("\r")          # the line came behind the prompt
        count = re.search(r"^ +\d+ +(\d+) +0 level +pl061@", run.cmd("irq"), re.M)
        assert count and int(count[1]) == presses
        time.sleep(0.2)         # QEMU lets the button go again after a moment
    run.poweroff()


def test_document_matches_the_example(root):
    text = (root / "Documentation/adding-a-driver.md").read_text(encoding="utf-8")
    source = (root / EXAMPLE / "pl061.c").read_text(encoding="utf-8")
    makefile = (root / EXAMPLE / "Makefile").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    assert {language for language, _ in blocks} == {"c", "make"}
    for language, block in blocks:
        assert block in (source if language == "c" else makefile)
