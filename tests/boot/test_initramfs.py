# SPDX-License-Identifier: MIT
"""The initramfs: archives that boot unpacks into /, good and bad ones. Bad entries are left out with a line each, and
boot goes on."""

import gzip
import random
import re
import stat
import subprocess
import zlib

import pytest

from lib.archive import changed, entry, field, summed, trailer
from lib.session import OFF

from .conftest import CPUS, CPUS_IDS

DIR, FILE, LINK = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777
GOOD = (entry(".", stat.S_IFDIR | 0o700) + entry("etc", DIR) + entry("./etc//rc", FILE, b"echo rc was here\n") +
        entry("bin/", stat.S_IFDIR | 0o1775) + entry("bin/tool", stat.S_IFREG | 0o4711, b"x" * 5000) +
        entry("tool", LINK, b"bin/tool") + entry("slot", LINK, b"nowhere\0") +
        entry("one", FILE, inode=5, links=3) + entry("bin/two", FILE, inode=5, links=3) +
        entry("three", FILE, b"the same\n", inode=5, links=3) +
        entry("console", stat.S_IFCHR | 0o600, node=0x501) + entry("pipe", stat.S_IFIFO | 0o640) +
        entry("a name with spaces and \u00fc", FILE) + trailer())
LISTED = """\
-rw-r--r--   1          0 a name with spaces and \u00fc
drwxrwxr-x   2          0 bin
crw-------   1       5, 1 console
drwxr-xr-x   2          0 etc
-rw-r--r--   3          9 one
prw-r-----   1          0 pipe
lrwxrwxrwx   1          7 slot -> nowhere
-rw-r--r--   3          9 three
lrwxrwxrwx   1          8 tool -> bin/tool
"""
CPU = {"4K": "cortex-a72", "16K": "cortex-a76", "64K": "cortex-a72"}


def listed(text):
    """What was printed, without dates, and without what boot mounts beside the archive's files."""
    text = re.sub(r" \d{4}-\d\d-\d\d \d\d:\d\d ", " ", text.replace("cairn: off\n", ""))
    return re.sub(r"^(drwx.* )?(dev|proc)\n", "", text, flags=re.M)


@pytest.fixture(params=CPUS, ids=CPUS_IDS)
def unpack(run, kernel, tmp_path, request):
    def unpack(data, commands="ls -l", o=kernel, **env):
        initrd = tmp_path / "initrd"
        initrd.write_bytes(data)
        result = run(o, f"dmesg | grep init; echo; {commands}",
                     env={"INITRD": initrd, "APPEND": "quiet", "SMP": request.param, **env})
        assert result.status == OFF
        said, _, text = result.text.partition("\n\n")
        # what is shown on the console as well is there twice
        lines = dict.fromkeys(said.splitlines())
        result.said = [re.sub(r"^\[ *[\d.]+\] ", "", line) for line in lines if " init" in line]
        result.text = listed(text)
        return result
    return unpack


@pytest.mark.parametrize("granule", ["4K", "16K", "64K"])
def test_good(unpack, checked, granule):
    result = unpack(GOOD, "ls -l; ls -l bin; sum < bin/tool; cat three; stat / bin bin/tool", o=checked(granule),
                    CPU=CPU[granule])
    assert len(result.said) == 1
    assert re.fullmatch(r"initramfs: 10 files, 4 KiB in \d+ us", result.said[0])
    shown, _, rest = result.text.partition("-rwx--x--x")
    assert shown == LISTED
    assert f"{zlib.crc32(b'x' * 5000):08x} 5000\nthe same\n" in rest
    assert [word for word in re.findall(r"mode (\d+)", rest)] == ["0700", "1775", "4711"]


def test_rc_runs(run, kernel, tmp_path):
    (tmp_path / "initrd").write_bytes(GOOD)
    result = run(kernel, "echo then", env={"INITRD": tmp_path / "initrd"})
    assert "\nrc was here\nthen\n" in result.text


