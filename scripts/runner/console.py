# SPDX-License-Identifier: MIT
"""What the guest has said, as far as the verdict needs it.

The last line of a run is `cairn: off`, `cairn: reboot`, `cairn: panic: <text>` or `cairn: hang:
<text>` (the kernel's own watchdog), alone on its line and followed by nothing. The same words in
the middle of a run (`echo cairn: off` at the prompt) are not the last line, because a prompt
follows them; so last_word() looks at the very end of the output only, and the caller asks once QEMU
has ended or nothing has come for a moment. Keeps a few KiB, not the whole output.
"""

import re

TAIL = 8192
PROMPT = b"cairn> "
LAST_LINE = re.compile(rb"(?:^|[\r\n])cairn: (off|reboot|panic|hang)(?:: ([^\r\n]*))?[\r\n]*\Z")
PANIC_LINE = re.compile(rb"[\r\n]cairn: (panic|hang): ([^\r\n]*)[\r\n]")
# a line editor may have redrawn the line
AT_PANIC_PROMPT = re.compile(rb"[\r\n]panic> \Z")       # CONFIG_PANIC_SHELL
AT_PROMPT = re.compile(rb"(?:^|[\r\n]|\x1b\[[0-9;]*[A-Za-z])cairn> (?:\x1b\[[0-9;]*[A-Za-z])*\Z")


class Console:
    def __init__(self):
        self.tail = b""
        self.said = False           # anything at all
        self.prompted = False       # a prompt, ever
        self.panicked = None        # ("panic" | "hang", text) of the first such line, whatever came after it

    def feed(self, chunk):
        self.said = True
        before = len(self.tail)
        text = self.tail + chunk
        # a line may straddle two chunks: look again at the last one that was not finished
        fresh = max(text.rfind(b"\n", 0, before), 0)
        if not self.prompted:
            self.prompted = PROMPT in text[fresh:]
        if self.panicked is None:
            found = PANIC_LINE.search(b"\n" + text[fresh:] if fresh == 0 else text[fresh:])
            if found:
                self.panicked = found[1].decode(), decode(found[2])
        self.tail = text[-TAIL:]

    def last_word(self, ended):
        """("off" | "reboot" | "panic" | "hang", text) or None. A line without its end counts only when QEMU
        has @ended."""
        if not ended and not self.tail.endswith((b"\n", b"\r")):
            return None
        found = LAST_LINE.search(self.tail)
        if not found or (found[1] in (b"panic", b"hang")) != (found[2] is not None):
            return None
        return found[1].decode(), decode(found[2] or b"")

    def at_prompt(self):
        return bool(AT_PROMPT.search(self.tail))

    def at_panic_prompt(self):
        return bool(self.panicked and AT_PANIC_PROMPT.search(self.tail))

    def last_line(self):
        lines = [line for line in re.split(rb"[\r\n]+", self.tail) if line.strip()]
        return decode(lines[-1]) if lines else ""


def decode(line):
    return "".join(c if c.isprintable() else "?" for c in line.decode("utf-8", "replace"))[:200]
