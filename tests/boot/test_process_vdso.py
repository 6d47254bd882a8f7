# SPDX-License-Identifier: MIT
"""The vDSO as a file, and that programs use it. What it does is tests/user/abi_vdso.c's, in test_process.py."""

import re
import subprocess

import pytest

NAMES = {"__kernel_clock_getres", "__kernel_clock_gettime", "__kernel_gettimeofday", "__kernel_rt_sigreturn"}


@pytest.mark.parametrize("granule", ["4K", "16K", "64K"])
def test_object(process_kernel, granule):
    """What programs look for is there, and nothing that somebody would have to relocate or write to."""
    path = process_kernel(granule) / "include/generated/vdso.so"
    text = subprocess.run(["aarch64-linux-gnu-readelf", "-W", "-h", "-l", "-d", "-r", "-V", "--dyn-syms", path],
                          check=True, capture_output=True, text=True).stdout
    assert re.search(r"Type: +DYN .*\n +Machine: +AArch64", text)
    assert re.findall(r"^ +LOAD +(0x0+) (0x0+) \S+ (0x\w+) (\S+) (R E) ", text, re.M)
    assert text.count(" LOAD ") == 1
    assert "\nThere are no relocations in this file.\n" in text
    assert re.search(r"\(SONAME\) +Library soname: \[linux-vdso\.so\.1\]", text)
    tags = set(re.findall(r"^ 0x[0-9a-f]{16} \((\w+)\)", text, re.M))
    assert {"HASH", "GNU_HASH", "STRTAB", "SYMTAB", "VERDEF", "VERSYM"} <= tags
    assert not tags & {"TEXTREL", "NEEDED", "RELA", "RELR", "JMPREL", "INIT", "FINI"}
    assert re.search(r"Flags: none +Index: 2 +Cnt: 1 +Name: LINUX_2\.6\.39$", text, re.M)
    symbols = re.findall(r"^ +\d+: \w+ +\d+ (\w+) +(\w+) +DEFAULT +(\w+) (\S*)$", text, re.M)
    assert {name for kind, _, _, name in symbols if kind == "FUNC"} == {f"{n}@@LINUX_2.6.39" for n in NAMES}
    assert [place for kind, _, place, name in symbols if place == "UND"] == ["UND"]      # the first, which is none


def test_no_call(run_programs, compile_program):
    """Of 900 readings one is a system call: the one that the program makes by itself."""
    text = run_programs({"vdso": compile_program("abi_vdso")}, "run -s /vdso count; echo status $?")
    assert text.endswith("\nstatus 0\n")
    assert re.findall(r"^(clock_\w+|gettimeofday)\(", text, re.M) == ["clock_gettime"]


def test_what_it_takes(run, build, compile_program, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "vdso").write_bytes(compile_program("abi_vdso").read_bytes())
    (root / "vdso").chmod(0o755)
    env = {"INITRD": root, "CPU": "cortex-a72", "SMP": "1", "APPEND": "quiet"}
    text = run(build("qemu_virt_defconfig", set="PROCESS=y"), "/vdso measure", env=env, icount=True).text
    figures = {name: int(value) for name, value in re.findall(r"^clock\.(\w+) (\d+) ns$", text, re.M)}
    assert figures["vdso"] <= 60 and figures["call"] >= 2 * figures["vdso"]


def test_nothing_without_programs(kernel):
    names = subprocess.run(["aarch64-linux-gnu-nm", kernel / "cairn"], check=True, capture_output=True).stdout
    names = names.decode()
    assert "kernel_main" in names and not re.search("vdso|time_publish|published", names)
    assert not (kernel / "include/generated/vdso.so").exists()