BAD = [
    (entry("../up", FILE), '../up: a path with ".."'),
    (entry("d/../../up", FILE), 'd/../../up: a path with ".."'),
    (entry("d/..", DIR), 'd/..: a path with ".."'),
    (entry("/up", FILE), "/up: an absolute path"),
    (entry("out/up", FILE), "out/up: a path through a symbolic link"),
    (entry("d/f", FILE, b"again"), "d/f: a second time in the archive"),
    (entry("d", FILE, b"a folder"), "d: a directory is in its place"),
    (entry("none/f", FILE, b"lost"), "none/f: ENOENT"),
    (entry("d/f/g", FILE), "d/f/g: ENOTDIR"),
    (entry("odd", 0), "odd: EINVAL"),
    (entry("n" * 256, FILE), "n" * 64 + ": ENAMETOOLONG"),
    (entry("\033[2J\u00fc", 0), "?[2J??: EINVAL"),
    (entry("", FILE, b"no name"), "it has no name"),
    (field(entry("x", FILE), 11, b"%08x" % 0), "it has no name"),
    (entry("n" * 4096, FILE, b"long"), "its name is too long"),
    (entry("l", LINK, b"t" * 4096), "no target that a link can have"),
    (entry("l", LINK), "no target that a link can have"),
    (summed(entry("sum", FILE, b"abc"), 0x127), "sum: its checksum is wrong"),
    (changed(entry("xyz", FILE), 113, b"!"), "no NUL behind its name"),
]
BEFORE = entry("d", DIR) + entry("d/f", FILE, b"first") + entry("out", LINK, b"/")


@pytest.mark.parametrize("begin", range(0, len(BAD), 8))
def test_bad_entries(unpack, begin):
    """Each is left out, with its place; what comes before and behind it is there."""
    some, data, wanted = BAD[begin:begin + 8], BEFORE, []
    for made, why in some:
        wanted.append(f"initramfs: byte {len(data)}: {why}")
        data += made
    data += entry("good", FILE, b"it goes on\n") + summed(entry("sum right", FILE, b"abc"), 0x126) + trailer()
    result = unpack(data, "ls; cat good; cat d/f")
    assert result.said[:-1] == wanted
    assert result.said[-1].startswith("initramfs: 4 files, 0 KiB in ")
    assert result.text == "d\ngood\nout\nsum right\nit goes on\nfirst\n"


FIRST = entry("d", DIR) + entry("first", FILE, b"kept\n")
CUT, LONG, END = "the archive is cut off here", "its name is too long", trailer() + bytes(6)


@pytest.mark.parametrize("data, behind, whys", ids=lambda part: part[0] if isinstance(part, list) else "", argvalues=[
    (entry("cut", FILE, b"x" * 5000)[:-3000], 0, [CUT]),
    (field(entry("huge", FILE), 6, b"ffffffff") + bytes(9000), 0, [CUT]),
    (field(entry("huge", FILE), 11, b"fffffffe") + bytes(9000), 0, [LONG, CUT]),
    (entry("cut", FILE)[:60], 0, [CUT]),
    (b"", 0, [CUT]),        # no trailer
    (field(trailer(), 6, b"00001000") + entry("lost", FILE), 0, [CUT]),
    (field(entry("x", FILE), 6, b"0000000g"), 0, ["a damaged header"]),
    (changed(entry("x", FILE), 5, b"7"), 0, ["cpio's old format, not newc"]),
    (changed(entry("x", FILE), 0, b"1"), 0, ["no header"]),
    (END + b"rubbish", len(END), ["no archive begins here"]),
    (END + b"\xfd7zXZ\0" + bytes(40), len(END), ["xz: not built in"]),
])
def test_rest_is_left_out(unpack, data, behind, whys):
    result = unpack(FIRST + data, "ls; cat first")
    assert result.said[:-1] == [f"initramfs: byte {len(FIRST) + behind}: {why}" for why in whys]
    assert result.said[-1].startswith("initramfs: 1 files, 0 KiB in ")
    assert result.text == "d\nfirst\nkept\n"


