# SPDX-License-Identifier: MIT
"""Device trees for boots that shall meet another tree than QEMU's own: dumped from QEMU, edited as
text, handed over as they are by run-qemu --tree. What is in the dumped tree (memory, CPUs,
bootargs) is what the environment asked for."""

import os
import subprocess

from .build import ROOT, clean_environment
from .session import runner_command


def dump(o, path, env=None, **options):
    """QEMU's own tree for this machine, with `bootargs` from APPEND and autorun, written to
    @path."""
    command = runner_command(o, extra=["-machine", f"dumpdtb={path}"], **options)
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(**(env or {})),
                          stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if not os.path.isfile(path):
        raise AssertionError(f"QEMU dumped no tree:\n{done.stderr}")
    # the padding to 1 MiB is QEMU's, and so are most of the bytes
    compile_dts(decompile(path), path)
    return path


def decompile(path):
    """A tree as dts text."""
    return dtc("-I", "dtb", "-O", "dts", str(path)).decode()


def compile_dts(text, path):
    """dts text as a tree in @path."""
    dtc("-I", "dts", "-O", "dtb", "-o", str(path), "-", given=text.encode())
    return path


def dtc(*arguments, given=None):
    done = subprocess.run(["dtc", "-q", *arguments], input=given, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(f"dtc {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout
