# SPDX-License-Identifier: MIT
"""/proc at the prompt: each file against what commands and QEMU's own tree say. Suite procfs reads all of them in
pieces, and the whole device tree."""

import re
import subprocess
import zlib

import pytest

from lib.session import Session

from .conftest import CPUS, CPUS_IDS

FILES = ["cmdline", "config", "cpuinfo", "device-tree", "interrupts", "meminfo", "mounts", "threads", "uptime",
         "version"]
APPEND = 'first "second word" console=none'


@pytest.fixture(scope="module", params=CPUS, ids=CPUS_IDS)
def machine(kernel, request):
    session = Session(kernel, env={"APPEND": APPEND, "SMP": str(request.param)}, timeout=None)
    session.cpus = request.param
    session.prompt()
    yield session
    session.close()


@pytest.fixture
def shell(machine, request):
    machine.cmd("cd /")
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


def pairs(text):
    """{name: value} of lines "name : value"."""
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}


def test_listing(shell):
    assert shell.cmd("ls /proc").splitlines() == FILES
    said = shell.cmd("ls -l /proc").splitlines()
    assert [line.split()[0] for line in said] == \
        ["dr-xr-xr-x" if name == "device-tree" else "-r--r--r--" for name in FILES]
    assert all(line.split()[2] == "0" for line in said)


@pytest.mark.parametrize("line, said", [
    ("echo x > /proc/version; echo $?", "echo: write error: Input/output error\n1"),
    ("rm /proc/version", "rm: /proc/version: Operation not permitted"),
    ("touch /proc/x", "touch: /proc/x: No such file or directory"),
    ("mkdir /proc/d", "mkdir: /proc/d: No such file or directory"),
    ("cat /proc/none", "cat: /proc/none: No such file or directory"),
    ("cat /proc/version/x", "cat: /proc/version/x: Not a directory"),
    ("cat /proc/device-tree", "cat: /proc/device-tree: Is a directory"),
    ("cat /proc/device-tree/none/none", "cat: /proc/device-tree/none/none: No such file or directory"),
    ("cat /proc/device-tree/chosen/compatible", "cat: /proc/device-tree/chosen/compatible: No such file or directory"),
    ("cat /proc/device-tree/../version | wc", None),
    ("rmdir /proc/device-tree", "rmdir: /proc/device-tree: Operation not permitted"),
    ("mkdir /m; mount -t proc none /m; mount; umount /m; rmdir /m", "none on /m type proc (rw)"),
    # as in Linux: not twice in one place, whatever it is called; but in another, or over something else
    ("mount -t proc proc /proc; mount -t proc none /proc; mount -t devfs /dev; mount | grep -c /proc",
     "mount: /proc: Device or resource busy\n" * 2 + "mount: /dev: Device or resource busy\n1"),
    ("mount -t ramfs /proc; mount -t proc /proc; umount /proc; umount /proc; mount | grep -c /proc", "1"),
    ("mkdir /m; mount -t proc -o ro /m; cat /m/mounts; echo x > /m/version; umount /m; rmdir /m",
     "proc /m proc ro 0 0\n/m/version: Read-only file system"),
    ("umount /proc; cat /proc/version; mount -t proc proc /proc", "cat: /proc/version: No such file or directory"),
])
def test_lines(shell, line, said):
    assert said is None or shell.cmd(line).endswith(said)


def test_cmdline(shell):
    assert shell.cmd("cat /proc/cmdline") == APPEND


def test_version(shell):
    said = shell.cmd("cat /proc/version")
    name, number, compiler, date = re.fullmatch(r"(Cairn) version (\S+) \((.*)\) (\S+)", said).groups()
    assert shell.cmd("version") == f"{name} {number} ({compiler}) {date}"


def test_config(shell, kernel):
    assert shell.cmd("cat /proc/config") == shell.cmd("config")
    assert "CONFIG_FS_PROCFS=y" in shell.cmd("cat /proc/config").splitlines()


