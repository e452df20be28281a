# SPDX-License-Identifier: GPL-2.0-only
"""scripts/setup: what it installs, and where it refuses to.

apt-get, dpkg-query and id are fake, and so is the machine.
"""
import os
import shutil
import subprocess

import pytest

from conftest import TOP

PROGRAMS = {
    "dpkg-query": """
shift 3
[ "$FAKE_ALL" = yes ] || set -- $FAKE_INSTALLED
# One of them was removed, and left its settings.
printf '<libpci-dev config-files>'
printf '<%s installed>' "$@"
exit 1""",
    "id": 'echo "$FAKE_UID"',
    "apt-get": """
echo "$*" >>"$FAKE/asked"
case " $* " in
*' update '*)
    echo 'updating'
    exit "$FAKE_UPDATE"
    ;;
*' --simulate '*)
    cat "$FAKE/plan"
    exit "$FAKE_PLAN"
    ;;
*' install '*)
    echo 'E: what apt has to say'
    exit "$FAKE_INSTALL"
    ;;
esac""",
}
PLAN = """Inst gcc (4:14.2.0-1 Debian:13.0/stable [amd64])
Inst libjson-c-dev (0.18+ds-1 Debian:13.0/stable [amd64])
Inst libjson-c5 (0.18+ds-1 Debian:13.0/stable [amd64])
Conf gcc (4:14.2.0-1 Debian:13.0/stable [amd64])
"""
# What "install qemu-system-x86" would do on Proxmox
REMOVES = "Remv pve-manager [8.4.0]\nRemv pve-qemu-kvm [9.2.0-5]\n" + PLAN


class Machine:
    """A copy of scripts/setup, on a machine of its own."""

    def __init__(self, path):
        self.path = path
        self.root = path / "root"
        self.root.mkdir()
        (path / "scripts").mkdir()
        self.setup = path / "scripts/setup"
        shutil.copy(TOP / "scripts/setup", self.setup)
        programs = path / "bin"
        programs.mkdir()
        for name, script in PROGRAMS.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        self.plan = path / "plan"
        self.plan.write_text(PLAN)
        self.environment = {
            "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "SHADOWBAR_SETUP_ROOT": str(self.root), "FAKE": str(path),
            "FAKE_UID": "0", "FAKE_INSTALLED": "make pkgconf",
            "FAKE_UPDATE": "0", "FAKE_PLAN": "0", "FAKE_INSTALL": "0"}

    def put(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *jobs, **environment):
        """The exit code and the output."""
        done = subprocess.run([self.setup, *jobs], text=True,
                              env=self.environment | environment,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600)
        return done.returncode, done.stdout

    def asked(self):
        """The requests made to apt-get."""
        path = self.path / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def installed(self):
        return [line for line in self.asked()
                if " install " in line and "--simulate" not in line]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


MISSING = "gcc libjson-c-dev libpci-dev libssl-dev"


def test_nothing_is_missing(machine):
    machine.put("etc/pve/storage.cfg")
    assert machine.run("tools", "vm", FAKE_ALL="yes") == (0, "")
    assert machine.asked() == []


def test_names_first_and_removes_nothing(machine):
    code, said = machine.run("tools")
    assert code == 0
    assert said == (f"installing: {MISSING}\n"
                    "with what they depend on: libjson-c5\n")
    (line,) = machine.installed()
    assert "--no-remove" in line.split() and line.endswith(MISSING)
    assert not [word for word in line.split() if "downgrade" in word or
                "force" in word or "allow-remove" in word]


def test_each_package_once(machine):
    _, said = machine.run("tools", "kernel", "tools")
    assert said.splitlines()[0].split().count("gcc") == 1


def test_would_remove(machine):
    machine.plan.write_text(REMOVES)
    for environment in {}, {"SHADOWBAR_SETUP_ANYWAY": "yes"}:
        code, said = machine.run("tools", **environment)
        assert code == 1
        assert "would remove: pve-manager pve-qemu-kvm. Nothing was " \
            "changed" in said
        assert machine.installed() == []


@pytest.mark.parametrize("files, word", [
    (["etc/pve/storage.cfg"], "Proxmox"),
    (["run/libvirt/qemu/win11.xml"], "libvirt runs guests"),
    (["run/libvirtd.pid", "etc/libvirt/qemu/win11.xml"], "has guests"),
    (["run/virtqemud.pid", "etc/libvirt/qemu/win11.xml"], "has guests"),
])
def test_hypervisor(machine, files, word):
    for name in files:
        machine.put(name, str(os.getpid()) if name.endswith("pid") else "")
    code, said = machine.run("tools", "vm")
    assert code == 1
    assert machine.asked() == []
    (sentence,) = said.splitlines()
    for part in (word, "use a scratch machine", "SHADOWBAR_SETUP_ANYWAY=yes",
                 "libpci-dev", "qemu-system-x86"):
        assert part in sentence
    # A user who is not root is not told to become root first.
    assert word in machine.run("tools", FAKE_UID="1000")[1]
    # Any other value does not confirm.
    assert machine.run("tools", SHADOWBAR_SETUP_ANYWAY="")[0] == 1
    assert machine.run("tools", SHADOWBAR_SETUP_ANYWAY="yes")[0] == 0
    assert len(machine.installed()) == 1


@pytest.mark.parametrize("files", [
    {"run/libvirtd.pid": str(os.getpid())},
    {"etc/libvirt/qemu/win11.xml": ""},
    # No process has its number.
    {"run/libvirtd.pid": "4194305", "etc/libvirt/qemu/win11.xml": ""},
    {"etc/libvirt/qemu/networks/default.xml": "",
     "run/libvirtd.pid": str(os.getpid())},
])
def test_no_hypervisor_in_use(machine, files):
    for name, text in files.items():
        machine.put(name, text)
    assert machine.run("tools")[0] == 0


def test_without_root(machine):
    code, said = machine.run("tools", FAKE_UID="1000")
    assert code == 1
    assert machine.asked() == []
    assert said == (f"{machine.setup}: not installed: {MISSING}\n"
                    f"{machine.setup}: run as root: scripts/setup tools\n")


@pytest.mark.parametrize("step", ["UPDATE", "PLAN", "INSTALL"])
def test_apt_fails(machine, step):
    """As without a network: apt's message, then a sentence and the log."""
    code, said = machine.run("tools", **{f"FAKE_{step}": "100"})
    assert code == 1
    *words, sentence, last = said.splitlines()
    own = {"UPDATE": "updating", "PLAN": PLAN.splitlines()[0],
           "INSTALL": "E: what apt has to say"}[step]
    assert own in words
    for part in (f"not installed: {MISSING}.", "network",
                 "run as root: scripts/setup tools"):
        assert part in sentence
    assert last == f"The log is {machine.path}/build/logs/setup.log"
    assert own in (machine.path / "build/logs/setup.log").read_text()


def test_not_debian(machine):
    programs = machine.path / "other"
    programs.mkdir()
    for name in ("bash", "dirname", "id", "sed"):
        (programs / name).symlink_to(shutil.which(name))
    code, said = machine.run("tools", PATH=str(programs))
    assert code == 1
    assert "this is not Debian" in said and "libpci-dev" in said


def test_bad_job(machine):
    code, said = machine.run("nonsense")
    assert code == 1 and "what is 'nonsense'?" in said
    assert machine.run()[0] == 2
