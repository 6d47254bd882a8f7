# SPDX-License-Identifier: MIT
"""The commands about files, at the prompt, with good and with bad arguments."""

import re

import pytest


REFUSED = "rm: refusing to remove '.' or '..' directory: skipping"


@pytest.fixture
def shell(machine, request):
    """In an empty directory of its own."""
    machine.cmd("cd /; rm -rf /t; mkdir /t && cd /t")
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


@pytest.mark.parametrize("line, said", [
    ("pwd", "/t"), ("ls", ""), ("ls none", "ls: none: No such file or directory"),
    ("echo one > a; cat a", "one"), ("echo one > a; cat < a", "one"), ("echo x | cat", "x"),
    ("echo 1 > a; echo 2 > b; cat a b none; echo $?", "1\n2\ncat: none: No such file or directory\n1"),
    ("cat .", "cat: .: Is a directory"),
    # what they say goes where their output goes
    ("echo x > f; cat f f >> f; echo $?; cat f", "1\nx" + 2 * "\ncat: f: input file is output file"),
    ("echo x > f; cat < f >> f; echo $?; cat f", "1\nx\ncat: input: input file is output file"),
    ("echo x > f; ln f g; grep x g >> f; hexdump g >> f; cat f",
     "x\ngrep: g: input file is output file\nhexdump: g: input file is output file"),
    ("echo x > f; echo x > g; grep -c x f >> f; cat g > f; cat f g; cat f > f; cat f f >> f; cat f", "x\nx"),
    ("touch b a .c; ls; ls -a", "a\nb\n.\n..\n.c\na\nb"), ("touch d; ls d", "d"),
    ("mkdir d d/e; ls d; mkdir d", "e\nmkdir: d: File exists"), ("mkdir x; touch x/f; ls . x", ".:\nx\n\nx:\nf"),
    ("touch f; ls none f; echo $?", "ls: none: No such file or directory\nf\n1"),
    ("touch a b; ls a b | wc -l; ls b a", "2\nb\na"),
    ("mkdir x y; touch f x/z; ln -s x l; ls x f none y l",
     "f\nls: none: No such file or directory\n\nx:\nz\n\ny:\n\nl:\nz"),
    ("mkdir x; ls none x; ln -s x l; ls -l x l | grep -c ' l -> x$'", "ls: none: No such file or directory\nx:\n1"),
    ("mkdir -p c/e//f/ c; ls c c/e; echo $?", "c:\ne\n\nc/e:\nf\n0"),
    ("touch f; mkdir -p f; mkdir -p f/d/e", "mkdir: f: File exists\nmkdir: f/d/e: Not a directory"),
    ("mkdir -p ''", "mkdir: : No such file or directory"), ("mkdir d; rmdir d; ls", ""),
    ("mkdir d d/e; rmdir d", "rmdir: d: Directory not empty"),
    ("touch f; rmdir f", "rmdir: f: Not a directory"), ("rm none; echo $?", "rm: none: No such file or directory\n1"),
    ("touch f; rm -f none none/x f/x; echo $?; rm f/x", "0\nrm: f/x: Not a directory"),
    ("mkdir d; rm d", "rm: d: Is a directory"), ("mkdir d d/e d/e/f; touch d/g d/e/h; rm -r d; ls", ""),
    ("cd /t; repeat 100 'mkdir deep; cd deep'; cd /t; rm -r deep; ls", ""),
    ("touch f; rm -r f/x", "rm: f/x: Not a directory"),
    ("mkdir -p x/d; touch x/f f ...; cd x; rm -rf . .. ./ ../x/. d/..// .//; echo $?; find /t",
     "".join(f"{REFUSED} '{path}'\n" for path in (".", "..", "./", "../x/.", "d/..//", ".//"))
     + "1\n/t\n/t/x\n/t/x/d\n/t/x/f\n/t/f\n/t/..."),
    ("touch .a ... ..b a.; rm -r .a ... ./..b a.; rm .; ls -a", f"{REFUSED} '.'\n.\n.."),
    ("ln -s / root; rm -r / // root/; ls", "".join(f"rm: {path}: Device or resource busy\n" for path in (
        "/", "//", "root/")) + "root"),
    ("echo x > a; mv a b; cat b; ls", "x\nb"), ("mkdir d; touch a; mv a d; ls d", "a"),
    ("mkdir d; mv d d/e", "mv: d: Invalid argument"), ("mv none x", "mv: none: No such file or directory"),
    # what cannot be removed does not keep the rest from it
    ("mkdir -p d/a/m d/b; touch d/1 d/a/2 d/b/4; mount -t ramfs d/a/m; touch d/a/5 d/a/m/6; mkdir -p d/a/7/8 d/c/9; "
     "touch d/a/7/x; rm -r d; echo $?; find d; umount d/a/m; rm -r d; ls",
     "rm: d/a/m: Device or resource busy\n1\nd\nd/a\nd/a/m"),
    ("mkdir -p d/m d/n d/o; mount -t ramfs d/m; mount -t ramfs d/o; touch d/p d/m/q; rm -rf d none; echo $?; find d; "
     "umount d/m d/o; rm -r d",
     "rm: d/m: Device or resource busy\nrm: d/o: Device or resource busy\n1\nd\nd/m\nd/o"),
    # what is named is that which is wrong
    ("touch s; mv s none/x; mv s s/x; mv none/y none/x; mv s/ x",
     "mv: none/x: No such file or directory\nmv: s/x: Not a directory\nmv: none/y: No such file or directory\n"
     "mv: s/: Not a directory"),
    ("mkdir -p d x/s x/d/e; touch s f; mv s x; mv d x; mv d s", "mv: x/s: Is a directory\n"
     "mv: x/d: Directory not empty\nmv: s: Not a directory"),
    ("seq 3 > a; cp a b; cat b; cp a a", "1\n2\n3\ncp: a and a are the same file"),
    ("mkdir d; cp d e", "cp: d: Is a directory"),
    ("echo x > a; cp a /none/b", "cp: /none/b: No such file or directory"),
    ("mkdir d; echo x > a; cp a a d d; ls d; cat d/a", "cp: d: Is a directory\na\nx"),
    ("touch a b c; cp a b c", "cp: c: Not a directory"),
    ("mkdir -p d/e; echo x > d/f; ln -s f d/l; cp -r d c; find c; cat c/l; ls -l c/l | grep -c ^l",
     "c\nc/e\nc/f\nc/l\nx\n1"), ("mkdir -p d/e; cp -r d e; cp -r d/ e; find e", "e\ne/e\ne/d\ne/d/e"),
    ("mkdir c; cp -r c c/e; find c", "cp: c/e: Invalid argument\nc\nc/e"),
    ("mkdir -p d/e; touch f d/e/g; cp -r d f; cp -r d /proc; mkdir -p x/e/g; cp -r d/. x; echo $?",
     "cp: f: File exists\ncp: /proc/d: No such file or directory\ncp: x/./e/g: Is a directory\n1"),
    ("mkdir -p d x/d; ln -s f d/l; touch x/d/l; cp -r d x", "cp: x/d/l: File exists"),
    ("cp -r none x; echo $?", "cp: none: No such file or directory\n1"),
    ("cp a; echo $?", "usage: cp [-r] PATH... NEW\n2"),
    ("mkdir d; touch a b; mv a b d; ls d; mv d/a d/b .; find", "a\nb\n.\n./d\n./a\n./b"),
    ("mkdir d e; mv d/ e; find e", "e\ne/d"), ("mkdir d; echo x > a; ln a d; ln -s ../a d/s; cat d/a d/s", "x\nx"),
    ("echo x > a; ln a b; rm a; cat b", "x"), ("ln -s b a; cat a", "cat: a: No such file or directory"),
    ("ln -s b b; cat b", "cat: b: Too many levels of symbolic links"),
    ("mkdir d; ln d e", "ln: e: Operation not permitted"),
    ("touch a; ln none b; ln a none/b; ln a a", "ln: none: No such file or directory\n"
     "ln: none/b: No such file or directory\nln: a: File exists"),
    # of a pipeline only the command whose file cannot be opened does not run
    ("cat < none | wc -l && echo yes; seq 3 | cat > . | wc -l; seq 3 | wc -l < none; echo $?",
     "none: No such file or directory\n0\nyes\n.: Is a directory\n0\nnone: No such file or directory\n1"),
    ("mkdir d; cd d; pwd; cd ..; pwd; cd; pwd", "/t/d\n/t\n/"), ("cd none", "cd: none: No such file or directory"),
    ("touch a; cd a", "cd: a: Not a directory"),
    ("mkdir m; mount -t ramfs -o size=64K m; mount | grep ramfs",
     "ramfs on / type ramfs (rw)\nramfs on /t/m type ramfs (rw)"),
    ("mkdir m; umount m", "umount: m: Invalid argument"),
    ("mkdir m; mount -t ramfs -o ro,size=64K m; touch m/a", "touch: m/a: Read-only file system"),
    ("mkdir m; mount -t ramfs -o bogus m; mount -t proc -o size=1M m",
     "mount: m: bad option: bogus\nmount: m: bad option: size=1M"),
    ("mkdir m; mount -t ramfs -o ro,nosuid,size=1M m; echo $?; mount -t tmpfs none m; echo $?",
     "mount: m: bad option: nosuid\n1\nmount: tmpfs: unknown filesystem\n1"),
    ("umount m", "umount: m: No such file or directory"),
    ("date -s '2031-05-06 07:08' > b; touch a; date -s '2032-05-06 07:08' > b; touch a b; ls -l a b | grep -c 2032",
     "2"), ("echo x > a; touch a; cat a", "x"),
    ("mkdir m; mount -t ramfs -o ro m; touch m", "touch: m: Read-only file system"),
    ("mount -t nothing .; mount -t nothing none", "mount: nothing: unknown filesystem\n"
     "mount: none: No such file or directory"),
    # files of filters, and those that are not there
    ("seq 3 > a; seq 2 > b; wc a none b; echo $?",
     "3 3 6 a\nwc: none: No such file or directory\n2 2 4 b\n5 5 10 total\n1"),
    ("seq 3 > a; wc -l a; wc a < a; wc < a", "3 a\n3 3 6 a\n3 3 6"),
    ("seq 2 | wc - -l", "2 2 4 -\nwc: -l: No such file or directory\n2 2 4 total"),
    ("seq 2 > a; echo 1 | grep -n 1 a - none; echo $?",
     "a:1:1\n(standard input):1:1\ngrep: none: No such file or directory\n1"),
    ("seq 2 > a; grep 1 a; grep -c 1 a a; grep -q 3 a; echo $?", "1\na:1\na:1\n1"),
    ("grep x .", "grep: .: Is a directory"),
    ("seq 9 > a; echo x > b; head -n 2 a b", "==> a <==\n1\n2\n\n==> b <==\nx"),
    ("seq 9 > a; echo x | head -n 1 a -; head -n 1 a", "==> a <==\n1\n\n==> standard input <==\nx\n1"),
    ("seq 3 > a; sum a none; sum < a; echo $?", "775f54d8 6 a\nsum: none: No such file or directory\n775f54d8 6\n0"),
    ("seq 2 > a; echo x | cat a - a", "1\n2\nx\n1\n2"),
    ("seq 9 > a; head -2 a; seq 9 | head -1; head -1 a a; head -n 1 -3 a; echo x > -x; head -x; head ./-x",
     "1\n2\n1\n==> a <==\n1\n\n==> a <==\n1\nhead: -3: No such file or directory\n==> a <==\n1\n"
     "head: -x: no such option\nusage: head [-n COUNT] [FILE...]\nx"),
    ("head .; hexdump .; sum .", "head: .: Is a directory\nhexdump: .: Is a directory\nsum: .: Is a directory"),
    # write
    ("write a one two; cat a; write -a -n a x; write -o 4 -n a T; cat a; echo",
     "8 bytes written\none two\n1 byte written\n1 byte written\none Two\nx"),
    ("write -o 3 -n a x; hexdump a",
     "1 byte written\n00000000  00 00 00 78                                       |...x|\n00000004"),
    ("write . x; echo $?", "write: .: Is a directory\n1"),
    ("write -a -o 1 a x; echo $?", "write: -a and -o: one of them\n"
     "usage: write [-a] [-o OFFSET] [-n] FILE TEXT...\n2"),
    # find
    ("mkdir d d/e; touch d/e/f a; ln -s a l; find", ".\n./d\n./d/e\n./d/e/f\n./a\n./l"),
    ("mkdir x; touch x/a b; find x b none; echo $?", "x\nx/a\nb\nfind: none: No such file or directory\n1"),
    ("mkdir d; ln -s . d/l; seq 3 > d/f; find . -type l; find . -type d; find . -type f -size 6",
     "./d/l\n.\n./d\n./d/f"),
    ("seq 3 > a; seq 9 > b; find -name '[!a]' -size +6; find -size -7 -type f; find -size +1K", "./b\n./a"),
    ("find -type x; echo $?", "find: -type x: no such condition\n"
     "usage: find [PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]\n2"),
    ("find -mine; echo $?", "find: -mine: no such condition\n"
     "usage: find [PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]\n2"),
    ("find -name; echo $?", "find: -name: a value is missing\n"
     "usage: find [PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]\n2"),
    # chmod
    ("touch a; chmod 4751 a; stat a | grep 4751 | wc -l; ls -l a | grep ^-rwxr-x--x | wc -l", "1\n1"),
    ("chmod 755 none; echo $?", "chmod: none: No such file or directory\n1"),
    ("touch a; chmod a=,u+rw,g+r a; ls -l a > f; chmod +x,u-w a; ls -l a >> f; grep -c ^-rw-r----- f; "
     "grep -c ^-r-xr-x--x f", "1\n1"),
    ("touch a; chmod +x,o=g a; echo $?", "chmod: +x,o=g: no mode\nusage: chmod MODE PATH...\n2"),
    ("mount -t ramfs; echo $?", "mount: -t TYPE and a PATH are needed\n"
     "usage: mount [-t TYPE] [-o OPTIONS] [PATH...]\n2"),
])
def test_lines(shell, line, said):
    try:
        assert shell.cmd(line) == said
    finally:
        shell.cmd("cd /t; umount m")


