# SPDX-License-Identifier: MIT
"""
What was asked for, and whether it came out.

A configuration is made in two steps. The base is nothing (for a defconfig), or the present .config, or the default
defconfig where there is no .config. What a defconfig, a fragment, SET= or KCONFIG_ALLCONFIG says is then asked for on
top of it. Lines of the .config that differ from what was last written there (Place.last) were changed by hand and are
asked for as well. What was asked for and does not hold in the end is an error with its cause. Other lines of the
.config merely followed from something: when they no longer hold, one line counts and names them.

A line of the .config that says what the default says anyway pins nothing: when the default changes with something else
(the CPU to run with the page granule), the value goes along. So a .config means the same as its savedefconfig.

When nothing is known about what was last written, every line counts as changed by hand; except that of a .config of
another version none does, since what no longer holds there is the versions' difference.

kconfiglib tells none of this: an unmet dependency is silent there, and no warning changes its exit status.
"""
import os
import re

from kconfiglib import AND, BOOL, HEX, INT, NOT, OR, STRING, TRISTATE, TYPE_TO_STR, Choice, \
    expr_str, expr_value, split_expr, unescape

from kconfig.tree import DEFAULT, Failure, read_text, remembered, version_of

_SET = re.compile(r"CONFIG_(\w+)=(.*)")
_UNSET = re.compile(r"# CONFIG_(\w+) is not set")
_STRING = re.compile(r'"((?:[^\\"]|\\.)*)"')
_NUMBER = {INT: re.compile(r"-?[0-9]+"), HEX: re.compile(r"(0[xX])?[0-9a-fA-F]+")}
_WANTS = {BOOL: "y or n", TRISTATE: "y or n", INT: "a whole number", HEX: "a hexadecimal number",
          STRING: "a string in double quotes"}
_SHOW_NAMES = 8


class Line:
    """One wish: `name` shall be `raw`, as written; None is `# CONFIG_x is not set`. `where` is for messages."""

    def __init__(self, name, raw, where):
        self.name = name
        self.raw = raw
        self.where = where
        self.value = None       # what kconfiglib is told, once the symbol's type is known

    def __str__(self):
        return self.raw if self.raw is not None else "n"


def parse(text, shown):
    """(lines, errors) of a text in the form of .config."""
    lines, errors = [], []
    for number, text_line in enumerate(text.split("\n"), 1):
        text_line = text_line.rstrip()
        where = "{}:{}".format(shown, number)
        found = _SET.fullmatch(text_line)
        if found:
            lines.append(Line(found.group(1), found.group(2), where))
        elif _UNSET.fullmatch(text_line):
            lines.append(Line(_UNSET.fullmatch(text_line).group(1), None, where))
        elif text_line and not text_line.startswith("#"):
            errors.append("malformed line {!r}: expected CONFIG_NAME=value, "
                          "`# CONFIG_NAME is not set` or a comment  [{}]".format(text_line, where))
    return lines, errors


def settings(text):
    """The lines of SET="A=y CONFIG_B=3, C=\"two words\"". Names may lack CONFIG_, and strings their quotes."""
    import shlex
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace = " \t\r\n,"
    lexer.whitespace_split = True
    lexer.commenters = ""
    lines, errors = [], []
    try:
        words = list(lexer)
    except ValueError:
        raise Failure("SET={}: a quote is not closed".format(text))
    for word in words:
        name, equals, raw = word.partition("=")
        if not equals or not re.fullmatch(r"\w+", name):
            errors.append("SET: malformed {!r}: expected NAME=value".format(word))
            continue
        lines.append(Line(name[7:] if name.startswith("CONFIG_") else name, raw, "SET="))
    return lines, errors


def _value(sym, line):
    """What to tell kconfiglib; None where the line says nothing about this type. ValueError if it is malformed."""
    if sym.orig_type in (BOOL, TRISTATE):
        if line.raw in ("y", "n", None):
            return line.raw or "n"
    elif line.raw is None:
        return None
    elif sym.orig_type == STRING:
        found = _STRING.fullmatch(line.raw)
        if found:
            return unescape(found.group(1))
        if line.where == "SET=" and "\n" not in line.raw:        # the quotes are the shell's there
            return line.raw
    elif sym.orig_type in _NUMBER and _NUMBER[sym.orig_type].fullmatch(line.raw):
        # make and scripts read auto.conf: a number without 0x would be taken for a decimal one there
        return "0x" + line.raw if sym.orig_type == HEX and line.raw[:2].lower() != "0x" else line.raw
    raise ValueError


