# SPDX-License-Identifier: GPL-2.0-only
"""Functions that are present at boot, under SeaBIOS and OVMF.

SeaBIOS gives every ROM an address and keeps it there. OVMF gives it none: the
kernel assigns one, except for the boot VGA device, whose ROM it hides behind a
copy at 0xC0000 that UEFI never made.
"""
import hashlib
import re
import types

import pytest

from harness import IPXE, PACKAGE_ROMS, SYSFS, VGABIOS, VM

BOOT_VGA = "0000:00:02.0"
WITHOUT_ROM = "0000:00:0b.0"

# Address: the device, and its ROM: a file, or a name from scripts/roms.
FUNCTIONS = {
    BOOT_VGA: ("VGA,addr=2", VGABIOS),
    "0000:00:03.0": ("e1000,addr=3", IPXE / "efi-e1000.rom"),
    "0000:00:04.0": ("edu,addr=4", "three"),
    "0000:00:05.0": ("pci-testdev,addr=5,membar=64K", "trailing"),
    # All its BARs are 64 bits wide.
    "0000:00:06.0": ("qemu-xhci,addr=6", "one-mib"),
    # Its ROM is larger than each of its BARs.
    "0000:00:07.0": ("edu,addr=7", "four-mib"),
    "0000:01:00.0": ("e1000e,bus=port1", "half-a"),
    "0000:03:01.0": ("edu,bus=bridge,addr=1", "two"),
    WITHOUT_ROM: ("edu,addr=b", None),
    "0000:00:0c.0": ("virtio-net-pci,addr=c", IPXE / "efi-virtio.rom"),
    "0000:00:0d.0": ("rtl8139,addr=d", IPXE / "efi-rtl8139.rom"),
    "0000:00:0e.0": ("edu,addr=e", "three"),
    "0000:00:0f.0": ("pci-testdev,addr=f.0,multifunction=on", "smallest"),
    "0000:00:0f.1": ("pci-testdev,addr=f.1", "one-unit"),
    "0000:00:0f.2": ("pci-testdev,addr=f.2", "late-pcir"),
    "0000:00:0f.3": ("pci-testdev,addr=f.3", "open-firmware"),
    "0000:00:0f.4": ("pci-testdev,addr=f.4", "full64k"),
    "0000:00:0f.5": ("pci-testdev,addr=f.5", "no-last"),
    "0000:00:0f.6": ("pci-testdev,addr=f.6", "bad-sum"),
}
BRIDGES = ("pcie-root-port,id=port1,chassis=1,slot=1,addr=8",
           "pcie-root-port,id=port2,chassis=2,slot=2,addr=9",
           "pcie-pci-bridge,id=bridge,bus=port2")
for i, path in enumerate(PACKAGE_ROMS):
    slot, number = 0x10 + i // 8, i % 8
    FUNCTIONS[f"0000:00:{slot:02x}.{number}"] = (
        f"pci-testdev,addr={slot:x}.{number},multifunction=on", path)
WITH_ROM = [address for address, (_, rom) in FUNCTIONS.items() if rom]


def name_of(address):
    """The name of a function's ROM in scripts/roms or the package."""
    rom = FUNCTIONS[address][1]
    return rom if isinstance(rom, str) else rom.name


@pytest.fixture(scope="module", params=["bios", "ovmf"])
def firmware(request):
    return request.param


@pytest.fixture(scope="module")
def snapshots():
    return types.SimpleNamespace()


@pytest.fixture(scope="module")
def vm(kernel, firmware, snapshots):
    devices = list(BRIDGES)
    for device, rom in FUNCTIONS.values():
        if isinstance(rom, str):
            rom = kernel.rom(rom)
        devices.append(f"{device},romfile={rom or ''}")
    with VM(kernel, f"boot-{firmware}", devices, firmware=firmware) as vm:
        # In 6.12 its driver is built in.
        vm.unbind("0000:00:0c.0")
        snapshots.before = vm.config(), vm.iomem()
        vm.load()
        vm.settle()
        snapshots.loaded = vm.config(), vm.iomem()
        vm.unload()
        snapshots.unloaded = vm.config(), vm.iomem()
        vm.load()
        vm.settle()
        yield vm


def test_every_function_is_there(vm, snapshots):
    assert FUNCTIONS.keys() <= snapshots.before[0].keys()
    assert len(snapshots.before[0]["0000:01:00.0"]) == 4096
    assert all(len(space) in (256, 4096)
               for space in snapshots.before[0].values())


@pytest.mark.parametrize("moment", ["loaded", "unloaded"])
def test_config_space_is_unchanged(vm, snapshots, moment):
    before, after = snapshots.before[0], getattr(snapshots, moment)[0]
    assert before.keys() == after.keys()
    for address in before:
        assert before[address].hex(" ") == after[address].hex(" "), address


def test_iomem_is_unchanged(vm, snapshots):
    """Except for the pads, and without the module completely."""
    assert without_pads(snapshots.loaded[1]) == snapshots.before[1]
    assert snapshots.unloaded[1] == snapshots.before[1]


def without_pads(iomem):
    """The tree without the pads, which are next to everything else."""
    return "\n".join(line for line in iomem.splitlines()
                     if " : shadowbar " not in line)


@pytest.mark.parametrize("address", WITH_ROM)
def test_shadow_is_the_file(vm, kernel, firmware, address):
    expected = kernel.shadow(name_of(address))
    shown = vm.show(address)
    if not expected:
        assert shown["rom_status"] == "failed", shown
        assert shown["size"] == -1 and shown["rom_sha256"] == ""
        return
    assert shown["rom_status"] == "captured", shown
    assert shown["size"] == len(expected)
    assert shown["rom_sha256"] == hashlib.sha256(expected).hexdigest()
    vm.compare(address, name_of(address))


