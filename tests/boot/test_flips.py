# SPDX-License-Identifier: MIT
"""Trees with one wrong bit: each run ends at the prompt or in a panic line. It may be silent only
where the bit is one of those that lead to the UART; the runner then says where the CPU stands.

A bit in a name or an address may well be harmless, or make another machine of this one; so how a
run ends is not predicted, only that it ends in one of these ways.
"""

import concurrent.futures
import random
import subprocess

import pytest

from lib import blob
from lib.build import ROOT, clean_environment, share
from lib.session import OFF, PANIC, SILENT, runner_command

UART = "/pl011@9000000"


@pytest.fixture(scope="session")
def flipped(trees, own_tree, kernel):
    """flipped(bits) -> [(bit, status, output, closing line)] of a run for each."""
    data = (trees / "own.dtb").read_bytes()

    def run(bit):
        path = trees / f"bit-{bit}.dtb"
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        path.write_bytes(wrong)
        command = runner_command(kernel, timeout=30, silence=4, args=["--tree", str(path)])
        done = subprocess.run(command, cwd=ROOT, env=clean_environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False)
        path.unlink()
        return bit, done.returncode, done.stdout, done.stderr.strip().splitlines()[-1]

    def run_all(bits):
        with concurrent.futures.ThreadPoolExecutor(share(5)) as pool:
            return list(pool.map(run, bits))
    return run_all


@pytest.fixture(scope="session")
def ways(trees, own_tree):
    """Of the tree: the bits of its header, structure and strings, and those that lead to the
    UART."""
    data = (trees / "own.dtb").read_bytes()
    head = blob.header(data)
    start, names = head["off_dt_struct"], head["off_dt_strings"]
    uart = blob.parse(data).find(UART)
    leading = set(range(0, 4)) | set(range(12, 16)) | set(range(uart.at, uart.end))
    for name in (b"compatible", b"reg"):
        at = data.index(b"\0" + name + b"\0", names - 1) + 1
        leading |= set(range(at, at + len(name) + 1))
    return {"header": range(40 * 8), "structure": range(start * 8, (start + head["size_dt_struct"]) * 8),
            "strings": range(names * 8, (names + head["size_dt_strings"]) * 8), "leading": leading}


@pytest.mark.parametrize("part,count", [
    ("header", 16), ("structure", 40), ("strings", 8),
    pytest.param("header", 320, marks=pytest.mark.slow),
    pytest.param("structure", 800, marks=pytest.mark.slow),
    pytest.param("strings", 200, marks=pytest.mark.slow)])
def test_one_bit(flipped, ways, part, count):
    bits = sorted(random.Random(1).sample(ways[part], count))
    silent = []
    for bit, status, output, closing in flipped(bits):
        where = f"bit {bit % 8} of byte {bit // 8} ({part})"
        assert status in (OFF, PANIC, SILENT), f"{where}: {closing}\n{output}"
        if status == SILENT:
            assert "no output within 4 s: the CPU is in " in closing and not output
            if bit // 8 not in ways["leading"]:
                silent.append(where)
        else:
            assert output.startswith(("[", "\ncairn: panic: ", "\r\ncairn: panic: ")), where
    # a length that becomes another possible one may hide what follows, the UART among it
    assert len(silent) <= 1 + count // 50, f"silent, though the UART can be found: {silent}"
