# SPDX-License-Identifier: GPL-2.0-only
"""ROMs and pages: what must hold on every kernel of every architecture."""
import hashlib

import pytest

import subpage
from harness import PCIEHP, SYSFS, VM, plug, pull

# Some with a ROM, one of 1 MiB, and all but the last with a sub-page BAR. Each
# ROM is larger than a page, so that Linux puts none before these BARs.
ROMS = ["three", "one-mib", "trailing", "full128k"]
KINDS = ["rtl8139", "i6300esb", "pci-ohci", "edu"]
SMALL = [next(iter(subpage.SMALL[kind])) for kind in KINDS[:3]]
BRIDGE = "0000:00:08.0"
ADDED, ADDED_ROM = "0000:02:00.0", "two"
# Before 5.15 a kernel does not tell whether a program has mapped a BAR.
MOVES_NOTHING = ("5.10",)


class Layout:
    """Four functions behind a bridge; root port 2 is for another one."""

    def __init__(self, kernel):
        conventional = kernel.arch == "ppc64le"
        bus = "bridge" if conventional else "port1"
        self.devices = ["pci-bridge,id=bridge,chassis_nr=1,addr=8"]
        self.args = []
        if not conventional:
            self.devices = ["pcie-root-port,id=port1,chassis=1,slot=1,addr=8",
                            "pcie-root-port,id=port2,chassis=2,slot=2,addr=9"]
            self.args = PCIEHP if kernel.arch == "x86" else []
        self.rom = {}
        for i, (kind, rom) in enumerate(zip(KINDS, ROMS)):
            where = f"{1 + i}.0" if conventional else f"0.{i}"
            slot = f"{1 + i:02x}.0" if conventional else f"00.{i}"
            self.rom[f"0000:01:{slot}"] = rom
            self.devices.append(f"{kind},bus={bus},addr={where},"
                                "multifunction=on,"
                                f"romfile={kernel.rom(rom)}")
        self.bars = list(zip(self.rom, SMALL))


@pytest.fixture(scope="module")
def machine(kernel):
    layout = Layout(kernel)
    with VM(kernel, "kernels", layout.devices, layout.args,
            append="kmemleak=off") as vm:
        vm.layout = layout
        # QEMU's device tree does not call it a bridge, but its registers do,
        # and not every kernel has a driver to enable it.
        if kernel.arch == "ppc64le":
            subpage.scan_again(vm, [BRIDGE])
            vm.sh(f"echo 1 > {SYSFS}/{BRIDGE}/enable")
        yield vm


def assert_captured(vm, kernel, roms):
    for address, rom in roms.items():
        expected = kernel.shadow(rom)
        shown = vm.show(address)
        assert shown["rom_status"] == "captured", (address, shown)
        assert shown["size"] == len(expected)
        assert shown["rom_sha256"] == hashlib.sha256(expected).hexdigest()
        vm.compare(address, rom)


def scan_again(vm):
    subpage.scan_again(vm, vm.layout.rom)


def pages(vm):
    """The states of the pages of the sub-page BARs."""
    size = subpage.page_size(vm)
    return {bar[:2]: bar.start // size for bar in subpage.memory_bars(vm)
            if bar[:2] in vm.layout.bars}


def test_page_size(vm, kernel):
    assert subpage.page_size(vm) == kernel.page_size


def test_captured(vm, kernel):
    """All bytes of all ROMs, and nothing else has changed."""
    before = vm.config(), vm.iomem()
    vm.load("pad=off")
    vm.settle()
    assert_captured(vm, kernel, vm.layout.rom)
    assert (vm.config(), vm.iomem()) == before
    vm.unload()
    assert (vm.config(), vm.iomem()) == before


def test_captured_when_found_again(vm, kernel):
    vm.load()
    scan_again(vm)
    assert_captured(vm, kernel, vm.layout.rom)
    before = vm.config()
    vm.unload()
    assert vm.config() == before


def test_names_of_pages(vm):
    """As in the resource tree; the first BAR of a page names another one."""
    scan_again(vm)
    vm.load()
    vm.settle()
    states = subpage.page_states(vm)
    assert {bar: vm.page(bar) for bar in states} == states
    assert sorted(states[bar] for bar in vm.layout.bars) == \
        ["shared", "unaligned", "unaligned"]
    shared, = (bar for bar in vm.layout.bars if states[bar] == "shared")
    others = [f"BAR {number} of {address} is in its page"
              for address, number in vm.layout.bars
              if (address, number) != shared]
    assert any(words in vm.page_reason(shared) for words in others)


def test_isolated(vm, kernel):
    """Without the module packed into one page; isolated on request."""
    scan_again(vm)
    assert len(set(pages(vm).values())) == 1
    vm.load()
    vm.settle()
    refused = subpage.isolate_all(vm, vm.layout.bars)
    if kernel.series in MOVES_NOTHING:
        assert set(refused) == set(vm.layout.bars)
        assert {(error, "kernels before 5.15 do not tell" in reason)
                for error, reason in refused.values()} == \
            {("Device or resource busy", True)}
        assert len(set(pages(vm).values())) == 1
        return
    assert not refused
    subpage.wait_for_page(vm, "exclusive", *vm.layout.bars)
    assert len(set(pages(vm).values())) == len(vm.layout.bars)


def test_padded(vm, kernel):
    """Each on its own page, with a pad next to it."""
    if kernel.series in MOVES_NOTHING:
        pytest.skip("test_hot_added sees a pad; no BAR of the others moves")
    before = vm.iomem()
    vm.load()
    scan_again(vm)
    assert not subpage.isolate_all(vm, vm.layout.bars)
    subpage.wait_for_page(vm, "exclusive", *vm.layout.bars)
    found = pages(vm)
    assert len(set(found.values())) == len(vm.layout.bars)
    size = subpage.page_size(vm)
    pads = subpage.pads(vm)
    for (address, number), page in found.items():
        start, end = pads[f"shadowbar {address} BAR {number}"]
        assert page * size < start < end == (page + 1) * size - 1
    vm.unload()
    assert not subpage.pads(vm)
    scan_again(vm)
    assert len(vm.iomem().splitlines()) == len(before.splitlines())


def test_hot_added(vm, kernel):
    if kernel.arch == "ppc64le":
        pytest.skip("hot-plug wants programs that busybox does not have")
    vm.load()
    name = plug(vm, "rtl8139", "port2", romfile=str(kernel.rom(ADDED_ROM)))
    vm.until(f"test -d {SYSFS}/{ADDED}/shadowbar")
    vm.settle()
    assert_captured(vm, kernel, {ADDED: ADDED_ROM})
    subpage.wait_for_page(vm, "exclusive", (ADDED, 1))
    pull(vm, name)
    vm.until(f"test ! -e {SYSFS}/{ADDED}")
