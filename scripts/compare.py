# SPDX-License-Identifier: MIT
"""What scripts/compare-heap and scripts/compare-sched have in common: the members of a Kconfig choice,
a kernel for each, a run of each, and the files that come of it.

A policy is a member of the choice, those of the folders in EXT= included; its name is the symbol's
without the choice's (HEAP_SLAB is `slab`). Each is built from the configuration in the output
folder, with that policy and for QEMU's virt, in a folder of its own below DIR/NAME.
"""

import csv
import dataclasses
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEFCONFIG = "configs/qemu_virt_defconfig"
BOARD = ("RUN_MACHINE", "RUN_CPU", "DTS")       # left at their defaults, which are virt's
TIMEOUT = 600                       # seconds of one run
FOREIGN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "O", "V", "W", "KCONFIG_CONFIG",
           "KCONFIG_ALLCONFIG", "SET", "TRACE", "WORKLOAD")


class Failed(Exception):
    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def clean_environment():
    """Without what the make that called this has set for itself."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}


@dataclasses.dataclass
class Comparison:
    name: str                       # of the script
    choice: str
    needed: tuple                   # what every kernel has to have, the command that measures last
    command: str                    # that command
    memory: str                     # of the machine, unless MEM= says otherwise
    conditions: dict                # environment of a run, the same whatever make was called with

    def say(self, words):
        print(f"{self.name}: {words}", file=sys.stderr, flush=True)

    # -- building ------------------------------------------------------------------

    def read_choice(self, o):
        """({policy: symbol}, the configuration in @o without its policy, as a defconfig's text)."""
        from kconfig.tree import Failure, Place, Tree
        before = dict(os.environ)
        config = before.get("KCONFIG_CONFIG") or os.path.join(o, ".config")
        # a folder of its own for what is generated from EXT=
        os.environ.update(srctree=ROOT, objtree=os.path.join(o, self.name), KCONFIG_CONFIG=config)
        try:
            tree = Tree(Place())
        except Failure as failure:
            raise Failed("; ".join(failure.lines)) from None
        finally:
            os.environ.clear()
            os.environ.update(before)
        if not os.path.isfile(config):
            config = os.path.join(ROOT, DEFCONFIG)
            self.say(f"no configuration yet: taking {DEFCONFIG}")
        tree.load_config(config)
        members = tree.named_choices[self.choice].syms
        names = {f"CONFIG_{name}" for name in (*self.needed, *BOARD, *(one.name for one in members))}
        rest = [line for line in tree.minimal_text().splitlines()
                if not names & set(re.findall(r"CONFIG_\w+", line))]
        return ({self.policy_name(member.name): member.name for member in members
                 if self.can_be_measured(tree, member)}, "\n".join(rest))

    def can_be_measured(self, tree, member):
        """Whether the kernel has the command with this policy."""
        for name in (member.name, *self.needed):
            tree.syms[name].set_value(2)
        return member.tri_value == tree.syms[self.needed[-1]].tri_value == 2

    def policy_name(self, symbol):
        return symbol.removeprefix(f"{self.choice}_").lower()

    def chosen(self, policies, asked):
        unknown = [name for name in asked if name not in policies]
        if unknown:
            raise Failed(f"there is no policy {unknown[0]}: there are {' '.join(policies)}", 2)
        return {name: symbol for name, symbol in policies.items() if not asked or name in asked}

    def build_all(self, o, asked):
        """{policy: the folder with its kernel}, in the order of the choice."""
        policies, rest = self.read_choice(o)
        folders = {}
        for name, symbol in self.chosen(policies, asked).items():
            self.say(f"building {name}")
            folders[name] = self.build(o, symbol, rest)
        return folders

    def build(self, o, symbol, rest):
        folder = os.path.join(o, self.name, self.policy_name(symbol))
        wanted = folder + ".config"
        os.makedirs(folder, exist_ok=True)
        with open(wanted, "w", encoding="utf-8") as file:
            file.write("\n".join([rest, *(f"CONFIG_{name}=y" for name in (symbol, *self.needed)), ""]))
        make(folder, "alldefconfig", KCONFIG_ALLCONFIG=wanted)
        make(folder, f"-j{os.cpu_count() or 1}", "all")
        return folder

    # -- running -------------------------------------------------------------------

    def run(self, folder, initrd, command, found):
        """What a boot of the kernel in @folder printed that ran @command, if it holds what the
        pattern @found finds. Failed with the guest's or the runner's words when it does not."""
        line = [sys.executable, os.path.join(ROOT, "scripts/run-qemu"), "-O", folder, "--batch",
                "--icount", "--silence", "0", "--timeout", str(TIMEOUT), "--autorun", command]
        env = {**clean_environment(), **self.conditions, "MEM": self.memory_now(), "INITRD": initrd}
        done = subprocess.run(line, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", check=False)
        if re.search(found, done.stdout, re.M) and not done.returncode:
            return done.stdout
        complaint = re.search(rf"^{self.command}: (.*?)\s*$", done.stdout, re.M)
        closing = (done.stderr.strip().splitlines() or [""])[-1].removeprefix("run-qemu: ")
        raise Failed(complaint[1] if complaint else closing)

    def memory_now(self):
        return os.environ.get("MEM") or self.memory

    # -- showing -------------------------------------------------------------------

    def remark(self, folder):
        """The conditions, in one line."""
        def symbol(name, path="include/config/auto.conf"):
            with open(os.path.join(folder, path), encoding="utf-8") as file:
                value = re.search(rf"^CONFIG_{name}=\"?([^\"\n]*)", file.read(), re.M)
            return value[1] if value else "?"
        with open(os.path.join(folder, "include/generated/compiler"), encoding="utf-8") as file:
            text = file.read().strip()
        version = re.findall(r"(\d+\.\d+)\.\d+", text)
        compiler = f"{'clang' if 'clang' in text else 'gcc'} {version[-1] if version else ''}".strip()
        return (f"QEMU {symbol('RUN_MACHINE')}, {symbol('RUN_CPU')}, {self.memory_now()} of memory, "
                f"pages of {(1 << int(symbol('PAGE_SHIFT'))) // 1024} KiB, {compiler}; instructions "
                "are counted, not timed")


def make(o, *goals, **variables):
    command = ["make", f"O={o}", *goals]
    done = subprocess.run(command, cwd=ROOT, env={**clean_environment(), **variables},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        raise Failed(f"`{' '.join(command)}` failed", done.returncode)


def write_csv(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
