# SPDX-License-Identifier: MIT
"""What the scripts of `make check` share: the files of the source tree, and how findings are told."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True          # the source tree stays clean

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def tracked():
    """What git knows or would add; in a tree without git, every file outside build folders and hidden ones."""
    paths = []
    if os.path.exists(os.path.join(ROOT, ".git")):
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        paths = listed.stdout.splitlines()
    if not paths:
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [name for name in folders if not name.startswith((".", "build", "__pycache__"))
                          or folder != ROOT and name == "build"]
            paths += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return sorted(path for path in set(paths) if os.path.isfile(os.path.join(ROOT, path)))


def finish(what, paths, findings):
    """One line each, then the sum; returns the exit status."""
    for finding in findings:
        print(finding)
    count = len(findings)
    said = "all well" if not count else "1 finding" if count == 1 else "{} findings".format(count)
    print("{}: {} files, {}".format(what, len(paths), said))
    return 1 if findings else 0
