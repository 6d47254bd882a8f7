# SPDX-License-Identifier: MIT
"""gdb's commands for processes: who there is, and where they are in the kernel and in their programs."""

import re
import subprocess
import sys

import pytest

from lib import arm64
from lib.build import ROOT, clean_environment
from lib.session import OFF, RUNNER

# a call of the one that runs, by which the others have begun to sleep
CALL = ["break sys_getppid", "ignore 2 200", "continue"]
# and is back in its loop
PROGRAM = ["delete", "finish", "stepi 60"]

SLEEPS = (r"^#\d+ +0xffff\w+  sys_clock_nanosleep\+0x\w+\n(?s:.*?)^in the program:\n(?s:.*?)"
          r"^#\d+ +0x0000\w+  doze\+0x\w+\n")


@pytest.fixture
def gdb(compile_program, tmp_path):
    def run_gdb(o, *commands, cpu="cortex-a72", smp=1):
        program = compile_program("doze", "-fno-omit-frame-pointer")
        arm64.add_file(tmp_path / "root", "doze", program)
        (tmp_path / "commands").write_text("\n".join(("set breakpoint pending off", f"add-symbol-file {program}",
                                                      *commands)) + "\n")
        env = clean_environment(INITRD=str(tmp_path / "root"), CPU=cpu, SMP=str(smp), APPEND='quiet autorun="/doze"',
                                QEMU_ARGS="-accel tcg,thread=single")
        done = subprocess.run([sys.executable, str(RUNNER), "-O", str(o), "--debug", "--timeout", "100",
                               "--gdb-script", str(tmp_path / "commands")], cwd=ROOT, env=env, timeout=200,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == OFF, done.stdout + done.stderr
        return done.stdout
    return run_gdb


@pytest.mark.parametrize("granule", ["4K", "16K", "64K"])
def test_in_a_call(gdb, process_kernel, cpu_for, granule):
    said = gdb(process_kernel(granule), *CALL, "cairn-ps", "printf \"<1>\\n\"", "cairn-pbt 1", "printf \"<2>\\n\"",
               "cairn-pbt 2", cpu=cpu_for[granule])
    everybody, first, second = re.split(r"^<\d>\n", said, flags=re.M)
    assert re.search(r"^ +1 +0 +1 +1 doze\n"
                     r" +task 1, thread \d+: running in sys_getppid; program at 0x\w+ getppid\+0x\w+\n"
                     r" +task 3, thread \d+: sleeping in \w+\+0x\w+; program at 0x\w+ \w+\+0x\w+\n"
                     r" +2 +1 +1 +1 doze\n"
                     r" +task 2, thread \d+: sleeping in \w+\+0x\w+; program at 0x\w+ \w+\+0x\w+\n",
                     everybody, re.M), said
    assert re.search(r"^task 1, thread \d+: running\n#0 +0xffff\w+  sys_getppid\n#1 +0xffff\w+  syscall_entry\+0x",
                     first, re.M), said
    assert re.search(r"^in the program:\n#0 +0x0000\w+  getppid\+0x\w+\n#1 +0x0000\w+  spin\+0x\w+\n"
                     r"#2 +0x0000\w+  main\+0x", first, re.M), said
    assert re.search(rf"^task 3, (?s:.*){SLEEPS}#\d+ +0x0000\w+  run\+0x", first, re.M), said
    # whose memory is not the one that is mapped
    assert re.search(rf"^task 2, (?s:.*){SLEEPS}#\d+ +0x0000\w+  main\+0x", second, re.M), said


@pytest.mark.parametrize("smp", [1, 2])
def test_in_a_program(gdb, process_kernel, smp):
    """From where the kernel's memory cannot be read; the CPU is as it was, and the program goes on."""
    said = gdb(process_kernel(), *CALL, *PROGRAM, "print/x $cpsr & 15", "cairn-ps", "cairn-threads", "cairn-bt",
               "cairn-pbt 1", "print/x $cpsr & 15", "break sys_getppid", "continue", "cairn-pbt 1", smp=smp)
    assert re.search(r"^ +task 1, thread \d+: running.* in program; program at 0x\w+ spin\+0x\w+$", said, re.M), said
    assert re.search(r"^\* +\d+ doze +running.* spin\+0x", said, re.M), said
    assert re.search(r"^task 1, thread \d+: running.*\n" r"in the program:\n#0 +0x0000\w+  spin\+0x\w+\n"
                     r"#1 +0x0000\w+  main\+0x", said, re.M), said
    assert len(re.findall(r"^\$\d+ = 0x0$", said, re.M)) == 2
    assert re.search(r"^#0 +0xffff\w+  sys_getppid$", said, re.M), said


def test_bad_requests(gdb, process_kernel, build):
    for o, command, says in ((process_kernel(), "cairn-pbt 77", "there is no process 77: see cairn-ps"),
                             (process_kernel(), "cairn-pbt x", "usage: cairn-pbt PID"),
                             (build("qemu_virt_defconfig"), "cairn-ps",
                              "this kernel has no processes: build with CONFIG_PROCESS=y")):
        place = ["break shell_main", "continue"]
        tries = f"python\ntry: gdb.execute('{command}')\nexcept gdb.error as e: print('<%s>' % e)\nend"
        said = gdb(o, *place, tries)
        assert f"<{says}>" in said, said
