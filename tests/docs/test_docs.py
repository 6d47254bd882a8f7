# SPDX-License-Identifier: MIT
"""README.md, CONTRIBUTING.md and Documentation/: what they name is there, what they quote is so.

Links and their anchors, paths, make's goals and variables, the runner's options, CONFIG_ symbols,
shell commands, quoted code, quoted messages; and README's session against a real one. Prose is not
understood: a sentence may still be wrong.
"""

import os
import re
import shlex
import subprocess

import pytest

from lib.build import ROOT, clean_environment
from lib.session import OFF, PANIC

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("Documentation/**/*.md")])
SHOWN = {document: str(document.relative_to(ROOT)) for document in DOCUMENTS}
EXAMPLES = ROOT / "Documentation" / "examples"
# Names of what a reader would make, and of what others have.
INVENTED = {"configs/myboard_defconfig", "configs/all.config", "debug.config", "busybox.config",
            "Documentation/devicetree/bindings", "page_alloc", "thread_wake", "irq_pending"}
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".git", "build"}
SOURCES = ("arch", "drivers", "fs", "include", "kernel", "lib", "mm", "shell", "scripts", "tests",
           "Documentation/examples")

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=SHOWN.get)


def blocks(text, language=None):
    """The fenced blocks, of one language or all."""
    return [body for kind, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
            if language is None or kind == language]


