# SPDX-License-Identifier: MIT
"""The few questions that are asked of QEMU itself, over a socket pair that it inherits.

No file, no port: nothing is left behind and parallel runs cannot meet. Every answer may be None,
because a QEMU that hangs or is ending does not answer; nobody waits longer than two seconds for
one.
"""

import json
import re
import socket
import time

PATIENCE = 2.0


class Qmp:
    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.buffer = b""
        self.requests = 0
        self.reason = ""

    def arguments(self):
        """What QEMU's command line needs; the descriptor must be inherited."""
        return ["-chardev", f"socket,id=runner,fd={self.theirs.fileno()}", "-mon",
                "chardev=runner,mode=control"]

    def started(self):
        self.theirs.close()
        # sent before QEMU listens, so that it reports its end even when nothing else is ever asked
        self.send("qmp_capabilities", {})

    def close(self):
        self.ours.close()

    def ask(self, command, **arguments):
        """The `return` of one command, or None."""
        deadline = time.monotonic() + PATIENCE
        number = self.send(command, arguments)
        while True:
            message = self.receive(deadline)
            if message is None:
                return None
            if message.get("id") == number:
                return message.get("return")

    def send(self, command, arguments):
        self.requests += 1
        request = {"execute": command, "arguments": arguments, "id": self.requests}
        try:
            self.ours.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            pass                    # QEMU has ended: the answer will be missing
        return self.requests

    def receive(self, deadline):
        """The next message, or None."""
        try:
            while b"\n" not in self.buffer:
                self.ours.settimeout(max(deadline - time.monotonic(), 0.001))
                data = self.ours.recv(65536)
                if not data:
                    return None
                self.buffer += data
            line, self.buffer = self.buffer.split(b"\n", 1)
            message = json.loads(line)
        except (OSError, ValueError):
            return None
        if message.get("event") == "SHUTDOWN":
            self.reason = message["data"].get("reason", self.reason)
        return message

    def shutdown_reason(self):
        """Why QEMU has ended, in QEMU's words, empty when it did not come to say so; for use after
        it has."""
        while self.receive(0) is not None:
            pass
        return self.reason

    def memory(self, address, size):
        """@size bytes of physical memory, or None where QEMU has none or does not answer."""
        if not size:
            return b""
        words = (size + 7) // 8
        text = self.ask("human-monitor-command", **{"command-line": f"xp /{words}xg {address:#x}"})
        found = re.findall(r"\b0x([0-9a-f]{16})\b", re.sub(r"^[0-9a-f]+:", "", text or "", flags=re.M))
        if len(found) != words:
            return None
        return b"".join(int(word, 16).to_bytes(8, "little") for word in found)[:size]

    def program_counters(self):
        """[(cpu number, pc)], empty when QEMU does not answer."""
        text = self.ask("human-monitor-command", **{"command-line": "info registers -a"})
        found, cpu = [], 0
        for line in (text or "").splitlines():
            number = re.match(r"CPU#(\d+)", line)
            if number:
                cpu = int(number[1])
            pc = re.search(r"\bPC=([0-9a-f]+)", line)
            if pc:
                found.append((cpu, int(pc[1], 16)))
        return found
