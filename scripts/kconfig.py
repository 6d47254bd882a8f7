#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Configuration: every config target of make, on top of kconfiglib.

Called by the Makefile as `scripts/kconfig.py TARGET`; `scripts/kconfig.py help` lists the targets. The work is done in
scripts/kconfig/:

    tree.py     where things are; the Kconfig tree, folders outside the tree (EXT=) included; writing files
    ask.py      what was asked for, whether it came out, and the cause when it did not
    targets.py  defconfigs, fragments, all*config, randconfig, setconfig, savedefconfig, lists and differences
    sync.py     syncconfig: what the build reads (auto.conf, autoconf.h, one file per symbol)
    ui.py       menuconfig, nconfig, guiconfig, oldconfig
    check.py    form of the defconfigs and of the Kconfig files, for `make check`

The environment says where things are: srctree, objtree (or O), KCONFIG_CONFIG, EXT, KERNELVERSION; and what is wanted:
SET, DEFCONFIG, OLD and NEW, KCONFIG_ALLCONFIG, KCONFIG_SEED. All have defaults, so that the script can be run by hand.

An error is one line on stderr per cause, and exit status 1; then no file has been changed. Warnings and notes are one
line each. It does not guess: what was asked for and cannot be had is an error everywhere but in the menus.
"""
import os
import sys

# The source tree stays clean: no __pycache__ beside these files.
sys.dont_write_bytecode = True

from kconfig import find_kconfiglib     # noqa: E402


def main():
    find_kconfiglib()
    from kconfig.tree import Failure
    try:
        if len(sys.argv) < 2:
            raise Failure("usage: scripts/kconfig.py TARGET; `scripts/kconfig.py help` lists the targets")
        if sys.argv[1] == "syncconfig":
            # Part of every build after a change: loads nothing that it does not need.
            from kconfig.sync import syncconfig
            syncconfig()
        else:
            from kconfig.targets import run
            run(sys.argv[1], sys.argv[2:])
        # Here, where a closed pipe is caught, and not at exit.
        sys.stdout.flush()
    except Failure as failure:
        sys.stdout.flush()
        sys.exit("\n".join("error: " + line for line in failure.lines))
    except BrokenPipeError:
        # The reader of a list has seen enough; flushing at exit would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit("error: {}: {}".format(error.filename or "I/O", error.strerror or error))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted: what was not saved before is as it was\n")
        sys.exit(130)
