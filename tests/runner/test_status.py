# SPDX-License-Identifier: MIT
"""Each exit status of scripts/run-qemu and its closing line, each really provoked."""

import os
import re

import pytest

from lib.session import HANG, LOST, OFF, PANIC, QEMU_FAILED, SILENT, STUCK, USAGE


def test_power_off(run, payload):
    result = run(payload("hello\ncairn: off\n", "OFF"))
    assert (result.status, result.closing) == (OFF, "run-qemu: powered off")
    assert result.text == "hello\ncairn: off\n"


def test_power_off_that_does_not_end_qemu(run, payload):
    result = run(payload("hello\ncairn: off\n", "HALT"))
    assert (result.status, result.closing) == (OFF, "run-qemu: powered off")


@pytest.mark.parametrize("batch", [True, False])
def test_reboot_ends_a_run_without_a_terminal(run, payload, batch):
    result = run(payload("hello\ncairn: reboot\n", "RESET"), batch=batch)
    assert (result.status, result.closing) == (OFF, "run-qemu: reboot: the run ends here")
    assert result.text.count("hello") == 1


def test_reboot_restarts_at_a_terminal(user, payload):
    one = user(payload("hello\ncairn: reboot\n", "RESET"))
    for _ in range(3):
        one.expect(rb"hello\r\n")


def test_reboot_that_does_not_come_back(user, payload):
    one = user(payload("hello\ncairn: reboot\n", "HALT"))
    one.expect(rb"the machine did not start again")
    assert one.end() == HANG


@pytest.mark.parametrize("ending", ["HALT", "SPIN", "OFF", "RESET"])
def test_panic(run, payload, ending):
    """Whether the machine halts, loops, powers off or resets: the line counts."""
    result = run(payload("hello\ncairn: panic: at the disco\n", ending))
    assert (result.status, result.closing) == (PANIC, "run-qemu: panic: at the disco")


@pytest.mark.parametrize("ending", ["HALT", "SPIN", "OFF"])
def test_stuck(run, payload, ending):
    """The kernel's own watchdog: not what the runner finds from outside."""
    result = run(payload("hello\ncairn: hang: watchdog: thread a\n", ending))
    assert (result.status, result.closing) == (STUCK, "run-qemu: stuck: watchdog: thread a")


def test_hang_names_the_symbol(run, payload):
    result = run(payload("hello\n", "SPIN"), silence=1)
    assert result.status == HANG
    assert re.fullmatch(r"run-qemu: hang: no output for 1 s: the CPU is in boot code before "
                        r"the MMU: spin_here(\+0x4)? \(0x402000[0-9a-f]+\)", result.closing)


def test_hang_after_a_panic_line_mentions_it(run, payload):
    result = run(payload("cairn: panic: first\nand more\n", "HALT"), silence=1)
    assert result.status == HANG
    assert "wait_here" in result.closing
    assert "it had said `cairn: panic: first`" in result.closing


def test_silence_names_the_symbol(run, payload):
    result = run(payload("", "SPIN"), silence=1)
    assert result.status == SILENT
    assert ("no output within 1 s: the CPU is in boot code before the MMU: spin_here"
            in result.closing)


def test_silence_names_each_cpu(run, payload):
    result = run(payload("", "SPIN"), silence=1, env={"SMP": 2})
    assert result.status == SILENT
    assert "CPU 0 is in boot code" in result.closing and "CPU 1 is not started" in result.closing


def test_timeout_while_printing(run, payload):
    result = run(payload("more\n", "CHATTER"), timeout=1)
    assert result.status == HANG
    assert result.closing.startswith("run-qemu: hang: 1 s are up: the CPU is in ")


def test_timeout_without_a_word(run, payload):
    result = run(payload("", "HALT"), timeout=1)
    assert result.status == SILENT
    assert "no output within 1 s" in result.closing


@pytest.mark.parametrize("ending", ["OFF", "RESET"])
def test_lost_run(run, payload, ending):
    result = run(payload("hello\ncairn: offline\n", ending))
    assert result.status == LOST
    assert "without the kernel's last line; the last it said was: cairn: offline" in result.closing


def test_lost_run_without_a_word(run, payload):
    result = run(payload("", "OFF"))
    assert result.status == LOST
    assert "it had said nothing" in result.closing


@pytest.mark.parametrize("line", ["cairn: off", "cairn: panic: no"])
def test_last_line_typed_by_a_user(run, payload, line):
    """`echo cairn: off` at the prompt: another prompt follows, so it was not the last line."""
    result = run(payload(f"cairn> echo {line}\n{line}\ncairn> ", "SPIN"), silence=1)
    assert result.status == HANG
    assert "no output for 1 s" in result.closing


def test_last_line_must_be_alone_on_its_line(run, payload):
    result = run(payload("it says cairn: off\n", "SPIN"), silence=1)
    assert result.status == HANG


def test_carriage_returns(run, payload):
    assert run(payload("hello\r\n\r\ncairn: panic: x\r\n", "HALT")).closing == "run-qemu: panic: x"


def test_qemu_fails(run, payload):
    result = run(payload("", "OFF"), env={"QEMU_ARGS": "-nonsense"})
    assert result.status == QEMU_FAILED
    assert re.match(r"run-qemu: QEMU failed with status 1: .*-nonsense: invalid option",
                    result.closing)


