# SPDX-License-Identifier: MIT
"""
The targets that need no answers: defconfigs, fragments, all*config, randconfig, setconfig, savedefconfig, and the
lists and differences. TARGETS at the end names all of them, with the line that `help` prints.

KCONFIG_ALLCONFIG=file holds for all*config and randconfig, whatever else they choose; 1 stands for the first of
configs/<target without "config">.config and configs/all.config that is there. randconfig draws for every option and
every choice and, where the file's lines do not hold, draws again for what they depend on. Numbers and strings keep
their defaults. One seed gives one configuration.
"""
import os
import re
import sys

from kconfiglib import BOOL, TRISTATE, TRI_TO_STR, expr_items

from kconfig.ask import Wishes, parse, settings
from kconfig.tree import Failure, Place, Tree, read_text, write_if_changed

_BOOLS = (BOOL, TRISTATE)
_DRAWS = 500


def _finish(tree, wishes):
    wishes.settle()
    tree.save()


# --- From files and from SET= ----------------------------------------------------------------------------------------

def defconfig(place, name):
    path = place.find(name, "_defconfig")
    tree = Tree(place)
    wishes = Wishes(tree)
    wishes.ask_file(path)
    wishes.settle()
    print("{}:".format(place.shown(path)), end=" ")
    tree.save()


def fragment(place, name):
    path = place.find(name, ".config")
    _on_top(place, lambda wishes: wishes.ask_file(path))


def setconfig(place):
    text = os.environ.get("SET", "")
    if not text.strip():
        raise Failure('setconfig: nothing to set: make setconfig SET="NAME=y OTHER=3"')
    _on_top(place, lambda wishes: wishes.ask(*settings(text)))


def olddefconfig(place):
    _on_top(place, lambda wishes: None)


def _on_top(place, ask):
    tree = Tree(place)
    wishes = Wishes(tree)
    wishes.start()
    ask(wishes)
    _finish(tree, wishes)


# --- all*config and randconfig ---------------------------------------------------------------------------------------

def _allconfig(place, target):
    """The lines of KCONFIG_ALLCONFIG, and what could not be read of them."""
    name = os.environ.get("KCONFIG_ALLCONFIG", "")
    if not name:
        return [], []
    if name == "1":
        files = place.named(".config")
        name = files.get(target[:-len("config")] + ".config") or files.get("all.config")
        if not name:
            raise Failure("KCONFIG_ALLCONFIG=1: there is neither configs/{}.config nor configs/all.config".format(
                target[:-len("config")]))
    try:
        return parse(read_text(name), place.shown(name))
    except OSError as error:
        raise Failure("KCONFIG_ALLCONFIG={}: {}".format(name, error.strerror))


def allconfig(place, target):
    lines = _allconfig(place, target)
    tree = Tree(place)
    value = {"allyesconfig": 2, "allnoconfig": 0}.get(target)
    if value is not None:
        for sym in tree.unique_defined_syms:
            if sym.orig_type in _BOOLS and not sym.choice:
                sym.set_value(value)
    wishes = Wishes(tree)
    wishes.ask(*lines)
    _finish(tree, wishes)


def randconfig(place):
    import random
    lines = _allconfig(place, "randconfig")
    seed = os.environ.get("KCONFIG_SEED") or str(int.from_bytes(os.urandom(4), "little"))
    try:
        draw = random.Random(int(seed, 0))
    except ValueError:
        raise Failure("KCONFIG_SEED={}: not a number".format(seed))
    print("KCONFIG_SEED={}".format(seed), flush=True)
    tree = Tree(place)
    for sym in tree.unique_defined_syms:
        if sym.orig_type in _BOOLS and not sym.choice:
            sym.set_value(draw.choice((0, 2)))
    wishes = Wishes(tree)
    wishes.ask(*lines)
    for _ in range(_DRAWS):
        _draw_choices(tree, draw, wishes)
        failed = [line for line in wishes.asked if not wishes.holds(line)]
        if not failed:
            break
        _draw_again(tree.syms[failed[0].name], draw, wishes)
    tree.warnings.clear()       # those of the drafts; saving computes all values that count once more
    _finish(tree, wishes)


def _draw_choices(tree, draw, wishes):
    asked = {line.name for line in wishes.asked if line.value == "y"}
    for choice in tree.unique_choices:
        members = [sym for sym in choice.syms if sym.visibility]
        if members and not any(sym.name in asked for sym in choice.syms):
            draw.choice(members).set_value(2)


def _draw_again(sym, draw, wishes):
    """Redraws one of the options that `sym` depends on, or is selected by, directly or through others."""
    asked, seen, todo = {line.name for line in wishes.asked}, [], [sym]
    while todo:
        item = todo.pop()
        if item in seen or item.is_constant:
            continue
        seen.append(item)
        for expr in (item.direct_dep, getattr(item, "rev_dep", None)):
            if expr is not None:
                todo += sorted(expr_items(expr), key=lambda i: i.name or "")
    free = [item for item in seen if getattr(item, "nodes", None) and getattr(item, "choice", True) is None
            and item.orig_type in _BOOLS and item.name not in asked]
    if free:
        draw.choice(free).set_value(draw.choice((0, 2)))


# --- What there is, and how configurations differ --------------------------------------------------------------------

def savedefconfig(place):
    path = os.environ.get("DEFCONFIG") or os.path.join(place.objtree, "defconfig")
    tree = Tree(place)
    wishes = Wishes(tree)
    wishes.start()
    wishes.settle()
    changed = write_if_changed(path, head_comment(path) + tree.minimal_text())
    print("{} {}".format("minimal configuration written to" if changed else "no change to", path))


