# SPDX-License-Identifier: MIT
"""
A terminal of known size for programs that draw on it: tmux keeps the screen, keys are sent to it, and the text on the
screen is read back. Every terminal is a tmux server of its own, so that nobody's sessions are touched.
"""
import itertools
import os
import shlex
import subprocess
import time

_count = itertools.count()


class Terminal:
    def __init__(self, command, cwd, env, columns=200, rows=40):
        self.socket = "cairn-test-{}-{}".format(os.getpid(), next(_count))
        # What tmux starts inherits the environment of the server, which is this one.
        env = {key: value for key, value in env.items() if key not in ("TMUX", "TMUX_PANE")}
        env.setdefault("TERM", "xterm-256color")
        shell = "{}; printf '\\n[status %s]\\n' $?; sleep 60".format(" ".join(shlex.quote(str(c)) for c in command))
        subprocess.run(["tmux", "-L", self.socket, "-f", "/dev/null", "new-session", "-d", "-x", str(columns),
                        "-y", str(rows), "-c", str(cwd), shell], env=env, check=True, timeout=20)

    def _tmux(self, *args):
        return subprocess.run(["tmux", "-L", self.socket, *args], capture_output=True, text=True, timeout=20).stdout

    def screen(self):
        """The text on the screen, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._tmux("capture-pane", "-p").splitlines())

    def wait(self, text, seconds=10):
        """Waits until `text` is on the screen, and hands the screen back."""
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if text in screen:
                return screen
            assert time.monotonic() < end, "waited {} s for {!r}; the screen shows:\n{}".format(seconds, text, screen)
            time.sleep(0.02)

    def keys(self, *keys):
        """Sends keys by tmux's names: Enter, Down, Escape, C-c, or a character."""
        self._tmux("send-keys", *keys)

    def end(self):
        self._tmux("kill-server")
