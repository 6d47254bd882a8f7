# SPDX-License-Identifier: MIT
"""Every goal of make, and the variables that change how they work."""
import json
import os
import pathlib
import re
import subprocess
import time

import pytest

from lib.build import clean_environment

CROSS = os.environ.get("CROSS_COMPILE", "aarch64-linux-gnu-")
GOALS = """all run debug test test-all check bench compare-heap compare-sched trace soak dtbs size
           compile_commands.json tags install clean mrproper distclean help kernelversion menuconfig nconfig
           guiconfig oldconfig olddefconfig defconfig savedefconfig list-defconfigs listnewconfig helpnewconfig
           allyesconfig allnoconfig alldefconfig randconfig diffconfig setconfig""".split()


def version(tree):
    return re.search(r"^VERSION := (\S+)$", (tree.path / "Makefile").read_text(encoding="utf-8"), re.M).group(1)


def test_help(tree):
    text = tree.make("help").stdout
    said = set(re.findall(r"[\w.<>-]+", text))
    assert not [goal for goal in GOALS if goal not in said]
    for path in (tree.path / "configs").glob("*_defconfig"):
        line = re.search(rf"^ *{path.name} +\S+", text, re.M)
        assert line, f"{path.name} has no line"
    assert max(len(line) for line in text.splitlines()) <= 120


def test_kernelversion(tree):
    assert tree.make("kernelversion").stdout == version(tree) + "\n"
    assert tree.make("-s", "kernelrelease", LOCALVERSION="-mine").stdout == version(tree) + "-mine\n"


def test_version_inside(built):
    built.make(LOCALVERSION="-mine", env={"SOURCE_DATE_EPOCH": "86400"})
    header = (built.o / "include/generated/version.h").read_text(encoding="utf-8")
    assert f'CAIRN_VERSION "{version(built)}-mine"' in header
    assert 'CAIRN_BUILD_DATE "1970-01-02"' in header
    assert b"-mine" in (built.o / "Image").read_bytes()


def test_localversion_of_every_character(built, tmp_path):
    built.make("tiny_defconfig", o=tmp_path)
    with open(tmp_path / ".config", "a", encoding="utf-8") as file:
        file.write('CONFIG_LOCALVERSION="-a.Z_9"\n')
    built.make(f"{tmp_path}/include/generated/version.h", o=tmp_path, LOCALVERSION="+b~0-")
    assert f'CAIRN_VERSION "{version(built)}-a.Z_9+b~0-"' in (
        tmp_path / "include/generated/version.h").read_text(encoding="utf-8")
    assert built.make("kernelrelease", o=tmp_path, LOCALVERSION="+b~0-").stdout == (
        f"{version(built)}-a.Z_9+b~0-\n")


def test_without_git_there_is_no_date(built):
    """A copy without .git, and nothing that names a time."""
    built.make()
    assert 'CAIRN_BUILD_DATE ""\n' in (built.o / "include/generated/version.h").read_text(encoding="utf-8")


def test_single_targets(built):
    for name in ("kernel/irq.i", "kernel/irq.s", "kernel/irq.o", "arch/arm64/entry.o", "arch/arm64/entry.i"):
        (built.o / name).unlink(missing_ok=True)
        steps = built.steps(name)
        assert [step[1] for step in steps] == [name]
        assert (built.o / name).stat().st_size
        assert not built.steps(name)
    assert "irq_request:" in (built.o / "kernel/irq.s").read_text(encoding="utf-8")


def test_folder(built):
    for path in (built.o / "lib").glob("*.o"):
        path.unlink()
    objects = built.objects("-j2", "lib/")
    assert objects and all(name.startswith("lib/") for name in objects)
    built.make("-j2")


def test_single_target_of_an_unchosen_file(built):
    """Flags are known for files that the configuration leaves out, too."""
    built.make("setconfig", SET="RTC_PL031=n")
    assert built.objects("drivers/rtc/pl031.o") in (["drivers/rtc/pl031.o"], [])
    built.make("setconfig", SET="RTC_PL031=y")


