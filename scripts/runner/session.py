# SPDX-License-Identifier: MIT
"""Starts QEMU, passes bytes both ways, and decides when and how the run has ended.

QEMU's serial port is a pair of pipes, this process stands between them and the user: every byte
goes through unchanged, both ways and with back-pressure, so that a paste of any size arrives whole.
On a terminal the input is raw, as QEMU itself would have it; the terminal is put back whatever
happens short of SIGKILL, and QEMU never outlives this process.

A run ends when QEMU ends, or when the kernel's last line has been followed by nothing for SETTLE
seconds (a panic halts, and some machines cannot power off), or when it has been silent or running
for too long. Of a run that says nothing more, the kernel's log is read (log.py). Input that is not
a terminal is held until the guest can read it; at its end the guest is left to finish, and is ended
once it waits at the prompt, or at that of a panic, for a command that cannot come.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import termios
import time
import tty

from . import HANG, LOST, OFF, PANIC, QEMU_FAILED, SILENT, STUCK
from .console import Console
from .log import read_log
from .qmp import Qmp

SETTLE = 0.5            # after the last line, before the runner ends QEMU itself
RESTART = 3.0           # after `cairn: reboot`, for the machine to start again
FIRST_WORD = 60.0       # for the first byte, unless --silence says otherwise
LOG_LINES = 12          # of the kernel's log, where its console did not show them
IDLE = 1.0              # at the prompt with no input left, or before it without a sign of one
BLOCK = 65536
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
CTRL_A = 0x01
PR_SET_PDEATHSIG = 1


def say(text):
    try:
        print("run-qemu: " + text, file=sys.stderr, flush=True)
    except OSError:
        pass


def die_with_parent():
    """In the child: even a runner that is killed outright leaves no QEMU behind. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Signalled(Exception):
    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Terminal:
    """The user's terminal in raw mode, output processing left as it is."""

    def __init__(self, fd):
        self.fd = fd
        self.saved = termios.tcgetattr(fd)
        signal.signal(signal.SIGCONT, lambda *_: self.set_raw())

    def set_raw(self):
        mode = termios.tcgetattr(self.fd)
        oflag = mode[1]
        tty.setraw(self.fd, termios.TCSANOW)
        mode = termios.tcgetattr(self.fd)
        mode[1] = oflag
        termios.tcsetattr(self.fd, termios.TCSANOW, mode)

    def restore(self):
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            # what was typed for the guest must not reach the user's shell
            termios.tcflush(self.fd, termios.TCIFLUSH)
            termios.tcsetattr(self.fd, termios.TCSANOW, self.saved)
        except termios.error:
            pass                    # hung up: nothing left to restore


