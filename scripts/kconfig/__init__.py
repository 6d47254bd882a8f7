# SPDX-License-Identifier: MIT
"""The parts of scripts/kconfig.py, whose head comment says which file does what. Needs kconfiglib; no other module."""