def head_comment(path):
    """The comment lines that a defconfig opens with, which tell what it is; they are kept."""
    head = ""
    try:
        for line in read_text(path).splitlines(True):
            if not line.startswith("#") or re.match(r"# CONFIG_\w+ is not set", line):
                break
            head += line
    except OSError:
        pass
    return head


def description(path):
    for line in head_comment(path).splitlines():
        text = line.strip("# \t")
        if text and not text.startswith("SPDX-"):
            return text
    return ""


def list_defconfigs(place):
    files = place.named("_defconfig")
    width = max(map(len, files), default=0)
    for name, path in files.items():
        print("{:{}}  - {}".format(name, width, description(path) or "(no description)"))


def listnewconfig(place, with_help=False):
    tree = Tree(place)
    wishes = Wishes(tree)
    for sym in tree.new_symbols(wishes.known) if wishes.start(say=False) else []:
        if sym.orig_type in _BOOLS:
            print("CONFIG_{}={}".format(sym.name, TRI_TO_STR[sym.tri_value]))
        else:
            print(sym.config_string, end="")
        if with_help:
            text = next((node.help for node in sym.nodes if node.help), "(no help)")
            print("\n".join("  " + line for line in text.rstrip().splitlines()))


def diffconfig(place, files):
    """As Linux's scripts/diffconfig prints it: -GONE value, +ADDED value, CHANGED old -> new."""
    files = files or [f for f in (os.environ.get("OLD"), os.environ.get("NEW")) if f]
    if not files:
        files = [place.config + ".old", place.config]
    if len(files) != 2:
        raise Failure("diffconfig compares two files: make diffconfig OLD=file NEW=file; without them .config.old "
                      "and .config")
    try:
        old, new = ({line.name: str(line) for line in parse(read_text(path), path)[0]} for path in files)
    except OSError as error:
        raise Failure("diffconfig: {}: {}".format(error.filename, error.strerror))
    for name in sorted(old.keys() - new.keys()):
        print("-{} {}".format(name, old[name]))
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            print(" {} {} -> {}".format(name, old[name], new[name]))
    for name in sorted(new.keys() - old.keys()):
        print("+{} {}".format(name, new[name]))


# --- Dispatch --------------------------------------------------------------------------------------------------------

def _ui(name, *args):
    from kconfig import ui
    getattr(ui, name)(*args)


def _check(place):
    from kconfig.check import check
    check(place)


# name: (function of the place and the other arguments, needs a clean source root, help)
TARGETS = {
    "menuconfig": (lambda p, a: _ui("menuconfig", p, "menuconfig"), True, "choose in menus, on the terminal"),
    "nconfig": (lambda p, a: _ui("menuconfig", p, "nconfig"), True, "the same menus as menuconfig"),
    "guiconfig": (lambda p, a: _ui("guiconfig", p), True, "choose in a window (needs python3-tk)"),
    "oldconfig": (lambda p, a: _ui("oldconfig", p), True, "ask for every option that .config does not know"),
    "olddefconfig": (lambda p, a: olddefconfig(p), True, "the same, with the defaults as answers"),
    "defconfig": (lambda p, a: defconfig(p, "qemu_virt_defconfig"), True, "the same as qemu_virt_defconfig"),
    "savedefconfig": (lambda p, a: savedefconfig(p), True,
                      "write what differs from the defaults to $(O)/defconfig or DEFCONFIG=file"),
    "list-defconfigs": (lambda p, a: list_defconfigs(p), False, "every board's defconfig, with a line on it"),
    "listnewconfig": (lambda p, a: listnewconfig(p), True, "the options that .config does not know"),
    "helpnewconfig": (lambda p, a: listnewconfig(p, True), True, "the same, with their help"),
    "allyesconfig": (lambda p, a: allconfig(p, "allyesconfig"), True,
                     "every option y that can be (KCONFIG_ALLCONFIG=)"),
    "allnoconfig": (lambda p, a: allconfig(p, "allnoconfig"), True, "every option n that can be (KCONFIG_ALLCONFIG=)"),
    "alldefconfig": (lambda p, a: allconfig(p, "alldefconfig"), True,
                     "every option at its default (KCONFIG_ALLCONFIG=)"),
    "randconfig": (lambda p, a: randconfig(p), True, "random answers; KCONFIG_SEED=n repeats them"),
    "setconfig": (lambda p, a: setconfig(p), True, "set options from a script: SET=\"NAME=y OTHER=3\""),
    "diffconfig": (diffconfig, False, "what differs: OLD=file NEW=file, or .config.old and .config"),
    "check-defconfigs": (lambda p, a: _check(p), False, "are defconfigs minimal, have options help"),
}


def targets_help():
    print("syncconfig         what make runs by itself: .config into auto.conf and autoconf.h")
    print("<board>_defconfig  the board's configuration, from configs/")
    print("<name>.config      a fragment from configs/, on top of .config")
    for name, (_, _, text) in TARGETS.items():
        print("{:18} {}".format(name, text))


def run(target, arguments):
    if target in ("help", "-h", "--help"):
        targets_help()
        return
    place = Place()
    if target in TARGETS:
        function, clean, _ = TARGETS[target]
    elif target.endswith("_defconfig"):
        function, clean = lambda p, a: defconfig(p, target), True
    elif target.endswith(".config"):
        function, clean = lambda p, a: fragment(p, target), True
    else:
        import difflib
        near = difflib.get_close_matches(target, TARGETS, 1)
        raise Failure("there is no configuration target {}{}; see make help".format(
            target, ", did you mean {}?".format(near[0]) if near else ""))
    if clean:
        place.refuse_stray_config()
    function(place, arguments)
    sys.stdout.flush()