class Session:
    def __init__(self, plan, options, symbols):
        self.plan, self.options, self.symbols = plan, options, symbols
        self.console = Console()
        self.qmp = Qmp()
        self.interactive = options.interactive
        self.terminal = None
        self.process = None
        self.log = None
        self.pending = bytearray()  # for the guest, not yet taken
        self.input_open = True
        self.reads = False          # the guest is ready for input
        self.escape = False         # the last byte typed was Ctrl-A
        self.left = False           # Ctrl-A x
        self.errors = bytearray()   # what QEMU itself said
        self.unsaid = []            # lines of the kernel's log that its console did not show

    # -- the way through ----------------------------------------------------------------------

    def run(self):
        """(status, closing line)."""
        wake, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write)
        for number in ENDING:
            signal.signal(number, self.signalled)
        try:
            if self.options.log:
                self.log = open(self.options.log, "wb", buffering=0)
            self.start()
            if self.interactive:
                self.terminal = Terminal(0)
                self.terminal.set_raw()
            return self.watch(wake)
        finally:
            for number in ENDING:
                signal.signal(number, signal.SIG_IGN)
            self.end_qemu()
            if self.terminal:
                self.terminal.restore()
            self.qmp.close()
            if os.isatty(1) and self.console.tail[-1:] not in (b"\n", b""):
                write_all(2, b"\n")    # the closing line gets a line of its own
            for line in self.unsaid:
                say("log: " + line)

    @staticmethod
    def signalled(number, _frame):
        raise Signalled(number)

    def start(self):
        self.process = subprocess.Popen(
            self.plan.argv + self.qmp.arguments(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
            pass_fds=[self.qmp.theirs.fileno()], preexec_fn=die_with_parent)
        self.qmp.started()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            os.set_blocking(pipe.fileno(), False)

    def end_qemu(self):
        process = self.process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    # -- passing bytes ----------------------------------------------------------------------

    def watch(self, wake):
        self.begun = self.heard = time.monotonic()
        out, err = self.process.stdout.fileno(), self.process.stderr.fileno()
        into = self.process.stdin.fileno()
        listening = {out, err}
        while out in listening:
            readers = listening | {wake}
            if self.takes_input():
                readers.add(0)
            writers = [into] if self.pending and into >= 0 else []
            ready, writable, _ = select.select(list(readers), writers, [], self.patience())
            if err in ready and not self.read_errors(err):
                listening.discard(err)
            if out in ready and not self.read_output(out):
                listening.discard(out)
            if 0 in ready:
                self.read_input()
            if writable:
                into = self.write_input(into)
            verdict = self.judge_running()
            if verdict:
                return verdict
        return self.judge_ended(err)

    def takes_input(self):
        if not self.input_open or len(self.pending) >= BLOCK:
            return False
        if not self.reads:
            # what a script typed ahead would be lost in a kernel that is still setting up its UART
            idle = self.console.said and time.monotonic() - self.heard >= IDLE
            self.reads = self.interactive or self.console.prompted or idle
        return self.reads

    def read_output(self, out):
        chunk = read_some(out)
        if chunk is None:
            return True
        if chunk:
            self.heard = time.monotonic()
            self.console.feed(chunk)
            write_all(1, chunk)
            if self.log:
                write_all(self.log.fileno(), chunk)
        return bool(chunk)

    def read_errors(self, err):
        chunk = read_some(err)
        if chunk:
            self.errors = (self.errors + chunk)[-4096:]
            write_all(2, chunk)
        return chunk is None or bool(chunk)

    def read_input(self):
        try:
            chunk = os.read(0, BLOCK)
        except OSError:
            chunk = b""             # the terminal hung up
        if not chunk:
            self.input_open = False
            return
        self.pending += chunk
        if self.interactive:
            for byte in chunk:
                if self.escape and byte in b"xX":
                    self.left = True    # a guest that reads nothing keeps QEMU from seeing it
                self.escape = byte == CTRL_A and not self.escape

    def write_input(self, into):
        try:
            del self.pending[:os.write(into, self.pending)]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.pending.clear()
            return -1
        return into

    # -- judging ----------------------------------------------------------------------

    def patience(self):
        """Seconds until judge_running() may come to another answer."""
        now = time.monotonic()
        quiet = now - self.heard
        limits = (SETTLE, IDLE, RESTART, self.silence())
        waits = [limit - quiet for limit in limits if limit and limit > quiet]
        if self.options.timeout:
            waits.append(self.begun + self.options.timeout - now)
        return max(min(waits), 0) + 0.001 if waits else None

    def silence(self):
        """Seconds without output that are too many now, or None. Nobody is hurried at a prompt."""
        if not self.options.watched or self.interactive and self.console.prompted:
            return None
        if self.options.silence is None:
            return None if self.console.said else FIRST_WORD
        return self.options.silence or None

    def judge_running(self):
        if self.left:
            return OFF, "left by Ctrl-A x"
        now = time.monotonic()
        quiet = now - self.heard
        if self.options.watched and quiet >= SETTLE:
            word = self.console.last_word(False)
            if word and (word[0] != "reboot" or not self.options.restarts):
                return self.verdict_of(word)
            if word and quiet >= RESTART:
                return HANG, ("hang: the kernel said `cairn: reboot`, "
                              "but the machine did not start again")
        if self.options.timeout and now - self.begun >= self.options.timeout:
            return self.stuck(f"{self.options.timeout:g} s are up", f"{self.options.timeout:g} s")
        limit = self.silence()
        if limit and quiet >= limit:
            return self.stuck(f"no output for {limit:g} s", f"{limit:g} s")
        if not self.input_open and not self.pending and quiet >= IDLE:
            if self.console.at_prompt():
                return OFF, "end of input at the prompt; the machine is switched off"
            if self.console.at_panic_prompt():
                return self.verdict_of(self.console.panicked)
        return None

    def stuck(self, why, limit):
        shown = self.console.tail.decode("utf-8", "replace")
        self.unsaid = [line for line in read_log(self.symbols, self.qmp.memory, LOG_LINES)
                       if line not in shown]
        if not self.console.said:
            hint = "; the kernel's log has words: is its UART's base right?" if self.unsaid else ""
            return SILENT, f"no output within {limit}: {self.where()}{hint}"
        panicked = self.console.panicked
        hint = f"; it had said `cairn: {': '.join(panicked)}`" if panicked else ""
        return HANG, f"hang: {why}: {self.where()}{hint}"

    def where(self):
        counters = self.qmp.program_counters()
        if not counters:
            return "QEMU does not say where the CPU is"
        if len(counters) == 1:
            return "the CPU is in " + self.symbols.describe(counters[0][1])
        return ", ".join(f"CPU {cpu} is " + self.place(cpu, pc) for cpu, pc in counters)

    def place(self, cpu, pc):
        # a CPU that has not been started is where reset left it
        return "in " + self.symbols.describe(pc) if pc or not cpu else "not started"

    def verdict_of(self, word):
        kind, text = word
        if kind == "panic":
            return PANIC, f"panic: {text}"
        if kind == "hang":
            return STUCK, f"stuck: {text}"
        return OFF, "powered off" if kind == "off" else "reboot: the run ends here"

    def judge_ended(self, err):
        status = self.process.wait()
        while self.read_errors(err) and select.select([err], [], [], 0)[0]:
            pass
        word = self.console.last_word(True)
        if word:
            return self.verdict_of(word)
        reason = error_line(self.errors)
        because = f": {reason}" if reason else ""
        if status < 0:
            return QEMU_FAILED, f"QEMU was ended by signal {-status}{because}"
        if status:
            return QEMU_FAILED, f"QEMU failed with status {status}{because}"
        how = self.qmp.shutdown_reason()
        if how == "host-qmp-quit":
            return OFF, "left by the monitor's quit"
        if how == "host-signal":
            return QEMU_FAILED, f"QEMU was ended by a signal{because}"
        said = self.console.last_line()
        return LOST, (f"lost: QEMU ended{how and f' ({how})'} without the kernel's last line; "
                      + (f"the last it said was: {said}" if said else "it had said nothing"))


def error_line(data):
    """QEMU's first complaint; what it prints behind that are hints. Else its last line."""
    lines = data.decode("utf-8", "replace").strip().splitlines()
    complaints = [line for line in lines if line.startswith("qemu") and "warning:" not in line]
    return (complaints[:1] or lines[-1:] or [""])[0]


def read_some(fd):
    """Bytes; b"" at the end; None when there is nothing now."""
    try:
        return os.read(fd, BLOCK)
    except BlockingIOError:
        return None


def write_all(fd, data):
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            # the reader of our output has set it non-blocking: the file description is shared
            select.select([], [fd], [])
