# SPDX-License-Identifier: MIT
"""Core files, as gdb-multiarch finds them: threads, their calls, variables. They come out by the console, in base64."""

import base64
import re
import shutil
import subprocess
import zlib

import pytest

from lib import arm64
from lib.session import OFF


def gdb(program, core, *commands):
    found = shutil.which("gdb-multiarch")
    if not found:
        pytest.skip("skipped: needs gdb-multiarch (scripts/setup test)")
    words = [word for command in commands for word in ("-ex", command)]
    done = subprocess.run([found, "-nx", "-batch", "-iex", "set auto-load no", "-iex", "set debuginfod enabled off",
                           *words, program, core], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def core_of(text):
    # compressed: most of it is nothing
    found = re.search(r"^begin-base64 \d+ \S*\n(.*?)\n====$", text, re.M | re.S)
    assert found, text[-2000:]
    return zlib.decompress(base64.b64decode(found[1]), wbits=31)


@pytest.mark.parametrize("smp", [1, 2])
def test_threads_in_gdb(run, process_kernel, compile_program, tmp_path, smp):
    program = compile_program("crash", "-g", "-O0", "-pthread")
    root = tmp_path / "root"
    arm64.add_file(root, "bin/busybox", arm64.file("bin/busybox"))
    arm64.add_file(root, "crash", program)
    script = ("/crash /tmp; echo status $?\n"
              "cd /tmp; /bin/busybox ls -ln core\n"
              "/bin/busybox cat core | /bin/busybox gzip -1 | /bin/busybox uuencode -m core\n")
    arm64.add_file(root, "script", script.encode())
    (root / "tmp").mkdir()
    result = run(process_kernel(more="SMP=y" if smp > 1 else ""), "/bin/busybox sh /script", timeout=600,
                 env={"INITRD": root, "CPU": "cortex-a72", "MEM": "512M", "SMP": str(smp), "APPEND": "quiet"})
    assert result.status == OFF
    assert "Segmentation fault (core dumped)" in result.text and "status 139\n" in result.text
    assert re.search(r"^-rw------- +1 0 +0 +\d+ .* core$", result.text, re.M)
    core = tmp_path / "core"
    core.write_bytes(core_of(result.text))
    said = gdb(program, core, "info threads", "bt", "p answer", "p ratio", "frame 1", "p (char *)(far + 0x1000000)",
               "thread apply all bt", "p $_siginfo.si_signo", "p/x $_siginfo._sifields._sigfault.si_addr", "info auxv")
    # one: the program is not at its place here
    assert "Program terminated with signal SIGSEGV" in said and said.count("warning: ") <= 1, said
    assert len(re.findall(r"^[* ] \d +(?:Thread|LWP) ", said, re.M)) == 4, said
    assert re.search(r"^#0 .*crash_at \(where=0x10\)", said, re.M) and re.search(r"^#1 .* main \(", said, re.M)
    assert " = 43\n" in said and " = 0.5\n" in said and " = 11\n" in said and " = 0x10\n" in said
    assert '"far away"' in said
    assert len(re.findall(r"wait_for_ever \(number=[01]\)", said)) == 2
    assert len(re.findall(r"^#0 +.*in_its_program \(", said, re.M)) == 1
    assert re.search(r"^\d+ +AT_PAGESZ +System page size +4096$", said, re.M)
