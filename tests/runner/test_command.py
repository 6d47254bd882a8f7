# SPDX-License-Identifier: MIT
"""The QEMU command: what the configuration, the environment and the options make of it, and that it
can be pasted."""

import re
import shlex
import subprocess

import pytest

from lib import tree
from lib.build import ROOT, clean_environment
from lib.session import LOST, OFF, runner_command


@pytest.fixture
def command(payload, fake_qemu):
    """command(env, options...) -> the words of the command that the runner printed first."""
    def ask(env=None, machine="virt", prepare=None, **options):
        o = payload("", "OFF", machine=machine)
        if prepare:
            prepare(o)
        done = subprocess.run(runner_command(o, **options), cwd=ROOT, capture_output=True,
                              text=True,
                              env=clean_environment(QEMU=fake_qemu(), **(env or {})), check=False)
        assert done.returncode == LOST, done.stderr
        return shlex.split(done.stderr.splitlines()[0].removeprefix("run-qemu: "))
    return ask


def value(words, option):
    return words[words.index(option) + 1]


def test_defaults(command):
    words = command()
    assert words[1:5] == ["-M", "virt,gic-version=3", "-cpu", "cortex-a72"]
    assert (value(words, "-smp"), value(words, "-m"), value(words, "-nic")) == ("1", "512M", "none")
    assert "-accel" not in words and "-append" not in words and "-dtb" not in words


def test_environment(command, tmp_path):
    for name in ("t.dtb", "i.cpio"):
        (tmp_path / name).write_bytes(b"x")
    words = command({"MEM": "1G", "SMP": 4, "CPU": "max", "GIC": 2, "APPEND": "loglevel=7 mem=64M",
                     "DTB": tmp_path / "t.dtb",
                     "INITRD": tmp_path / "i.cpio", "QEMU_ARGS": "-d int -D 'a file'"},
                    extra=["-S"])
    assert value(words, "-M") == "virt,gic-version=2"
    assert [value(words, option) for option in ("-m", "-smp", "-cpu")] == ["1G", "4", "max"]
    assert value(words, "-append") == "loglevel=7 mem=64M"
    assert value(words, "-dtb").endswith("t.dtb") and value(words, "-initrd").endswith("i.cpio")
    assert words[-5:] == ["-d", "int", "-D", "a file", "-S"]


def serial_ports(words):
    return [word for option, word in zip(words, words[1:]) if option == "-serial"]


def test_serial(command):
    assert serial_ports(command()) == ["stdio"]
    assert serial_ports(command({"SERIAL": 2})) == ["null", "null", "stdio"]
    assert serial_ports(command({"SERIAL": ""}, machine="raspi4b")) == ["null", "stdio"]
    assert serial_ports(command({"SERIAL": "0"}, machine="raspi4b")) == ["stdio"]


def test_autorun(command):
    words = command({"APPEND": "quiet"}, autorun="version; echo it's")
    assert value(words, "-append") == 'quiet autorun="version; echo it\'s; poweroff"'


def test_icount(command):
    words = command(icount=True)
    assert value(words, "-icount") == "shift=0,sleep=off" and "-seed" in words


@pytest.mark.parametrize("batch", [True, False])
def test_a_reboot_ends_a_run_without_a_terminal(command, batch):
    assert "-no-reboot" in command(batch=batch)


def test_a_reboot_restarts_at_a_terminal(user, payload):
    one = user(payload("cairn: off\n", "OFF"))
    one.expect(rb"run-qemu: qemu-system-aarch64[^\n]*\n")
    assert b"-no-reboot" not in one.seen


def test_raspi4b(command):
    def prepare(o):
        (o / "dts").mkdir(exist_ok=True)
        (o / "dts" / "board.dtb").write_bytes(b"x")
        (o / ".config").write_text('CONFIG_RUN_MACHINE="raspi4b"\nCONFIG_DTS="board other"\n')

    words = command(machine="raspi4b", prepare=prepare)
    assert value(words, "-M") == "raspi4b" and "-cpu" not in words
    assert (value(words, "-smp"), value(words, "-m")) == ("4", "2G")
    assert value(words, "-dtb").endswith("/dts/board.dtb")
    # the console is the mini UART, the second serial port
    assert [words[i + 1] for i, w in enumerate(words) if w == "-serial"] == ["null", "stdio"]


def test_another_machine(command, tmp_path):
    """MACHINE= goes before the configuration; its own tree before the first of CONFIG_DTS."""
    def prepare(o):
        (o / "dts").mkdir(exist_ok=True)
        for name in ("first", "bcm2711-rpi-4-b"):
            (o / "dts" / f"{name}.dtb").write_bytes(b"x")
        (o / ".config").write_text('CONFIG_RUN_MACHINE="virt"\nCONFIG_DTS="first bcm2711-rpi-4-b"\n')

    words = command({"MACHINE": "raspi4b"}, machine="either", prepare=prepare)
    assert value(words, "-M") == "raspi4b" and value(words, "-dtb").endswith("/dts/bcm2711-rpi-4-b.dtb")
    words = command({"MACHINE": "raspi4b", "DTB": tmp_path / "t.dtb"}, machine="either",
                    prepare=lambda _: (tmp_path / "t.dtb").write_bytes(b"x"))
    assert value(words, "-dtb").endswith("t.dtb")
    words = command(machine="either")
    assert value(words, "-M") == "virt,gic-version=3" and "-dtb" not in words
    words = command({"MACHINE": "virt"}, machine="raspi4b")
    assert value(words, "-M") == "virt,gic-version=3" and "-dtb" not in words


