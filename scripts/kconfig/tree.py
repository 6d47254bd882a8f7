# SPDX-License-Identifier: MIT
"""
Where things are, the Kconfig tree, and writing files.

Folders outside the tree, EXT=dir[:dir]: the top Kconfig file ends with

    osource "$(EXT_KCONFIG)"

and EXT_KCONFIG names a file generated here, $objtree/include/generated/ext/Kconfig, which sources every DIR/Kconfig in
a menu of its own. A folder adds a member to a choice of the tree by opening the choice, which has a name, once more:

    choice PAGE_GRANULE
    config PAGE_1K
    	bool "1 KiB: no CPU"
    endchoice

kconfiglib shows such members in the menu of the original choice, after its own ones. The generated menu is hidden when
a folder brings no option beyond such members. Further files of a folder are sourced with `rsource "sub/Kconfig"`.

Files are replaced whole by a rename and only when their text changes: an interrupted run leaves the old ones, and an
unchanged file causes no rebuild. Does not decide what the values are: ask.py and targets.py do.
"""
import glob
import os
import re
import sys

import kconfiglib
from kconfiglib import Choice

DEFAULT = "qemu_virt_defconfig"
HEADER = """\
#
# Made by `make menuconfig` and the other configuration targets. Lines may be changed by hand: what cannot hold is
# reported by the next make.
# Cairn {} configuration
#
"""
_VERSION = re.compile(r"# Cairn (\S+) configuration$", re.M)


class Failure(Exception):
    """What the user is told, one line each, before the run ends with status 1."""

    def __init__(self, *lines):
        super().__init__(*lines)
        self.lines = lines


class Place:
    """The folders and files of this run, taken from the environment."""

    def __init__(self):
        env = os.environ.get
        here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.srctree = os.path.abspath(env("srctree") or here)
        self.objtree = env("objtree") or env("O") or os.path.join(self.srctree, "build")
        self.config = env("KCONFIG_CONFIG") or os.path.join(self.objtree, ".config")
        self.last = os.path.join(self.objtree, ".config.last")
        self.version = env("KERNELVERSION") or self._version()
        self.ext = []
        for folder in (env("EXT") or "").split(":"):
            if folder and os.path.abspath(folder) not in self.ext:
                if not os.path.isdir(folder):
                    raise Failure("EXT={}: no such folder".format(folder))
                self.ext.append(os.path.abspath(folder))

    def _version(self):
        try:
            with open(os.path.join(self.srctree, "Makefile"), encoding="utf-8") as makefile:
                found = re.search(r"^VERSION\s*:?=\s*(\S+)", makefile.read(), re.M)
        except OSError:
            found = None
        return found.group(1) if found else "unknown"

    def refuse_stray_config(self):
        """A .config in the source root was put there by hand, and no build would ever read it."""
        stray = os.path.join(self.srctree, ".config")
        if os.path.lexists(stray) and os.path.abspath(self.objtree) != self.srctree:
            raise Failure("there is a .config in the source folder, where no build reads it: "
                          "mv {} {}".format(stray, os.path.join(self.objtree, ".config")))

    def config_dirs(self):
        return [os.path.join(folder, "configs") for folder in [self.srctree] + self.ext]

    def named(self, suffix):
        """{name: path} of the files in configs/ folders that end so; the tree's win over those outside."""
        files = {}
        for folder in self.config_dirs():
            for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*" + suffix))):
                files.setdefault(os.path.basename(path), path)
        return files

    def find(self, name, suffix):
        """The path of a defconfig or fragment, or a Failure that helps to find the right name."""
        files = self.named(suffix)
        if name in files:
            return files[name]
        import difflib
        near = difflib.get_close_matches(name, files, 3, 0.5)
        raise Failure("there is no {} in {}{} ({})".format(
            name, " or ".join(self.shown(d) for d in self.config_dirs()),
            ": did you mean {}?".format(" or ".join(near)) if near else "",
            "see make list-defconfigs" if suffix == "_defconfig" else
            "there are: " + (" ".join(files) or "none")))

    def shown(self, path):
        """A path as messages show it: relative to the source folder where it is inside."""
        absolute = os.path.abspath(path)
        inside = absolute.startswith(self.srctree + os.sep)
        return os.path.relpath(absolute, self.srctree) if inside else absolute


def write_if_changed(path, text):
    """Replaces the file whole; True if its text was another. The file stays as it was if that fails."""
    path = os.path.realpath(path)
    try:
        try:
            with open(path, encoding="utf-8", errors="replace") as old:
                if old.read() == text:
                    return False
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        # Beside the target, since a rename works within one filesystem only; but /dev/null is not to be replaced.
        temporary = path + ".new" if not os.path.exists(path) or os.path.isfile(path) else path
        with open(temporary, "w", encoding="utf-8") as new:
            new.write(text)
        if temporary != path:
            os.replace(temporary, path)
        return True
    except OSError as error:
        raise Failure("cannot write {}: {}: choose another O=, or make it writable".format(path, error.strerror))


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def version_of(text):
    found = _VERSION.search(text[:1000])
    return found.group(1) if found else None