class Wishes:
    """The base, and what is asked for on top of it."""

    def __init__(self, tree):
        self.tree = tree
        self.errors = []        # of lines that could not be understood
        self.asked = []         # on top of the base; all must hold
        self.base = []          # lines of the .config
        self.base_failed = []   # of these, changed by hand, and do not hold without what is on top
        self.unknown = []       # names in the .config that merely followed and are gone
        self.old_version = None
        self.known = set()      # names that the .config gives a value
        self.where = {}         # name -> where its value was asked for

    # --- Taking lines in ---------------------------------------------------------------------------------------------

    def _set(self, line, must=True):
        """Tells kconfiglib. A line that makes no sense is an error if somebody asked for it."""
        sym = self.tree.defined(line.name)
        if not sym:
            if must:
                self.errors.append(self._unknown(line))
            elif str(line) != "n":
                self.unknown.append(line.name)
            return False
        try:
            line.value = _value(sym, line)
        except ValueError:
            if must:
                self.errors.append("CONFIG_{}: asked for {}, but its type {} takes {}  [{}]".format(
                    line.name, line, TYPE_TO_STR[sym.orig_type], _WANTS.get(sym.orig_type, "no value"), line.where))
            else:
                self.unknown.append(line.name)
            return False
        if line.value is None:
            return False
        if sym.choice and line.value == "y":
            sym.choice.set_value(2)
        sym.set_value(line.value)       # without effect, and without harm, on a symbol that has no prompt
        self.where[line.name] = line.where
        return True

    def _unknown(self, line):
        import difflib
        names = [sym.name for sym in self.tree.unique_defined_syms]
        near = difflib.get_close_matches(line.name, names, 1, 0.6)
        return "CONFIG_{}: asked for {}, but there is no such symbol{}  [{}]".format(
            line.name, line, "; did you mean CONFIG_{}?".format(near[0]) if near else "", line.where)

    def ask(self, lines, errors=()):
        """Takes lines that all must hold. Two different values for one symbol are an error."""
        self.errors += errors
        first = {}
        for line in lines:
            before = first.setdefault(line.name, line)
            if str(before) != str(line):
                self.errors.append("CONFIG_{}: asked for {} as well as {}  [{}, {}]".format(
                    line.name, before, line, before.where, line.where))
            elif before is line and self._set(line):
                self.asked.append(line)

    def ask_file(self, path):
        self.ask(*parse(read_text(path), self.tree.place.shown(path)))

    def start(self, say=True, loosen=True):
        """The base: the present .config, or the default defconfig. True if there is a .config."""
        place = self.tree.place
        if os.path.exists(place.config):
            self._start_from_config()
            self.known = {line.name for line in self.base}
            if loosen:
                self._loosen()
            return True
        if say:
            print("no {} yet: starting from {}".format(place.config, DEFAULT), flush=True)
        lines, errors = parse(read_text(place.find(DEFAULT, "_defconfig")), "configs/" + DEFAULT)
        self.errors += errors
        self.base = [line for line in lines if self._set(line)]
        self.base_failed = [line for line in self.base if not self.holds(line)]
        return False

    def _start_from_config(self):
        place = self.tree.place
        text = read_text(place.config)
        lines, errors = parse(text, place.config)
        self.errors += errors
        by_hand = self._by_hand(text, lines)
        # Of several lines on one symbol the one changed by hand counts, else the last one.
        chosen = {}
        for line in lines:
            if line.name not in chosen or line in by_hand or chosen[line.name] not in by_hand:
                chosen[line.name] = line
        lines = list(chosen.values())
        # Those changed by hand come last, for in a choice the last word counts.
        lines = [line for line in lines if line not in by_hand] + [line for line in lines if line in by_hand]
        self.base = [line for line in lines if self._set(line, line in by_hand)]
        self.base_failed = [line for line in self.base if line in by_hand and not self.holds(line)]

    def _loosen(self):
        """Takes values back that are the defaults; what cannot hold yet is kept, it may become possible."""
        for line in self.base:
            sym = self.tree.syms[line.name]
            if sym.choice or not sym.visibility or not self.holds(line):
                continue
            before, given = sym.str_value, sym.user_value
            sym.unset_value()
            if sym.str_value != before:
                sym.set_value(given)

    def _by_hand(self, text, lines):
        last, version = remembered(self.tree.place), version_of(text)
        other = version not in (None, self.tree.place.version)
        if other:
            self.old_version = version
        if last is None or version != version_of(last):
            return set() if other else set(lines)
        before = {line.name: str(line) for line in parse(last, "")[0]}
        return {line for line in lines if before.get(line.name) != str(line)}

    # --- What came out -----------------------------------------------------------------------------------------------

    def holds(self, line):
        sym = self.tree.syms[line.name]
        got = sym.str_value
        if sym.orig_type in _NUMBER and got:
            base = 16 if sym.orig_type == HEX else 10
            return int(got, base) == int(line.value, base)
        return got == line.value

    def problems(self):
        """One line for each thing asked for that did not come out."""
        names = {line.name for line in self.asked}
        failed = [line for line in self.base_failed if line.name not in names] + self.asked
        return self.errors + [explain(self.tree.syms[line.name], line, self.where)
                              for line in failed if not self.holds(line)]

    def changed(self):
        """Base lines that nobody asked for in this run and that do not hold any more: (names gone, names changed)."""
        names = {line.name for line in self.asked + self.base_failed}
        gone, changed = list(self.unknown), []
        for line in self.base:
            sym = self.tree.syms[line.name]
            if line.name in names or self.holds(line) or not any(node.prompt for node in sym.nodes):
                continue        # what has no prompt follows from the rest, and was computed again
            if sym.choice and sym.choice.selection:
                continue        # another member of the choice was chosen
            (changed if sym.visibility else gone).append(line.name)
        return gone, changed

    def notes(self):
        place = self.tree.place
        gone, changed = self.changed()
        parts = [_count(gone, "dropped, which can no longer be set"), _count(changed, "changed along")]
        said = "; ".join(part for part in parts if part)
        if self.old_version:
            return ["note: {} is of version {}, this is {}: {}".format(
                place.config, self.old_version, place.version, said or "all of it still holds")]
        return ["note: {}: {}".format(place.config, said)] if said else []

    def settle(self):
        """The end of a run that is to be written: fails with all that is wrong, else says what was dropped."""
        problems = self.problems()
        if problems:
            raise Failure(*problems)
        for note in self.notes():
            print(note, flush=True)