def test_mounts(shell):
    lines = [line.split() for line in shell.cmd("cat /proc/mounts").splitlines()]
    assert [f"{source} on {target} type {kind} ({options})" for source, target, kind, options, *_ in lines] == \
        shell.cmd("mount").splitlines()
    assert all(line[4:] == ["0", "0"] for line in lines)
    shell.cmd("mkdir '/a b'; mount -t ramfs 'x\\y' '/a b'")
    try:
        assert shell.cmd("cat /proc/mounts").splitlines()[-1] == r"x\134y /a\040b ramfs rw 0 0"
    finally:
        shell.cmd("umount '/a b'; rmdir '/a b'")


def test_meminfo(shell):
    text = shell.cmd("cat /proc/meminfo")
    assert all(re.fullmatch(r"\w+: +\d+ kB", line) for line in text.splitlines())
    before = {name: int(value.split()[0]) for name, value in pairs(text).items()}
    found = re.search(r"^pages +(\d+) of (\d+) free", shell.cmd("mem"), re.M)
    assert before["MemTotal"] == int(found[2]) * 4 and abs(before["MemFree"] - int(found[1]) * 4) < 256
    shell.cmd("seq 100000 > /big")
    after = {name: int(value.split()[0]) for name, value in pairs(shell.cmd("cat /proc/meminfo")).items()}
    shell.cmd("rm /big")
    assert after["Cached"] - before["Cached"] == 576 and before["MemFree"] - after["MemFree"] >= 576


def test_cpuinfo(shell):
    text = shell.cmd("cat /proc/cpuinfo")
    assert text.splitlines()[:2] == ["processor\t: 0", "BogoMIPS\t: 125.00"]
    told = pairs(text)
    assert [told[f"CPU {name}"] for name in ("implementer", "architecture", "variant", "part", "revision")] == \
        ["0x41", "8", "0x0", "0xd08", "3"]
    assert told["Features"] == "fp asimd aes pmull sha1 sha2 crc32"


def test_cpuinfo_of_a_later_cpu(kernel, run):
    told = pairs(run(kernel, "cat /proc/cpuinfo", env={"CPU": "neoverse-n1"}).text)
    assert told["CPU part"] == "0xd0c"
    assert told["Features"] == "fp asimd aes pmull sha1 sha2 crc32 atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp"


def test_uptime(shell):
    def ask():
        up, idle = re.fullmatch(r"(\d+\.\d\d) (\d+\.\d\d)", shell.cmd("cat /proc/uptime")).groups()
        return float(up), float(idle)
    up, idle = ask()
    shell.cmd("sleep 0.3")
    later, more = ask()
    assert up < 1000 and later - up >= 0.29 and 0.2 <= more - idle <= shell.cpus * (later - up + 0.02)


def test_interrupts(shell):
    def ask():
        head, *lines, errors = shell.cmd("cat /proc/interrupts").splitlines()
        assert head.split() == [f"CPU{cpu}" for cpu in range(shell.cpus)]
        assert errors.split() == ["Err:", "0"]
        all_fields = {int(line.partition(":")[0]): line.partition(":")[2].split() for line in lines}
        return {number: [sum(map(int, fields[:shell.cpus])), *fields[shell.cpus:]]
                for number, fields in all_fields.items()}
    first, second = ask(), ask()
    listed = re.findall(r"^ +(\d+) .* (level|edge)\S* +(\S+) +(\S+):(\d+)", shell.cmd("irq"), re.M)
    assert [(number, fields[3].lower(), fields[4], fields[1], fields[2]) for number, fields in second.items()] == \
        [(int(number), *rest) for number, *rest in listed]
    console = next(number for number, fields in first.items() if fields[-1].startswith("pl011"))
    assert second[console][0] > first[console][0]


