# SPDX-License-Identifier: MIT
"""From configuration, environment and options to a QEMU command line.

A machine is one row of MACHINES: what QEMU's model of it insists on. A machine without a row gets
the plain defaults, so a board from outside the tree runs when its QEMU model asks for nothing
special. Nothing about the guest's devices is known here: those are the tree's business.

The Image is started by QEMU itself, by a stub (--entry el3 and the like), or by U-Boot, which finds
Image, initramfs and command line where QEMU has put them for it.
"""

import dataclasses
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys

from . import QEMU_FAILED, USAGE, Stop, unix
from .config import MIB, load_address, memory_size, require
from .cpio import pack_folder

HERE = os.path.dirname(os.path.abspath(__file__))
# The package u-boot-qemu; where its `bootcmd` loads the Image, and `booti` leaves it.
U_BOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
U_BOOT_KERNEL = 0x400000    # from where RAM starts
STUB_SOURCE = os.path.normpath(os.path.join(HERE, "../../tests/boot/el3_stub.S"))


@dataclasses.dataclass(frozen=True)
class Machine:
    ram: int = 0                # where RAM starts
    dts: str = ""               # the tree of CONFIG_DTS that is its, where QEMU brings none
    memory: str = ""            # the only -m that it accepts
    cpus: str = ""              # the only -smp that it accepts
    fixed_cpu: bool = False     # -cpu is not ours to choose
    serial: int = 0             # which -serial is the console's UART
    qemu: tuple = ()            # the first QEMU that has it


MACHINES = {
    "virt": Machine(ram=0x40000000),
    # stdout-path is the mini UART there, QEMU's second serial port
    "raspi4b": Machine(dts="bcm2711-rpi-4-b", memory="2G", cpus="4", fixed_cpu=True, serial=1, qemu=(9, 0)),
    "npcm845-evb": Machine(cpus="4", fixed_cpu=True, qemu=(10, 0)),
}


@dataclasses.dataclass
class Plan:
    """A run that is ready to start."""
    argv: list
    machine: str
    load: int                   # physical address of the Image
    accel: str


def plan_run(o, config, options, env):
    name = env.get("MACHINE") or config.get("RUN_MACHINE", "")
    if not name:
        raise Stop(USAGE, "this configuration has no QEMU machine (CONFIG_RUN_MACHINE is empty): "
                          "choose a board that has one, such as `make qemu_virt_defconfig`")
    machine = MACHINES.get(name, Machine())
    image = require(o, "Image")
    qemu = find_qemu(env)
    if machine.qemu:
        require_version(qemu, name, machine.qemu)

    accel = choose_accel(env.get("ACCEL") or "tcg", name, options)
    if needs_stub(options) and name != "virt":
        raise Stop(USAGE, f"--entry el3, --load, --tree and --x0 are for virt (this run is on {name})")
    u_boot = find_u_boot(name, options, env)
    load = options.load if options.load is not None else load_address(image, machine.ram)
    if u_boot:
        load = machine.ram + U_BOOT_KERNEL
    argv = [qemu, "-M", machine_option(name, accel, options, env)]
    argv += cpu_options(name, machine, config, accel, env)
    argv += ["-smp", fixed("SMP", machine.cpus, env, name) or "1",
             "-m", fixed("MEM", machine.memory, env, name) or "512M"]
    if accel != "tcg":
        argv += ["-accel", accel]
    argv += ["-nic", "none", "-display", "none"]
    argv += serial_options(machine, options, env)
    argv += u_boot + boot_options(o, image, load, name, config, options, env)

    dtb = env.get("DTB") or board_tree(o, name, machine, config, env)
    if dtb:
        if not os.path.isfile(dtb):
            raise Stop(USAGE, f"the device tree {dtb} is missing")
        if dtb.endswith(".dts"):
            raise Stop(USAGE, f"{dtb} is a source: `make run DTB={dtb}` makes a tree of it first")
        argv += ["-dtb", dtb]
    if not options.restarts:
        argv += ["-no-reboot"]
    if options.icount:
        # the seed: the tree holds random bytes, and counts shall not depend on them
        argv += ["-icount", "shift=0,sleep=off", "-seed", "1"]
    if options.gdb is not None:
        argv += ["-gdb", f"tcp:127.0.0.1:{options.gdb}"]
    argv += split_arguments(env.get("QEMU_ARGS", "")) + options.extra
    return Plan(argv, name, load, accel)


