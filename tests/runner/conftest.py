# SPDX-License-Identifier: MIT
"""Payloads: kernels made of one line, so that every way a run can end is really provoked, and by
the runner's own means."""

import hashlib
import os
import subprocess

import pytest

from lib.build import locked

SOURCE = os.path.join(os.path.dirname(__file__), "payload.S")
# high, as the kernel is; the payload runs at its physical address
LINKED = 0xffff800080000000


@pytest.fixture(scope="session")
def payload(builder, cross):
    """payload(text, ending) -> an output folder with Image, cairn and .config."""
    source = open(SOURCE, "rb").read()

    def make_payload(text, ending="SPIN", machine="virt"):
        key = hashlib.sha256(repr((text, ending, machine, source)).encode()).hexdigest()[:10]
        o = builder.folder / "payloads" / f"{ending.lower()}-{key}"
        o.parent.mkdir(exist_ok=True)
        with locked(f"{o}.lock"):
            if not (o / "Image").exists():
                o.mkdir(exist_ok=True)
                (o / ".config").write_text(f'CONFIG_RUN_MACHINE="{machine}"\n'
                                           'CONFIG_RUN_CPU="cortex-a72"\n')
                for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
                    text = text.replace(plain, escaped)
                subprocess.run([cross + "gcc", "-nostdlib", "-static", "-Wl,--build-id=none",
                                f"-Wl,-Ttext={LINKED:#x}", f"-DENDING={ending}",
                                f'-DTEXT="{text}"', SOURCE, "-o", o / "cairn"], check=True)
                subprocess.run([cross + "objcopy", "-O", "binary", o / "cairn", o / "Image"],
                               check=True)
        return o

    return make_payload


@pytest.fixture
def fake_qemu(tmp_path):
    """A QEMU that says its version and nothing else, for what is decided before it is started."""
    def make_fake(version="10.0.2"):
        path = tmp_path / "qemu"
        path.write_text(f"#!/bin/sh\necho 'QEMU emulator version {version}'\n")
        path.chmod(0o755)
        return str(path)
    return make_fake
