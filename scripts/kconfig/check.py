# SPDX-License-Identifier: MIT
"""
check-defconfigs: the form of what people read and copy, for `make check`.

A defconfig opens with a line on what it is, is what savedefconfig writes, and has at most 15 lines. A fragment names
only options that exist. A Kconfig prompt fits its line in the menu and has a help text; a choice has a name; nothing
warns.
"""
import os

from kconfiglib import COMMENT, HEX, Choice, Symbol

from kconfig.ask import Wishes, parse
from kconfig.targets import description
from kconfig.tree import Failure, Tree, read_text

_LINES = 15
_PROMPT = 70
_LINE = 80


def check(place):
    tree = Tree(place)
    errors = ["Kconfig: " + warning for warning in tree.take_warnings()]
    for name, path in place.named("_defconfig").items():
        errors += ["{}: {}".format(place.shown(path), error) for error in _defconfig(tree, path)]
    tree.unset_values()
    for name, path in place.named(".config").items():
        lines, malformed = parse(read_text(path), place.shown(path))
        errors += malformed
        errors += ["{}: CONFIG_{} does not exist".format(line.where, line.name)
                   for line in lines if not tree.defined(line.name)]
    errors += _prompts(tree)
    errors += ["{}: the default {} of a hex option needs 0x, it is hexadecimal anyway".format(sym.name, value.name)
               for sym in tree.unique_defined_syms if sym.orig_type == HEX
               for value, _ in sym.defaults if not value.nodes and value.name[:2].lower() != "0x"]
    if errors:
        raise Failure(*errors)


def _defconfig(tree, path):
    if not description(path):
        yield "the head comment does not say what it is for (make list-defconfigs shows its first line)"
    tree.unset_values()
    wishes = Wishes(tree)
    wishes.ask_file(path)
    problems = wishes.problems()
    tree.take_warnings()
    if problems:
        yield from problems
        return
    have = [line for line in read_text(path).splitlines()
            if line.startswith("CONFIG_") or line.endswith(" is not set")]
    want = tree.minimal_text().splitlines()
    if have != want:
        wrong = ["+" + line for line in want if line not in have] + ["-" + line for line in have if line not in want]
        more = ", and {} more".format(len(wrong) - 4) if len(wrong) > 4 else ""
        yield "is not as savedefconfig writes it ({}{}): make {} savedefconfig DEFCONFIG={}".format(
            ", ".join(wrong[:4]) or "the order differs", more, os.path.basename(path), tree.place.shown(path))
    if len(have) > _LINES:
        yield "{} lines, at most {} are allowed".format(len(have), _LINES)


def _prompts(tree):
    first = tree.top_node.list
    if first and first.item == COMMENT:
        yield "{}:{}: the menu begins with a comment".format(first.filename, first.linenr)
    for node in tree.node_iter():
        if not node.prompt:
            continue
        where = "{}:{}".format(node.filename, node.linenr)
        if len(node.prompt[0]) > _PROMPT:
            yield "{}: the prompt has {} characters, {} fit".format(where, len(node.prompt[0]), _PROMPT)
        if isinstance(node.item, Choice):
            yield from _choice(node, where)
        if isinstance(node.item, (Symbol, Choice)) and not node.help:
            what = node.item.name or "the choice \"{}\"".format(node.prompt[0])
            yield "{}: {} has no help text".format(where, what)


def _choice(node, where):
    choice = node.item
    if not choice.name:
        yield "{}: the choice \"{}\" has no name, by which EXT= folders could add to it".format(where, node.prompt[0])
    for sym in choice.syms:
        line = "    {} ({})  --->".format(node.prompt[0], sym.nodes[0].prompt[0])
        if len(line) > _LINE:
            yield "{}: with {} chosen, the menu's line has {} characters, {} fit".format(
                where, sym.name, len(line), _LINE)