def one_line(text):
    return " ".join(str(text).split())


class Tree(kconfiglib.Kconfig):
    """All options, with the values that they have at the moment."""

    def __init__(self, place):
        self.place = place
        self._prepare_environment()
        try:
            super().__init__("Kconfig", warn_to_stderr=False)
        except kconfiglib.KconfigError as error:
            raise Failure(one_line(error).replace("error: ", "", 1))
        except OSError as error:
            raise Failure(one_line(error))
        self._hide_empty_ext_menus()

    def _prepare_environment(self):
        # kconfiglib reads these by itself; a stray value would change names and headers.
        for name in ("CONFIG_", "KCONFIG_CONFIG_HEADER", "KCONFIG_AUTOHEADER_HEADER", "KCONFIG_FUNCTIONS"):
            os.environ.pop(name, None)
        place = self.place
        generated = os.path.abspath(os.path.join(place.objtree, "include/generated/ext/Kconfig"))
        os.environ["srctree"] = place.srctree
        os.environ["EXT_KCONFIG"] = glob.escape(generated)
        os.environ["KCONFIG_CONFIG"] = place.config
        os.environ["KERNELVERSION"] = place.version
        if place.ext:
            write_if_changed(generated, self._ext_kconfig())
        elif os.path.exists(generated):
            os.unlink(generated)

    def _ext_kconfig(self):
        def quoted(text):
            return '"' + re.sub(r'([\\"$])', r"\\\1", text) + '"'

        lines = ["# Generated from EXT={}\n".format(":".join(self.place.ext))]
        for folder in self.place.ext:
            if os.path.exists(os.path.join(folder, "Kconfig")):
                lines.append("menu {}\nsource {}\nendmenu\n".format(
                    quoted("Outside the tree: " + os.path.basename(folder)),
                    quoted(glob.escape(os.path.join(folder, "Kconfig")))))
        return "\n".join(lines)

    def _hide_empty_ext_menus(self):
        def offers(node):
            while node:
                # A choice that is opened once more has no prompt here, and its members show elsewhere.
                if node.prompt or not isinstance(node.item, Choice) and offers(node.list):
                    return True
                node = node.next
            return False

        for node in self.menus:
            if node.filename.endswith("include/generated/ext/Kconfig") and not offers(node.list):
                node.prompt = (node.prompt[0], self.n)

    def kconfig_files(self):
        """Absolute paths of all files that were read, each once."""
        return list(dict.fromkeys(os.path.join(self.place.srctree, name) for name in self.kconfig_filenames))

    def defined(self, name):
        sym = self.syms.get(name)
        return sym if sym and sym.nodes else None

    def take_warnings(self):
        """
        Warnings about the Kconfig files. Those about values asked for are left out: ask.py reports these with more.
        """
        answered = ("assignment ignored", "falling back on defaults", "user values have no effect")
        lines = dict.fromkeys(one_line(w).replace("warning: ", "", 1) for w in self.warnings
                              if not any(part in w for part in answered))
        self.warnings.clear()
        return list(lines)

    def say_warnings(self):
        for warning in self.take_warnings():
            print("warning: " + warning, file=sys.stderr, flush=True)

    def config_text(self):
        return self._config_contents(HEADER.format(self.place.version))

    def minimal_text(self):
        return self._min_config_contents("")

    def new_symbols(self, known):
        """Options that the user could set now and that are not among the names `known`."""
        return [sym for sym in self.unique_defined_syms
                if sym.name not in known and sym.visibility and not (sym.choice and sym.choice.user_selection)
                and (sym.choice or sym.orig_type != kconfiglib.BOOL or len(sym.assignable) > 1)]

    def save(self, say=True):
        """Writes .config, keeping the one before as .config.old, and remembers what it wrote."""
        place, text = self.place, self.config_text()
        self.say_warnings()     # computing all values has brought them up
        path = os.path.realpath(place.config)
        old = read_text(path) if os.path.isfile(path) else None
        if old is not None and old != text:
            write_if_changed(place.config + ".old", old)
        changed = write_if_changed(place.config, text)
        remember(place, text)
        message = "configuration written to {}" if changed else "no change to {}"
        if say:
            print(message.format(place.config), flush=True)
        return changed


def _last_header(place):
    return "# The last {} that was written here; tells which lines are changed by hand since.\n".format(
        os.path.relpath(place.config, place.objtree))


def remember(place, text):
    write_if_changed(place.last, _last_header(place) + text)


def remembered(place):
    """The text of .config as it was last written, or None when it is not known."""
    try:
        text = read_text(place.last)
    except OSError:
        return None
    header = _last_header(place)
    return text[len(header):] if text.startswith(header) else None

