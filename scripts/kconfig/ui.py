# SPDX-License-Identifier: MIT
"""
The configuration targets that ask somebody: menuconfig, nconfig (the same menu), guiconfig, oldconfig.

The menus are kconfiglib's. Differences here: without a .config they start from the default defconfig; (NEW) marks only
what an existing .config did not know, not what becomes visible while one works; and a .config that does not hold is
taken as far as it does, with a note, since it is here that it gets repaired.

oldconfig asks on stdin for every option that .config does not know.
"""
import importlib
import os
import sys

from kconfig.ask import Wishes
from kconfig.tree import DEFAULT, Failure, Tree, read_text, write_if_changed


class MenuTree(Tree):
    """The tree as kconfiglib's menus use it: they load once, and save when told to."""

    def load_config(self, filename=None, replace=True, verbose=None):
        if filename is not None:
            return super().load_config(filename, replace)
        wishes = Wishes(self)
        there = wishes.start(say=False)
        self.new = set(self.new_symbols(wishes.known)) if there else set()
        lines = wishes.problems()
        if lines:
            lines = ["note: {}: {} not hold and can be set right in the menu:".format(
                self.place.config, "1 line does" if len(lines) == 1 else "{} lines do".format(len(lines)))] + lines
        lines = lines + wishes.notes()
        what = "configuration from {}".format(self.place.config)
        if not there:
            what = "no {} yet: starting from {}".format(self.place.config, DEFAULT)
        return "\n".join(lines + [what])

    def needs_saving(self):
        try:
            return read_text(self.place.config) != self.config_text()
        except OSError:
            return True

    def write_config(self, filename=None, header=None, save_old=True, verbose=None):
        path = filename or self.place.config
        if os.path.abspath(path) != os.path.abspath(self.place.config):
            self._checked(write_if_changed, path, self.config_text())
        else:
            self._checked(self.save, say=False)
        return "configuration written to {}".format(path)

    def write_min_config(self, filename, header=None):
        # The menus propose the bare name, which would end up in the source folder.
        path = os.path.join(self.place.objtree, filename) if filename == "defconfig" else filename
        self._checked(write_if_changed, path, self.minimal_text())
        return "minimal configuration written to {}".format(path)

    def _checked(self, function, *args, **kwargs):
        """The menus show an OSError in a box and go on; a Failure would end them and lose what was set."""
        try:
            function(*args, **kwargs)
        except Failure as failure:
            import errno
            raise OSError(errno.EACCES, failure.lines[0], self.place.config)


def _menu(module, place):
    tree = MenuTree(place)
    node_str = module._node_str

    def without_false_news(node):
        text = node_str(node)
        return text if node.item in tree.new else text.replace(" (NEW)", "", 1)

    module._node_str = without_false_news
    # kconfiglib's own takes every option for unsaved that the .config does not pin.
    module._needs_save = tree.needs_saving
    module.menuconfig(tree)
    if os.path.exists(place.config):
        print("next: make", flush=True)


def menuconfig(place, target):
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        raise Failure("{} needs a terminal; without one use make setconfig SET=\"NAME=y\"".format(target))
    try:
        import curses
        module = importlib.import_module("menuconfig")
    except ImportError as error:
        raise Failure("{} cannot be started: {}: run scripts/setup".format(target, error))
    try:
        _menu(module, place)
    except curses.error as error:
        raise Failure("{}: the terminal ({}) cannot show it: {}".format(target, os.environ.get("TERM"), error))


def guiconfig(place):
    try:
        module = importlib.import_module("guiconfig")
    except ImportError:
        raise Failure("guiconfig needs tkinter for {}: apt-get install python3-tk, or use make menuconfig".format(
            sys.executable))
    import tkinter
    try:
        _menu(module, place)
    except tkinter.TclError as error:
        raise Failure("guiconfig: {}: use make menuconfig".format(str(error).splitlines()[0]))


def oldconfig(place):
    tree = Tree(place)
    wishes = Wishes(tree)
    if wishes.start(loosen=False):
        problems = wishes.problems()
        if problems:
            raise Failure(*problems)
        tree.say_warnings()
        tree.warn_to_stderr = True          # the answers are checked by kconfiglib, which says what is wrong
        try:
            _ask_for_new(tree)
        except EOFError:
            raise Failure("oldconfig: the input ended before all questions were answered, {} is as it was; "
                          "make olddefconfig takes the defaults".format(place.config))
        tree.warn_to_stderr = False
    wishes.settle()
    tree.save()


def _ask_for_new(tree):
    module = importlib.import_module("oldconfig")
    module.conf_changed = True
    while module.conf_changed:
        # An answer can make options visible that come before it.
        module.conf_changed = False
        for node in tree.node_iter():
            module.oldconfig(node)
