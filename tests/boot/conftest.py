# SPDX-License-Identifier: MIT
"""What the boot tests share: the kernels that they run, built once each, and QEMU's own tree for a
run, to hold the kernel's words against.

The kernels `checked[granule]` have the in-kernel tests, all assertions and the command that crashes
in every way (ext/crash, which comes in by EXT=).
"""

import concurrent.futures
import pathlib
import subprocess

import pytest

from lib import arm64, blob, tree
from lib.build import ROOT, share
from lib.session import OFF, Result, Session

CRASH = pathlib.Path(__file__).parent / "ext" / "crash"
GRANULES = ("4K", "16K", "64K")
# a CPU that has the granule
CPU_FOR = {"4K": "cortex-a72", "16K": "cortex-a76", "64K": "cortex-a72"}
# how many CPUs there are, for tests that hold with any number of them; ids for fixtures
CPUS = [1, 2, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (8, 16))]
CPUS_IDS = ["1cpu", "2cpus", "4cpus", "8cpus", "16cpus"]


@pytest.fixture(scope="session")
def kernel(build):
    """The defconfig: 4 KiB pages."""
    return build("qemu_virt_defconfig")


@pytest.fixture(scope="session")
def checked(build):
    def get(granule, more=""):
        return build("qemu_virt_defconfig",
                     set=f"PAGE_{granule}=y SELFTEST=y DEBUG_ASSERT=y {more}".strip(),
                     EXT=str(CRASH))
    return get


@pytest.fixture(scope="session")
def bare(build):
    """As small as can be: no symbol names, no entry at EL3; and it knows virt's UART by hand."""
    return build("tiny_defconfig", set="CMD_PANIC=y EARLY_UART=y EARLY_UART_BASE=0x9000000")


@pytest.fixture(scope="session")
def rpi4(build):
    return build("rpi4_defconfig")


class Ahead:
    """Runs that end by themselves, several at a time: most of one is waiting for its last line.

    A test that has many of them as parameters asks for its own by ahead(); the first one that asks
    starts those of all its brothers that were selected.
    """

    def __init__(self, request):
        self.request = request
        self.pool = concurrent.futures.ThreadPoolExecutor(share(6))
        self.runs = {}

    def __call__(self, item, start):
        """The Result of the run of test @item. start(**parameters) returns Session's arguments."""
        name = item.originalname
        if (item.path, name) not in self.runs:
            self.runs[item.path, name] = {
                key(brother): self.pool.submit(self.run, start, brother.callspec.params)
                for brother in item.session.items
                if brother.path == item.path and brother.originalname == name}
        result = self.runs[item.path, name][key(item)].result()
        item.add_report_section("call", "run", result.log)
        return result

    @staticmethod
    def run(start, parameters):
        session = Session(**start(**parameters))
        session.process.stdin.close()       # a run that reaches the prompt ends there
        try:
            result = Result(session)
            result.log = session.log
            return result
        finally:
            session.close()


def key(item):
    return tuple(sorted((name, repr(value)) for name, value in item.callspec.params.items()))


@pytest.fixture(scope="session")
def all_ahead(request):
    ahead = Ahead(request)
    yield ahead
    ahead.pool.shutdown(cancel_futures=True)


@pytest.fixture
def ahead(request, all_ahead):
    """ahead(start) -> the Result of Session(**start(**this test's parameters))."""
    return lambda start: all_ahead(request.node, start)


@pytest.fixture
def qemu_tree(tmp_path):
    """qemu_tree(o, env, entry=...) -> the root of the tree that QEMU makes for such a run."""
    def get(o, env=None, **options):
        return blob.read(tree.dump(o, tmp_path / "qemu.dtb", env, **options))
    return get


@pytest.fixture(scope="session")
def trees(tmp_path_factory):
    """A folder for trees that sessions share."""
    return tmp_path_factory.mktemp("trees")


@pytest.fixture(scope="session")
def own_tree(trees, kernel):
    """QEMU's tree for the plain run, as dts text: bootargs switch the machine off at the prompt."""
    return tree.decompile(tree.dump(kernel, trees / "own.dtb", autorun="mem"))


@pytest.fixture(scope="module", params=CPUS, ids=CPUS_IDS)
def machine(kernel, request):
    """One kernel at its prompt for all tests of a file, with so many CPUs."""
    session = Session(kernel, env={"SMP": request.param}, timeout=None)
    session.prompt()
    yield session
    session.close()


# --- Programs at EL0: of their own folder, tests/user/ -------------------------------------------

@pytest.fixture(scope="session")
def compile_program(tmp_path_factory):
    """Compiles one of tests/user/ for arm64, statically, with a C library: its path."""
    folder = tmp_path_factory.mktemp("programs")

    def compile_program(name, *flags, library="glibc"):
        program = folder / f"{name}-{library}"
        flags = [*flags, *(arm64.musl_flags() if library == "musl" else [])]
        if not program.exists():
            subprocess.run(["aarch64-linux-gnu-gcc", "-static", "-O1", "-Wall", "-o", program,
                            ROOT / f"tests/user/{name}.c", *flags], check=True)
        return program
    return compile_program


@pytest.fixture(scope="session")
def cpu_for():
    return CPU_FOR


@pytest.fixture(scope="session")
def process_kernel(build):
    """With all checks."""
    def get(granule="4K", more=""):
        return build("qemu_virt_defconfig",
                     set=f"PAGE_{granule}=y PROCESS=y DEBUG_ASSERT=y DEBUG_LOCKS=y DEBUG_HEAP=y {more}".strip())
    return get


@pytest.fixture
def run_programs(run, process_kernel, tmp_path):
    """Boots with files in /, and runs commands.

    With @icount no busy host takes CPUs away, so that the checker's lines of locks held for long are to be believed.
    """
    def run_programs(files, commands, granule="4K", timeout=300, icount=False, **env):
        root = tmp_path / "root"
        root.mkdir()
        for name, contents in files.items():
            (root / name).write_bytes(contents if isinstance(contents, bytes) else contents.read_bytes())
            (root / name).chmod(0o755)
        env = {"INITRD": root, "CPU": CPU_FOR[granule], "APPEND": "quiet", **env}
        result = run(process_kernel(granule), commands, env=env, timeout=timeout, icount=icount)
        assert result.status == OFF
        return result.text.removesuffix("cairn: off\n")
    return run_programs
