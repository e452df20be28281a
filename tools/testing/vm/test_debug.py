# SPDX-License-Identifier: GPL-2.0-only
"""Pads on a debug kernel (KASAN, lockdep, slub_debug), while bridges above
padded functions come and go; and VFIO without groups, which Debian's kernels
do not support.
"""
import pytest

import harness
import subpage
from harness import SYSFS

SERIES = "6.12-debug"
SLOTS = subpage.everywhere()
ADDRESSES = list(SLOTS.kind)
BELOW = [address for address in ADDRESSES if address[5:7] != "00"]
# A root port, one above functions, one above a bridge, and that bridge.
BRIDGES = ["0000:00:18.0", "0000:00:1a.0", "0000:00:1b.0", "0000:04:00.0"]
BRIDGE_REMOVALS = 5


@pytest.fixture(scope="module")
def kernel():
    return harness.built(SERIES)


@pytest.fixture(scope="module")
def machine(kernel):
    # With two CPUs, QEMU itself does not survive so many moved BARs.
    with subpage.machine(kernel, "pages", SLOTS, args=("-smp", "1"),
                         append="slub_debug=FZPU kmemleak=off loglevel=5") \
            as vm:
        # The first removal gives a function other addresses: do it now.
        subpage.scan_again(vm, ADDRESSES)
        yield vm


def pads_of(bars):
    return {f"shadowbar {address} BAR {nr}" for address, nr in bars}


def wait_for_pads(vm, addresses):
    """Every small BAR has its own page, and a pad."""
    bars = [bar for bar in SLOTS.bars() if bar[0] in addresses]
    subpage.isolate_all(vm, bars)
    subpage.wait_for_page(vm, "exclusive", *bars)
    assert pads_of(bars) <= subpage.pads(vm).keys()


@pytest.mark.parametrize("loaded", [False, True])
def test_without_groups(vm, loaded):
    """iommufd allows the same mappings as groups."""
    if loaded:
        vm.load()
        subpage.scan_again(vm, ADDRESSES)
        wait_for_pads(vm, ADDRESSES)
    with subpage.Vfio(vm, ADDRESSES) as vfio:
        by_group, alone = vfio.mapped(), vfio.mapped("-i")
    assert by_group == alone
    assert ("no" in alone.values()) != loaded, alone


def test_bridges_removed(vm):
    """With padded functions below: the pads go before the windows do."""
    vm.load()
    subpage.scan_again(vm, BELOW)
    wait_for_pads(vm, BELOW)
    for bridge in BRIDGES:
        # The first removal gives a bridge other windows.
        vm.sh(f"echo 1 > {SYSFS}/{bridge}/remove; "
              "echo 1 > /sys/bus/pci/rescan")
    wait_for_pads(vm, BELOW)
    before = vm.iomem()
    for i in range(BRIDGE_REMOVALS):
        for bridge in BRIDGES:
            vm.sh(f"echo 1 > {SYSFS}/{bridge}/remove")
            there = set(vm.sh(f"ls {SYSFS}").split())
            gone = [bar for bar in SLOTS.bars() if bar[0] not in there]
            assert gone and not pads_of(gone) & subpage.pads(vm).keys()
            vm.sh("echo 1 > /sys/bus/pci/rescan")
            if i % 2:
                wait_for_pads(vm, BELOW)
    wait_for_pads(vm, BELOW)
    assert vm.iomem() == before
