# SPDX-License-Identifier: MIT
"""
syncconfig: brings what the build reads up to date with .config. Make runs it when auto.conf is older than .config or
than one of the Kconfig files.

    include/config/auto.conf          CONFIG_X=y for make, without the symbols that are n
    include/config/auto.conf.cmd      what auto.conf depends on, for make: the Kconfig files
    include/config/foo/bar.h          empty; touched when FOO_BAR changes, so that only its users are rebuilt
    include/generated/autoconf.h      #define CONFIG_X 1 for C
    include/generated/config_data.txt the lines of .config without comments, to be put into the image

kconfiglib's sync_deps does the same, but writes auto.conf so that a `#` or a `$` in a string breaks make. auto.conf is
written last: an interrupted run is done again as a whole. Its time always becomes new, which is what make looks at.
"""
import os
import re

from kconfiglib import BOOL, TRISTATE

from kconfig.ask import Wishes
from kconfig.tree import Failure, Place, Tree, read_text, write_if_changed


def syncconfig():
    place = Place()
    place.refuse_stray_config()
    tree = Tree(place)
    wishes = Wishes(tree)
    there = wishes.start()
    wishes.settle()
    tree.save(say=False)
    write_for_build(tree, there)


def write_for_build(tree, there=True):
    folder = os.path.join(tree.place.objtree, "include/config")
    generated = os.path.join(tree.place.objtree, "include/generated")
    auto_conf = os.path.join(folder, "auto.conf")

    write_if_changed(os.path.join(generated, "autoconf.h"),
                     tree._autoconf_contents("/* Generated from .config */\n"))
    write_if_changed(os.path.join(generated, "config_data.txt"), config_data(tree.config_text()))
    write_if_changed(auto_conf + ".cmd", _dependencies(tree, auto_conf))

    text = "".join(_make_line(sym) for sym in tree.unique_defined_syms)
    try:
        old = _values(read_text(auto_conf))
    except OSError:
        old = {}
    new = _values(text)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            _touch(folder, name)
    write_if_changed(auto_conf, text)
    # Newer than .config and than the Kconfig files, also when nothing in it has changed.
    os.utime(auto_conf)


def config_data(text):
    return "".join(line + "\n" for line in text.splitlines()
                   if line.startswith("CONFIG_") or re.fullmatch(r"# CONFIG_\w+ is not set", line))


def _make_line(sym):
    if sym.orig_type in (BOOL, TRISTATE) and sym.tri_value == 0:
        return ""
    return sym.config_string.replace("$", "$$").replace("#", r"\#")


def _values(text):
    return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.M))


def _touch(folder, name):
    path = os.path.join(folder, name.lower().replace("_", "/") + ".h")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w"):
            pass
        os.utime(path)
    except OSError as error:
        raise Failure("cannot write {}: {}".format(path, error.strerror))


def _escaped(path):
    """A path as make reads it in a rule."""
    return re.sub(r"([ #%:])", r"\\\1", path.replace("$", "$$"))


def _dependencies(tree, auto_conf):
    files = [_escaped(path) for path in tree.kconfig_files()]
    lines = ["# What auto.conf depends on; a Kconfig file that has gone makes it out of date, too.",
             "deps_config := \\"]
    lines += ["\t{} \\".format(path) for path in files]
    lines += ["", "{}: $(deps_config)".format(_escaped(auto_conf)), "$(deps_config): ;", ""]
    return "\n".join(lines)