def split_arguments(text):
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Stop(USAGE, f"QEMU_ARGS does not parse: {error}") from None


def find_qemu(env):
    qemu = env.get("QEMU") or "qemu-system-aarch64"
    if not shutil.which(qemu):
        fix = "correct QEMU=" if env.get("QEMU") else "run `scripts/setup`"
        raise Stop(QEMU_FAILED, f"{qemu} is not installed: {fix}")
    return qemu


def find_u_boot(machine, options, env):
    """What BOOT= adds: nothing, or U-Boot as the machine's firmware."""
    boot = env.get("BOOT") or "qemu"
    if boot not in ("qemu", "u-boot"):
        raise Stop(USAGE, f"BOOT={boot} is neither qemu nor u-boot")
    if boot == "qemu":
        return []
    if machine != "virt" or needs_stub(options):
        raise Stop(USAGE, "BOOT=u-boot is for virt, and goes with neither --entry el3, --load, --tree nor --x0")
    path = env.get("UBOOT") or U_BOOT
    if not os.path.isfile(path):
        raise Stop(USAGE, f"U-Boot is not at {path}: run `scripts/setup test`, which installs the package "
                          "u-boot-qemu, or name a u-boot.bin for qemu_arm64 by UBOOT=")
    return ["-bios", path]