def test_qemu_is_killed(boot, payload):
    session = boot(payload("hello\n", "SPIN"))
    session.expect("hello")
    kill_child(session.process.pid, 9)
    assert session.status() == QEMU_FAILED
    assert session.closing == "run-qemu: QEMU was ended by signal 9"


def kill_child(parent, number):
    for child in open(f"/proc/{parent}/task/{parent}/children").read().split():
        os.kill(int(child), number)


def test_semihosting_does_not_count(run, payload):
    """QEMU's own status is not the kernel's: a clean last line wins."""
    result = run(payload("cairn: off\n", "OFF"), extra=["-semihosting"])
    assert result.status == OFF


# -- before QEMU is started ----------------------------------------------------------------------

def test_no_image(run, fresh):
    o = fresh()
    (o / ".config").write_text('CONFIG_RUN_MACHINE="virt"\n')
    result = run(o)
    assert result.status == USAGE
    assert result.remarks == f"run-qemu: {o}/Image is missing: run `make O={o}`\n"


def test_no_configuration(run, fresh):
    o = fresh()
    result = run(o)
    assert result.status == USAGE
    assert result.remarks == f"run-qemu: {o} holds no configuration: run `make O={o}`\n"


def test_no_machine(run, payload):
    result = run(payload("", "OFF", machine=""))
    assert result.status == USAGE
    assert "CONFIG_RUN_MACHINE is empty" in result.remarks and result.remarks.count("\n") == 1


def test_no_qemu(run, payload):
    result = run(payload("", "OFF"), env={"QEMU": "", "PATH": "/nowhere"})
    assert (result.status, result.remarks) == (
        QEMU_FAILED, "run-qemu: qemu-system-aarch64 is not installed: run `scripts/setup`\n")


def test_raspi4b_needs_qemu_9(run, payload, fake_qemu):
    result = run(payload("", "OFF", machine="raspi4b"),
                 env={"QEMU": fake_qemu("7.2.11 (Debian 1:7.2)")})
    assert (result.status, result.remarks) == (
        QEMU_FAILED, "run-qemu: raspi4b needs QEMU 9.0 or newer (this is 7.2)\n")


@pytest.mark.parametrize("env, args, said", [
    ({"GIC": "4"}, [], "GIC=4 is neither 2 nor 3"),
    ({"SERIAL": "7"}, [], "SERIAL=7 is none of the ports 0 to 3"),
    ({"ACCEL": "warp"}, [], "ACCEL=warp is none of tcg, kvm, hvf, auto"),
    ({"ACCEL": "kvm"}, ["--icount"], "ACCEL=kvm "),
    ({"ACCEL": "hvf"}, ["--entry", "el2"], "ACCEL=hvf "),
    ({"DTB": "/none.dtb"}, [], "the device tree /none.dtb is missing"),
    ({"DTB": "dts/bcm2711-rpi-4-b.dts"}, [], "is a source: `make run DTB=dts/bcm2711-rpi-4-b.dts`"),
    ({"BOOT": "grub"}, [], "BOOT=grub is neither qemu nor u-boot"),
    ({"BOOT": "u-boot", "UBOOT": "/none"}, [], "U-Boot is not at /none: run `scripts/setup test`"),
    ({"BOOT": "u-boot", "UBOOT": "/dev/null"}, ["--entry", "el3"], "BOOT=u-boot is for virt, and goes with neither"),
    ({"BOOT": "u-boot", "MACHINE": "raspi4b"}, [], "BOOT=u-boot is for virt"),
    ({"MACHINE": "raspi4b"}, [], "this configuration builds no device tree for QEMU's raspi4b: take one that does"),
    ({"MACHINE": "raspi4b", "GIC": "2"}, [], "are for virt (this run is on raspi4b)"),
    ({"INITRD": "/none"}, [], "the initramfs /none is missing"),
    ({"QEMU_ARGS": "'"}, [], "QEMU_ARGS does not parse"),
    ({}, ["--nonsense"], "unrecognized arguments: --nonsense"),
    ({}, ["--timeout", "soon"], "invalid seconds value: 'soon'"),
    ({}, ["--autorun", 'echo "a"'], "cannot hold a double quote"),
    ({}, ["--autorun", "x" * 1004], "with --autorun the command line has 1024 bytes: at most 1023"),
    ({}, ["--tree", "/none.dtb"], "the device tree /none.dtb is missing"),
    ({"APPEND": "quiet"}, ["--tree", "/dev/null"], "neither goes with"),
    ({}, ["--load", "there"], "invalid address value: 'there'"),
    ({}, ["--log", "/none/file"], "/none/file"),
])
def test_usage(run, payload, env, args, said):
    result = run(payload("", "OFF"), env=env, args=args)
    assert result.status == USAGE
    assert said in result.closing
    assert "Traceback" not in result.remarks


@pytest.mark.parametrize("env, said", [
    ({"MEM": "1G"}, "QEMU's raspi4b takes MEM=2G only (asked: 1G)"),
    ({"SMP": "1"}, "QEMU's raspi4b takes SMP=4 only (asked: 1)"),
    ({"CPU": "max"}, "leave CPU=max out"),
    ({"GIC": "2"}, "GIC are for virt"),
])
def test_what_raspi4b_does_not_take(run, payload, fake_qemu, env, said):
    result = run(payload("", "OFF", machine="raspi4b"), env={"QEMU": fake_qemu(), **env})
    assert result.status == USAGE
    assert said in result.closing
