# SPDX-License-Identifier: MIT
"""
The parts of scripts/kconfig.py, which says what each does.

All but this file need the Python module kconfiglib: a program that imports one of them calls find_kconfiglib() first.
"""
import os
import sys

PYTHON = "/usr/bin/python3"


def find_kconfiglib():
    """
    Makes sure that kconfiglib can be imported; else starts the program once more with the other Python: the first
    python3 on PATH is often not the one that the distribution's packages install their modules for.
    """
    try:
        import kconfiglib  # noqa: F401
        os.environ.pop("CAIRN_KCONFIG_RETRY", None)
        return
    except ImportError:
        pass
    if not os.environ.pop("CAIRN_KCONFIG_RETRY", None) and os.path.exists(PYTHON):
        os.environ["CAIRN_KCONFIG_RETRY"] = "1"
        os.execv(PYTHON, [PYTHON, os.path.abspath(sys.argv[0])] + sys.argv[1:])
    sys.exit("error: the Python module kconfiglib is missing: run scripts/setup, which installs python3-kconfiglib")