def test_u_boot(command, tmp_path):
    """QEMU hands U-Boot what it would load itself."""
    (tmp_path / "u-boot.bin").write_bytes(b"x")
    words = command({"BOOT": "u-boot", "UBOOT": tmp_path / "u-boot.bin", "APPEND": "quiet"})
    assert value(words, "-bios").endswith("u-boot.bin") and value(words, "-kernel").endswith("/Image")
    assert value(words, "-append") == "quiet"
    assert "-bios" not in command({"BOOT": "qemu"})


def test_a_machine_from_outside_the_tree(command):
    words = command({"MEM": "256M"}, machine="xlnx-zcu102")
    assert value(words, "-M") == "xlnx-zcu102" and value(words, "-m") == "256M"


def test_auto_acceleration_always_runs(run, payload):
    assert run(payload("cairn: off\n", "OFF"), env={"ACCEL": "auto"}).status == OFF


def test_the_printed_command_can_be_pasted(run, payload):
    result = run(payload("hello\ncairn: off\n", "OFF"))
    printed = result.remarks.splitlines()[0].removeprefix("run-qemu: ")
    done = subprocess.run(printed, shell=True, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, b"hello\ncairn: off\n")


@pytest.mark.parametrize("entry, level", [("el1", 1), ("el2", 2), ("el3", 3)])
def test_entry_level(run, payload, entry, level):
    result = run(payload("EL", "ENTRY"), entry=entry)
    assert (result.status, result.text) == (OFF, f"EL{level} tree\ncairn: off\n")


def test_entry_at_el3_with_bootargs_and_several_cpus(run, payload):
    """The tree that QEMU leaves for an ELF holds what -append said; the other CPUs stay in the
    stub."""
    result = run(payload("EL", "ENTRY"), "version", entry="el3", env={"SMP": 4})
    assert (result.status, result.text) == (OFF, "EL3 tree\ncairn: off\n")


def test_image_at_another_place(run, payload):
    result = run(payload("EL", "ENTRY"), args=["--load", "0x48200000"])
    assert (result.status, result.text) == (OFF, "EL1 tree\ncairn: off\n")


@pytest.mark.parametrize("entry, level", [("el1", 1), ("el3", 3)])
def test_a_tree_handed_over_untouched(run, payload, tmp_path, entry, level):
    """Not even QEMU could read this one; the payload looks at the magic only."""
    (tmp_path / "tree").write_bytes(bytes.fromhex("d00dfeed") + b"broken")
    result = run(payload("EL", "ENTRY"), entry=entry, args=["--tree", str(tmp_path / "tree")])
    assert (result.status, result.text) == (OFF, f"EL{level} tree\ncairn: off\n")


def test_atags_at_an_address_of_choice(run, payload, tmp_path):
    (tmp_path / "atags").write_bytes(bytes.fromhex("00000005 54410001"))
    result = run(payload("EL", "ENTRY"),
                 args=["--tree", str(tmp_path / "atags"), "--x0", "0x47000100"])
    assert result.text == "EL1 no tree\ncairn: off\n"


def test_no_tree(run, payload):
    assert run(payload("EL", "ENTRY"),
               args=["--x0", "0x40180000"]).text == "EL1 no tree\ncairn: off\n"


def test_log_is_what_the_guest_said(run, payload, tmp_path):
    result = run(payload("hello\r\ncairn: off\r\n", "OFF"), args=["--log", str(tmp_path / "log")])
    assert result.status == OFF
    assert (tmp_path / "log").read_bytes() == b"hello\r\ncairn: off\r\n"


def test_a_path_with_a_space(run, payload, tmp_path):
    o = tmp_path / "a folder, with a comma"
    o.mkdir()
    for file in payload("EL", "ENTRY").iterdir():
        if file.is_file():
            (o / file.name).write_bytes(file.read_bytes())
    assert run(o, entry="el2").text == "EL2 tree\ncairn: off\n"
    assert run(o, entry="el3").text == "EL3 tree\ncairn: off\n"


def test_gdb_port_makes_no_hang_of_silence(boot, payload):
    session = boot(payload("hello\n", "SPIN"), silence=0.5, timeout=None, args=["--gdb", "0"])
    session.expect("hello")
    with pytest.raises(AssertionError, match="has not ended"):
        session.status(1.5)
    assert re.search(r"-gdb tcp:127\.0\.0\.1:0", session.remarks)


def test_a_dumped_tree_can_be_edited_and_handed_over(run, payload, tmp_path):
    o = payload("EL", "ENTRY")
    path = tree.dump(o, tmp_path / "t.dtb", {"SMP": 2, "APPEND": "loglevel=7"}, autorun="version")
    text = tree.decompile(path)
    assert "cpu@1" in text and 'bootargs = "loglevel=7 autorun=\\"version; poweroff\\""' in text
    tree.compile_dts(text.replace("memory@40000000", "memory@40000001"), path)
    assert run(o, args=["--tree", str(path)]).text == "EL1 tree\ncairn: off\n"
