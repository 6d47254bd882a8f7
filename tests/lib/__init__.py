# SPDX-License-Identifier: MIT
"""What Cairn's tests share: building configurations (build.py), running them in QEMU (session.py)
with trees of their own (tree.py), and remembering which slow tests this state of the tree has
passed (resume.py). The fixtures are in tests/conftest.py."""
