# SPDX-License-Identifier: MIT
"""The shell at its prompt: every command with good and bad arguments, quoting, and the keys that
edit a line. One kernel runs for all; each test begins at a fresh prompt."""

import datetime
import re
import time

import pytest

from lib.session import OFF

SCHED_OPTIONS = "[-p PRIORITY] [-n NICE] [-s SLICE_MS] [-d RUNTIME/DEADLINE/PERIOD]"
COMMANDS = {
    "bench": "[GROUP|NAME]", "blk": "[-r] [-t TIME] [info|read|sum] [DEV] [SECTOR] [COUNT]",
    "cat": "[FILE...]", "cd": "[PATH]", "chmod": "MODE PATH...", "clear": "",
    "config": "[WORD]", "cp": "[-r] PATH... NEW", "crash": "null|wx [exec]|overflow|stack|uaf|doublefree",
    "date": "[-s DATE] [+%s]", "devices": "[-a]", "df": "", "dmesg": "",
    "dt": "ls|tree [NODE] | cat NODE/PROPERTY", "echo": "[-n] [WORD...]", "false": "",
    "find": "[PATH...] [-name PATTERN] [-type f|d|l] [-size [+|-]SIZE]",
    "gpio": "[-f] [list|get|set|input] [N] [VALUE]",
    "grep": "[-c] [-i] [-n] [-q] [-v] PATTERN [FILE...]", "head": "[-n COUNT] [FILE...]", "help": "[COMMAND]",
    "hexdump": "[-C] [-v] [-n LENGTH] [-s SKIP] [FILE...]", "history": "[COUNT]", "irq": "[IRQ CPU]", "jobs": "",
    "kill": "%JOB|ID...", "ln": "[-s] PATH... NEW",
    "log": "[none|emerg|alert|crit|err|warning|notice|info|debug]", "ls": "[-a] [-l] [PATH...]", "map": "",
    "mem": "", "memtest": "[SIZE [PASSES]]", "mkdir": "[-p] PATH...", "mount": "[-t TYPE] [-o OPTIONS] [PATH...]",
    "mv": "PATH... NEW", "nice": f"ID {SCHED_OPTIONS}", "panic": "[WORD...]",
    "peek": "[-p] [-b] [-h] [-w] [-d] ADDRESS [COUNT]", "poke": "[-p] [-b] [-h] [-w] [-d] ADDRESS VALUE...",
    "poweroff": "", "ps": "", "pwd": "", "reboot": "", "repeat": "[-e] [-s DURATION] COUNT COMMAND...",
    "rm": "[-r] [-f] PATH...", "rmdir": "PATH...", "sched": "", "seq": "[FIRST [STEP]] LAST",
    "set": "[-u] [NAME=VALUE...]", "slab": "[-s | shrink]", "sleep": "DURATION", "source": "FILE",
    "spawn": f"[hog|sleeper|periodic {SCHED_OPTIONS} [-c COUNT] [NAME]]", "stat": "PATH...",
    "sum": "[FILE...]", "sync": "", "taskset": "[-p] MASK [COMMAND...]", "time": "COMMAND...", "timers": "",
    "top": "[-n FRAMES] [-o cpu|time|id] [SECONDS]", "touch": "PATH...", "true": "", "umount": "PATH...",
    "uptime": "", "version": "", "wait": "[%JOB]", "watch": "[-n DURATION] [-c COUNT] COMMAND...",
    "wc": "[-l] [-w] [-c] [FILE...]", "wdt": "[status|start|keepalive|stop] [SECONDS]",
    "write": "[-a] [-o OFFSET] [-n] FILE TEXT...",
}
LINE_MAX = 4095
TOO_LONG = "line too long: at most 4095 bytes, nothing of it was run"


@pytest.fixture
def shell(machine, request):
    machine.position = len(machine.text)
    machine.send("\x03")
    machine.prompt(10)
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