@pytest.fixture
def other(shell):
    """With another filesystem of 64 KiB on m."""
    shell.cmd("mkdir m; mount -t ramfs -o size=64K m")
    yield shell
    shell.cmd("cd /t; umount m")


@pytest.mark.parametrize("line, said", [
    ("seq 3 > a; mv a m; cat m/a; ls", "1\n2\n3\nm"), ("seq 3 > m/a; mv m/a b; cat b; ls m", "1\n2\n3"),
    ("ln -s none m/l; mv m/l .; ls -l l | grep -c ' l -> none$'; ls m", "1"),
    # what is there is replaced, a link and not what it shows
    ("echo new > a; echo old > m/o; ln -s o m/a; mv a m; cat m/a m/o; find m", "new\nold\nm\nm/o\nm/a"),
    ("mkdir -p d/e/f; seq 3 > d/e/g; ln -s e/g d/l; mv d m/new; find m; cat m/new/l; ls",
     "m\nm/new\nm/new/e\nm/new/e/f\nm/new/e/g\nm/new/l\n1\n2\n3\nm"),
    ("mkdir d m/d; touch d/f; mv d/ m; find m; ls", "m\nm/d\nm/d/f\nm"),
    ("mkdir -p d m/d/x; touch d/f; mv d m; echo $?; find .",
     "mv: m/d: Directory not empty\n1\n.\n./m\n./m/d\n./m/d/x\n./d\n./d/f"),
    ("mkdir m/f; touch f; mv f m; mkdir d; touch m/d; mv d m; find m; ls",
     "mv: m/f: Is a directory\nmv: m/d: Not a directory\nm\nm/f\nm/d\nd\nf\nm"),
    # no room: what was there still is, and nothing else
    ("seq 99999 > big; echo old > m/big; mv big m; echo $?; wc -l big; cat m/big; ls -a m",
     "mv: m/big: No space left on device\n1\n99999 big\nold\n.\n..\nbig"),
    ("mkdir d; touch d/a; seq 99999 > d/b; mv d m; echo $?; wc -l d/b; ls -a m",
     "mv: m/d/b: No space left on device\n1\n99999 d/b\n.\n.."),
    ("mkdir d; mv d m/none/x; mv d m/.; ls m; mv none m; echo $?",
     "mv: m/none/x: No such file or directory\nd\nmv: none: No such file or directory\n1"),
    ("mkdir d; mv m d/m; echo $?; touch f; cp f m; mv m/f /t/d/.; find d", "mv: m: Device or resource busy\n1\nd\nd/f"),
    ("mv /proc/version m; grep -c Cairn m/version; umount /proc/version",
     "mv: /proc/version: Operation not permitted\n1\numount: /proc/version: Invalid argument"),
])
def test_mv_to_another_filesystem(other, line, said):
    assert other.cmd(line) == said