def require_version(qemu, machine, wanted):
    text = subprocess.run([qemu, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version (\d+)\.(\d+)", text)
    if found and (int(found[1]), int(found[2])) >= wanted:
        return
    have = f"{found[1]}.{found[2]}" if found else "unknown"
    raise Stop(QEMU_FAILED,
               f"{machine} needs QEMU {wanted[0]}.{wanted[1]} or newer (this is {have})")


def fixed(variable, only, env, machine):
    """The value of an environment variable, where the machine leaves a choice."""
    asked = env.get(variable, "")
    if only and asked and asked.upper() != only:
        raise Stop(USAGE, f"QEMU's {machine} takes {variable}={only} only (asked: {asked})")
    return asked or only


def choose_accel(asked, machine, options):
    """tcg, kvm or hvf. `auto` takes the host's own CPU where that can work."""
    if asked not in ("tcg", "kvm", "hvf", "auto"):
        raise Stop(USAGE, f"ACCEL={asked} is none of tcg, kvm, hvf, auto")
    arm_host = platform.machine() in ("aarch64", "arm64")
    kvm = arm_host and sys.platform == "linux" and os.access("/dev/kvm", os.R_OK | os.W_OK)
    hvf = arm_host and sys.platform == "darwin"
    # instruction counting and the higher exception levels exist in the emulator only
    emulated = machine != "virt" or options.icount or options.entry != "el1"
    if asked == "auto":
        return "tcg" if emulated else "kvm" if kvm else "hvf" if hvf else "tcg"
    if asked == "kvm" and not kvm:
        raise Stop(USAGE, "ACCEL=kvm needs an arm64 Linux host with a usable /dev/kvm "
                          f"(this is {platform.machine()})")
    if asked == "hvf" and not hvf:
        raise Stop(USAGE, f"ACCEL=hvf needs an Apple Silicon Mac (this is {platform.machine()})")
    if asked != "tcg" and emulated:
        raise Stop(USAGE,
                   f"ACCEL={asked} excludes --icount, --entry el2|el3 and machines other than virt")
    return asked


def machine_option(name, accel, options, env):
    if name != "virt":
        if options.entry not in ("el1", None) or env.get("GIC"):
            raise Stop(USAGE, f"--entry and GIC are for virt (this run is on {name})")
        return name
    gic = env.get("GIC") or ("host" if accel == "kvm" else "3")
    if gic not in ("2", "3", "host"):
        raise Stop(USAGE, f"GIC={gic} is neither 2 nor 3")
    levels = {"el1": "", "el2": ",virtualization=on", "el3": ",secure=on"}
    return "virt,gic-version=" + gic + levels[options.entry]


def cpu_options(name, machine, config, accel, env):
    cpu = env.get("CPU")
    if machine.fixed_cpu:
        if cpu:
            raise Stop(USAGE, f"QEMU's {name} has its own CPU: leave CPU={cpu} out")
        return []
    if not cpu:
        cpu = "host" if accel in ("kvm", "hvf") else config.get("RUN_CPU") or "cortex-a72"
    return ["-cpu", cpu]


def serial_options(machine, options, env):
    """On a terminal Ctrl-A x and Ctrl-A c work; otherwise every byte passes as it is."""
    port = env.get("SERIAL") or str(machine.serial)
    if not re.fullmatch("[0-3]", port):
        raise Stop(USAGE, f"SERIAL={port} is none of the ports 0 to 3")
    if options.debug:
        console = ["-serial", "chardev:console", "-monitor", "none"]
    elif options.interactive:
        console = ["-serial", "mon:stdio"]
    else:
        console = ["-serial", "stdio", "-monitor", "none"]
    return ["-serial", "null"] * int(port) + console


def boot_options(o, image, load, name, config, options, env):
    append = env.get("APPEND", "")
    append = bootargs(unix.append(append) if unix.wanted(env) else append, options.autorun)
    initrd = find_initrd(o, config, options, env)
    append = ["-append", append] if append else []
    if needs_stub(options):
        if initrd or append and options.tree:
            raise Stop(USAGE, "INITRD needs QEMU to load the kernel itself, and bootargs its tree: "
                              "neither goes with --entry el3, --load, --tree or --x0")
        return stub_options(o, image, load, MACHINES[name].ram, options, env) + append
    return ["-kernel", image] + append + (["-initrd", archive(o, initrd)] if initrd else [])


def find_initrd(o, config, options, env):
    """INITRD, or, where there is none, the programs that were built with a kernel that runs them; with ADD, these and
    the files that it names, in /bin; with BUSYBOX or BASH those. A path, or None."""
    initrd, more = env.get("INITRD"), [name for name in env.get("ADD", "").split(",") if name]
    if initrd and not os.path.isfile(initrd) and not os.path.isdir(initrd):
        raise Stop(USAGE, f"the initramfs {initrd} is missing")
    programs = os.path.join(o, "user", env.get("USER_LIBC") or "root")
    if not initrd and config.get("PROCESS") == "y" and os.path.isdir(programs) and not needs_stub(options):
        initrd = programs
    adds = (["ADD"] if more else []) + unix.wanted(env)
    if not adds:
        return initrd
    if config.get("PROCESS") != "y":
        raise Stop(USAGE, f"{adds[0]}= adds programs, and this kernel runs none: make setconfig SET=\"PROCESS=y\"")
    if initrd and not os.path.isdir(initrd):
        raise Stop(USAGE, f"{adds[0]}= adds to a folder, and INITRD={initrd} is an archive")
    if unix.wanted(env):
        initrd = unix.make(o, initrd, env)
    return with_added(o, initrd, more) if more else initrd


def with_added(o, folder, names):
    """A copy of @folder with the files @names in its bin/."""
    copy = os.path.join(o, "run", "added")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, symlinks=True)
    os.makedirs(os.path.join(copy, "bin"), exist_ok=True)
    for name in names:
        if not os.path.isfile(name):
            raise Stop(USAGE, f"ADD={name}: there is no such file")
        target = os.path.join(copy, "bin", os.path.basename(name))
        shutil.copyfile(name, target)
        os.chmod(target, 0o755)
    return copy


def archive(o, initrd):
    """A folder becomes an archive below the output folder, named by the folder's path."""
    if not os.path.isdir(initrd):
        return initrd
    name = hashlib.sha256(os.fsencode(os.path.abspath(initrd))).hexdigest()[:16]
    path = os.path.join(o, "run", f"initrd_{name}.cpio")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pack_folder(initrd, path)
    return path


def needs_stub(options):
    return (options.entry == "el3" or options.tree is not None or options.x0 is not None
            or options.load is not None)


def stub_options(o, image, load, ram, options, env):
    """The stub instead of QEMU's own first instructions, for what those cannot do. QEMU leaves its
    tree at the start of RAM."""
    handed = options.x0 if options.x0 is not None else ram
    argv = ["-device", loader(image, load)]
    if options.tree:
        if not os.path.isfile(options.tree):
            raise Stop(USAGE, f"the device tree {options.tree} is missing")
        if options.x0 is None:
            handed = (load + memory_size(image) + 4 * MIB) // (2 * MIB) * (2 * MIB)
        argv += ["-device", loader(options.tree, handed)]
    return ["-kernel", build_stub(o, ram + 0x180000, handed, load, env)] + argv


def loader(path, address):
    return f"loader,file={path.replace(',', ',,')},addr={address:#x},force-raw=on"


# CMDLINE_MAX in the kernel, less the NUL: what is behind it is cut off there.
BOOTARGS_MAX = 1023


def bootargs(append, autorun):
    if not autorun:
        return append
    if '"' in autorun:
        raise Stop(USAGE, '--autorun commands cannot hold a double quote')
    whole = f'{append} autorun="{autorun}; poweroff"'.strip()
    if len(whole.encode()) > BOOTARGS_MAX:
        raise Stop(USAGE, f"with --autorun the command line has {len(whole.encode())} bytes: at most {BOOTARGS_MAX}")
    return whole


def build_stub(o, place, tree, load, env):
    """The ELF that sets x0 and jumps to the Image; named by both.

    It lies below the Image, and above QEMU's tree by more than 1 MiB, headers included: nearer,
    QEMU leaves the tree out.
    """
    path = os.path.join(o, "run", f"stub_{tree:x}_{load:x}")
    if os.path.isfile(path) and os.path.getmtime(path) >= os.path.getmtime(STUB_SOURCE):
        return path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = f"{path}.{os.getpid()}"
    if env.get("LLVM"):
        suffix = env["LLVM"] if env["LLVM"].startswith("-") else ""
        folder = env["LLVM"] if env["LLVM"].endswith("/") else ""
        cc = [f"{folder}clang{suffix}", "--target=aarch64-linux-gnu", f"-fuse-ld=lld{suffix}"]
    else:
        native = platform.machine() in ("aarch64", "arm64")
        cc = [env.get("CROSS_COMPILE", "" if native else "aarch64-linux-gnu-") + "gcc"]
    cc += ["-nostdlib", "-static", "-Wl,--build-id=none,-z,max-page-size=4096",
           f"-Wl,-Ttext={place:#x}",
           f"-DTREE={tree:#x}", f"-DIMAGE={load:#x}", STUB_SOURCE, "-o", new]
    try:
        made = subprocess.run(cc, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Stop(USAGE, f"{cc[0]} is not installed: run `scripts/setup`") from None
    if made.returncode:
        raise Stop(USAGE, f"the loader stub does not build: {made.stderr.strip()}")
    os.replace(new, path)
    return path


def board_tree(o, name, machine, config, env):
    """Of CONFIG_DTS the machine's own, for one whose firmware brings no tree; the first, where the configuration is
    for that machine."""
    names = config.get("DTS", "").split()
    if name == "virt":
        return None
    foreign = env.get("MACHINE") and name != config.get("RUN_MACHINE")
    if foreign and machine.dts not in names and (names or machine.dts):
        raise Stop(USAGE, f"this configuration builds no device tree for QEMU's {name}: "
                          + ("take one that does, such as generic_defconfig, or " if machine.dts else "")
                          + "give DTB=file")
    if not names:
        return None
    return require(o, os.path.join("dts", (machine.dts if machine.dts in names else names[0]) + ".dtb"))
