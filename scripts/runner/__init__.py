# SPDX-License-Identifier: MIT
"""What scripts/run-qemu is made of: the QEMU command, the loop that watches a run, and its verdict.

config.py   what was built: the configuration, the Image's header
command.py  from configuration and environment to a QEMU command line
cpio.py     a folder as an archive for INITRD=
console.py  what the guest has said: the last line, the prompt
session.py  starts QEMU, passes bytes both ways, decides when and how the run has ended
symbols.py  from a program counter to a name in the kernel
log.py      the kernel's log, out of the guest's memory
qmp.py      the few questions that are asked of QEMU itself
debug.py    QEMU stopped, gdb attached

Nothing here is Python beyond the standard library, and nothing writes outside $(O).
"""

# The exit statuses of a run. Tests and scripts rely on the numbers.
OFF = 0             # `cairn: off`, `cairn: reboot`, or the user left
USAGE = 2
PANIC = 10
HANG = 11           # it spoke, then went silent, or the time was up
SILENT = 12         # not one byte
QEMU_FAILED = 13
LOST = 14           # QEMU ended without the kernel's last line
STUCK = 15          # `cairn: hang: <text>`: the kernel's watchdog found it


class Stop(Exception):
    """Ends the run with one line on stderr and a status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
