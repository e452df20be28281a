# SPDX-License-Identifier: GPL-2.0-only
"""ROMs that are invalid, or only partly valid."""

import pytest

from harness import VM, files_of, images_of

# The defect, and a word from the reason that the module gives.
BROKEN = {
    "all-zeroes": "zeroes",
    "all-ones": "ones",
    "pcir-outside": "PCIR",
    "no-pcir": "PCIR",
    "no-signature": "55 AA",
    "length-zero": "length is zero",
    "length-beyond": "longer",
}
ONLY_ALONE = {"pcir-cut": "PCIR", "length-zero-x86": "length is zero"}
# Files of the qemu and seabios packages that may look like ROMs. Not every
# release has all of them.
NOT_ROMS = [
    path for package, names in (
        ("qemu-system-data", (
            "kvmvapic.bin", "linuxboot.bin", "linuxboot_dma.bin",
            "multiboot.bin", "multiboot_dma.bin", "pvh.bin", "qboot.rom",
            "sgabios.bin")),
        ("seabios", ("vgabios-isavga.bin", "vgabios-ramfb.bin")))
    for name in names for path in files_of(package, name)]
assert len(NOT_ROMS) >= 8


def functions(kernel):
    """Each file as (name, path), in the order of the functions."""
    for name in [*BROKEN, *ONLY_ALONE]:
        yield f"broken-{name}", kernel.rom(f"broken-{name}")
    for name in BROKEN:
        yield f"second-{name}", kernel.rom(f"second-{name}")
    for path in NOT_ROMS:
        yield path.name, path


@pytest.fixture(scope="module")
def vm(kernel):
    """One function for each file, and the state before the module."""
    devices, address = ["VGA,addr=2"], {}
    for i, (name, path) in enumerate(functions(kernel)):
        slot, number = 8 + i // 8, i % 8
        devices.append(f"pci-testdev,addr={slot:x}.{number},"
                       f"multifunction=on,romfile={path}")
        address[name] = f"0000:00:{slot:02x}.{number}"
    with VM(kernel, "bad", devices) as vm:
        vm.address = address
        vm.before = vm.config(), vm.iomem()
        vm.load()
        vm.settle()
        yield vm


def test_nothing_is_left(vm):
    assert (vm.config(), vm.iomem()) == vm.before


def assert_failed(vm, address, word):
    shown = vm.show(address)
    assert shown["rom_status"] == "failed", shown
    assert word in shown["rom_reason"], shown
    assert shown["rom_bar"] == "programmed"
    assert shown["rom_source"] == shown["rom_sha256"] == ""
    assert shown["size"] == -1
    assert vm.capture(address) == "Input/output error"
    assert vm.show(address) == shown


@pytest.mark.parametrize("name", [*BROKEN, *ONLY_ALONE])
def test_broken(vm, name):
    word = (BROKEN | ONLY_ALONE)[name]
    assert_failed(vm, vm.address[f"broken-{name}"], word)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_second_image(vm, kernel, name):
    """The good image before it is kept, and the reason mentions it."""
    address = vm.address[f"second-{name}"]
    shown = vm.show(address)
    assert shown["rom_status"] == "captured", shown
    assert BROKEN[name] in shown["rom_reason"], shown
    assert "image 2" in shown["rom_reason"], shown
    assert shown["size"] == len(kernel.shadow(f"second-{name}")) == 12288
    vm.compare(address, f"second-{name}")


@pytest.mark.parametrize("path", NOT_ROMS, ids=lambda path: path.name)
def test_not_a_rom(vm, path):
    assert images_of(path.read_bytes()) == b""
    assert_failed(vm, vm.address[path.name], "")


def test_all_of_it_again(vm):
    """Reading them all again changes nothing either."""
    vm.sh("cd /sys/bus/pci/devices; for f in */shadowbar; do "
          "echo 1 2>/dev/null > $f/capture; done; true")
    assert (vm.config(), vm.iomem()) == vm.before
    vm.unload()
    assert (vm.config(), vm.iomem()) == vm.before