def test_mv_to_another_filesystem_keeps_modes_and_times(other):
    other.cmd("mkdir -p d/e; seq 3 > d/e/f; chmod 2751 d; chmod 700 d/e; chmod 4640 d/e/f; sleep 1")
    before = [other.cmd(f"stat {path}") for path in ("d", "d/e", "d/e/f")]
    assert other.cmd("mv d m; cd m") == ""
    after = [other.cmd(f"stat {path}") for path in ("d", "d/e", "d/e/f")]
    assert [re.sub(r"inode \d+", "", line) for line in before] == [re.sub(r"inode \d+", "", line) for line in after]


def test_mv_to_another_filesystem_is_stopped(other):
    """In the midst of a copy: the source is whole, and of the copy nothing is left."""
    other.cmd("mkdir n; mount -t ramfs n; mkdir d; seq 2000000 > d/a; cp d/a d/b; cp d/a d/c; cp d/a d/d", timeout=60)
    try:
        # on one CPU, where it cannot come to its end while the shell, more urgent, waits for the host
        said = other.cmd("taskset 1 mv d n & taskset 1 'sleep 0.01; kill %1'; wait %1; echo $?; ls -a n; ls d; "
                         "wc -l d/a d/b d/c d/d | grep -c 2000000", timeout=60)
        assert said.partition("\n")[2] == "130\n.\n..\na\nb\nc\nd\n4"
    finally:
        other.cmd("cd /t; umount n")


DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d"


def test_long_listing(shell):
    said = shell.cmd("seq 3 > f; ln f g; mkdir d; ln -s f l; ls -l")
    assert re.fullmatch(rf"drwxr-xr-x +2 +\d+ {DATE} d\n-rw-r--r-- +2 +6 {DATE} f\n-rw-r--r-- +2 +6 {DATE} g\n"
                        rf"l\S+ +1 +1 {DATE} l -> f", said), said


def test_stat(shell):
    assert re.fullmatch(rf"f: file, mode 0644, 6 bytes, \d+ blocks, inode \d+, links 1, modified {DATE}:\d\d UTC",
                        shell.cmd("seq 3 > f; stat f"))


def test_full(shell):
    """No room is an error, what is there stays, and what is removed makes room."""
    shell.cmd("mkdir m; mount -t ramfs -o size=64K m")
    try:
        said = shell.cmd("echo kept > m/k; seq 100000 > m/big; echo $?")
        assert said == "seq: write error: No space left on device\n1"
        assert shell.cmd("cat m/k") == "kept"
        size = re.search(r"^/t/m +ramfs +(\d+) +0 ", shell.cmd("df"), re.M)
        assert size and size[1] == "64"
        assert shell.cmd("rm m/big; echo more > m/n && cat m/n") == "more"
    finally:
        shell.cmd("cd /t; umount m")


