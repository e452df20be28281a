# SPDX-License-Identifier: GPL-2.0-only
"""Secure Boot and lockdown, with Debian's kernel and a firmware that enforces
signatures.

The firmware's key list has the test key of Debian's ovmf. The kernel is
Debian's, signed with that key, and so is the module. As always with Secure
Boot, Debian's kernel enables lockdown, and trusts the firmware's keys for
modules.
"""
import copy
import os
import pathlib
import shutil
import subprocess

import pytest

import harness
import subpage
from harness import IPXE, SYSFS, TOP, VM, Failure

OVMF = pathlib.Path("/usr/share/OVMF")
SNAKEOIL = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil")
E1000, EDU = "0000:00:03.0", "0000:00:04.0"
SMALL = "0000:00:05.0"
ROMS = {E1000: "efi-e1000.rom", EDU: "three"}


def command(*words):
    subprocess.run([str(word) for word in words], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def sign(kernel, module, key, cert):
    """Run make sign on a copy, as a user would."""
    made = module.parent / "drivers/shadowbar/shadowbar.ko"
    made.parent.mkdir(parents=True)
    shutil.copy(module_of(kernel), made)
    include = module.parent / "include/shadowbar"
    include.mkdir(parents=True)
    shutil.copy(TOP / "include/shadowbar/version.h", include)
    shutil.copytree(TOP / "packaging", module.parent / "packaging")
    build = harness.BUILD / "vm" / kernel.series / "kernel/build"
    command("make", "-C", module.parent, "-f", "packaging/Makefile", "sign",
            f"KDIR={build}", f"KEY={key}", f"CERT={cert}")
    made.rename(module)
    for name in ("drivers", "include", "packaging"):
        shutil.rmtree(module.parent / name)


def module_of(kernel):
    return harness.BUILD / "vm" / kernel.series / "shadowbar.ko"


@pytest.fixture(scope="module")
def signed(kernel, tmp_path_factory):
    """The signed kernel, and an initramfs with signed and unsigned modules."""
    command(TOP / "scripts/setup", "secureboot")
    work = tmp_path_factory.mktemp("secureboot")
    root = work / "modules"
    key, cert = work / "key", SNAKEOIL.with_suffix(".pem")
    command("openssl", "rsa", "-passin", "pass:snakeoil", "-in",
            SNAKEOIL.with_suffix(".key"), "-out", key)
    command("sbsign", "--key", key, "--cert", cert, "--output",
            work / "vmlinuz", kernel.vmlinuz.resolve())
    for name in ("good", "other", "none", "damaged"):
        (root / name).mkdir(parents=True)
    sign(kernel, root / "good/shadowbar.ko", key, cert)
    command("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048",
            "-nodes", "-days", "1", "-subj", "/CN=nobody knows me/",
            "-keyout", work / "other", "-out", work / "other.pem")
    sign(kernel, root / "other/shadowbar.ko", work / "other",
         work / "other.pem")
    shutil.copy(module_of(kernel), root / "none/shadowbar.ko")
    octets = bytearray((root / "good/shadowbar.ko").read_bytes())
    octets[octets.index(b"license=GPL")] ^= 1
    (root / "damaged/shadowbar.ko").write_bytes(octets)
    initramfs = work / "initramfs.cpio"
    command(TOP / "scripts/initramfs", harness.BUILD / "vm" / kernel.series /
            "kernel", initramfs, root, kernel.roms)
    checked = copy.copy(kernel)
    checked.vmlinuz = work / "vmlinuz"
    checked.initramfs = initramfs
    return checked


@pytest.fixture(scope="module", params=["integrity", "confidentiality"])
def lockdown(request):
    return request.param


@pytest.fixture(scope="module")
def machine(signed, lockdown, tmp_path_factory):
    variables = tmp_path_factory.mktemp("firmware") / "vars"
    shutil.copy(OVMF / "OVMF_VARS_4M.snakeoil.fd", variables)
    os.chmod(variables, 0o600)
    flash = "if=pflash,format=raw"
    args = ["-global", "driver=cfi.pflash01,property=secure,value=on",
            "-global", "ICH9-LPC.disable_s3=1",
            "-drive", f"{flash},unit=0,readonly=on,"
                      f"file={OVMF}/OVMF_CODE_4M.secboot.fd",
            "-drive", f"{flash},unit=1,file={variables}"]
    devices = [
        f"e1000,addr=3,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={signed.rom('three')}",
        "pci-ohci,addr=5",
    ]
    # Secure Boot enables lockdown in integrity mode.
    append = "module.sig_enforce=1"
    if lockdown == "confidentiality":
        append += " lockdown=confidentiality"
    with VM(signed, f"secureboot-{lockdown}", devices, args, append=append,
            machine="q35,smm=on") as vm:
        vm.sh("mount -t securityfs securityfs /sys/kernel/security")
        yield vm


def load(vm, which="good"):
    vm.sh(f"insmod /modules/{which}/shadowbar.ko")


def test_the_kernel_is_locked_down(vm, lockdown):
    """The firmware checks signatures, and all that this entails is active."""
    assert "Secure boot enabled" in vm.sh("dmesg")
    states = vm.sh("cat /sys/kernel/security/lockdown")
    assert f"[{lockdown}]" in states
    assert vm.sh("cat /sys/module/module/parameters/sig_enforce") == "Y"


@pytest.mark.parametrize("which", ["none", "other", "damaged"])
def test_control(vm, which):
    """A module without a signature that the kernel trusts is rejected."""
    status, output = vm.ask(f"insmod /modules/{which}/shadowbar.ko")
    assert status, output
    assert any(reason in output for reason in (
        b"Key was rejected", b"Operation not permitted",
        b"Required key not available")), output
    assert vm.ask("test -d /sys/module/shadowbar")[0] == 1


def test_everything_is_captured(vm):
    before = vm.config()
    load(vm)
    vm.settle()
    for address, name in ROMS.items():
        shown = vm.show(address)
        assert shown["rom_status"] == "captured", shown
        vm.compare(address, name)
    assert vm.config() == before
    assert f"shadowbar {SMALL} BAR 0" in subpage.pads(vm)


def test_what_comes_later_is_captured(vm):
    load(vm)
    vm.sh(f"echo 1 > {SYSFS}/{EDU}/remove; echo 1 > /sys/bus/pci/rescan")
    vm.settle()
    vm.compare(EDU, "three")


@pytest.mark.parametrize("name", ["capture", "bar0_isolate"])
def test_requests_are_refused(vm, name):
    """EPERM, nothing is written, and the kernel log gives the reason."""
    load(vm)
    vm.settle()
    before = vm.config(), vm.show(EDU)
    vm.sh("dmesg -c >/dev/null")
    with harness.config_writes(vm) as written:
        status, output = vm.ask(f"echo 1 > {SYSFS}/{EDU}/shadowbar/{name}")
    assert status and b"Operation not permitted" in output, output
    assert EDU not in written
    assert (vm.config(), vm.show(EDU)) == before
    assert "direct PCI access is restricted" in vm.sh("dmesg")


def test_others_are_refused_as_well(vm):
    """Control: the kernel's own file for config space."""
    with pytest.raises(Failure):
        vm.sh(f"printf '\\0' | dd of={SYSFS}/{EDU}/config bs=1 seek=4 "
              "conv=notrunc")