def test_device_trees(built):
    for path in (built.o / "dts").glob("*.dtb"):
        path.unlink()
    sources = sorted(path.stem for path in (built.path / "dts").glob("*.dts"))
    steps = built.steps("dtbs")
    assert sorted(name for what, name in steps if what == "DTC") == [f"dts/{name}.dtb" for name in sources]
    for name in sources:
        assert (built.o / f"dts/{name}.dtb").read_bytes()[:4] == b"\xd0\x0d\xfe\xed"
    assert not built.steps("dtbs")
    assert built.steps(f"dts/{sources[0]}.dtb") == []


def test_device_tree_includes(built, tmp_path):
    """dts files see the C preprocessor and the folders of DTS_INCLUDE, and depend on what they include."""
    (tmp_path / "numbers.h").write_text("#define ANSWER 42\n")
    (tmp_path / "part.dtsi").write_text("/ { part = <1>; };\n")
    source = '/dts-v1/;\n#include <numbers.h>\n#include "part.dtsi"\n/ { answer = <ANSWER>; };\n'
    with built.edit("dts/zz-test.dts", lambda text: source):
        goal = "dts/zz-test.dtb"
        assert built.steps(goal, DTS_INCLUDE=f"/nowhere:{tmp_path}") == [("DTC", goal)]
        assert (42).to_bytes(4, "big") in (built.o / goal).read_bytes()
        time.sleep(0.05)
        os.utime(tmp_path / "part.dtsi")
        assert built.steps(goal, DTS_INCLUDE=f"/nowhere:{tmp_path}") == [("DTC", goal)]
        assert built.steps(goal, DTS_INCLUDE=f"/nowhere:{tmp_path}") == []
    (built.o / goal).unlink()


def test_size(built):
    lines = built.make("size").stdout.splitlines()
    rows = {line[:24].strip(): [int(number) for number in line[24:].split()] for line in lines[1:-1]}
    assert lines[0].split() == ["text", "rodata", "data", "bss"]
    assert lines[-1] == f"build/Image: {(built.o / 'Image').stat().st_size} bytes"
    for folder in ("arch/arm64", "kernel", "lib", "mm", "drivers"):
        assert rows[folder][0] > 0, folder
    for column in range(4):
        assert sum(row[column] for name, row in rows.items() if name != "all") == rows["all"][column]
    sections = subprocess.run([CROSS + "size", "-A", built.o / "cairn"], capture_output=True, text=True,
                              check=True).stdout
    for column, name in enumerate(("text", "rodata")):
        assert rows["all"][column] == int(re.search(rf"^\.{name} +(\d+)", sections, re.M).group(1))


