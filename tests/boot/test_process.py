# SPDX-License-Identifier: MIT
"""Programs at EL0: they run, they end, and what they do wrong ends them alone."""

import re
import shutil
import struct
import tomllib

import pytest

from lib.build import ROOT

FREESTANDING = ["-nostdlib", "-ffreestanding", "-Wl,-z,separate-code"]


KINDS = {
    "null": ("Segmentation fault: write at 0x8: nothing is mapped there", 139),
    "kernel": ("Segmentation fault: read at 0xffffffff80000000: nothing is mapped there", 139),
    "linear": ("Segmentation fault: read at 0xffffff8040000000: nothing is mapped there", 139),
    "rodata": ("Segmentation fault: write at 0x[0-9a-f]+: it may not be used so", 139),
    "execute": ("Segmentation fault: fetch at 0x[0-9a-f]+: it may not be used so", 139),
    "undefined": ("Illegal instruction: illegal at 0x[0-9a-f]+: undefined instruction", 132),
    "privileged": ("Illegal instruction: illegal at 0x[0-9a-f]+: .*", 132),
    "break": ("Trace/breakpoint trap: break at 0x[0-9a-f]+: BRK instruction", 133),
    "stack": ("Segmentation fault: write at 0x[0-9a-f]+: nothing is mapped there", 139),
    "pc": ("Bus error: alignment at 0x[0-9a-f]+: misaligned program counter", 135),
}


@pytest.mark.parametrize("smp", [1, 2, 4])
def test_faults(run_programs, compile_program, smp):
    commands = "; ".join(f"/faults {kind}; echo {kind} $?" for kind in KINDS)
    text = run_programs({"faults": compile_program("faults", *FREESTANDING)}, f"{commands}; /faults; echo none $?",
                        SMP=str(smp), APPEND="", icount=True)
    for kind, (words, status) in KINDS.items():
        assert re.search(rf"^\[ *[\d.]+\] faults\[\d+\]: {words}, pc 0x[0-9a-f]+ sp 0x[0-9a-f]+$", text, re.M), words
        assert f"\n{kind} {status}\n" in text
    assert text.endswith("none 99\n")


@pytest.mark.parametrize("granule, smp", [
    ("4K", 1), ("4K", 2), ("4K", 4), ("16K", 1), ("64K", 4),
    *(pytest.param(*slow, marks=pytest.mark.slow) for slow in (("16K", 2), ("16K", 4), ("64K", 1), ("64K", 2)))])
def test_fork(run_programs, compile_program, granule, smp):
    files = {name: compile_program(name) for name in ("fork", "floats")}
    assert run_programs(files, "/fork; echo $?; /floats; echo $?", granule, SMP=str(smp)) == \
        "all well\n0\n0 differ\n0\n"


def test_arguments(run_programs, compile_program):
    files = {"args": compile_program("args"), "script": b"#!/args one two\nnothing of this is read\n",
             "loop": b"#!/loop\n", "none": b"#!\n", "long": b"#!/" + b"x" * 300, "gone": b"#!/nowhere\n",
             "text": b"words\n", "empty": b""}
    text = run_programs(files, "/args a 'b c' ''; /script x; /loop; /none; /long; /gone; /text; /empty; /dev; echo $?; "
                        "/nothing; echo $?; nothing; echo $?; PATH=/; args")
    assert text == ("4 /args|a|b c|| env 4 page 4096\n"
                    "4 /args|one two|/script|x| env 4 page 4096\n"
                    "/loop: Too many levels of symbolic links\n/none: Exec format error\n/long: Exec format error\n"
                    "/gone: No such file or directory\n/text: Exec format error\n/empty: Exec format error\n"
                    "/dev: Permission denied\n126\n/nothing: No such file or directory\n127\n"
                    "nothing: unknown command; `help` lists them\n127\n1 args| env 4 page 4096\n")


