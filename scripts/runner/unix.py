# SPDX-License-Identifier: MIT
"""A Unix of the distribution's programs: BusyBox as init, shell and tools (BUSYBOX=), and bash where it is wanted
(BASH=). Each is 1, for the program that `scripts/setup test` has unpacked, or a static arm64 program of one's own.
With GETTY=1 one logs in."""

import os
import shutil

from . import USAGE, Stop

FOLDER = "/var/cache/cairn/arm64"
UNPACKED = {"BUSYBOX": ("bin/busybox", "busybox-static"), "BASH": ("bin/bash-static", "bash-static")}

INITTAB = """# What init runs: once, and then what uses the terminal for as long as there is a machine.
::sysinit:/etc/init.d/rcS
{terminal}
::shutdown:/bin/sync
"""
SHELL_LINE = "::respawn:-{shell}"
GETTY_LINE = "console::respawn:/sbin/getty -L 115200 console vt100"
RCS = """#!/bin/busybox sh
/bin/busybox --install -s
chmod 1777 /tmp
chown 1000:1000 /home/user
hostname -F /etc/hostname
"""
PROFILE = """export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=${HOME#/} TERM=${TERM:-vt100}
HOME=/${HOME:-root}
cd
"""
PASSWD = "root:x:0:0:root:/root:{shell}\nuser:x:1000:1000:user:/home/user:{shell}\n"
# nobody needs a password until `passwd` gives him one
FILES = {"etc/shadow": "root::10933:0:99999:7:::\nuser::10933:0:99999:7:::\n",
         "etc/group": "root:x:0:\nuser:x:1000:\n", "etc/hostname": "cairn\n", "etc/profile": PROFILE}


def wanted(env):
    """Those of these names that the user asks for."""
    return [name for name in (*UNPACKED, "GETTY") if env.get(name)]


def program(name, env):
    """The program that @name means."""
    value = env[name]
    if value != "1":
        if not os.path.isfile(value):
            raise Stop(USAGE, f"{name}={value}: there is no such file")
        return value
    place, package = UNPACKED[name]
    path = os.path.join(env.get("ARM64_ROOT") or FOLDER, place)
    if not os.path.isfile(path):
        raise Stop(USAGE, f"{name}=1 needs Debian's {package} for arm64, which `scripts/setup test` unpacks; "
                          f"{name}=file names another one")
    return path


def write(root, name, text, mode=0o644):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def make(o, folder, env):
    """A copy of @folder (None: of nothing) with these programs, and what they need to begin."""
    env = {"BUSYBOX": "1", **env} if not env.get("BUSYBOX") else env
    root = os.path.join(o, "run", "unix")
    shutil.rmtree(root, ignore_errors=True)
    if folder:
        shutil.copytree(folder, root, symlinks=True)
    for name in ("bin", "sbin", "usr/bin", "usr/sbin", "root", "tmp", "home/user"):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    for name in filter(env.get, UNPACKED):
        target = os.path.join(root, "bin", name.lower())
        shutil.copyfile(program(name, env), target)
        os.chmod(target, 0o755)
    for link, target in (("bin/sh", "busybox"), ("sbin/init", "../bin/busybox")):
        path = os.path.join(root, link)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(target, path)
    shell = "/bin/bash" if env.get("BASH") else "/bin/sh"
    terminal = GETTY_LINE if env.get("GETTY") else SHELL_LINE.format(shell=shell)
    own = {**FILES, "etc/inittab": INITTAB.format(terminal=terminal), "etc/passwd": PASSWD.format(shell=shell)}
    for name, text in own.items():
        # what the user has brought along stays
        if not folder or not os.path.exists(os.path.join(folder, name)):
            write(root, name, text, 0o600 if name == "etc/shadow" else 0o644)
    if not folder or not os.path.exists(os.path.join(folder, "etc/init.d/rcS")):
        write(root, "etc/init.d/rcS", RCS, 0o755)
    return root


def append(text):
    """The command line with the first process, unless it names one."""
    return text if any(word.startswith("init=") for word in text.split()) else f"{text} init=/sbin/init".strip()
