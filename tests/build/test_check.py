# SPDX-License-Identifier: MIT
"""make check finds what it is there to find, with file, line and rule; that it passes on the tree, it says itself."""
import shutil
import subprocess
import sys

import pytest

from lib.build import clean_environment

HEAD = "/* SPDX-License-Identifier: MIT */\n/* A file that a test made. */\n"


def script(tree, name, *files):
    return subprocess.run([sys.executable, f"scripts/{name}", *files], cwd=tree.path, env=clean_environment(),
                          check=False, capture_output=True, text=True)


@pytest.fixture(scope="module", autouse=True)
def tools():
    assert shutil.which("clang-format"), "clang-format is missing: scripts/setup test installs it"


def test_headers_and_defconfigs(built):
    built.make("check-headers", "check-defconfigs")
    with built.edit("include/lib/zz.h", lambda text: HEAD + "size_t nobody_included_the_types(void);\n"):
        done = built.make("check-headers", check=False)
        assert done.returncode and "include/lib/zz.h" in done.stderr


@pytest.mark.parametrize("path, line, words", [
    ("lib/zz.c", "#include <mm/map.h>", "lib may not include mm"),
    ("mm/zz.c", "#include <device/rtc.h>", "mm may not include device"),
    ("shell/zz.c", "#include <arch/cpu.h>", "shell may not include arch"),
    ("include/device/zz.h", "#include <kernel/irq.h>", "device may not include kernel"),
    ("drivers/zz.c", "#include <asm/sysreg.h>", "private to arch/arm64"),
    ("drivers/zz.c", "#include <string.h>", "in neither include/ nor arch/arm64/include/"),
    ("kernel/zz.c", '#include "../mm/map.h"', "own folder"),
    ("kernel/zz.c", '#include "nothing.h"', "own folder"),
    ("kernel/zz.c", "extern int elsewhere;", "extern in a .c file"),
    ("kernel/zz.c", "int elsewhere(int a,\n\t      int b);", "prototype of elsewhere"),
])
def test_layers(tree, path, line, words):
    with tree.edit(path, lambda text: HEAD + line + "\n"):
        done = script(tree, "check_layers")
    assert done.returncode == 1
    found = [finding for finding in done.stdout.splitlines() if finding.startswith(f"{path}:3: ")]
    assert len(found) == 1 and words in found[0], done.stdout


@pytest.mark.parametrize("line", [
    "#include <uapi/errno.h>", "#include <lib/types.h>", "#include <arch/atomic.h>",
    "static int later(int a);", "int x = 3;\n\nint f(void)\n{\n\tg(x);\n\treturn 0;\n}",
    "DRIVER(some_driver);", "struct boot_info x __section(\".boot\");", "/* extern is a word */",
    "int (*pointer)(int) = f;",
])
def test_layers_allow(tree, line):
    with tree.edit("mm/zz.c", lambda text: HEAD + line + "\n"):
        done = script(tree, "check_layers")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("text, line, words", [
    (HEAD + "int x; \n", 3, "blanks at the end"),
    (HEAD + "int x;", 3, "no newline"),
    ("/* A file without a licence. */\nint x;\n", 1, "SPDX"),
    ("/* SPDX-License-Identifier: MIT */\nint x;\n", 1, "head comment"),
    (HEAD + "int f(void)\n{\n    return 0;\n}\n", 5, "indented by 4 columns, not 8"),
    (HEAD + "int f(int a)\n{\n\treturn a+1;\n}\n", 5, "write: return a + 1;"),
    (HEAD + "int f(int a)\n{\n\tif(a)\n\t\treturn 1;\n\treturn 0;\n}\n", 5, "write: if (a)"),
    (HEAD + "char* f(void);\n", 3, "write: char *f(void);"),
    (HEAD + "int f(int a)\n{\n\tif (a)\n\t{\n\t\ta++;\n\t}\n\treturn a;\n}\n", 6, "brace"),
    (HEAD + "int " + "x" * 60 + " = 1000 + 1000 + 1000 + 1000 + 1000 + 1000;\n", 3, "columns, at most 100"),
    (HEAD + "int x;\n" * 500, 501, "lines, at most 500"),
], ids="blanks newline spdx head indent operator keyword pointer brace columns lines".split())
def test_format(tree, text, line, words):
    with tree.edit("mm/zz.c", lambda _: text):
        done = script(tree, "check_format", "mm/zz.c")
    found = [finding for finding in done.stdout.splitlines() if finding.startswith("mm/zz.c:")]
    assert done.returncode == 1 and len(found) == 1, done.stdout
    assert found[0].startswith(f"mm/zz.c:{line}: ") and words in found[0]


def test_format_allows_tables(tree):
    """Columns, registers and operands stay as they were laid out."""
    text = HEAD + """\
#define CTLR		0x000	/* a bit a line */
#define CTLR_ENABLE	(1U << 0)

struct entry {
	const char *name;	/* what it is called */
	unsigned long value;	/* and what it holds */
};

static const struct entry entries[] = {
	{ "one",	1 },
	{ "three",	3 },
};

static inline void barrier(void)
{
	__asm__ volatile("dsb sy" ::: "memory");
}
"""
    with tree.edit("mm/zz.c", lambda _: text):
        done = script(tree, "check_format", "mm/zz.c")
    assert "mm/zz.c" not in done.stdout, done.stdout


def test_spelling(tree):
    with tree.edit("mm/zz.c", lambda text: HEAD + "/* it did not " + "recie" + "ve it */\n"):
        done = script(tree, "check_spelling")
    assert done.returncode == 1 and "mm/zz.c:3: " in done.stdout and "receive" in done.stdout
