# SPDX-License-Identifier: MIT
"""The shell's language at its prompt: every construct, with good and with bad input."""

import re
import time
import zlib

import pytest

from lib.session import Session


@pytest.fixture
def shell(machine, request):
    machine.position = len(machine.text)
    machine.send("\x03")
    machine.prompt(10)
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


@pytest.mark.parametrize("line,said", [
    ("true && echo yes", "yes"),
    ("false && echo yes", ""),
    ("false || echo no", "no"),
    ("true || echo no", ""),
    ("false && echo a || echo b && echo c", "b\nc"),
    ("true || echo a && echo b", "b"),
    ("false; echo $?", "1"),
    ("true; echo $? ${?}x", "0 0x"),
    ("nothing; echo $?", "nothing: unknown command; `help` lists them\n127"),
    ("sleep; echo $?", "usage: sleep DURATION\n2"),
    ("true && false; echo $?", "1"),
    ("false && true; echo $?", "1"),
    ("false | true; echo $?", "0"),
    ("true | false; echo $?", "1"),
    ("true | false && echo a || echo b", "b"),
    ("&& echo a", "column 1: a command is missing before it"),
    ("echo a | | wc", "column 10: a command is missing here"),
    ("echo a & & wc", "column 10: a command is missing before it"),
    ("echo a 2> f", "column 8: there is one output: no number before < or >"),
    ("echo a2> f 2 >> f '2'>> f; cat f", "a2 2 2"), ("echo ${a", "column 6: ${ needs a name and a }"),
    ("echo a > f; wc < f; echo b >> f; wc < f; seq 3 > f; wc < f", "1 1 2\n2 2 4\n3 3 6"),
    ("echo x=1 'echo $x' > f; source f; echo $?", "x=1: unknown command; `help` lists them\n127"),
    ("echo echo in file > f && source f", "in file"),
    ("wc < none; echo $?", "none: No such file or directory\n1"),
    ("echo a > /none/f", "/none/f: No such file or directory"), ("echo a > /", "/: Is a directory"),
    ("echo 'echo \"' > f; source f", "f: line 1, column 6: a quote is not closed"),
    ("echo 'echo a &&' > f; source f", "f: line 1, column 8: a command is missing behind it"),
    ("repeat 1 sleep; echo $?", "usage: sleep DURATION\n2"),
    ("repeat; echo $?", "usage: repeat [-e] [-s DURATION] COUNT COMMAND...\n2"),
    ("source none", "source: none: No such file or directory"),
    ("echo a > g1; echo a > g2; echo g? [fg]*", "g1 g2 f g1 g2"),
    ("echo *.c [ab]? '*'", "*.c [ab]? *"),
])
def test_lines(shell, line, said):
    assert shell.cmd(line) == said


@pytest.mark.parametrize("lines, said", [
    (("echo 'a", "b'"), "a\nb"), (('echo "a', "", 'b"; echo c'), "a\n\nb\nc"), (("echo a &&", "", "echo b"), "a\nb"),
    (("seq 3 |", "grep 2 ||", "echo none"), "2"), (("echo a\\", "b \\", "c"), "ab c"), (("echo 'a\\", "b'"), "a\\\nb"),
    (("echo a\\\\",), "a\\"), (("echo '\\'",), "\\"),
])
def test_lines_that_go_on(shell, lines, said):
    """What is not finished asks for more."""
    for line in lines[:-1]:
        shell.send(f"{line}\r")
        shell.expect("^> ")
    shell.send(f"{lines[-1]}\r")
    assert shell.prompt().partition("\n")[2] == said


def test_jobs_that_compute_leave_the_cpu_to_others(shell):
    """Also under a policy without slices, and Ctrl-C brings the prompt back."""
    shell.cmd("repeat 0 true & repeat 0 true & repeat 0 true &")
    try:
        assert shell.cmd("seq 300 | grep 7 | wc -l", timeout=20) == "57"
        shell.send("repeat 0 true | cat\r")
        time.sleep(0.5)
        shell.send("\x03")
        shell.prompt(10)
    finally:
        shell.cmd("kill %1 %2 %3; wait")