def changed(data, at, *values):
    return data[:at] + bytes(values) + data[at + len(values):]


def test_bad_files(run_programs, compile_program):
    """Each is refused with the errno that Linux gives, and the prompt is back."""
    good = compile_program("faults", *FREESTANDING).read_bytes()
    phoff, = struct.unpack_from("<Q", good, 32)
    first_load = next(at for at in range(phoff, phoff + 56 * good[56], 56) if good[at] == 1)
    files = {
        "short": good[:40], "headers": good[:phoff + 20], "class": changed(good, 4, 1), "big": changed(good, 5, 2),
        "machine": changed(good, 18, 62), "type": changed(good, 16, 1), "none": changed(good, 56, 0, 0),
        "many": changed(good, 56, 255, 255), "entsize": changed(good, 54, 32, 0),
        "size": changed(good, first_load + 40, *b"\xff" * 8), "place": changed(good, first_load + 16, *b"\xff" * 8),
        "kernel": changed(good, first_load + 16, *struct.pack("<Q", 0xffffff8000000000)),
        "offset": changed(good, first_load + 8, *struct.pack("<Q", 8)),
        "filesz": changed(good, first_load + 32, *b"\xff" * 8),
        "zero": changed(good, first_load + 16, *struct.pack("<Q", 0)),
    }
    text = run_programs(files | {"good": good}, "; ".join(f"/{name}" for name in files) + "; /good; echo $?")
    assert text == "".join(f"/{name}: Exec format error\n" for name in files) + "99\n"


def test_budgets(run, build, compile_program, tmp_path):
    """What system calls take, by the program that bench-linux runs on Linux too."""
    o = build("qemu_virt_defconfig", set="PROCESS=y")
    root = tmp_path / "root"
    shutil.copytree(o / "user/root", root)
    shutil.copy(compile_program("exit"), root / "bin/exit-glibc")
    env = {"INITRD": root, "CPU": "cortex-a72", "GIC": "3", "SMP": "1", "MEM": "512M", "APPEND": "quiet"}
    result = run(o, "/bin/lat - /bin/exit-glibc", env=env, icount=True)
    figures = dict(re.findall(r"^([a-z][\w.]*) (\d+) ns$", result.text, re.M))
    budgets = tomllib.loads((ROOT / "tests/budgets.toml").read_text())
    held = budgets["held"]
    same = f" {held['compiler'].removeprefix('gcc ')}." in (o / "include/generated/compiler").read_text()
    slack = 1 if same else 1 + held["slack"] / 100
    assert set(figures) == set(budgets["lat"])
    over = {name: (figures[name], bound["max"]) for name, bound in budgets["lat"].items()
            if int(figures[name]) > bound["max"] * slack}
    assert not over


def test_typing(boot, process_kernel, compile_program, tmp_path):
    """A program is woken by what is typed: by a line when that is whole, by a key at once."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "typed").write_bytes(compile_program("typed").read_bytes())
    (root / "typed").chmod(0o755)
    session = boot(process_kernel(), env={"INITRD": root, "CPU": "cortex-a72"})
    session.prompt()
    session.send("/typed\r")
    session.expect("a line: ")
    session.send("hal")
    session.expect("hal")           # the echo: it has been looked at, and is no line yet
    session.send("f\x7f\x7fls\r")
    session.expect("5 of 5 bytes: hals\r?\n")
    session.expect("a key: ")
    session.send("k")
    session.expect("1 byte: k\r?\n")
    session.expect("nothing: 0")
    session.prompt()
    session.poweroff()


def test_prompt_without_an_editor(build, boot):
    """Programs bring the terminal's modes along, and the shell reads its lines in the one for that."""
    session = boot(build("qemu_virt_defconfig", set="PROCESS=y SHELL_EDIT=n"))
    assert session.cmd("echo typed") == "typed"
    assert session.cmd("echo " + "x" * 5000).startswith("line too long")
    assert session.cmd("echo again") == "again"
