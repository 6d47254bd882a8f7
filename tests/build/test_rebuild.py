# SPDX-License-Identifier: MIT
"""What is built anew after which change, and that nothing else is."""
import os
import re
import subprocess
import time

import pytest

from lib.build import cpu_seconds

LINK = [("LD", ".cairn1"), ("KSYMS", ".kallsyms.o"), ("LD", "cairn"), ("OBJCOPY", "Image")]


def test_whole_build(tree, tell):
    for name in ("Image", "cairn", "cairn.map", ".config", "include/generated/autoconf.h"):
        assert (tree.o / name).stat().st_size, name
    tell(f"clean build: {tree.cpu_seconds:.1f} CPU seconds")


def test_second_make_does_nothing(built, tell):
    before = cpu_seconds()
    done = built.make()
    took = cpu_seconds() - before
    assert done.stdout == "" and done.stderr == ""
    tell(f"nothing to do: {took:.2f} CPU seconds")


def test_one_file(built, tell):
    built.touch("kernel/irq.c")
    before = cpu_seconds()
    steps = built.steps("-j2")
    took = cpu_seconds() - before
    assert steps == [("CC", "kernel/irq.o")] + LINK
    tell(f"one file touched: {took:.2f} CPU seconds")


def test_assembly(built):
    built.touch("arch/arm64/entry.S")
    assert built.steps() == [("AS", "arch/arm64/entry.o")] + LINK


def test_link_script(built):
    built.touch("arch/arm64/kernel.lds.S")
    assert built.steps() == [("LDS", "arch/arm64/kernel.lds")] + LINK


def users(tree, header):
    """The sources that include a public header themselves."""
    found = set()
    for path in tree.path.rglob("*.[cS]"):
        if f"#include <{header}>" in path.read_text(encoding="utf-8"):
            found.add(str(path.relative_to(tree.path).with_suffix(".o")))
    return found


def test_header(built):
    built.touch("include/device/rtc.h")
    objects = set(built.objects("-j2"))
    expected = {name for name in users(built, "device/rtc.h") if (built.o / name).exists()}
    assert expected and expected <= objects
    assert len(objects) < 15 and "lib/string.o" not in objects


def test_header_of_a_header(built):
    """lib/types.h is in everything; not one C object may be left out."""
    built.touch("include/lib/types.h")
    rebuilt = set(built.objects("-j2"))
    missed = set()
    for depends in built.o.rglob(".*.o.cmd"):
        text = depends.read_text(encoding="utf-8")
        name = re.search(r"^source_\S+ := (\S+)\.[cS]$", text, re.M)
        if name and "include/lib/types.h" in text and name.group(1) + ".o" not in rebuilt:
            missed.add(name.group(1))
    assert rebuilt and not missed


def test_header_that_has_gone(built):
    """Its users are compiled, and then say that it is missing; make itself does not stop at the missing file."""
    with built.edit("include/device/rtc.h", lambda text: None):
        done = built.make(check=False)
        assert done.returncode and "device/rtc.h: No such file" in done.stderr
        assert "No rule to make target" not in done.stderr
    built.make("-j2")


def test_one_driver_switched_off(built):
    """A handful of files: those that mention the symbol, the configuration inside the image, and the link."""
    built.make("setconfig", SET="RTC_PL031=n")
    off = built.steps("-j2")
    built.make("setconfig", SET="RTC_PL031=y")
    on = built.steps("-j2")
    assert ("LD", "cairn") in off and ("CC", "drivers/rtc/pl031.o") not in off
    assert len([step for step in off if step[0] in ("CC", "AS")]) <= 4, off
    assert len([step for step in on if step[0] in ("CC", "AS")]) <= 5, on


def test_symbol_of_many_files(built):
    """Only what mentions the symbol: the log buffer's size concerns printk alone."""
    built.make("setconfig", SET="LOG_BUF_SHIFT=15")
    objects = built.objects("-j2")
    built.make("setconfig", SET="LOG_BUF_SHIFT=14")
    built.make("-j2")
    assert "kernel/printk.o" in objects and len(objects) <= 4, objects


def test_command_line(built):
    """Other flags build anew what they concern, and going back does so again."""
    assert built.objects("lib/string.o") == []
    assert "lib/string.o" in built.objects("lib/string.o", W=1)
    assert built.objects("lib/string.o", W=1) == []
    assert "lib/string.o" in built.objects("lib/string.o")
    assert built.objects() == []


def test_flags_of_one_object(built):
    with built.edit("kernel/Makefile", lambda text: text + "CFLAGS_irq.o := -DSOMETHING='\"a b\"'\n"):
        assert built.objects() == ["kernel/irq.o"]
        assert built.objects() == []
    assert built.objects() == ["kernel/irq.o"]


def test_flags_taken_away(built):
    with built.edit("kernel/Makefile", lambda text: text + "CFLAGS_REMOVE_irq.o := -Wextra\n"):
        done = built.make("kernel/irq.o", V=1)
        assert "kernel/irq.c" in done.stdout and "-Wextra" not in done.stdout
    assert built.objects() == ["kernel/irq.o"]


