# SPDX-License-Identifier: MIT
"""A run of Cairn under a test's control, always by scripts/run-qemu: tests run what users run.

A thread collects the output at all times, so that a test that looks elsewhere never blocks the
guest. expect() searches what has come since the last match and waits for the rest; when the run
ends meanwhile, or the time is up, it raises with what was awaited and how the run ended. The whole
log is attached to a failing test's report by conftest.py.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from .build import ROOT, clean_environment

RUNNER = ROOT / "scripts" / "run-qemu"
PROMPT = "cairn> "
AT_PROMPT = re.compile(r"(?:^|\n)cairn> \Z")
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[78])")
UNFINISHED = re.compile(r"\x1b(?:\[[0-9;?]*)?\Z")

OFF, USAGE, PANIC, HANG, SILENT, QEMU_FAILED, LOST, STUCK = 0, 2, 10, 11, 12, 13, 14, 15


def runner_command(o, *, batch=True, timeout=60, silence=None, autorun=None, icount=False,
                   entry=None, args=(), extra=()):
    command = [sys.executable, str(RUNNER), "-O", str(o)]
    command += ["--batch"] if batch else []
    command += ["--timeout", str(timeout)] if timeout else []
    command += ["--silence", str(silence)] if silence is not None else []
    command += ["--autorun", autorun] if autorun else []
    command += ["--icount"] if icount else []
    command += ["--entry", entry] if entry else []
    command += list(args)
    return command + (["--"] + list(extra) if extra else [])


def plain(data):
    """@data as text, without escape sequences, one that is not whole yet at the end, and carriage returns."""
    return UNFINISHED.sub("", ESCAPES.sub("", data.decode("utf-8", "replace"))).replace("\r", "")


def qemu_version():
    """(major, minor) of the QEMU that runs will use."""
    qemu = os.environ.get("QEMU") or "qemu-system-aarch64"
    text = subprocess.run([qemu, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


class Session:
    """@env: MEM, SMP, CPU, GIC, APPEND ... as for `make run`. The rest as runner_command()."""

    def __init__(self, o, env=None, **options):
        self.command = runner_command(o, **options)
        self.env = env or {}
        self.errors = tempfile.TemporaryFile()
        self.data = bytearray()
        self.whole = 0, ""                      # bytes of data that are whole lines, as text
        self.decoded = 0, ""                    # all of data, as text
        self.position = 0                       # in text: where the next expect() begins
        self.ended = False
        self.changed = threading.Condition(threading.RLock())
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=clean_environment(**self.env), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors, bufsize=0)
        self.reader = threading.Thread(target=self.collect, daemon=True)
        self.reader.start()

    def collect(self):
        while True:
            chunk = self.process.stdout.read(65536)
            with self.changed:
                self.data += chunk
                self.ended = not chunk
                self.changed.notify_all()
            if not chunk:
                return

    # -- what was said ----------------------------------------------------------------------

    @property
    def text(self):
        """All output so far, lines ending in \\n, without escape sequences."""
        with self.changed:
            if len(self.data) != self.decoded[0]:
                # output comes in small pieces: of a long one only the last line is read again
                start, before = self.whole
                end = self.data.rfind(b"\n") + 1
                if end > start:
                    self.whole = end, before + plain(self.data[start:end])
                end, before = self.whole
                self.decoded = len(self.data), before + plain(self.data[end:])
            return self.decoded[1]

    @property
    def remarks(self):
        """What run-qemu and QEMU said, on stderr."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    @property
    def closing(self):
        """run-qemu's last line."""
        lines = [line for line in self.remarks.splitlines() if line.startswith("run-qemu: ")]
        return lines[-1] if lines else ""

    @property
    def log(self):
        env = "".join(f"{name}={value!r} " for name, value in self.env.items())
        return f"$ {env}{' '.join(self.command)}\n{self.remarks}--- serial ---\n{self.text}"

    # -- talking ----------------------------------------------------------------------

    def send(self, data):
        self.process.stdin.write(data.encode() if isinstance(data, str) else data)

    def expect(self, pattern, timeout=30):
        """Waits for a regular expression (multi-line mode) after the last match, which it
        returns."""
        pattern = re.compile(pattern, re.M) if isinstance(pattern, str) else pattern
        deadline = time.monotonic() + timeout
        while True:
            with self.changed:
                seen, ended = len(self.data), self.ended
            text = self.text
            found = pattern.search(text, self.position)
            if found:
                self.position = found.end()
                return found
            if ended:
                self.process.wait(10)
                raise AssertionError(f"the run ended before {pattern.pattern!r} came: "
                                     f"{self.closing}")
            with self.changed:
                left = deadline - time.monotonic()
                if len(self.data) > seen or self.ended:
                    continue
                if left <= 0 or not self.changed.wait(left):
                    last = text.rstrip().rpartition("\n")[2]
                    raise AssertionError(f"{pattern.pattern!r} did not come within {timeout} s; "
                                         f"the last line is {last!r}")

    def prompt(self, timeout=60):
        """Waits until the shell waits. Returns the text before the prompt."""
        start = self.position
        found = self.expect(AT_PROMPT, timeout)
        return self.text[start:found.start()]

    def cmd(self, line, timeout=60):
        """Runs a shell command; what it printed, without its last newline.

        The shell must be at its prompt, or get there.
        """
        if not AT_PROMPT.search(self.text):
            self.prompt(timeout)
        self.position = len(self.text)
        self.send(line + "\r")
        said = self.prompt(timeout)
        return said.partition("\n")[2]          # what comes before is the echo

    # -- the end ----------------------------------------------------------------------

    def status(self, timeout=60):
        """Waits for the end of the run; run-qemu's exit status."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the run has not ended within {timeout} s") from None
        self.reader.join(5)
        return self.process.returncode

    def poweroff(self, timeout=30):
        """Ends the run as a user does; anything but a clean end fails the test."""
        if not AT_PROMPT.search(self.text):
            self.prompt(timeout)
        self.send("poweroff\r")
        status = self.status(timeout)
        assert status == OFF, f"status {status} after poweroff: {self.closing}"

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join(5)
        for file in (self.process.stdin, self.process.stdout):
            try:
                file.close()
            except OSError:
                pass


class Result:
    """A run that has ended."""

    def __init__(self, session):
        self.status = session.status(timeout=600)
        self.text, self.remarks, self.closing = session.text, session.remarks, session.closing
