# SPDX-License-Identifier: GPL-2.0-only
"""Module parameters, bound drivers, and functions left alone.

QEMU logs each write to config space, so untouched functions must not appear.
"""
import re

import pytest

from harness import IPXE, SYSFS, VM, Failure, config_writes

E1000, EDU, XHCI = "0000:00:03.0", "0000:00:04.0", "0000:00:05.0"
ROMS = {E1000: "efi-e1000.rom", EDU: "three", XHCI: "trailing"}
IDS = {E1000: "8086:100e", EDU: "1234:11e8", XHCI: "1b36:000d"}


@pytest.fixture(scope="module")
def machine(kernel):
    devices = [
        "intel-iommu,intremap=on",
        "VGA,addr=2",
        f"e1000,addr=3,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={kernel.rom('three')}",
        f"qemu-xhci,addr=5,romfile={kernel.rom('trailing')}",
    ]
    with VM(kernel, "parameters", devices, append="intel_iommu=on") as vm:
        yield vm


@pytest.fixture
def vm(machine):
    """The VM without the module and without drivers, before and after."""
    yield machine
    machine.unload_if_loaded()
    machine.unbind_all(ROMS)


@pytest.mark.parametrize("parameters, word", [
    ("capture=sometimes", "sometimes"),
    ("capture=AUTO", "AUTO"),
    ("borrow=maybe", "maybe"),
    ("borrow=1", "1"),
    ("igd_stolen=always", "always"),
    ("deny=8086", "8086"),
    ("deny=8086:", "8086:"),
    ("deny=8086:100e:", "8086:100e:"),
    ("deny=intel:100e", "intel:100e"),
    ("deny=8086:1000e", "8086:1000e"),
    ("deny=8086:100e,nothing", "nothing"),
    ("deny=0000:00:03", "0000:00:03"),
    ("deny=0000:00:03.8", "0000:00:03.8"),
    ("deny=0000:00:20.0", "0000:00:20.0"),
    ("deny=0000:100:03.0", "0000:100:03.0"),
    ("deny=0000:00:03.0;0000:00:04.0", "0000:00:03.0;0000:00:04.0"),
])
def test_bad_parameter(vm, parameters, word):
    vm.sh("dmesg -c >/dev/null")
    status, output = vm.ask(f"insmod /shadowbar.ko '{parameters}'")
    assert status == 22 and b"Invalid argument" in output, output
    said = [line for line in vm.sh("dmesg").splitlines()
            if "shadowbar" in line and "taint" not in line]
    assert any(re.search(rf"(?<![\w:.]){re.escape(word)}(?![\w:.])", line)
               for line in said), said
    assert vm.ask("test -d /sys/module/shadowbar")[0] == 1
    assert vm.ask(f"ls -d {SYSFS}/*/shadowbar")[0] == 1


@pytest.mark.parametrize("parameters", [
    f"deny={IDS[E1000]}", f"deny={E1000}",
    f"deny=ffff:ffff,{IDS[E1000]},{E1000},0001:ff:1f.7",
    f"deny={IDS[E1000].upper()}"])
def test_deny(vm, kernel, parameters):
    before = vm.config()
    with config_writes(vm) as written:
        vm.load(parameters)
        vm.settle()
        assert vm.capture(E1000) == "Operation not permitted"
    assert E1000 not in written and {EDU, XHCI} <= written
    shown = vm.show(E1000)
    assert shown["rom_status"] == "skipped", shown
    assert "deny" in shown["rom_reason"]
    assert shown["rom_source"] == shown["rom_sha256"] == ""
    assert shown["size"] == -1
    for address in EDU, XHCI:
        assert vm.show(address)["rom_status"] == "captured"
        vm.compare(address, ROMS[address])
    assert vm.config() == before


def test_deny_nothing(vm):
    vm.load("deny=")
    vm.settle()
    for address in ROMS:
        assert vm.show(address)["rom_status"] == "captured"