def test_new_file_in_a_folder(built):
    with built.edit("kernel/Makefile", lambda text: text + "obj-y += later.o\n"):
        with built.edit("kernel/later.c", lambda text: "/* SPDX-License-Identifier: MIT */\nint later;\n"):
            assert built.objects() == ["kernel/later.o"]
    assert built.objects() == []
    assert built.steps() == []


def test_kconfig_file(built):
    """An edited Kconfig file runs the configuration, which rebuilds only what came of it."""
    conf = built.o / "include/config/auto.conf"
    before = conf.stat().st_mtime_ns
    with built.edit("Kconfig", lambda text: text + "\n# a remark\n"):
        assert built.objects() == []
        assert conf.stat().st_mtime_ns > before
    new = "\nconfig TEST_OF_THE_BUILD\n\tbool \"Test: nothing\"\n\tdefault y\n\thelp\n\t  Nothing.\n"
    with built.edit("kernel/Kconfig", lambda text: text + new):
        objects = built.objects()
        assert "CONFIG_TEST_OF_THE_BUILD=y" in conf.read_text(encoding="utf-8")
        assert set(objects) <= {"kernel/config_data.o"}
    built.make()
    assert "TEST_OF_THE_BUILD" not in conf.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["include/generated/autoconf.h", "include/config/auto.conf",
                                  "include/generated/version.h", "include/generated/asm-offsets.h",
                                  "arch/arm64/kernel.lds", "kernel/irq.o", "Image"])
def test_product_taken_away(built, name):
    (built.o / name).unlink()
    built.make("-j2")
    assert (built.o / name).exists()
    assert built.steps() == []


def test_killed_compiler(built):
    """A kill leaves the .cmd file empty and half an object: the next make does it again."""
    (built.o / "kernel/.irq.o.cmd").write_text("")
    whole = (built.o / "kernel/irq.o").read_bytes()
    (built.o / "kernel/irq.o").write_bytes(whole[:100])
    assert built.objects() == ["kernel/irq.o"]
    assert (built.o / "kernel/irq.o").read_bytes() == whole


def test_failed_compiler(built):
    with built.edit("kernel/irq.c", lambda text: text + "\n#error told so\n"):
        for _ in range(2):
            done = built.make(check=False)
            assert done.returncode and "told so" in done.stderr
    assert built.objects() == ["kernel/irq.o"]


def test_embedded_file(built):
    """The compiler does not see what .incbin reads; the folder's Makefile says it."""
    stamp = built.o / "include/generated/config_data.txt"
    later = time.time() + 0.01
    os.utime(stamp, (later, later))
    assert built.objects() == ["kernel/config_data.o"]


def test_absolute_address_in_early_code(built):
    bad = "\nconst char *const early_words[] = { \"a\", \"b\" };\n"
    with built.edit("arch/arm64/boot/early_uart.c", lambda text: text + bad):
        done = built.make(check=False)
        said = [line for line in done.stderr.splitlines() if "R_AARCH64_ABS64" in line]
        assert done.returncode and len(said) == 1
        assert said[0].startswith("arch/arm64/boot/early_uart.o: ")
    built.make()


def test_offsets_for_assembly(built):
    """Another structure layout makes other offsets, and those the assembly that uses them; the same offsets nothing."""
    built.touch("arch/arm64/offsets.c")
    steps = built.steps()
    assert steps == [("CC", "arch/arm64/offsets.s")], steps


def test_symbol_table(built):
    """The table holds static functions too, and each address is the one of the second link."""
    nm = subprocess.run([os.environ.get("CROSS_COMPILE", "aarch64-linux-gnu-") + "nm", "-n", built.o / "cairn"],
                        capture_output=True, text=True, check=True).stdout
    symbols = {}
    for line in nm.splitlines():
        address, kind, name = line.split()
        symbols.setdefault(name, (int(address, 16), kind))
    base, count = symbols["_text"][0], 0
    text = (built.o / ".kallsyms.S").read_text(encoding="utf-8")
    offsets = [int(word) for word in re.findall(r"^\t\.word (\d+)$", text, re.M)]
    names = re.findall(r'^\t\.asciz "(.*)"$', text, re.M)
    assert offsets[0] == len(names) == len(offsets) - 1
    assert offsets[1:] == sorted(offsets[1:])
    for name, offset in zip(names, offsets[1:]):
        if symbols[name][1] in "tT" and names.count(name) == 1:
            assert symbols[name][0] - base == offset, name
            count += 1
    assert count > 100
    assert any(kind == "t" and name in names for name, (_, kind) in symbols.items())


def test_folder_of_another_configuration(build):
    """What the tests' own Builder copies for a new configuration is not compiled again, in the tree's build/ too."""
    o = build("qemu_virt_defconfig", set="CMD_UPTIME=n")
    assert (o / "lib/string.o").stat().st_mtime_ns < (o / "what.json").stat().st_mtime_ns
