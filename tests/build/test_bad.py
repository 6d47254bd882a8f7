# SPDX-License-Identifier: MIT
"""What cannot work: one clear line with the cause and what to do about it, and a status that is not 0."""
import os
import shutil
import subprocess

import pytest

from lib.build import clean_environment

from .conftest import Tree, one_line


def test_old_make(tree):
    """No old make is at hand: the version is claimed. The check uses nothing that 3.81 lacks, and comes first."""
    done = tree.make("all", check=False, MAKE_VERSION="3.81")
    one_line(done, "make 3.81 is too old", "scripts/setup")
    lines = (tree.path / "Makefile").read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code[1].startswith("ifneq ($(filter 3.%,$(MAKE_VERSION)),)")


@pytest.mark.parametrize("variables, words", [
    ({"CROSS_COMPILE": "nowhere-"}, ("nowhere-gcc", "scripts/setup", "gcc-aarch64-linux-gnu")),
    ({"LLVM": "-99"}, ("clang-99", "clang")),
    ({"LD": "no-linker"}, ("no-linker", "scripts/setup")),
], ids=["gcc", "clang", "ld"])
def test_missing_compiler(built, variables, words):
    one_line(built.make("all", check=False, **variables), *words)


def test_missing_dtc(built):
    with built.edit("dts/zz-test.dts", lambda text: "/dts-v1/;\n/ { };\n"):
        one_line(built.make("dts/zz-test.dtb", check=False, DTC="no-dtc"), "no-dtc", "device-tree-compiler")


def test_missing_python(tree, tmp_path):
    one_line(tree.make("defconfig", check=False, o=tmp_path / "o", PYTHON="no-python"), "no-python", "scripts/setup")
    one_line(tree.make("all", check=False, o=tmp_path / "o", PYTHON="no-python"), "no-python", "scripts/setup")


def test_missing_libfdt(tree, tmp_path):
    one_line(tree.make("all", check=False, LIBFDT=tmp_path), "LIBFDT", "libfdt.h")


@pytest.mark.parametrize("name", ["with a space", "with:colon"])
def test_source_path(tree, tmp_path, name):
    """make itself cannot cope with such a path; nobody should have to find that out from its messages."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy2(tree.path / "Makefile", folder)
    shutil.copytree(tree.path / "scripts", folder / "scripts")
    one_line(Tree(folder).make("all", check=False), "space", "colon", str(folder))


@pytest.mark.parametrize("o", ["/tmp/with a space", "with:colon", "with%percent", "with=equals", "."])
def test_output_path(tree, o):
    done = subprocess.run(["make", f"O={o}"], cwd=tree.path, env=clean_environment(), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    one_line(done, "O=")
    assert not os.path.exists("/tmp/with a space")


VERSIONS = ["-it's", '-a"b', "-a b", "-a\\b", "-a/b", "-a$$b", "-a;b", "-a#b", "-\u00e9"]


@pytest.mark.parametrize("text", VERSIONS)
def test_localversion(built, text):
    shown = text.replace("$$", "$")
    for goal in ("all", "kernelrelease"):
        one_line(built.make(goal, check=False, LOCALVERSION=text), f'LOCALVERSION="{shown}"',
                 "letters, digits and . _ + ~ -")


@pytest.mark.parametrize("text", [*VERSIONS, " "])
def test_config_localversion(built, tmp_path, text):
    """However a .config has come by it."""
    built.make("defconfig", o=tmp_path)
    escaped = text.replace("$$", "$").replace("\\", "\\\\").replace('"', '\\"')
    with open(tmp_path / ".config", "a", encoding="utf-8") as file:
        file.write(f'CONFIG_LOCALVERSION="{escaped}"\n')
    one_line(built.make("include/generated/version.h", check=False, o=tmp_path), "CONFIG_LOCALVERSION=",
             "letters, digits and . _ + ~ -")


@pytest.mark.parametrize("text", ["abc", "-1", "1 2", "it's", "12x", "99999999999999999999"])
def test_source_date_epoch(built, text):
    one_line(built.make("all", check=False, SOURCE_DATE_EPOCH=text), f'SOURCE_DATE_EPOCH="{text}"',
             "seconds since 1970")


def test_read_only_output(tree):
    """/proc is a folder that not even root can write to."""
    for goal in ("all", "defconfig", "lib/string.o"):
        one_line(tree.make(goal, check=False, o="/proc/cairn"), "cannot write to O=/proc/cairn")


def test_config_in_the_source_folder(built):
    with built.edit(".config", lambda text: "CONFIG_SHELL=y\n"):
        for goal in ("defconfig", "all"):
            one_line(built.make(goal, check=False), ".config", "build/.config")


def test_unknown_defconfig(tree, tmp_path):
    done = tree.make("qemu_vrit_defconfig", check=False, o=tmp_path / "o")
    one_line(done, "qemu_vrit_defconfig", "qemu_virt_defconfig")


def test_unknown_goal(built):
    done = built.make("nonsense", check=False)
    assert done.returncode and done.stderr.count("\n") == 1 and "nonsense" in done.stderr


def test_elsewhere(tree, tmp_path):
    done = subprocess.run(["make", "-f", tree.path / "Makefile"], cwd=tmp_path, env=clean_environment(),
                          capture_output=True, text=True, check=False)
    one_line(done, f"make -C {tree.path}")


def test_broken_device_tree(built):
    with built.edit("dts/zz-test.dts", lambda text: "/dts-v1/;\n/ { oops\n"):
        done = built.make("dts/zz-test.dtb", check=False)
        assert done.returncode and "zz-test.dts:" in done.stderr
        assert not (built.o / "dts/zz-test.dtb").exists()


@pytest.mark.parametrize("text, words", [
    ("struct block { char bytes[4096]; };\nvoid f(struct block *a);\n"
     "void f(struct block *a) { *a = (struct block){ 0 }; }\n", "call of memset"),
    ("int x;\nint *const f = &x;\n", "absolute address of x"),
], ids=["memset", "pointer"])
def test_early_code(built, text, words):
    """What works with the MMU on only, in code that runs before."""
    with built.edit("arch/arm64/boot/early_el3.c", lambda _: text):
        done = built.make("all", check=False)
        assert done.returncode and f"arch/arm64/boot/early_el3.o: {words}" in done.stderr


def test_text_that_moved(built):
    """A linker script that puts something behind the symbol table would make every backtrace lie."""
    def reorder(text):
        assert "*(.kallsyms)" in text
        text = text.replace("*(.kallsyms)", "")
        return text.replace("KEEP(*(.head.text))", "KEEP(*(.head.text))\n\t\t*(.kallsyms)\n\t\t. = ALIGN(8);")

    with built.edit("arch/arm64/kernel.lds.S", reorder):
        done = built.make("-j2", check=False)
        assert done.returncode and "text moved between the two links" in done.stderr
        assert not (built.o / "Image").exists()
    built.make("-j2")