def test_compile_commands(built):
    built.make("compile_commands.json")
    entries = json.loads((built.o / "compile_commands.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in entries if entry["file"] == "kernel/irq.c")
    assert entry["directory"] == str(built.path)
    done = subprocess.run(entry["command"] + " -fsyntax-only", shell=True, cwd=entry["directory"], check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_tags(built):
    built.make("tags")
    tags = (built.o / "tags").read_text(encoding="utf-8", errors="replace")
    assert re.search(r"^irq_request\t.*kernel/irq\.c\t", tags, re.M)


def test_install(built, tmp_path):
    built.make("install", INSTALL_PATH=tmp_path / "boot")
    release = version(built)
    names = {path.name for path in (tmp_path / "boot").iterdir()}
    assert {f"Image-{release}", f"cairn.map-{release}", f"config-{release}"} <= names
    assert (tmp_path / "boot" / f"Image-{release}").read_bytes() == (built.o / "Image").read_bytes()


def test_verbose_and_silent(built):
    built.touch("kernel/irq.c")
    loud = built.make(V=1).stdout
    assert f"{CROSS}gcc" in loud and "-c -o build/kernel/irq.o kernel/irq.c" in loud and "  CC " not in loud
    built.touch("kernel/irq.c")
    done = built.make("-s")
    assert done.stdout == "" and done.stderr == ""


def test_a_rehearsal_names_what_is_old(built):
    """make -n: what includes generated headers is not compiled only because those are looked at every time."""
    before = (built.o / "Image").stat().st_mtime_ns
    assert "'  CC      kernel/" not in built.make("-n").stdout.replace("kernel/config_data.o", "")
    built.touch("kernel/irq.c")
    said = built.make("-n").stdout
    assert "'  CC      kernel/irq.o'" in said and "'  CC      kernel/printk.o'" not in said
    assert (built.o / "Image").stat().st_mtime_ns == before
    assert built.objects() == ["kernel/irq.o"]


def test_a_rehearsal_from_nothing(tree, tmp_path):
    """It makes the configuration, which decides what there is to do, and no object."""
    said = tree.make("-n", "all", o=tmp_path / "o").stdout
    assert "'  CC      kernel/irq.o'" in said
    assert not list((tmp_path / "o").rglob("*.o"))


def test_variables_with_an_s_are_not_silence(built, tmp_path):
    """make 4.3 has variables of the command line among its flags."""
    assert built.steps("defconfig", "lib/string.o", "-j2", o=tmp_path / "assess")


def test_other_folder(built, tmp_path):
    built.make("-j2", "tiny_defconfig", "all", o=tmp_path / "o")
    assert (tmp_path / "o/Image").stat().st_size < (built.o / "Image").stat().st_size
    assert not built.steps(), "the build in another folder changed this one"
    assert not list(built.path.glob("*.o"))


def test_from_the_output_folder(built, tmp_path):
    """As people do who live in their build folder: make -C build."""
    def inside(*goals):
        return subprocess.run(["make", "-s", "-C", built.o, *goals], capture_output=True, text=True, check=True,
                              env=clean_environment()).stdout
    built.touch("kernel/irq.c")
    before = (built.o / "Image").stat().st_mtime_ns
    assert inside() == ""
    assert (built.o / "Image").stat().st_mtime_ns > before
    assert inside("kernelversion", "kernelrelease") == 2 * (version(built) + "\n")


def test_mixed_goals(built, tmp_path):
    """Configuration first, then the rest; run gets the folder and its variables."""
    stub = "#!/bin/sh\necho \"ran $* in MEM=$MEM\"; test -s \"$2/Image\"\n"
    o = tmp_path / "o"
    with built.edit("scripts/run-qemu", lambda text: stub):
        done = built.make("rpi4_defconfig", "run", "-j8", o=o, MEM="2G")
    assert f"ran -O {o} in MEM=2G" in done.stdout
    config = (o / ".config").read_text(encoding="utf-8")
    assert 'CONFIG_RUN_MACHINE="raspi4b"' in config
    dtb = re.search(r'^CONFIG_DTS="(\S+)"', config, re.M).group(1)
    assert (o / f"dts/{dtb}.dtb").exists()
    done = built.make("tiny_defconfig", "rpi4_defconfig", "clean", "lib/string.o", o=o)
    assert 'CONFIG_RUN_MACHINE="raspi4b"' in (o / ".config").read_text(encoding="utf-8")
    assert not (o / "Image").exists() and (o / "lib/string.o").exists()


def test_debug_and_bench(built):
    stub = "#!/bin/sh\necho \"{} $*\"\n"
    with built.edit("scripts/run-qemu", lambda text: stub.format("run")):
        assert "run -O build --debug" in built.make("debug").stdout
    with built.edit("scripts/bench", lambda text: stub.format("bench")):
        assert "bench -O build" in built.make("bench").stdout


@pytest.mark.parametrize("compiler", [{}, {"LLVM": "1"}], ids=["gcc", "clang"])
def test_no_warnings(built, tmp_path, compiler):
    """The warnings of the issue are none, with both compilers; WERROR makes sure that a warning would be seen."""
    done = built.make("-j2", "defconfig", "all", o=tmp_path / "o", WERROR=1, **compiler)
    assert done.stderr == ""
    wanted = "-Wall -Wextra -Wmissing-prototypes -Wshadow -Wundef -Wstrict-prototypes -Wvla".split()
    command = built.make("-W", "lib/string.c", "lib/string.o", o=tmp_path / "o", V=1, **compiler).stdout
    assert not [flag for flag in wanted if flag not in command.split()]
    assert (tmp_path / "o/Image").stat().st_size


@pytest.mark.parametrize("compiler", [{}, pytest.param({"LLVM": "1"}, marks=pytest.mark.slow)], ids=["gcc", "clang"])
def test_more_warnings(built, tmp_path, compiler):
    """Those of W=1 are none either, in the tests inside the kernel as well."""
    built.make("defconfig", o=tmp_path / "o", **compiler)
    built.make("setconfig", SET="SELFTEST=y DEBUG_HEAP=y", o=tmp_path / "o", **compiler)
    done = built.make("-j2", o=tmp_path / "o", W=1, WERROR=1, **compiler)
    assert done.stderr == "" and (tmp_path / "o/Image").exists()


def test_versioned_llvm(tree, tmp_path):
    name = next((path.name for folder in os.environ["PATH"].split(":")
                 for path in pathlib.Path(folder).glob("clang-[0-9][0-9]")), None)
    if not name:
        pytest.skip("no clang with a version in its name here")
    suffix = name[len("clang"):]
    assert f"{name} --target=" in tree.make("defconfig", "lib/string.o", V=1, LLVM=suffix, o=tmp_path / "o").stdout


def test_errors_in_ci(built):
    with built.edit("kernel/irq.c", lambda text: text + "\nint undeclared_before;\nint nobody(void) { return 0; }\n"):
        done = built.make("kernel/irq.o", check=False, env={"CI": ""})
        assert done.returncode == 0 and "warning:" in done.stderr
        for option in ({"env": {"CI": "true"}}, {"WERROR": "1"}):
            done = built.make("kernel/irq.o", check=False, **option)
            assert done.returncode and "error:" in done.stderr
    built.make()


def test_tests_can_be_narrowed(make):
    """A folder in TEST_ARGS is instead of the usual one, not besides."""
    said = make("test", TEST_ARGS="tests/host/test_lib.py -k string --collect-only -q").stdout
    assert "test_lib.py" in said
    assert not re.search(r"test_(?!lib\b)\w+\.py", said), said


def test_cleaning(built, tmp_path):
    o = tmp_path / "o"
    built.make("-j2", "tiny_defconfig", "all", "compile_commands.json", "tags", "install", o=o)
    for name in ("bench-defconfig/.config", "bench-tiny/Image", "bench.json", "debug.log", "run/stub_0_0"):
        (o / name).parent.mkdir(exist_ok=True)
        (o / name).write_text("left by bench, debug and run\n")
    (o / "mine.txt").write_text("not the build's\n")
    built.make("clean", o=o)
    assert {path.name for path in o.iterdir()} == {".config", ".config.last", "Makefile", "include", "mine.txt"}
    assert not list(o.rglob("*.o")) and not list(o.rglob(".*.cmd"))
    built.make("mrproper", o=o)
    assert [path.name for path in o.iterdir()] == ["mine.txt"]
    backup = built.path / "kernel/irq.c~"
    backup.write_text("")
    (built.path / "tags").write_text("")
    built.make("distclean", o=o)
    assert not backup.exists() and not (built.path / "tags").exists()
    assert (o / "mine.txt").exists()
    (o / "mine.txt").unlink()
    built.make("defconfig", o=o)
    built.make("mrproper", o=o)
    assert not o.exists()


def test_cleaning_a_folder_that_is_not_ours(built, tmp_path):
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel/precious.o").write_text("")
    for goal in ("clean", "mrproper", "distclean"):
        built.make(goal, o=tmp_path)
    assert (tmp_path / "kernel/precious.o").exists()


def test_without_symbols(built, tmp_path):
    done = built.make("-j2", "defconfig", "setconfig", "all", o=tmp_path / "o", SET="KALLSYMS=n")
    assert ".cairn1" not in done.stdout and "KSYMS" not in done.stdout
    names = subprocess.run([CROSS + "nm", tmp_path / "o/cairn"], capture_output=True, text=True, check=True).stdout
    assert "kallsyms_names" not in names


def test_all_in_parallel(copy):
    """Many jobs from nothing: no object may be compiled before the generated headers are there."""
    tree = copy("parallel")
    tree.make("-j16", "defconfig", "all", "dtbs")
    assert not tree.steps("all", "dtbs")
