# SPDX-License-Identifier: MIT
"""Remembers which slow tests this very state of the source tree has passed, for `pytest --all
--resume`.

The state is a hash over every file that git does not ignore, changed and new ones included, so that
any edit starts anew. A record is one line in a file of the test folder, written as soon as the test
has passed: a run may be cut off anywhere.
"""

import hashlib
import subprocess

from .build import ROOT


def tree_state():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT,
                            capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*")
                 if "build" not in path.relative_to(ROOT).parts[:1]]
    state = hashlib.sha256()
    for path in sorted(set(paths)):
        if path.is_file():
            state.update(str(path.relative_to(ROOT)).encode() + b"\0")
            state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()[:16]


class Record:
    def __init__(self, folder):
        self.path = folder / f"passed-{tree_state()}"
        for old in folder.glob("passed-*"):
            if old != self.path:
                old.unlink(missing_ok=True)
        try:
            self.passed = set(self.path.read_text(encoding="utf-8").splitlines())
        except FileNotFoundError:
            self.passed = set()

    def add(self, name):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(name + "\n")
