# SPDX-License-Identifier: MIT
"""INITRD=dir/: a folder becomes an archive (scripts/runner/cpio.py). What the kernel makes of one, tests/boot has."""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

from lib.build import ROOT
from lib.session import USAGE

sys.path.insert(0, str(ROOT / "scripts"))
from runner import Stop             # noqa: E402
from runner.cpio import pack_folder         # noqa: E402


def fill(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def packed(folder, tmp_path):
    pack_folder(str(folder), str(tmp_path / "packed"))
    return (tmp_path / "packed").read_bytes()


def test_same_bytes(tmp_path):
    """Whatever the order in which files were made, and when."""
    for folder, names in (("one", ["b", "a/x", "c"]), ("two", ["c", "b", "a/x"])):
        fill(tmp_path / folder, names)
        (tmp_path / folder / "a" / "y").hardlink_to(tmp_path / folder / "b")
    os.utime(tmp_path / "two" / "b", (1, 1))
    assert packed(tmp_path / "one", tmp_path) == packed(tmp_path / "two", tmp_path)


def test_cpio_reads_it(tmp_path):
    """What the usual command makes of it."""
    folder = tmp_path / "folder"
    fill(folder, ["etc/rc", "with space", "\u00fcml\u00e4ut", "new\nline", "TRAILER!!!"])
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("etc/rc")
    (folder / "twin").hardlink_to(folder / "etc/rc")
    (tmp_path / "out").mkdir()
    subprocess.run(["cpio", "-id", "--quiet"], cwd=tmp_path / "out", input=packed(folder, tmp_path), check=True)
    same = subprocess.run(["diff", "-r", "--no-dereference", folder, tmp_path / "out"], capture_output=True, text=True,
                          check=False)
    assert same.returncode == 0, same.stdout
    assert (tmp_path / "out/twin").samefile(tmp_path / "out/etc/rc")


def test_run_packs_it(run, payload, fake_qemu, tmp_path):
    fill(tmp_path / "folder", ["etc/rc"])
    o = payload("", "OFF")
    result = run(o, env={"QEMU": fake_qemu(), "INITRD": tmp_path / "folder"})
    assert f" -initrd {o}/run/initrd_" in result.remarks.splitlines()[0]
    wanted = packed(tmp_path / "folder", tmp_path)
    # runs of other tests may have made some there too
    assert wanted in [path.read_bytes() for path in (o / "run").glob("initrd_*.cpio")]


def test_too_large(run, payload, tmp_path):
    """4 GiB, of which nothing is on the disk: one line, and nothing is left."""
    folder = tmp_path / "folder"
    fill(folder, ["a"])
    with open(folder / "large", "wb") as file:
        file.truncate(1 << 32)
    o = payload("", "OFF")
    result = run(o, env={"INITRD": folder})
    assert result.status == USAGE
    assert result.closing == (f"run-qemu: INITRD: cannot pack {folder}: '{folder}/large': has 4 GiB or more, which no "
                              "archive of this format can hold")
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    assert not list((o / "run").glob(f"initrd_{name}*"))


def test_no_place(tmp_path):
    folder = tmp_path / "folder"
    fill(folder, ["a"])
    with pytest.raises(Stop) as stop:
        pack_folder(str(folder), str(folder / "a/x"))
    assert stop.value.status == USAGE and "cannot pack" in str(stop.value)


def test_unreadable():
    """For root too, who may read everything and so is somebody else meanwhile."""
    me = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        folder = pathlib.Path(name) / "folder"
        fill(folder, ["a"])
        (folder / "a").chmod(0)
        try:
            if not me:
                os.seteuid(65534)
            with pytest.raises(Stop) as stop:
                pack_folder(str(folder), f"{name}/packed")
        finally:
            os.seteuid(me)
    assert stop.value.status == USAGE and "cannot pack" in str(stop.value) and "/a" in str(stop.value)