@pytest.mark.parametrize("line, said", [
    ("seq 999999999 > m/f; echo $? next", "seq: write error: No space left on device\n1 next"),
    ("cat /dev/zero > m/f || echo next", "cat: write error: No space left on device\nnext"),
    ("seq 999999999 | cat > m/f; echo $? next", "cat: write error: No space left on device\n1 next"),
    ("seq 999999999 > m/f & wait; echo next", r"\[1\] thread \d+\nseq: write error: No space left on device\nnext"),
    ("repeat 0 echo 12345678 > m/f; echo $?", "repeat: write error: No space left on device\n1"),
    ("repeat 2 'seq 999999999' > m/f; echo $?", 2 * "seq: write error: No space left on device\n" + "1"),
    ("echo 'seq 999999999; true' > s; source s > m/f; echo $?", "seq: write error: No space left on device\n0"),
])
def test_full_ends_what_writes(shell, line, said):
    """At the first write that fails, and not where the command would have come to its own end."""
    shell.cmd("mkdir m; mount -t ramfs -o size=64K m")
    try:
        assert re.fullmatch(said, shell.cmd(line, timeout=30))
        assert shell.cmd("sleep 0.01; echo $?") == "0"
    finally:
        shell.cmd("cd /t; umount m")


def test_memory_is_all_taken(boot, kernel):
    """Without a limit a file takes all memory there is; rm needs none to give it back."""
    session = boot(kernel)
    session.prompt()
    session.cmd("mkdir /m; mount -t ramfs -o size=0 /m; touch /m/b")
    assert session.cmd("cat /dev/zero > /m/a", timeout=120).endswith("cat: write error: Cannot allocate memory")
    assert session.cmd("rm /m/a /m/b; echo $?") == "0"
    assert session.cmd("ls /m; seq 3 | wc") == "3 3 6"