@pytest.mark.parametrize("magic, name", [
    (b"\x02\x21\x4c\x18", "LZ4"), (b"\x04\x22\x4d\x18", "LZ4"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh9", "bzip2"), (b"]\0\0\x80", "lzma"),
])
def test_other_formats(unpack, magic, name):
    result = unpack(magic + bytes(100), "ls")
    assert result.said[0] == f"initramfs: byte 0: {name}: not built in"


def test_many_bad_entries(unpack):
    """A few lines, and a count."""
    result = unpack(b"".join(entry(f"../{i}", FILE) for i in range(5000)) + entry("good", FILE) + trailer(), "ls")
    assert len(result.said) == 10 and result.said[8] == "initramfs: 4992 more left out"
    assert result.text == "good\n"


def test_several_archives(unpack):
    """Plain and compressed, with and without zeroes between: the later one replaces."""
    second = entry("etc", DIR) + entry("etc/a", FILE, b"second\n") + entry("x", DIR) + trailer()
    third = entry("etc/b", LINK, b"a") + entry("etc/c", FILE, b"third\n") + entry("etc", FILE) + trailer()
    first = entry("etc", stat.S_IFDIR | 0o700) + entry("etc/a", FILE, b"first\n") + entry("etc/b", FILE) + trailer()
    data = first + gzip.compress(second) + bytes(50) + gzip.compress(bytes(3) + third + bytes(512))
    data += bytes(-len(data) % 4) + entry("last", FILE, b"x") + trailer()
    result = unpack(data, "ls -l etc; cat etc/a etc/b etc/c; ls")
    assert re.fullmatch(r"initramfs: gzip at \d+: byte \d+: etc: a directory is in its place", result.said[0])
    assert result.text.endswith("second\nsecond\nthird\netc\nlast\nx\n")


def test_gzip_damaged(unpack):
    """What came out before is there, what is not whole is not; the rest cannot be found."""
    whole = gzip.compress(entry("first", FILE, b"kept\n") + entry("big", FILE, random.Random(1).randbytes(200000)) +
                          trailer())
    result = unpack(whole[:-100000], "ls; cat first")
    assert result.said[:-1] == [f"initramfs: gzip at 0: byte {len(entry('first', FILE, b'kept!'))}: {CUT}",
                                "initramfs: byte 0: gzip: cut off"]
    assert result.text == "first\nkept\n"
    result = unpack(changed(whole, len(whole) - 8, b"\0\0\0\0") + bytes(8) + GOOD, "ls etc")
    assert result.said[0] == "initramfs: byte 0: gzip: its checksum is wrong"
    assert result.text == "rc\n"
    result = unpack(gzip.compress(FIRST + trailer() + b"rubbish"), "ls")
    assert result.said[0] == f"initramfs: gzip at 0: byte {len(FIRST + trailer())}: no archive begins here"


def test_without_gzip(unpack, build):
    result = unpack(gzip.compress(GOOD), "ls", o=build("qemu_virt_defconfig", set="INITRAMFS_GZIP=n"))
    assert result.said[0] == "initramfs: byte 0: gzip: not built in"


def test_without_initramfs(unpack, build):
    assert unpack(GOOD, "ls", o=build("qemu_virt_defconfig", set="INITRAMFS=n")).text == ""


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_large_file(unpack, compress):
    data = random.Random(2).randbytes(1000) * 10486
    result = unpack(compress(entry("large", FILE, data) + trailer()), "sum < large")
    assert result.text == f"{zlib.crc32(data):08x} {len(data)}\n"
    assert result.said[0].startswith("initramfs: 1 files, 10240 KiB in ")


