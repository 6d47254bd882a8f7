# SPDX-License-Identifier: MIT
"""What the scripts of `make check` share: the files of the source tree, and how findings are told."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True          # the source tree stays clean

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def tracked():
    """What git knows or would add; in a tree without git, every file outside build folders and hidden ones."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if listed.returncode == 0:
        paths = set(listed.stdout.splitlines())
    else:
        paths = {os.path.relpath(os.path.join(folder, name), ROOT) for folder, _, names in os.walk(ROOT)
                 if "/build" not in folder and "/." not in folder for name in names}
    return sorted(path for path in paths if os.path.isfile(os.path.join(ROOT, path)))


def finish(what, paths, findings):
    """One line each, then the sum; returns the exit status."""
    for finding in findings:
        print(finding)
    count = len(findings)
    said = "all well" if not count else "1 finding" if count == 1 else "{} findings".format(count)
    print("{}: {} files, {}".format(what, len(paths), said))
    return 1 if findings else 0