@pytest.mark.parametrize("address", WITH_ROM)
def test_provenance(vm, kernel, firmware, address):
    shown = vm.show(address)
    if firmware == "bios":
        bar, source = "programmed", "in-place"
    elif address == BOOT_VGA:
        bar, source = "all-ones", "hole"
    else:
        bar, source = "all-ones", "in-place"
    if not kernel.shadow(name_of(address)):
        source = ""
    assert (shown["rom_bar"], shown["rom_source"]) == (bar, source), shown
    assert shown["decode"] == "on"


def test_function_without_rom(vm):
    shown = vm.show(WITHOUT_ROM)
    assert shown["rom_status"] == "none"
    assert shown["rom_bar"] == "absent"
    assert shown["rom_source"] == shown["rom_sha256"] == ""
    assert shown["rom_reason"]
    assert shown["size"] == -1


def test_kernel_gives_what_shadowbar_has(vm, firmware):
    """The most frequently reported failure: the boot VGA ROM under UEFI. Its
    control, without the module, is in test_serve.py and in the demo."""
    status, output = vm.ask(f"cd {SYSFS}/{BOOT_VGA}; echo 1 > rom; "
                            "cat rom > /tmp/rom")
    vm.sh(f"echo 0 > {SYSFS}/{BOOT_VGA}/rom")
    assert status == 0, output
    vm.compare(BOOT_VGA, VGABIOS.name)
    if firmware == "ovmf":
        vm.sh(f"cmp /tmp/rom {SYSFS}/{BOOT_VGA}/shadowbar/rom")


def test_modes(vm):
    out = vm.sh(f"cd {SYSFS}/0000:00:03.0/shadowbar; stat -c '%n %a' *")
    assert dict(line.split() for line in out.splitlines()) == {
        "bar0_isolate": "200", "bar0_page": "444", "bar0_reason": "444",
        "capture": "200", "decode": "444", "rom": "400", "rom_bar": "444",
        "rom_reason": "444", "rom_served": "444", "rom_sha256": "444",
        "rom_changed": "444",
        "rom_source": "444",
        "rom_status": "444", "sources": "755"}


def test_only_root_reads_a_rom(vm):
    vm.sh("mkdir -p /etc; echo 'user:x:1000:1000::/:/bin/sh' > /etc/passwd; "
          "echo 'user:x:1000:' > /etc/group")
    files = f"{SYSFS}/0000:00:03.0/shadowbar"
    assert vm.sh(f"su user -c 'cat {files}/rom_status'") == "captured"
    for command in f"cat {files}/rom", f"echo 1 > {files}/capture":
        status, output = vm.ask(f"su user -c '{command}'")
        assert status == 1 and b"Permission denied" in output


def test_no_files_where_there_is_no_memory_bar(vm):
    out = vm.sh(f"cd {SYSFS}; for f in *; do "
                "[ -d $f/shadowbar ] && has=1 || has=0; "
                "echo $f $has $(head -n 7 $f/resource); done")
    seen = set()
    for line in out.splitlines():
        address, has, *words = line.split()
        memory = any(int(flags, 16) & 0x200 for flags in words[2::3])
        assert bool(int(has)) == memory, address
        seen.add(memory)
    assert seen == {True, False}


@pytest.mark.parametrize("words", ["0", "2", "now", "-1", "1x", "y", "on"])
def test_capture_takes_only_1(vm, words):
    status, output = vm.ask(f"echo {words} > {SYSFS}/0000:00:03.0/"
                            "shadowbar/capture")
    assert status == 1 and output.strip().endswith(b"Invalid argument")


def test_reading_in_pieces(vm, kernel):
    expected = kernel.shadow("three")
    rom = f"{SYSFS}/0000:00:04.0/shadowbar/rom"
    assert vm.sh_bytes(f"dd if={rom} bs=1000 2>/dev/null") == expected
    assert vm.sh_bytes(f"dd if={rom} bs=1 skip=99830 2>/dev/null") == \
        expected[99830:]
    assert vm.sh_bytes(f"dd if={rom} bs=4096 skip=100 2>/dev/null") == b""


TRACE = re.compile(r"shadowbar_capture_(begin|end): (\S+)(?: (.*))?")


@pytest.mark.parametrize("address", [
    "0000:00:04.0", "0000:00:06.0", "0000:01:00.0", "0000:03:01.0", BOOT_VGA])
def test_capture_again(vm, kernel, address):
    """Config space and bytes stay the same, and each dword is read once."""
    before = vm.config(), vm.iomem()
    events = "/sys/kernel/tracing/events/shadowbar/enable"
    vm.sh(f"echo > /sys/kernel/tracing/trace; echo 1 > {events}")
    assert vm.capture(address) is None
    trace = vm.sh(f"echo 0 > {events}; cat /sys/kernel/tracing/trace")
    assert (vm.config(), vm.iomem()) == before
    vm.compare(address, name_of(address))

    (begin, first, _), (end, last, rest) = TRACE.findall(trace)
    assert (begin, first, end, last) == ("begin", address, "end", address)
    values = dict(word.split("=") for word in rest.split())
    assert values["status"] == "captured"
    assert values["source"] == vm.show(address)["rom_source"]
    length = len(kernel.shadow(name_of(address)))
    assert int(values["bytes"]) == length
    assert int(values["bus_reads"]) == length // 4
    assert 0 < int(values["config_writes"]) < 64
    assert 0 < int(values["ns"]) < 60 * 10**9