def test_manual(vm, kernel):
    before = vm.config(), vm.iomem()
    with config_writes(vm) as written:
        vm.load("capture=manual")
        vm.settle()
    assert not written & ROMS.keys(), written
    for address in ROMS:
        shown = vm.show(address)
        assert shown["rom_status"] == "skipped", shown
        assert "manual" in shown["rom_reason"]
        assert shown["size"] == -1
    with config_writes(vm) as written:
        assert vm.capture(EDU) is None
    assert written & ROMS.keys() == {EDU}
    assert vm.show(EDU)["rom_status"] == "captured"
    vm.compare(EDU, "three")
    assert vm.show(E1000)["rom_status"] == "skipped"
    assert (vm.config(), vm.iomem()) == before


def test_parameters_can_be_read(vm):
    vm.load("capture=manual borrow=off deny=8086:100e")
    out = vm.sh("cd /sys/module/shadowbar/parameters; for f in capture borrow "
                "deny; do echo $f=$(cat $f) $(stat -c %a $f); done")
    assert out.splitlines() == ["capture=manual 444", "borrow=off 444",
                                "deny=8086:100e 444"]


@pytest.mark.parametrize("driver", ["e1000", "pci-stub", "vfio-pci"])
def test_bound_before_the_module(vm, kernel, driver):
    """Deferred, never touched, and read as soon as the driver unbinds."""
    vm.bind(E1000, driver)
    before = vm.config()
    with config_writes(vm) as written:
        vm.load()
        vm.settle()
        assert vm.capture(E1000) == "Device or resource busy"
    assert E1000 not in written and EDU in written
    shown = vm.show(E1000)
    assert shown["rom_status"] == "deferred", shown
    assert "driver" in shown["rom_reason"] and "unbind" in shown["rom_reason"]
    assert shown["size"] == -1 and shown["rom_source"] == ""
    assert vm.config() == before

    vm.unbind(E1000)
    vm.settle()
    assert vm.show(E1000)["rom_status"] == "captured"
    vm.compare(E1000, ROMS[E1000])


def test_bound_after_capture(vm, kernel):
    """A shadow read before a driver binds stays while it is bound."""
    vm.load()
    vm.settle()
    before = vm.show(E1000)
    vm.bind(E1000, "e1000")
    with config_writes(vm) as written:
        assert vm.capture(E1000) == "Device or resource busy"
    assert E1000 not in written
    assert vm.show(E1000) == before
    vm.compare(E1000, ROMS[E1000])
    vm.unbind(E1000)
    vm.settle()
    assert vm.capture(E1000) is None
    assert vm.show(E1000) == before


def test_probe_waits_for_its_capture(vm, kernel):
    """A driver may bind immediately: the ROM is read before its probe."""
    for _ in range(10):
        vm.sh(f"insmod /shadowbar.ko; cd {SYSFS}/{E1000}; modprobe pci-stub; "
              f"echo pci-stub > driver_override; "
              f"echo {E1000} > /sys/bus/pci/drivers_probe")
        vm.settle()
        assert vm.driver(E1000) == "pci-stub"
        assert vm.show(E1000)["rom_status"] == "captured"
        vm.compare(E1000, ROMS[E1000])
        vm.unload()
        vm.unbind(E1000)


@pytest.mark.parametrize("firmware", ["bios", "ovmf"])
def test_norom(kernel, firmware):
    """pci=norom: the kernel assigns no ROM by itself."""
    devices = [
        "VGA,addr=2",
        f"e1000,addr=3,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={kernel.rom('three')}",
        "pcie-root-port,id=port1,chassis=1,addr=8",
        f"e1000e,bus=port1,romfile={kernel.rom('half-a')}",
    ]
    with VM(kernel, f"norom-{firmware}", devices, firmware=firmware,
            append="pci=norom") as vm:
        before = vm.config(), vm.iomem()
        vm.load()
        vm.settle()
        assert (vm.config(), vm.iomem()) == before
        for address, name in {
                "0000:00:02.0": "vgabios-stdvga.bin", E1000: ROMS[E1000],
                EDU: "three", "0000:01:00.0": "half-a"}.items():
            shown = vm.show(address)
            assert shown["rom_status"] == "captured", shown
            assert shown["size"] == len(kernel.shadow(name))
            vm.compare(address, name)
        vm.unload()
        assert (vm.config(), vm.iomem()) == before


def test_failures_are_seen(machine):
    """Test the harness: a command that fails, a kernel that complains."""
    with pytest.raises(Failure):
        machine.sh("false")
    with pytest.raises(Failure):
        machine.compare(EDU, "three")
    machine.check_console()
