#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A Debian machine that is not there: apt-get, apt-cache, dpkg, dpkg-deb, dpkg-query, id, sudo and sleep.

test_setup.py puts links of these names to this file on PATH. The machine is the JSON file that
FAKE_STATE names; what a command would change is changed there, and every call is appended to its
"log". A command or an option that scripts/setup has no business to use ends with status 99.
Nothing is resolved: a package stands for itself, without dependencies.
"""

import fnmatch
import io
import json
import os
import sys

BACKPORTS = "/etc/apt/sources.list.d/cairn-backports.sources"


def fail(text, status=100):
    print(text, file=sys.stderr)
    sys.exit(status)


def need_root(state):
    if state["uid"] != 0 and "FAKE_ROOT" not in os.environ:
        fail("E: are you root?")


def name_and_arch(state, package):
    name, _, arch = package.partition(":")
    return name, arch or state["native"]


def versions(state, package):
    """(version, suite) of all that apt knows, the candidate first."""
    name, arch = name_and_arch(state, package)
    if arch not in [state["native"], *state["fetched_arches"]]:
        return []
    found = [(suite["packages"][name], suite["codename"]) for suite in state["suites"]
             if suite["codename"] in state["fetched"] and name in suite["packages"]]
    return sorted(found, key=lambda pair: ("backports" in pair[1]) != state["pin_backports"])


def configured(state):
    """The suites that sources files name, in the order of the files."""
    names = [suite["codename"] for suite in state["suites"] if suite["configured"]]
    path = os.environ["SETUP_ROOT"] + BACKPORTS
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            names += [line.split()[1] for line in file if line.startswith("Suites:")]
    return names


def apt_update(state):
    need_root(state)
    outcome = state["updates"].pop(0) if state["updates"] else "ok"
    if outcome == "lock":
        fail("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)")
    if outcome == "offline":
        print("W: Failed to fetch the index  Temporary failure resolving the mirror", file=sys.stderr)
        return
    known = [suite["codename"] for suite in state["suites"]]
    state["fetched"] = [name for name in configured(state) if name in known]
    state["fetched_arches"] = list(state["foreign"])
    if set(configured(state)) - set(known):
        fail("E: The repository does not have a Release file.")


def apt_indextargets(state, arguments):
    arguments = list(arguments)
    released = "--no-release-info" not in arguments
    if not released:
        arguments.remove("--no-release-info")
    (option, layout) = arguments
    assert option == "--format"
    for suite in state["suites"]:
        if suite["codename"] not in (state["fetched"] if released else configured(state)):
            continue
        line = layout.replace("$(SITE)", suite["site"]).replace("$(COMPONENT)", "main")
        line = line.replace("$(RELEASE)", suite["codename"])
        if released:
            line = line.replace("$(CODENAME)", suite["codename"])
            line = line.replace("$(ORIGIN)", suite["origin"])
        print(line)


def apt_install(state, arguments):
    packages = [word for word in arguments if not word.startswith("-")]
    options = {word for word in arguments if word.startswith("-")}
    uris = "--print-uris" in options
    assert options - {"--print-uris"} == {"-y", "--no-install-recommends", "--no-remove"}, options
    if not uris:
        need_root(state)
        assert os.environ["DEBIAN_FRONTEND"] == "noninteractive"
    chosen = {}
    for package in packages:
        package, _, suite = package.partition("/")
        found = [version for version, home in versions(state, package) if suite in ("", home)]
        if not found:
            fail(f"E: Unable to locate package {package}")
        chosen[package] = found[0]
    for package, version in chosen.items():
        if uris:
            print(f"'http://mirror/{package}.deb' {package}.deb 1500000 SHA256:0")
            continue
        if state["install_fails"]:
            fail("E: Failed to fetch a package  Temporary failure resolving the mirror")
        name, arch = name_and_arch(state, package)
        state["installed"][f"{name} {arch}"] = [version, "no"]


def apt_download(state, packages):
    uris = packages.pop(0) if packages[0] == "--print-uris" else None
    assert packages and all(package.endswith(":arm64") for package in packages), packages
    for package in packages:
        if not versions(state, package):
            fail(f"E: Unable to locate package {package}")
        file = f"{name_and_arch(state, package)[0]}_1.0_arm64.deb"
        if uris:
            print(f"'http://mirror/{file}' {file} 1500000 SHA256:0")
        elif state["install_fails"]:
            fail("E: Failed to fetch a package  Temporary failure resolving the mirror")
        else:
            with open(file, "w", encoding="utf-8"):
                pass


def apt_get(state, arguments):
    arguments = [word for word in arguments if not word.startswith(("DPkg::Lock::Timeout=", "APT::Sandbox::User="))]
    arguments = [word for word in arguments if word != "-o"]
    if arguments == ["update"]:
        apt_update(state)
    elif arguments[0] == "indextargets":
        apt_indextargets(state, arguments[1:])
    elif "install" in arguments:
        arguments.remove("install")
        apt_install(state, arguments)
    elif "download" in arguments:
        arguments.remove("download")
        apt_download(state, arguments)
    else:
        fail(f"fake apt-get: {arguments}", 99)


def apt_cache(state, arguments):
    (verb, package) = arguments
    if verb == "depends":
        name = package.removesuffix("-cloud-arm64:arm64")
        print(f"{package}\n  Depends: {name}-6.1.0-1-cloud-arm64:arm64")
        return
    assert verb == "policy" and os.environ["LC_ALL"] == "C"
    found = versions(state, package)
    if not state["fetched"] and package not in state["installed"]:
        return
    print(f"{package}:\n  Installed: (none)")
    print(f"  Candidate: {found[0][0] if found else '(none)'}\n  Version table:")
    for version, suite in found:
        print(f"     {version} 500\n        500 http://mirror/debian {suite}/main amd64 Packages")


def dpkg(state, arguments):
    if arguments == ["--print-architecture"]:
        print(state["native"])
    elif arguments == ["--print-foreign-architectures"]:
        print("\n".join(state["foreign"]))
    elif arguments[0] == "--add-architecture" and len(arguments) == 2:
        need_root(state)
        state["foreign"].append(arguments[1])
    else:
        fail(f"fake dpkg: {arguments}", 99)


def dpkg_deb(arguments):
    """An archive of one file that is named after the package."""
    import tarfile      # for this alone, and it takes a while
    (option, file) = arguments
    assert option == "--fsys-tarfile"
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        member = tarfile.TarInfo(f"./usr/{os.path.basename(file).partition('_')[0]}")
        archive.addfile(member, io.BytesIO())


def dpkg_query(state, arguments):
    (verb, option, layout, *packages) = arguments
    assert verb == "-W" and option == "-f"
    status = 0
    for package in packages:
        name, _, arch = package.partition(":")
        lines = []
        for key, (version, multi_arch) in state["installed"].items():
            if key == f"{name} {arch}" or (not arch and fnmatch.fnmatch(key.split()[0], name)):
                line = layout.replace("\\n", "\n").replace("${Package}", key.split()[0])
                line = line.replace("${Architecture}", key.split()[1])
                line = line.replace("${Version}", version).replace("${Multi-Arch}", multi_arch)
                source = "qemu" if name.startswith("qemu") else name
                line = line.replace("${source:Package}", source)
                lines.append(line.replace("${db:Status-Status}", "installed"))
        sys.stdout.write("".join(lines))
        if not lines:
            print(f"dpkg-query: no packages found matching {package}", file=sys.stderr)
            status = 1
    return status


def main():
    tool = os.path.basename(sys.argv[0])
    path = os.environ["FAKE_STATE"]
    arguments = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        state = json.load(file)
    state["log"].append(" ".join([tool, *arguments]))

    status = 0
    try:
        if tool == "id":
            print(state["uid"])
        elif tool == "apt-get":
            apt_get(state, arguments)
        elif tool == "apt-cache":
            apt_cache(state, arguments)
        elif tool == "dpkg":
            dpkg(state, arguments)
        elif tool == "dpkg-deb":
            dpkg_deb(arguments)
        elif tool == "dpkg-query":
            status = dpkg_query(state, arguments)
        elif tool not in ("sudo", "sleep"):
            fail(f"fake {tool}", 99)
    finally:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(state, file)
    if tool == "sudo":
        os.environ["FAKE_ROOT"] = "1"
        os.execvp(arguments[0], arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