def commands(text):
    """Command lines: after a `$ `, in blocks of sh, and in `spans`."""
    lines = re.findall(r"^\$ (.*)$", text, re.M)
    for block in blocks(text, "sh"):
        lines += [line.partition("  #")[0] for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines += re.findall(r"`([^`\n]+)`", prose)
    return [part.strip() for line in lines for part in line.split("&&")]


def slug(heading):
    """A heading's anchor, as the forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@documents
def test_links_lead_somewhere(document):
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S)
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = (document.parent / path) if path else document
        if not file.exists():
            missing.append(target)
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(), re.M)
            if anchor not in map(slug, headings):
                missing.append(target)
    assert not missing


@documents
def test_paths_exist(document):
    """Whatever looks like a path into the source tree."""
    missing = []
    for span in re.findall(r"`([^`\n]+)`", document.read_text()):
        for word in span.split():
            word = word.removesuffix(":").removesuffix(",")
            top = word.partition("/")[0]
            if "/" not in word or top not in FOLDERS or re.search(r"[<>*$=({]", word):
                continue
            source = re.sub(r"\.(o|i|s)$", ".c", word)
            if word not in INVENTED and not (ROOT / word).exists() and not (ROOT / source).exists():
                missing.append(word)
    assert not missing


@pytest.fixture(scope="module")
def goals():
    """Every goal that make knows by name."""
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, env=clean_environment(), check=True,
                          capture_output=True, text=True).stdout
    listed = said.partition("Variables:")[0] + said.partition("Configuration:")[2]
    known = set(re.findall(r"^  ([\w.-]+) ", listed, re.M))
    return known | set(re.findall(r"check-\w+", said)) | {"kernelrelease"}


def is_goal(word, known):
    if word in known or word in INVENTED or "<" in word:
        return True
    return word.endswith(("/", ".o", ".i", ".s")) and \
        (ROOT / re.sub(r"\.(o|i|s)$", ".c", word)).exists()


def variable_exists(name):
    """In a makefile, or in what make runs."""
    files = [ROOT / "Makefile", *ROOT.glob("scripts/Makefile.*"), *ROOT.glob("scripts/runner/*.py"),
             *ROOT.glob("scripts/kconfig/*.py"), ROOT / "scripts" / "setup", ROOT / "scripts" / "help.txt"]
    return any(re.search(rf"\b{name}\b", file.read_text()) for file in files)


@documents
def test_goals_and_variables_of_make_exist(document, goals):
    wrong = []
    for command in commands(document.read_text()):
        if not re.match(r"(\w+=\S+ )*make( |$)", command):
            continue
        words = shlex.split(command.replace("...", ""))
        for before, word in zip(words, words[1:]):
            name, equals, _ = word.partition("=")
            if before == "-C" or word.startswith("-") or word == "make":
                continue
            if not (variable_exists(name) if equals else is_goal(word, goals)):
                wrong.append(f"{command}: {word}")
    assert not wrong


def test_every_goal_is_described(goals):
    text = (ROOT / "Documentation" / "configuration.md").read_text()
    assert {goal for goal in goals if not re.search(rf"`[^`]*{re.escape(goal)}", text)} == set()


@documents
def test_programs_and_their_options_exist(document):
    wrong = []
    for command in commands(document.read_text()):
        found = re.match(r"(?:\w+=\S+ )*(scripts/[\w./-]+) (.*)", command)
        if not found:
            continue
        program = ROOT / found[1]
        if not os.access(program, os.X_OK):
            wrong.append(found[1])
            continue
        known = program.read_text()
        options = re.findall(r"(?<!\S)--[a-z][\w-]*", found[2].partition(" -- ")[0])
        wrong += [f"{command}: {option}" for option in options if option not in known]
    assert not wrong


@documents
def test_symbols_exist(document):
    known = set()
    for file in [*ROOT.glob("Kconfig"), *ROOT.glob("*/**/Kconfig*")]:
        if file.relative_to(ROOT).parts[0] != "build" and file.is_file():
            known |= set(re.findall(r"^\s*(?:menu)?config (\w+)", file.read_text(), re.M))
    text = document.read_text()
    # an error about a name that does not exist is quoted, and the command before it
    absent = {"X", "A", "B", *re.findall(r"CONFIG_(\w+): asked for .* no such symbol", text)}
    named = set(re.findall(r"(?<!K)CONFIG_([A-Z0-9_]*[A-Z0-9])", text))
    for settings in re.findall(r"SET=[\"']([^\"'\n]*)", text):
        named |= {word.partition("=")[0] for word in settings.split()}
    assert named - known - absent == set()


@documents
def test_shell_commands_exist(document):
    there = {file.stem for file in [*ROOT.glob("shell/cmd/*.c"), *EXAMPLES.glob("*/*.c")]}
    assert set(re.findall(r"^cairn> (\w+)", document.read_text(), re.M)) <= there


@pytest.fixture(scope="module")
def sources():
    """All sources, each line without the blanks around it."""
    files = [file for top in SOURCES for file in (ROOT / top).rglob("*")
             if file.suffix in (".c", ".h", ".S", ".py", ".dts") or file.name == "Makefile"
             or file.is_file() and file.parent == ROOT / "scripts"]
    return ["\n".join(line.strip() for line in file.read_text().splitlines()) for file in files]


@documents
def test_quoted_code_stands_in_a_source(document, sources):
    text = document.read_text()
    quoted = [block for language in ("c", "python", "make") for block in blocks(text, language)]
    plain = ["\n".join(line.strip() for line in block.strip().splitlines()) for block in quoted]
    assert [block for block in plain if not any(block in source for source in sources)] == []


@documents
def test_names_stand_in_a_source(document, sources):
    """Functions and variables: `names_like_this`, with or without parentheses."""
    spans = re.findall(r"`([a-z]\w*_\w+)(?:\(\))?`", document.read_text())
    words = set(re.findall(r"\w+", "\n".join(sources)))
    assert set(spans) - words - INVENTED - {file.name for file in ROOT.glob("configs/*")} == set()


def test_bindings_name_what_drivers_match():
    text = (ROOT / "Documentation" / "bindings.md").read_text()
    # the rows of tables are properties
    described = set(re.findall(r"`(\w+,[\w.-]+)`", re.sub(r"^\|.*$", "", text, flags=re.M)))
    for names in re.findall(r"^\*\*`drivers/\S+`\*\*: (.*)$", text, re.M):
        described |= set(re.findall(r"`([\w-]+)`", names))
    matched = set()
    for file in ROOT.glob("drivers/*/*.c"):
        for names in re.findall(r"char \*const \w+\[\] = \{(.*?)\}", file.read_text(), re.S):
            matched |= set(re.findall(r'"([^"]+)"', names))
    assert matched - described == set()
    assert described - matched - {"arm,psci"} == set()      # said to be of no use


def test_quoted_messages_stand_in_a_source():
    """The tables of messages in boot.md, which say what to check."""
    text = (ROOT / "Documentation" / "boot.md").read_text()
    literals = ""
    for top in ("arch", "kernel", "mm", "drivers", "fs"):
        for file in (ROOT / top).rglob("*.c"):
            joined = re.sub(r'"\s*\n\s*"', "", file.read_text())
            literals += "\n".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', joined)) + "\n"
    literals = literals.replace('\\"', '"')
    messages = [message for line in text.splitlines() if line.startswith("| `") and line.count("|") == 3
                for message in re.findall(r"`([^`]+)`", line.split("|")[1])]
    messages = [message for message in messages if " " in message and "=" not in message.split()[0]]
    assert len(messages) > 15
    assert [message for message in messages
            if not all(part in literals for part in message.split("0x..."))
            and not os.path.exists(ROOT / message)] == []


def as_pattern(line):
    """A quoted line as a regular expression: figures, the compiler's name and `...` are free."""
    line = re.sub(r"\([\w-]*gcc .*?\) [\d-]+$", "(COMPILER) 0-0-0", line)
    pattern = re.sub(r"\d+", r"\\d+", re.escape(line)).replace(r"\.\.\.", ".*")
    return pattern.replace("COMPILER", ".*").replace(r"\ \ ", r"\ +").replace(r"\+\ ", r"\+ *")


def test_readme_shows_a_real_session(user, build):
    quoted = next(block for block in blocks((ROOT / "README.md").read_text()) if block.startswith("$ make run"))
    lines = quoted.splitlines()[2:]
    one = user(build("qemu_virt_defconfig"))
    for line in lines:
        if line.startswith("cairn> "):
            one.expect(rb"\ncairn> ")
            one.type(line.removeprefix("cairn> ").encode() + b"\r")
    assert one.end() == OFF
    said = (one.seen + one.text).decode().replace("\r", "").splitlines()
    for line in lines:
        pattern = re.compile(as_pattern(line))
        while said and not pattern.fullmatch(said[0]):
            said.pop(0)
        assert said, f"README.md shows a line that this run does not have there: {line}"
        said.pop(0)


def test_first_screen_of_readme_is_short():
    text = (ROOT / "README.md").read_text()
    assert text.index("All documents") < len("\n".join(text.split("\n")[:44]))


@pytest.fixture(scope="module")
def mistake(build):
    return build("qemu_virt_defconfig", EXT=str(EXAMPLES / "mistake"))


@pytest.mark.parametrize("kind,words", [
    ("null", "data abort: write, translation fault level 0 at 0 (ESR 0x96000044), NULL pointer"),
    ("constant", "kernel read-only data"), ("stack", "kernel stack overflow in thread main: 1")])
def test_mistakes_are_reported_as_described(run, mistake, kind, words):
    result = run(mistake, f"mistake {kind}")
    assert result.status == PANIC
    assert words in result.closing


def test_where_boot_time_goes(build):
    """The table's script runs, and its parts add up to the sum."""
    o = build("qemu_virt_defconfig")
    done = subprocess.run(["scripts/run-qemu", "-O", o, "--icount", "--timeout", "60", "--debug",
                           "--gdb-script", "scripts/gdb/boot_time.py"], cwd=ROOT, check=False,
                          env=clean_environment(APPEND="quiet"), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    rows = re.findall(r"^ *([\d,]+) +(?:[\d.]+%)? +(\S.*)$", done.stdout, re.M)
    figures = [int(figure.replace(",", "")) for figure, _ in rows]
    assert len(rows) > 15, done.stdout + done.stderr
    assert abs(sum(figures[:-1]) - figures[-1]) < 100
    text = (ROOT / "Documentation" / "boot.md").read_text()
    assert [what for _, what in rows if what not in text] == []
