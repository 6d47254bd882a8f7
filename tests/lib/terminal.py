# SPDX-License-Identifier: MIT
"""A user at a terminal: a pseudo-terminal in which a command runs, and the far end of it.

For what a pipe cannot show: modes of the terminal, key by key input, a paste. Tests that only talk
to the guest's shell take a Session (session.py), which is faster. """

import fcntl
import os
import re
import select
import subprocess
import termios
import time

from .build import ROOT, clean_environment


class User:
    """The user's side of a terminal in which a command runs."""

    def __init__(self, command, env=None):
        self.master, self.slave = os.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.text = b""             # what expect() has not seen yet
        self.seen = b""
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(**(env or {})), stdin=self.slave,
            stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def read(self, patience=0.05):
        if select.select([self.master], [], [], patience)[0]:
            self.text += os.read(self.master, 65536)

    def expect(self, pattern, timeout=20):
        """Waits for a regular expression anywhere in what has come, and forgets all up to it."""
        deadline = time.monotonic() + timeout
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < deadline, f"{pattern}: only {self.text[-500:]!r} came"
            self.read()
        self.seen += self.text[:found.end()]
        self.text = self.text[found.end():]
        return found

    def type(self, data):
        os.write(self.master, data)

    def paste(self, data, timeout=60):
        """As a terminal does it: what the line does not take now is offered again."""
        os.set_blocking(self.master, False)
        view, deadline = memoryview(data), time.monotonic() + timeout
        while view:
            assert time.monotonic() < deadline, f"{len(view)} bytes of the paste were never taken"
            readable, writable, _ = select.select([self.master], [self.master], [], 1)
            if readable:
                self.text += os.read(self.master, 65536)
            if writable:
                view = view[os.write(self.master, view):]

    def end(self, timeout=20):
        """The command's exit status; negative: a signal."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.text[-500:]!r}"
            self.read()
        while select.select([self.master], [], [], 0.1)[0]:
            self.text += os.read(self.master, 65536)
        return self.process.returncode

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)

    def is_restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
