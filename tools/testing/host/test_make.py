# SPDX-License-Identifier: GPL-2.0-only
"""make, when something is missing: it names the packages, and installs and
copies nothing.
"""
import os
import subprocess

import pytest

from conftest import TOP


@pytest.fixture
def make(tmp_path):
    """Run make with an apt-get that must not run; return the output."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("apt-get", "dpkg-query", "dnf"):
        (programs / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/{name}.ran")
        (programs / name).chmod(0o755)

    def run(*words):
        done = subprocess.run(
            ["make", "-s", *words], cwd=TOP, text=True, timeout=600,
            env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert not list(tmp_path.glob("*.ran"))
        assert done.returncode
        return done.stdout
    return run


@pytest.mark.parametrize("target", ["modules", "install"])
def test_no_headers(make, tmp_path, target):
    said = make(target, f"KDIR={tmp_path}/none", f"DESTDIR={tmp_path}/root")
    assert f"There are no kernel headers in {tmp_path}/none:" in said
    for package in ("linux-headers-", "proxmox-headers-", "kernel-devel-"):
        assert package + os.uname().release in said
    assert not (tmp_path / "root").exists()


def test_no_libraries(make, tmp_path):
    said = make("-f", "tools/shadowbar/Makefile", "PKG_CONFIG=false",
                f"BINARY={tmp_path}/shadowbar")
    for package in ("libpci-dev", "libssl-dev", "openssl-devel", "json-c"):
        assert package in said
    assert not (tmp_path / "shadowbar").exists()


def test_no_dkms(make, tmp_path):
    said = make("-f", "packaging/Makefile", "dkms-install",
                f"DKMS={tmp_path}/none", f"DESTDIR={tmp_path}/root",
                f"initramfs_dir={tmp_path}/initramfs")
    assert "There is no DKMS here:" in said and "apt install dkms" in said
    assert not (tmp_path / "root").exists()