def test_many_names(shell):
    shell.cmd("seq 300 > names")
    shell.cmd("repeat 1 'touch 1 2 3'")
    assert shell.cmd("touch " + " ".join(f"n{i}" for i in range(300)) + "; ls | wc -l") == "304"
    assert shell.cmd("ls").splitlines() == sorted(["names", "1", "2", "3", *(f"n{i}" for i in range(300))])


def test_tab_completes_paths(shell):
    shell.cmd("mkdir paper; echo hello > paper/greeting")
    for typed, shown in ("cat pap\t", "paper/"), ("gr\t", "greeting "):
        shell.send(typed)
        shell.expect(shown)
    shell.send("\r")
    assert shell.prompt().endswith("hello")


def test_find_goes_as_deep_as_a_path(shell):
    """No stack of ours is the bound: what is deeper than a path may be long is one line, and the rest is found."""
    shell.cmd("mkdir deep beside; mount -t ramfs deep; cd deep; repeat 2500 'mkdir x; cd x'; cd /t", timeout=120)
    found = shell.cmd("find . -type d > list; wc -l list; find . -name beside").splitlines()
    assert re.fullmatch(r"20\d\d list", found[0]) and found[1:].count("./beside") == 1
    assert len(found) == 3 and sum(line.endswith(": File name too long") for line in found) == 1
    assert shell.cmd("umount deep; rmdir deep; echo $?") == "0"