def test_no_room(unpack):
    """What there is no room for is left out, what is small enough is there, and the machine works on."""
    data = entry("a", FILE, b"a" * 2000000) + entry("b", FILE, b"b" * 60000000) + entry("c", FILE, b"c\n") + trailer()
    result = unpack(data, "ls -l; cat c; seq 1000 > new && sum < new; mem", MEM="128M")
    assert result.said[0] == f"initramfs: byte {len(entry('a', FILE, bytes(2000000)))}: b: ENOSPC"
    assert re.match(r"-rw-r--r-- +1 +2000000 a\n-rw-r--r-- +1 +2 c\nc\n\w+ 3893\n", result.text)
    # a, what is left of the heap's, and not what could not be kept
    assert int(re.search(r", used (\d+) KiB, ", result.text)[1]) < 8192


def test_memory_is_given_back(unpack, build):
    """What the archive lay in is free again, also where somebody might have read it later."""
    for o in (build("qemu_virt_defconfig"), build("qemu_virt_defconfig", set="CMD_WORKLOAD=y")):
        used = []
        for junk in (1000, 20000000):
            data = entry("x", FILE, b"x" * 1000) + entry("../junk", FILE, bytes(junk)) + trailer()
            result = unpack(data, "mem", o=o)
            assert "initrd" not in result.text
            used.append(int(re.search(r", used (\d+) KiB, ", result.text)[1]))
        assert abs(used[0] - used[1]) < 64


def test_no_archive(unpack, build):
    """Something else is left for whom it is for, with a word that is no warning."""
    o = build("qemu_virt_defconfig", set="CMD_WORKLOAD=y")
    for data in (b"whatever it is", bytes(5000)):
        result = unpack(data, "mem", o=o)
        assert result.said == ["initrd: no archive, left as it is"]
        assert re.search(r"^reserved .* initrd$", result.text, re.M)


def test_folder(run, kernel, tmp_path):
    """INITRD=dir/ with all that may be in one."""
    folder = tmp_path / "folder"
    (folder / "etc").mkdir(parents=True)
    (folder / "empty").mkdir(mode=0o700)
    (folder / "etc" / "rc").write_text("echo rc was here\n")
    (folder / "tool").write_bytes(b"x" * 100001)
    (folder / "tool").chmod(0o755)
    (folder / "link").symlink_to("etc/rc")
    (folder / "other").hardlink_to(folder / "tool")
    for name in ("with space", "new\nline", "\u00fcml\u00e4ut", "TRAILER!!!"):
        (folder / name).write_text(name)
    result = run(kernel, "ls -l; sum < other; cat TRAILER!!!", env={"INITRD": folder, "APPEND": "quiet"})
    assert result.status == OFF
    assert listed(result.text) == (
        "rc was here\n"
        "-rw-r--r--   1         10 TRAILER!!!\ndrwx------   2          0 empty\ndrwxr-xr-x   2          0 etc\n"
        "lrwxrwxrwx   1          6 link -> etc/rc\n-rw-r--r--   1          8 new\nline\n"
        "-rwxr-xr-x   2     100001 other\n-rwxr-xr-x   2     100001 tool\n-rw-r--r--   1         10 with space\n"
        "-rw-r--r--   1          8 \u00fcml\u00e4ut\n"
        f"{zlib.crc32(b'x' * 100001):08x} 100001\nTRAILER!!!\n")


def test_cpio_itself(unpack, tmp_path):
    """What the usual command makes: find . | cpio -o -H newc | gzip."""
    folder = tmp_path / "folder"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "a").write_text("from cpio\n")
    (folder / "b").hardlink_to(folder / "bin" / "a")
    (folder / "l").symlink_to("bin/a")
    for form in ("newc", "crc"):
        made = subprocess.run(f"find . | cpio -o -H {form} --quiet | gzip", shell=True, cwd=folder, check=True,
                              capture_output=True).stdout
        result = unpack(made, "cat b l; ls -l")
        assert result.said[0].startswith("initramfs: 3 files, ")
        assert result.text.startswith("from cpio\nfrom cpio\n-rw-r--r--   2 ")