def _count(names, what):
    if not names:
        return ""
    shown = " ".join(names[:_SHOW_NAMES]) + (" ..." if len(names) > _SHOW_NAMES else "")
    return "{} line{} {}: {}".format(len(names), "" if len(names) == 1 else "s", what, shown)


# --- Causes ----------------------------------------------------------------------------------------------------------

def explain(sym, line, where):
    """The line that tells why `sym` is not what `line` asked for; `where` tells who asked for others."""
    asked, got = line.value, sym.str_value
    if sym.orig_type == STRING:
        asked, got = '"{}"'.format(asked), '"{}"'.format(got)
    return "CONFIG_{}: asked for {}, got {}: {}  [{}]".format(
        sym.name, asked, got or "nothing", _cause(sym, line.value, where), line.where)


def _cause(sym, asked, where):
    if not any(node.prompt for node in sym.nodes):
        return "it has no prompt and cannot be set, " + _derivation(sym)
    if not sym.visibility and not (asked == "n" and expr_value(sym.rev_dep)):
        return _hidden(sym)
    if sym.choice:
        chosen = sym.choice.selection
        who = where.get(chosen.name) if chosen else None
        if asked == "y":
            return "of {}, {} is chosen{}".format(
                _choice(sym.choice), chosen.name, " [{}]".format(who) if who else " by default")
        others = [other.name for other in sym.choice.syms if other is not sym and other.visibility]
        return "one of {} has to be y: ask for {}".format(
            _choice(sym.choice), " or ".join(others) if others else "nothing else, it is the only one that can be had")
    if asked == "n":
        return "selected by " + _selectors(sym)
    for low, high, condition in sym.ranges:
        if expr_value(condition):
            return "its range is {} to {}".format(low.str_value, high.str_value)
    return "selected by " + _selectors(sym) if expr_value(sym.rev_dep) else "other options decide it"


def _choice(choice):
    for node in choice.nodes:
        if node.prompt:
            return '"{}"'.format(node.prompt[0])
    return "choice " + (choice.name or "")


def _selectors(sym):
    return ", ".join(_with_values(part) for part in split_expr(sym.rev_dep, OR) if expr_value(part))


def _derivation(sym):
    if expr_value(sym.rev_dep):
        return "it is selected by " + _selectors(sym)
    if not expr_value(sym.direct_dep):
        return "it " + _hidden(sym)
    for value, condition in sym.defaults:
        if expr_value(condition):
            text = expr_str(value)
            if condition is not sym.kconfig.y:
                text += " if " + _with_values(condition)
            return "it follows: default {}".format(text)
    return "it is only selected by others" if sym.orig_type == BOOL else "nothing gives it a value"


def _hidden(item):
    """Why a symbol or a choice with a prompt is not offered."""
    if not expr_value(item.direct_dep):
        return _unmet(item.direct_dep)
    conditions = [node.prompt[1] for node in item.nodes if node.prompt]
    return "is offered only if " + " or ".join(_with_values(_all(_false_parts(c))) for c in conditions)


def _false_parts(expr):
    return [part for part in split_expr(expr, AND) if not expr_value(part)]


def _all(parts):
    expr = parts[0]
    for part in parts[1:]:
        expr = (AND, expr, part)
    return expr


def _unmet(expr):
    parts = _false_parts(expr)
    for part in parts:
        if isinstance(part, Choice):
            return "its choice {} {}".format(_choice(part), _hidden(part))
    return "depends on " + _with_values(_all(parts))


def _with_values(expr):
    """`A && !B (A=n, B=y)`"""
    items = []

    def collect(part):
        if isinstance(part, tuple):
            collect(part[1])
            if part[0] is not NOT:
                collect(part[2])
        elif not part.is_constant and part not in items:
            items.append(part)

    collect(expr)
    values = ["{}={}".format(_name(item), item.str_value) if isinstance(item, Choice) or item.nodes
              else "{} is not defined".format(item.name) for item in items]
    return expr_str(expr, _name_quoted) + (" ({})".format(", ".join(values)) if values else "")


def _name(item):
    return _choice(item) if isinstance(item, Choice) else item.name


def _name_quoted(item):
    return '"{}"'.format(item.name) if item.is_constant and item.name not in "nmy" else _name(item)
