# SPDX-License-Identifier: MIT
"""What the kernel may cost (tests/budgets.toml): instructions to the prompt and sizes, measured and
judged by scripts/bench as `make bench` does. Times are not held."""

import json
import subprocess
import sys

from lib.build import ROOT, clean_environment


def test_budgets(kernel):
    done = subprocess.run([sys.executable, ROOT / "scripts/bench", "-O", kernel], cwd=ROOT,
                          env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads((kernel / "bench.json").read_text())}
    for name in ("boot.prompt", "memcpy.4k", "memset.4k", "image.defconfig", "image.tiny"):
        assert rows[name]["bound"] and rows[name]["value"] <= rows[name]["bound"] * 1.05
