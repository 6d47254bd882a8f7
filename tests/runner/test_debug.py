# SPDX-License-Identifier: MIT
"""`make debug`: gdb with symbols before and after the MMU goes on, and with Cairn's commands."""

import re
import subprocess
import sys
import time

import pytest

from lib.build import ROOT, clean_environment
from lib.session import OFF, QEMU_FAILED, RUNNER, USAGE


def debug(o, *options, env=None):
    return subprocess.run([sys.executable, str(RUNNER), "-O", str(o), "--debug",
                           "--timeout", "20", *options], cwd=ROOT,
                          env=clean_environment(**(env or {})), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def gdb(tmp_path):
    """gdb(o, commands) -> what they printed."""
    def run_gdb(o, *commands, env=None):
        script = tmp_path / "commands"
        script.write_text("\n".join(("set breakpoint pending off", *commands)) + "\n")
        done = debug(o, "--gdb-script", str(script), env=env)
        assert done.returncode == OFF, done.stdout + done.stderr
        return done.stdout
    return run_gdb


@pytest.fixture(scope="session")
def kernel(build):
    return build("qemu_virt_defconfig")


@pytest.mark.parametrize("env", [{}, {"GIC": 2, "CPU": "cortex-a53", "MEM": "128M"}])
def test_both_sides_of_the_mmu(gdb, kernel, env):
    said = gdb(kernel,
               "break early_map", "continue", "printf \"<%lx>\\n\", $pc", "info symbol $pc", "next",
               "printf \"<%lx>\\n\", $pc", "bt 1",
               "delete", "break kernel_main", "continue", "printf \"<%lx>\\n\", $pc", "bt 1",
               "info locals", env=env)
    assert "cairn: stopped at the first instruction of the Image, 0x40200000" in said
    before, stepped, after = (int(pc, 16) for pc in re.findall(r"^<([0-9a-f]+)>$", said, re.M))
    assert 0x40200000 <= before < stepped < 0x41000000
    assert after >> 48 == 0xffff
    assert re.search(r"^#0 +early_map \(\) at .*early_map\.c:\d+", said, re.M)
    assert re.search(r"^#0 +kernel_main \(.*\) at .*main\.c:\d+", said, re.M)


def test_threads_log_and_backtrace(gdb, kernel):
    said = gdb(kernel, "break drivers_init", "continue", "cairn-bt", "delete",
               "break shell_main", "continue", "cairn-threads", "cairn-dmesg")
    assert re.search(r"^#0 +0xffff[0-9a-f]+  drivers_init$", said, re.M)
    assert re.search(r"^#[1-9] +0xffff[0-9a-f]+  kernel_main\+0x", said, re.M)
    assert re.search(r"^\* +0 main +running +0xffff\w+-0xffff\w+ shell_main$", said, re.M)
    assert re.search(r"^\[ +0\.\d{6}\] \w+: .*Cairn 0\.1\.0", said, re.M)


def test_threads_that_do_not_run(gdb, kernel):
    """One that waits and one that has never run: from where they left the CPU, or will begin."""
    said = gdb(kernel, "break shell_main", "continue", "cairn-threads", "cairn-bt 1", "delete",
               "break idle", "continue", "cairn-threads", "cairn-bt 0")
    assert re.search(r"^  +1 idle +ready +0xffff\w+-0xffff\w+ arch_context_start$", said, re.M), said
    assert re.search(r"^#0 +0xffff[0-9a-f]+  arch_context_start\n(?!#1)", said, re.M)
    assert re.search(r"^\* +1 idle +running +0xffff\w+-0xffff\w+ idle", said, re.M)
    assert re.search(r"^  +0 main +sleeping +0xffff\w+-0xffff\w+ \w+\+0x", said, re.M)
    for function in ("console_read", "shell_main", "kernel_main"):
        assert re.search(rf"^#\d+ +0xffff[0-9a-f]+  {function}\+0x", said, re.M), said


def test_threads_of_several_cpus(gdb, kernel):
    """Each CPU's thread is where that CPU is; its backtrace selects it, and so do later commands. One
    that has not been started runs none."""
    said = gdb(kernel, "break cpus_start", "continue", "printf \"<early>\\n\"", "cairn-threads", "delete",
               "break shell_main", "continue", "up", "printf \"<first>\\n\"", "cairn-threads", "cairn-bt",
               "printf \"<other>\\n\"", "cairn-bt 2", "cairn-threads", "printf \"<back>\\n\"", "cairn-bt 0",
               "cairn-bt 1", env={"SMP": 2})
    early, first, other, back = re.split(r"^<\w+>\n", said, flags=re.M)[1:]
    main = r"0 main +running on CPU 0 +0xffff\w+-0xffff\w+"
    idle = r"2 idle/1 +running on CPU 1 +0xffff\w+-0xffff\w+ \w+"
    assert re.search(rf"^\* +{main} cpus_start", early, re.M) and "on CPU 1" not in early
    assert re.search(rf"^\* +{main} kernel_main\+0x", first, re.M), said      # where `up` has led
    assert re.search(rf"^  +{idle}", first, re.M) and re.search(r"^  +1 idle +ready ", first, re.M)
    assert re.search(r"^#0 +0xffff\w+  kernel_main\+0x", first, re.M), said   # and the CPU and the frame stay
    assert re.search(r"^cairn: thread 2 runs on CPU 1: gdb's thread 2 is selected\n"
                     r"#0 (?s:.*)^#\d+ +0xffff\w+  secondary_main\+0x", other, re.M), said
    assert re.search(rf"^\* +{idle}", other, re.M) and re.search(rf"^  +{main} shell_main", other, re.M)
    assert re.search(r"^cairn: thread 0 runs on CPU 0: gdb's thread 1 is selected\n"
                     r"#0 +0xffff\w+  shell_main\n#1 +0xffff\w+  kernel_main\+0x", back, re.M), said
    assert re.search(r"^#0 +0xffff\w+  arch_context_start$", back, re.M)


def test_commands_say_when_it_is_too_early(payload, tmp_path):
    for command in ("cairn-threads", "cairn-dmesg"):
        (tmp_path / "commands").write_text(command + "\n")
        done = debug(payload("hello\n", "SPIN"), "--gdb-script", str(tmp_path / "commands"))
        assert done.returncode == USAGE
        assert "the MMU is off: there are no threads and no log yet" in done.stderr
        assert "Traceback" not in done.stderr


def test_load_address_is_found(gdb, payload):
    """As for a gdb that was attached by hand (--gdb PORT)."""
    said = gdb(payload("hello\n", "SPIN"), "cairn-symbols")
    assert "cairn: loaded at 0x40200000, linked at 0xffff800080000000: symbols for both" in said


def test_commands_are_listed(gdb, payload):
    said = gdb(payload("hello\n", "SPIN"), "help user-defined")
    for command in ("attach", "bt", "dmesg", "symbols", "threads"):
        assert re.search(rf"^cairn-{command} -- cairn-{command}", said, re.M)


def test_sources_outside_the_tree_are_found(gdb, build):
    """The debugging information does not hold where they were; the output folder does."""
    o = build("qemu_virt_defconfig", set="PAGE_4K=y SELFTEST=y DEBUG_ASSERT=y",
              EXT=str(ROOT / "tests/boot/ext/crash"))
    said = gdb(o, "list fault_run", "list kernel_main")
    source = (ROOT / "tests/boot/ext/crash/crash.c").read_text()
    assert re.search(r"^\d+\s+static int fault_run", said, re.M) and "static int fault_run" in source
    assert re.search(r"^\d+\s+.*kernel_main\(", said, re.M)


def test_console_goes_to_a_file(gdb, payload):
    o = payload("hello\ncairn: panic: no\n", "HALT")
    gdb(o, "break wait_here", "continue")
    assert (o / "debug.log").read_bytes() == b"hello\ncairn: panic: no\n"


def test_no_gdb(payload):
    done = debug(payload("", "OFF"), env={"GDB": "no-such-gdb"})
    assert done.returncode == USAGE
    assert done.stderr == "run-qemu: no-such-gdb is not installed: run `scripts/setup test`\n"


def test_qemu_fails(payload):
    done = debug(payload("", "OFF"), env={"QEMU_ARGS": "-nonsense"})
    assert done.returncode == QEMU_FAILED
    assert done.stderr.splitlines()[-1].endswith("-nonsense: invalid option")


def test_ctrl_c_is_gdbs(user, kernel, tmp_path):
    """It stops the guest and ends nothing; what started the runner does not see it."""
    log = tmp_path / "log"
    one = user(kernel, args=["--debug", "--log", str(log)])
    one.expect(rb"\(gdb\) ")
    one.type(b"continue\r")
    one.expect(rb"Continuing")
    # gdb takes it for the guest only once that runs: its console shows when it does
    deadline = time.monotonic() + 30
    while b"cairn> " not in log.read_bytes():
        assert time.monotonic() < deadline, "no prompt in the log"
        time.sleep(0.1)
    one.type(b"\x03")
    one.expect(rb"SIGINT(?s:.*)\(gdb\) ")
    one.type(b"quit\r")
    assert one.end() == OFF
    assert one.is_restored()


def test_terminal_is_restored_after_a_signal(user, kernel):
    one = user(kernel, args=["--debug"])
    one.expect(rb"\(gdb\) ")
    one.process.terminate()
    assert one.end() == -15
    assert one.is_restored()
