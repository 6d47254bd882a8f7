# SPDX-License-Identifier: MIT
"""The faults on purpose (choice BREAK) cost nothing where none is chosen: the Image is the same, byte for byte, as one
from sources without them."""
import re

from lib.build import jobs

WITHOUT = """\
#ifndef BOOT_BREAK_H
#define BOOT_BREAK_H
#define break_tcr(tcr) (tcr)
#define break_mair(mair) (mair)
#define break_table(t, va, pa) ((void)(va), (void)(pa))
#define break_uart(node) ((void)(node))
#define break_hang() ((void)0)
#endif
"""


def head_without(text):
    """head.S without the lines that ask for a fault; what stands between them stays."""
    left = re.sub(r"^#ifndef CONFIG_BREAK_\w+\n(.*?)^#endif\n", r"\1", text, flags=re.M | re.S)
    assert left != text and "BREAK" not in left
    return left


def test_no_fault_is_no_byte(built):
    before = (built.o / "Image").read_bytes()
    with built.edit("arch/arm64/boot/break.h", lambda text: WITHOUT), \
            built.edit("arch/arm64/boot/head.S", head_without):
        made = built.objects(jobs(), "all")
        after = (built.o / "Image").read_bytes()
    assert {"arch/arm64/boot/early_main.o", "arch/arm64/boot/early_map.o", "arch/arm64/boot/head.o"} <= set(made)
    assert after == before