def test_threads(shell):
    head, *lines = shell.cmd("cat /proc/threads").splitlines()
    assert head == "id state cpu_ms stack stack_max name"
    listed = [line.split()[:2] for line in shell.cmd("ps").splitlines()[1:]]
    assert [[line.split()[0], line.split(maxsplit=5)[5]] for line in lines] == listed
    assert [line.split()[1] for line in lines if line.endswith(" main")] == ["running"]


def test_device_tree(shell, kernel, qemu_tree):
    """Names as QEMU has them, and of some nodes every byte."""
    root = qemu_tree(kernel, env={"APPEND": APPEND, "SMP": str(shell.cpus)})
    for path in ("/", "/cpus", "/intc@8000000", "/chosen"):
        node = root.find(path) if path != "/" else root
        here = f"/proc/device-tree{node.path}".rstrip("/")
        assert shell.cmd(f"ls {here}").splitlines() == sorted([*node.props, *(child.name for child in node.children)])
        for name, value in node.props.items():
            if name.endswith("-seed"):
                continue        # another one for each run
            assert shell.cmd(f"cat {here}/{name} | sum") == f"{zlib.crc32(value):08x} {len(value)}", f"{here}/{name}"
            assert f" {len(value)} bytes," in shell.cmd(f"stat {here}/{name}")


def test_small_pieces_are_the_whole(shell):
    """head asks for little at a time, and leaves the rest."""
    lines = shell.cmd("cat /proc/config").splitlines()
    assert shell.cmd("head -n 3 < /proc/config").splitlines() == lines[:3]
    assert shell.cmd("cat /proc/config | wc").split()[0] == str(len(lines))


# -- left out -----------------------------------------------------------------------

def symbols(o, cross):
    said = subprocess.run([cross + "nm", str(o / "cairn")], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in said.splitlines()}


def test_left_out_not_a_byte(build, kernel, cross):
    names = {"synth_mount", "chacha20_block", "random_bytes", "cpu_info", "arch_cpu_features", "device_ops",
             "fs_mount_boot", "devfs_filesystem", "proc_filesystem"}
    o = build("qemu_virt_defconfig", set="FS_DEVFS=n FS_PROCFS=n")
    assert names <= symbols(kernel, cross)
    assert not names & symbols(o, cross)
    linked = (o / "cairn.map").read_text()
    for path in ("fs/devfs/", "fs/procfs/", "fs/synth.o", "kernel/random.o"):
        assert f"/{o.name}/{path}" not in linked


def test_without_files_not_a_byte(build, kernel, run):
    """FS=n: nothing of fs/ is linked, and there is a prompt."""
    o = build("qemu_virt_defconfig", set="FS=n")
    assert f"/{kernel.name}/fs/walk.o" in (kernel / "cairn.map").read_text()
    assert f"/{o.name}/fs/" not in (o / "cairn.map").read_text()
    assert "\nx\n" in run(o, "echo x").text


@pytest.mark.parametrize("settings, there", [
    ("FS_DEVFS=n", "/proc"), ("FS_PROCFS=n", "/dev"), ("FS_DEVFS=n FS_PROCFS=n", ""),
])
def test_left_out(build, run, settings, there):
    result = run(build("qemu_virt_defconfig", set=settings), "mount; ls /")
    said = result.text.partition("ramfs on / type ramfs (rw)\n")[2].splitlines()
    kind = {"/proc": "proc", "/dev": "devfs", "": ""}[there]
    assert said[:2 * bool(there)] == ([f"{kind} on {there} type {kind} (rw)", there[1:]] if there else [])


def test_without_ramfs(build, run):
    """The first that is mounted is /, and boot mounts none."""
    result = run(build("qemu_virt_defconfig", set="FS_RAMFS=n"), "mount; ls /; mount -t proc /; cat /version; mount")
    assert "is not mounted" not in result.text
    assert re.search(r"^ls: /: No such file or directory\n"
                     r"Cairn version .*\nproc on / type proc \(rw\)$", result.text, re.M)