def test_lines_of_several_jobs_stay_whole(shell):
    jobs = " ".join(f"repeat 500 'echo {words} >> lines' &" for words in ("a b", "c d", "e f"))
    shell.cmd(f"rm -f lines; {jobs} wait", timeout=60)
    assert shell.cmd("wc -l < lines; grep -c '^[ace] [bdf]$' lines") == "1500\n1500"


def test_interrupt_ends_what_is_not_finished(shell):
    shell.send("echo 'a\r")
    shell.expect("^> ")
    shell.send("echo b\x03")
    shell.prompt()
    assert shell.cmd("echo c") == "c"


@pytest.mark.parametrize("line,said", [
    ("x=1; echo $x ${x}2 \"$x\" '$x' \\$x", "1 12 1 $x $x"),
    ("x='a  b'; echo $x; echo \"$x\"", "a b\na  b"),
    ("x=1; y=$x; echo \"<$x$y$none>\"", "<11>"),
    ("x=; echo a$x; set -u x y; set", "a"),
    ("set a=1 b='2 3'; set; set -u a b", "a=1\nb=2 3"),
    ("c=echo; $c it; set -u c", "it"),
    ("set 1a=2", "set: 1a=2: no NAME=VALUE\nusage: set [-u] [NAME=VALUE...]"),
    ("set -u", "usage: set [-u] [NAME=VALUE...]"),
    ("$none", ""),
])
def test_variables(shell, line, said):
    assert shell.cmd(line) == said


@pytest.mark.parametrize("line,said", [
    ("seq 3", "1\n2\n3"),
    ("seq 5 -2 0", "5\n3\n1"),
    ("seq 1 0 5", "seq: a step of 0 comes to no end\nusage: seq [FIRST [STEP]] LAST"),
    ("seq a", "seq: \"a\" is no FIRST: a number\nusage: seq [FIRST [STEP]] LAST"),
    ("seq 5 | grep 3", "3"),
    ("seq 20 | grep -v 1 | wc -l", "9"),
    ("seq 20 | grep -c '^1.$'", "10"),
    ("seq 20 | grep -n 5", "5:5\n15:15"),
    ("echo ABC | grep -i b", "ABC"),
    ("seq 5 | grep x; echo $?", "1"),
    ("seq 5 | grep -q 3 && echo yes", "yes"),
    ("echo a b  c | wc", "1 3 6"),
    ("echo -n a | wc -l -c", "0 1"),
    ("seq 100000 | grep 7 | wc", "40951 40951 241976"),
    ("seq 10 | head -n 2", "1\n2"),
    ("seq 10 | head -n 0", ""),
    ("seq 1000000000 | head -n 1", "1"),
    ("repeat 0 echo x | head -n 2", "x\nx"),
    ("seq 3 | nothing", "nothing: unknown command; `help` lists them"),
    ("nothing | wc -l", "1"),
    ("x=7; seq 9 | grep $x; set -u x", "7"),
    ("help | head -n 1 | grep -c .", "1"),
    ("true | true | true | true | true | true | true | true | wc -c", "0"),
])
def test_pipes(shell, line, said):
    assert shell.cmd(line) == said


def test_sum_is_zlibs(shell):
    text = "".join(f"{n}\n" for n in range(1, 5001)).encode()
    assert shell.cmd("seq 5000 | sum") == f"{zlib.crc32(text):08x} {len(text)}"


def test_without_files(build):
    session = Session(build("qemu_virt_defconfig", set="FS=n"), timeout=None)
    try:
        session.prompt()
        said = session.cmd("echo a > f; echo not reached")
        assert said == "column 8: there are no files to redirect to (SHELL_REDIRECT)"
        assert session.cmd("echo *") == "*"
    finally:
        session.close()


def test_reading_what_is_typed(shell):
    """Ctrl-C ends it, for there is no end of the file."""
    shell.send("head -n 2\r")
    shell.send("one\rtwo\r")
    assert shell.prompt(10).endswith("one\none\ntwo\ntwo")
    shell.send("wc; echo not reached\rone\r\x03")
    assert "not reached\n" not in shell.prompt(10).split("^C")[1]
    assert shell.cmd("echo $?") == "130"