def test_help_lists_all_commands(shell):
    lines = shell.cmd("help").splitlines()
    assert [line.split()[0] for line in lines] == sorted(COMMANDS)
    assert all(len(line.split()) > 2 and len(line) < 80 for line in lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_explains_a_command(shell, name):
    usage, what, *arguments = shell.cmd(f"help {name}").splitlines()
    assert usage == f"usage: {name} {COMMANDS[name]}".rstrip() and what
    assert all(re.match(r"  \S.* \S", line) for line in arguments)


@pytest.mark.parametrize("line,usage", [
    ("help a b", "help"), ("version x", "version"), ("config a b", "config"), ("dmesg x", "dmesg"),
    ("dt", "dt"), ("dt x", "dt"), ("dt cat", "dt"), ("dt ls / /", "dt"), ("dt LS /", "dt"),
    ("devices x", "devices"), ("irq x", "irq"), ("mem x", "mem"), ("ps x", "ps"),
    ("slab -x", "slab"), ("slab -s x", "slab"), ("timers x", "timers"),
    ("uptime x", "uptime"),
    ("reboot now", "reboot"), ("poweroff now", "poweroff"), ("bench a b", "bench"),
    ("crash", "crash"), ("crash x", "crash"), ("crash null x", "crash"), ("crash wx x", "crash"),
])
def test_wrong_arguments_show_the_usage(shell, line, usage):
    assert shell.cmd(line) == f"usage: {usage} {COMMANDS[usage]}".rstrip()


@pytest.mark.parametrize("line,said", [
    ("nothing", "nothing: unknown command; `help` lists them"),
    ("hel", "hel: unknown command; did you mean help?"),
    ("HELP", "HELP: unknown command; `help` lists them"),
    ("''", ": unknown command; `help` lists them"),
    ("-x 'a b'", "-x: unknown command; `help` lists them"),
    ("help nothing", "help: no command nothing"),
    ("dt ls /nothing", "dt: no node /nothing"),
    ("dt tree nothing", "dt: no node nothing"),
    ("dt cat /nothing/model", "dt: no node /nothing/model"),
    ("dt cat nothing", "dt: no node nothing"),
    ("dt cat /nothing", "dt: / has no property nothing"),
    ("dt cat /cpus/cpu@0/nothing", "dt: cpu@0 has no property nothing"),
    ("config NO_SUCH_WORD", ""),
])
def test_what_is_not_there_is_said(shell, line, said):
    assert shell.cmd(line) == said


def test_bench(shell):
    assert re.fullmatch(r"boot\.prompt \d+ ns", shell.cmd("bench boot"))
    assert all(re.fullmatch(r"[a-z][\w.-]+ \d+(\.\d+)? \S+", line)
               for line in shell.cmd("bench", timeout=60).splitlines())
    said = shell.cmd("bench nothing").splitlines()
    assert said[0] == "bench: no group or figure nothing; groups are: boot fs mem smp sched scale shell lock"
    assert said[1].startswith("usage: ")


def test_version(shell):
    assert re.fullmatch(r"Cairn 0\.1\.0\S* \(.*\d+\.\d+.*\) \d{4}-\d\d-\d\d", shell.cmd("version"))


def test_config_is_the_whole_configuration(shell, kernel):
    lines = (kernel / ".config").read_text().splitlines()
    said = shell.cmd("config").splitlines()
    wanted = [line for line in lines if line.startswith("CONFIG_")]
    assert [line for line in said if line.startswith("CONFIG_")] == wanted
    assert shell.cmd("config PAGE_4K") == "CONFIG_PAGE_4K=y"


def test_dmesg_is_the_whole_log(shell):
    lines = shell.cmd("dmesg").splitlines()
    assert all(re.match(r"\[ *\d+\.\d{6}\] \S", line) for line in lines)
    assert "Cairn 0.1.0" in lines[0] and "console /pl011@9000000" in lines[-1]
    times = [float(line[1:line.index("]")]) for line in lines]
    assert times == sorted(times)


def test_dt(shell):
    assert shell.cmd("dt cat /model") == '"linux,dummy-virt"'
    assert shell.cmd("dt cat /cpus/cpu@0/device_type") == '"cpu"'
    assert shell.cmd("dt cat /cpus/cpu/reg") == "<0>"
    assert shell.cmd("dt cat serial0/status") == "dt: pl011@9000000 has no property status"
    assert shell.cmd("dt cat /timer/always-on") == ""
    said = shell.cmd("dt ls /cpus").splitlines()
    assert said[:2] == ["cpu-map/", "cpu@0/"] and "#address-cells = <0x1>" in said
    said = shell.cmd("dt tree /cpus").splitlines()
    assert said[0] == "cpus/" and "      cluster0/" in said and '    device_type = "cpu"' in said
    assert shell.cmd("dt ls") == shell.cmd("dt ls /")


def test_uptime_goes_with_the_clock(shell):
    begun = time.monotonic()
    first = float(re.match(r"up (\d+\.\d+) s", shell.cmd("uptime"))[1])
    time.sleep(1)
    second = float(re.match(r"up (\d+\.\d+) s", shell.cmd("uptime"))[1])
    assert 1 <= second - first < time.monotonic() - begun + 0.1


def test_uptime_says_the_date(shell):
    """By the PL031, which QEMU keeps at the host's time."""
    said = re.search(r", (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$", shell.cmd("uptime"))
    then = datetime.datetime.strptime(said[1], "%Y-%m-%d %H:%M:%S")
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert abs((now - then).total_seconds()) < 5


def test_typing_raises_interrupts(shell):
    """Input is by interrupt: one at least for every line that is waited for."""
    def count():
        return int(re.search(r"^ +\d+ +(\d+) +0 level +pl011@9000000 ", shell.cmd("irq"), re.M)[1])

    first = count()
    for n in range(5):
        assert shell.cmd(f"echo {n}") == str(n)
    assert count() >= first + 6


@pytest.mark.parametrize("line,said", [
    ("echo", ""),
    ("echo one  two", "one two"),
    ("echo 'one  two' \"three  four\"", "one  two three  four"),
    ("echo a'b c'd\"e f\"g", "ab cde fg"),
    ("echo '' x \"\" ''", " x  "),
    ("echo a\\ b \\; \\\\ \\' \\\"", "a b ; \\ ' \""),
    ("echo \"say \\\"hi\\\"\" 'it\\s'", "say \"hi\" it\\s"),
    ("echo one;echo two ; echo three;", "one\ntwo\nthree"),
    ("echo 'a;b' # c; echo d", "a;b"),
    ("# echo nothing", ""),
    ("echo a#b \\# '#'", "a#b # #"),
    (";;; echo x ;;", "x"),
    ("   ", ""),
    ("echo one; nothing; echo two", "one\nnothing: unknown command; `help` lists them\ntwo"),
    ("echo -n a; echo b", "ab"),
    ("echo x -n", "x -n"),
    ("echo '$HOME *.c > f | g &' `h`", "$HOME *.c > f | g & `h`"),
    ("echo %s %d %n", "%s %d %n"),
])
def test_lines(shell, line, said):
    shown = shell.cmd(line)
    assert shown == said


def test_echo_without_newline_leaves_the_prompt_behind_it(shell):
    shell.send("echo -n text\r")
    shell.expect("^textcairn> ")


def test_longest_line_and_longer(shell):
    text = "x" * (LINE_MAX - 5)
    assert shell.cmd(f"echo {text}") == text
    assert shell.cmd(f"echo {text}y") == TOO_LONG
    assert shell.cmd("echo " + "z" * 6000) == TOO_LONG
    assert shell.cmd("echo still here") == "still here"


def test_a_thousand_words(shell):
    words = " ".join(["w"] * 1000)
    assert shell.cmd(f"echo {words}") == words


@pytest.mark.parametrize("keys,said", [
    (b"echo wrong\x15echo right", "right"),
    (b"echo abX\x7fc", "abc"),
    (b"echo abX\bc", "abc"),
    (b"\x7f\x7f\x7fecho x", "x"),
    (b"echo one\x03", None),
    (b"echo gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x8c\x8d", "grün € 🌍"),
    (b"echo a\xc3\xbc\x7fb", "ab"),
    (b"echo a\xe2\x82\xac\xf0\x9f\x8c\x8d\x7f\x7fb", "ab"),
    (b"\x80\x81\x82\x7fecho x", "x"),
    (b"echo\ta\t\tb", "a b"),
    (b"ec\0ho\x07 \x1ax", "x"),
    (b"echo " + b"y" * 5000 + b"\x15echo x", "x"),
    # F5, F1, Alt-x: nothing is typed, also when a sequence is cut short by a control key
    (b"ec\x1b[15~ho\x1bOP a\x1b[[Ab\x1bxcd", "abcd"),
    (b"echo x\x1b[1;5\x15echo y", "y"),
], ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "")
def test_keys(shell, keys, said):
    start = len(shell.text)
    shell.send(keys)
    if said is None:
        shell.expect(r"\^C$")
        assert shell.prompt(10) == ""
        return
    shell.send("\r")
    shell.prompt(10)
    assert shell.text[start:].splitlines()[-2] == said


def test_erasing_shows(machine, shell):
    """One character is one column taken back, however many bytes it has; never the prompt's."""
    start = len(machine.data)
    shell.send(b"\xe2\x82\xac" + b"a\x7f\x7f\x7f\x7f\r")
    shell.prompt(10)
    assert machine.data[start:] == b"\xe2\x82\xaca\b \b\b \b\r\ncairn> "


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["cr", "lf", "crlf"])
def test_ends_of_lines(shell, end):
    """Each is one Enter."""
    start = len(shell.text)
    shell.send(end.join(["echo 1", "echo 2", "echo 3", ""]))
    shell.expect("^3$")
    shell.prompt(10)
    assert re.findall(r"^\d$", shell.text[start:], re.M) == ["1", "2", "3"]
    assert shell.text[start:].count("cairn> ") == 3


@pytest.mark.parametrize("command,last", [("poweroff", "off"), ("reboot", "reboot")])
def test_end(run, kernel, command, last):
    result = run(kernel, args=["--autorun", command], timeout=20)
    assert result.status == OFF and result.text.endswith(f"\ncairn: {last}\n")


def test_typed_ahead(shell):
    """What comes while a command runs waits its turn."""
    start = len(shell.text)
    shell.send("dt tree\recho one\recho two\r")
    shell.expect("^two$")
    shell.prompt(10)
    assert re.search("^one\n.*\n^two\n", shell.text[start:], re.M)


def test_last_line_begins_a_line(kernel, run):
    """Whatever was printed before it, the runner finds it."""
    assert run(kernel, "echo -n half a line").status == 0
