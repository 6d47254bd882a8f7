# SPDX-License-Identifier: MIT
"""QEMU stopped before its first instruction, gdb attached: `make debug`.

gdb has the terminal. The guest's console is a pseudo-terminal of its own, whose name is said (a
terminal program opens it to type), and everything it says is in $(O)/debug.log as well. The
commands that gdb gets are in scripts/gdb/cairn.py. QEMU ends with gdb, and gdb with this process.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import termios

from . import HANG, OFF, QEMU_FAILED, USAGE, Stop
from .config import require
from .qmp import Qmp
from .session import ENDING, Signalled, die_with_parent, error_line, say

COMMANDS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                         "../gdb/cairn.py"))


def find_gdb(env):
    for name in [env["GDB"]] if env.get("GDB") else ["gdb-multiarch", "aarch64-linux-gnu-gdb",
                                                     "aarch64-elf-gdb"]:
        if shutil.which(name):
            return name
    raise Stop(USAGE,
               f"{env.get('GDB') or 'gdb-multiarch'} is not installed: run `scripts/setup test`")


def debug(plan, options, env):
    """(status, closing line)."""
    gdb = find_gdb(env)
    elf = require(options.o, "cairn")
    log = options.log or os.path.join(options.o, "debug.log")
    folder = tempfile.mkdtemp(prefix="cairn-")      # a socket's path must be short, $(O) may not be
    server = os.path.join(folder, "gdb")
    argv = plan.argv + ["-chardev",
                        f"pty,id=console,logfile={log.replace(',', ',,')},logappend=off",
                        "-S", "-gdb", f"unix:{server},server=on,wait=off"]
    say(shlex.join(argv))
    qmp, qemu, debugger = Qmp(), None, None
    terminal = termios.tcgetattr(0) if os.isatty(0) else None
    for number in ENDING:
        signal.signal(number, signalled)
    try:
        qemu = subprocess.Popen(argv + qmp.arguments(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, start_new_session=True,
                                pass_fds=[qmp.theirs.fileno()],
                                preexec_fn=die_with_parent)
        qmp.started()
        console = console_name(qmp)
        if console is None:
            qemu.terminate()
            reason = error_line(qemu.communicate()[1])
            return QEMU_FAILED, f"QEMU failed with status {qemu.returncode}" + (f": {reason}"
                                                                                if reason else "")
        say(f"the guest's console is {console} (`screen {console}` to type), "
            f"its output is in {log}")
        debugger = subprocess.Popen(gdb_command(gdb, elf, server, plan.load, options.gdb_script),
                                    preexec_fn=take_terminal)
        status = debugger.wait(options.timeout)
        return (OFF, "gdb has ended") if status == 0 else (USAGE, f"gdb ended with status {status}")
    except subprocess.TimeoutExpired:
        return HANG, f"hang: {options.timeout:g} s are up: gdb still waits for the guest"
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        for process in (debugger, qemu):
            end(process)
        if terminal:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(0, os.getpgrp())
            termios.tcsetattr(0, termios.TCSANOW, terminal)
        qmp.close()
        shutil.rmtree(folder, ignore_errors=True)


def take_terminal():
    """In the child: Ctrl-C stops the guest, so it is gdb's; make, which waits, must not get it."""
    die_with_parent()
    if os.isatty(0):
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def signalled(number, _frame):
    raise Signalled(number)


def end(process):
    if process is not None and process.poll() is None:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def console_name(qmp):
    for device in qmp.ask("query-chardev") or []:
        if device.get("label") == "console":
            return device["filename"].removeprefix("pty:")
    return None


def gdb_command(gdb, elf, server, load, script):
    command = [gdb, "-q", "-nx"] if script else [gdb, "-q"]
    command += [elf, "-ex", "source " + COMMANDS, "-ex", f"cairn-attach {server} {load:#x}"]
    return command + (["-batch", "-x", script] if script else [])