def test_jobs(shell):
    said = shell.cmd("sleep 30 & sleep 0.2 && echo woken &").splitlines()
    assert [line[:10] for line in said] == ["[1] thread", "[2] thread"]
    assert re.fullmatch(r"\[1\] running, thread \d+: sleep 30\n"
                        r"\[2\] running, thread \d+: sleep 0.2 && echo woken", shell.cmd("jobs"))
    assert shell.cmd("wait %2; echo $?") == "woken\n0"
    assert shell.cmd("wait %2") == "wait: %2 does not exist"
    assert shell.cmd("kill %1; wait %1; echo $?") == "130"
    assert shell.cmd("kill %1") == "kill: job %1 does not exist"
    assert shell.cmd("jobs") == ""


def test_the_end_of_a_job_is_told_at_the_next_prompt(shell):
    said = shell.cmd("false & wc & nothing & sleep 0.2")
    assert "[1] done, status 1: false" in said and "[2] done, status 0: wc" in said
    assert "[3] done, status 127: nothing" in said


def test_a_pipeline_is_a_job(shell):
    shell.cmd("seq 1000000000 | grep -v . | wc &")
    assert shell.cmd("jobs").endswith("seq 1000000000 | grep -v . | wc")
    shell.cmd("kill %1; wait")
    names = [line.split()[1] for line in shell.cmd("ps").splitlines()[1:]]
    assert [name for name in names if not name.startswith("idle/")] == ["main", "idle"]


@pytest.mark.parametrize("word", ["%", "%x", "%0", "1", "%-1"])
def test_no_job(shell, word):
    assert shell.cmd(f"wait {word}").splitlines() == [
        f"wait: \"{word}\" is no job: %1", "usage: wait [%JOB]"]


def test_time_repeat_watch(shell):
    real, cpu = re.fullmatch(r"real (\d+\.\d+) s, cpu (\d+\.\d+) s", shell.cmd("time sleep 0.3")).groups()
    assert 0.3 <= float(real) < 3 and float(cpu) < 0.3
    assert shell.cmd("time 'seq 3 | wc -l'").splitlines()[0] == "3"
    assert shell.cmd("repeat 3 echo a") == "a\na\na"
    assert shell.cmd("repeat 3 'echo a; false'; echo $?") == "a\na\na\n1"
    assert shell.cmd("repeat -e 3 'echo a; false'") == "a"
    assert shell.cmd("watch -n 10ms -c 3 echo a").count("a") == 3
    assert "is no DURATION: a duration of 10ms to 3600000ms" in shell.cmd("watch -n 1ms true")
    assert '"x" is no DURATION: a duration as 2, 0.5 or 200ms' in shell.cmd("sleep x")


def test_commands_inside_each_other_come_to_an_end(shell):
    said = shell.cmd("repeat 1 " * 200 + "echo x")
    assert said == "repeat: not run: too many commands inside each other"
    assert shell.cmd("echo x") == "x"


@pytest.mark.parametrize("line,near", [
    ("ecoh", "echo"), ("grpe", "grep"), ("verzion", "version"), ("lsdt", None), ("uptme", "uptime"),
])
def test_suggestions(shell, line, near):
    wanted = f"did you mean {near}?" if near else "`help` lists them"
    assert shell.cmd(line) == f"{line}: unknown command; {wanted}"


def test_out_of_memory(boot, build):
    """Each allocation of a line fails once: it is said, and nothing is lost."""
    o = build("qemu_virt_defconfig", set="DEBUG_HEAP=y")
    session = boot(o, timeout=120)
    session.prompt()
    session.cmd("x=1; seq 3 | wc; memleak")
    lost = session.cmd("memleak")
    for nth in range(1, 24):
        session.cmd(f"failmem {nth}")
        said = session.cmd("echo a $x b c d e f g h i j k l m n o p q r s | grep a | wc -l && true", timeout=20)
        assert re.search(r"^1$|^0$|out of memory|no thread", said, re.M), (nth, said)
        session.cmd("failmem 0")
    assert session.cmd("echo fine") == "fine"
    assert session.cmd("memleak").splitlines()[-1] == lost.splitlines()[-1]
