# SPDX-License-Identifier: GPL-2.0-only
"""A different version of the module takes over on a running machine: with
pads, with shadows, and with a device in use by a hypervisor.
"""
import copy
import re
import shutil

import pytest

import harness
import subpage
from harness import IPXE, SYSFS, TOP, config_writes, run

# In use through VFIO, with a ROM, a small BAR and a mapping of it.
USED = "0000:00:03.0"
# With a native driver; without one.
BOUND, FREE = "0000:00:04.0", "0000:00:05.0"
ROMS = {USED: "efi-rtl8139.rom", BOUND: "efi-e1000.rom", FREE: "three"}


@pytest.fixture(scope="module")
def both(kernel, tmp_path_factory):
    """The kernel, with the module and a copy under a different version."""
    tree = tmp_path_factory.mktemp("next")
    for name in ("drivers", "include", "kunit", "scripts"):
        shutil.copytree(TOP / name, tree / name)
    shutil.copytree(TOP / "tools/shadowbar", tree / "tools/shadowbar")
    for name in (".gitignore", "Kbuild"):
        shutil.copy(TOP / name, tree)
    header = tree / "include/shadowbar/version.h"
    text = header.read_text()
    (old,) = re.findall(r'^#define SHADOWBAR_VERSION\t"(.*)"$', text, re.M)
    header.write_text(text.replace(f'"{old}"', f'"{old}.next"'))
    out = harness.BUILD / "vm" / kernel.series
    run(tree / "scripts/build-module", (out / "kernel").resolve(),
        tree / "out")
    (tree / "out/shadowbar.ko").rename(tree / "out/next.ko")
    initramfs = tree / "initramfs.cpio"
    run(TOP / "scripts/initramfs", out / "kernel", initramfs,
        out / "shadowbar.ko", tree / "out/next.ko", out / "vfio-regions",
        out / "roms")
    with_both = copy.copy(kernel)
    with_both.initramfs = initramfs
    return with_both


@pytest.fixture(scope="module")
def vm(both):
    slots = subpage.Slots()
    slots.devices += [
        f"rtl8139,addr=3,romfile={IPXE}/efi-rtl8139.rom",
        f"e1000,addr=4,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=5,romfile={both.rom('three')}",
        "pci-ohci,addr=6",
    ]
    with subpage.machine(both, "upgrade", slots) as vm:
        yield vm


def version(vm):
    return vm.sh("cat /sys/module/shadowbar/version")


def state(vm):
    """Config space, the resource tree, and everything the module shows."""
    shown = {address: vm.show(address) for address in ROMS}
    shown = {address: (files["rom_status"], files["rom_sha256"])
             for address, files in shown.items()}
    pages = vm.sh(f"cd {SYSFS}; grep . */shadowbar/bar*_page")
    return vm.config(), vm.iomem(), pages, shown


@pytest.mark.parametrize("way", ["up", "down"])
def test_upgrade(vm, way):
    first, second = ("/shadowbar.ko", "/next.ko")
    if way == "down":
        first, second = second, first
    vm.sh(f"insmod {first}")
    vm.settle()
    for address, name in ROMS.items():
        vm.compare(address, name)
    vm.bind(BOUND, "e1000")
    old = version(vm)

    with subpage.Vfio(vm, [USED]):
        # The device stays open until the other end of the pipe is closed.
        vm.sh("rm -f /tmp/pipe /tmp/user; mkfifo /tmp/pipe; "
              "(sleep 1000 > /tmp/pipe & echo $! > /tmp/sleeper); "
              f"(/vfio-regions -w {USED} < /tmp/pipe > /tmp/user 2>&1; "
              "echo status=$? >> /tmp/user) & true")
        vm.until("grep -qx ready /tmp/user")
        before = state(vm)
        # A device in use by a guest has no pad from the module.
        assert f"shadowbar {USED}" not in before[1]
        assert "vfio sub-page reserved" in before[1]

        with config_writes(vm) as written:
            vm.sh(f"rmmod shadowbar; insmod {second}")
            vm.settle()
        assert version(vm) != old
        assert not written & {USED, BOUND}, written
        assert FREE in written
        after = state(vm)
        # A ROM cannot be read again while its function is in use.
        for address in USED, BOUND:
            assert before[3][address][0] == "captured"
            assert after[3][address] == ("deferred", before[3][address][1])
            assert vm.show(address)["rom_source"] == "platform"
        assert after[3][FREE] == before[3][FREE]
        for address, name in ROMS.items():
            vm.compare(address, name)
        assert after[:3] == before[:3]

        vm.sh("kill $(cat /tmp/sleeper)")
        vm.until("grep -q status= /tmp/user")
        said = vm.sh("cat /tmp/user")
        assert "again=1 name=bar1" in said and "NOT TRUE" not in said, said
        assert said.endswith("status=0"), said

    # They are read as soon as possible.
    vm.unbind(BOUND)
    vm.settle()
    for address, name in ROMS.items():
        assert vm.show(address)["rom_source"] != "platform"
        vm.compare(address, name)
    vm.unload()
