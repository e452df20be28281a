# SPDX-License-Identifier: GPL-2.0-only
"""Functions that come and go, and ROMs that do not fit.

A ROM does not fit if all windows of its bus are full. The kernel assigns in
order of alignment, so the tests add functions next to the one under test that
use up the rest before its ROM gets its turn.
"""
import collections
import hashlib

import pytest

from harness import (IPXE, PCIEHP, SYSFS, VM, network, passes_traffic, plug,
                     pull)

PORTS = [
    "VGA,addr=2",
    "pcie-root-port,id=port1,chassis=1,slot=1,addr=8,mem-reserve=2M",
    "pcie-root-port,id=port2,chassis=2,slot=2,addr=9,pref64-reserve=8M",
    "pcie-root-port,id=port3,chassis=3,slot=3,addr=a",
    "pcie-root-port,id=port4,chassis=4,slot=4,addr=b",
]
E1000, VIRTIO = "0000:01:00.5", "0000:02:00.0"
TOO_LARGE, RTL8139 = "0000:03:00.0", "0000:01:03.0"


def wait_for(vm, address):
    vm.until(f"test -d {SYSFS}/{address}/shadowbar")
    vm.settle()


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    return network(tmp_path_factory, 3)


def is_left_alone(vm, address):
    """A bound function is not touched, and its old shadow stays."""
    assert vm.driver(address)
    before = vm.show(address), vm.config()
    assert vm.capture(address) == "Device or resource busy"
    assert (vm.show(address), vm.config()) == before


def assert_shadow(vm, address, name, expected, **values):
    shown = vm.show(address)
    values |= {"rom_status": "captured", "size": len(expected),
               "rom_sha256": hashlib.sha256(expected).hexdigest()}
    assert {key: shown[key] for key in values} == values, shown
    vm.compare(address, name)


def assert_no_room(vm, address):
    """Neither the kernel nor the register has an address for the ROM."""
    start, end, _ = vm.sh(f"sed -n 7p {SYSFS}/{address}/resource").split()
    served = vm.sh(f"cat {SYSFS}/{address}/shadowbar/rom_served").strip()
    # If it is served from memory, this is the memory's address.
    assert int(start, 16) == 0 or served == "memory", (start, end, served)
    register = vm.config()[address][0x30:0x34]
    assert int.from_bytes(register, "little") & ~0x7ff == 0


@pytest.fixture(scope="module")
def tight(kernel, networks):
    """PCIe functions that were hot-added and whose ROMs did not fit."""
    with VM(kernel, "hotplug", PORTS, [*PCIEHP, *networks]) as vm:
        vm.load()
        vm.settle()
        # Each window has 2 MiB: 1 MiB, three of 128 KiB with ROMs as large,
        # two more of 128 KiB, and the prefetchable window in one piece.
        for i in (1, 2, 3):
            plug(vm, "e1000", "port1", f"0.{i}",
                 romfile=str(kernel.rom("full128k")))
        plug(vm, "e1000", "port1", "0.4", romfile="")
        plug(vm, "e1000", "port1", "0.5", romfile=str(IPXE / "pxe-e1000.rom"),
             netdev="net1", mac="52:54:00:00:00:01")
        plug(vm, "pci-testdev", "port1", "0.6", membar=2 << 20)
        plug(vm, "edu", "port1")
        wait_for(vm, "0000:01:00.0")
        # A BAR of 8 MiB, and 2 MiB left for a 4 MiB ROM.
        plug(vm, "virtio-net-pci", "port2", netdev="net2",
             mac="52:54:00:00:00:02", romfile=str(kernel.rom("four-mib")),
             **{"page-per-vq": True})
        wait_for(vm, VIRTIO)
        # Neither a BAR nor a window is as large as the ROM.
        plug(vm, "edu", "port3", romfile=str(kernel.rom("four-mib")))
        wait_for(vm, TOO_LARGE)
        yield vm


def test_no_room(tight):
    assert_no_room(tight, E1000)
    assert_no_room(tight, VIRTIO)
    assert_no_room(tight, TOO_LARGE)


def test_borrowed_32_bit(tight, kernel):
    assert_shadow(tight, E1000, "pxe-e1000.rom",
                  kernel.shadow("pxe-e1000.rom"),
                  rom_source="borrowed", rom_bar="zero", decode="off")


def test_borrowed_64_bit(tight, kernel):
    assert_shadow(tight, VIRTIO, "four-mib", kernel.shadow("four-mib"),
                  rom_source="borrowed", rom_bar="zero", decode="off")


def test_larger_than_everything(tight):
    before = tight.config(), tight.iomem()
    shown = tight.show(TOO_LARGE)
    assert shown["rom_status"] == "skipped", shown
    assert shown["rom_bar"] == "zero"
    assert shown["rom_source"] == "" and shown["size"] == -1
    assert "no window" in shown["rom_reason"]
    assert tight.capture(TOO_LARGE) == "Input/output error"
    assert (tight.config(), tight.iomem()) == before


@pytest.mark.parametrize("function", [1, 2, 3])
def test_identical_roms(tight, kernel, function):
    assert_shadow(tight, f"0000:01:00.{function}", "full128k",
                  kernel.shadow("full128k"), rom_source="in-place")


def test_borrow_again(tight, kernel):
    before = tight.config(), tight.iomem()
    tight.sh("echo 1 > /sys/kernel/tracing/events/shadowbar/enable")
    assert tight.capture(E1000) is None
    events = tight.sh("cat /sys/kernel/tracing/trace")
    assert (tight.config(), tight.iomem()) == before
    length = len(kernel.shadow("pxe-e1000.rom"))
    assert f"source=borrowed bytes={length} " in events
    assert f" bus_reads={length // 4} " in events


def test_borrow_off(tight, kernel):
    """Without borrowing, one ROM is read in a hole, the other not at all."""
    tight.unbind(VIRTIO)
    tight.unload()
    before = tight.config(), tight.iomem()
    tight.load("borrow=off")
    tight.settle()
    assert_shadow(tight, E1000, "pxe-e1000.rom",
                  kernel.shadow("pxe-e1000.rom"),
                  rom_source="hole", rom_bar="zero")
    shown = tight.show(VIRTIO)
    assert (shown["rom_status"], shown["size"]) == ("skipped", -1), shown
    assert tight.capture(VIRTIO) == "Input/output error"
    tight.unload()
    assert (tight.config(), tight.iomem()) == before

    tight.load("borrow=on")
    tight.settle()
    for address, name in (E1000, "pxe-e1000.rom"), (VIRTIO, "four-mib"):
        assert_shadow(tight, address, name, kernel.shadow(name),
                      rom_source="borrowed", rom_bar="zero")
    assert (tight.config(), tight.iomem()) == before


def test_driver_after_borrow_32_bit(tight):
    passes_traffic(tight, E1000, "e1000", "e1000", "52:54:00:00:00:01")
    is_left_alone(tight, E1000)


def test_driver_after_borrow_64_bit(tight):
    passes_traffic(tight, VIRTIO, "virtio_pci virtio_net", "virtio-pci",
                   "52:54:00:00:00:02")
    is_left_alone(tight, VIRTIO)


def test_unload_with_drivers_bound(tight):
    before = tight.config(), tight.iomem()
    tight.unload()
    assert (tight.config(), tight.iomem()) == before
    assert tight.ask(f"ls -d {SYSFS}/*/shadowbar")[0] == 1
    tight.load()
    tight.settle()
    for address in E1000, VIRTIO:
        assert tight.show(address)["rom_status"] == "deferred"
    tight.compare(E1000, "pxe-e1000.rom")
    assert (tight.config(), tight.iomem()) == before


@pytest.fixture(scope="module")
def conventional(kernel, networks):
    """Two PCI buses, where ACPI adds functions one by one."""
    devices = ["VGA,addr=2", "pci-bridge,id=bridge1,chassis_nr=1,addr=3",
               "pci-bridge,id=bridge2,chassis_nr=2,addr=4"]
    with VM(kernel, "conventional", devices, networks, machine="pc") as vm:
        vm.load()
        vm.settle()
        yield vm


def test_hole_behind_a_bridge(conventional, kernel):
    """First the bus is full, then it has room."""
    vm = conventional
    # All but 128 KiB, then 4 KiB of that, and the prefetchable window.
    for i in range(1, 8):
        plug(vm, "e1000", "bridge1", f"1.{i}", romfile="")
    plug(vm, "edu", "bridge1", "1.0")
    wait_for(vm, "0000:01:01.0")
    plug(vm, "pci-testdev", "bridge1", "2.0", membar=2 << 20)
    wait_for(vm, "0000:01:02.0")
    plug(vm, "rtl8139", "bridge1", "3.0", netdev="net3",
         mac="52:54:00:00:00:03", romfile=str(IPXE / "pxe-rtl8139.rom"))
    wait_for(vm, RTL8139)
    assert_no_room(vm, RTL8139)
    assert vm.show(RTL8139)["rom_status"] == "skipped"
    assert vm.capture(RTL8139) == "Input/output error"

    vm.sh(f"echo 1 > {SYSFS}/0000:01:01.3/remove")
    before = vm.config(), vm.iomem()
    assert vm.capture(RTL8139) is None
    assert (vm.config(), vm.iomem()) == before
    assert_shadow(vm, RTL8139, "pxe-rtl8139.rom",
                  kernel.shadow("pxe-rtl8139.rom"),
                  rom_source="hole", rom_bar="zero", decode="off")
    passes_traffic(vm, RTL8139, "8139cp", "8139cp", "52:54:00:00:00:03")
    is_left_alone(vm, RTL8139)


# Functions come and go: with pciehp on a port, with ACPI on a bus.

Slot = collections.namedtuple("Slot", "vm bus number address above")


@pytest.fixture(params=["pciehp", "acpiphp"])
def slot(request):
    """An empty slot: the bridge above it, and the address of a function."""
    if request.param == "pciehp":
        return Slot(request.getfixturevalue("tight"), "port4", "0.0",
                    "0000:04:00.0", "0000:00:0b.0")
    return Slot(request.getfixturevalue("conventional"), "bridge2", "1.0",
                "0000:02:01.0", "0000:00:04.0")


def fill(slot, driver, rom):
    name = plug(slot.vm, driver, slot.bus, slot.number, romfile=str(rom))
    wait_for(slot.vm, slot.address)
    return name


def empty(slot, name):
    pull(slot.vm, name)
    slot.vm.until(f"test ! -e {SYSFS}/{slot.address}")


def test_plug_and_pull(slot, kernel):
    iomem = slot.vm.iomem()
    for rom in "trailing", "broken-all-ones":
        name = fill(slot, "edu", kernel.rom(rom))
        expected = kernel.shadow(rom)
        if expected:
            assert_shadow(slot.vm, slot.address, rom, expected,
                          rom_bar="zero", rom_source="in-place", decode="off")
        else:
            assert slot.vm.show(slot.address)["rom_status"] == "failed"
        empty(slot, name)
        assert slot.vm.iomem() == iomem


def test_read_before_its_driver_probes(slot, kernel):
    """The driver is loaded before the function appears."""
    slot.vm.sh("modprobe e1000")
    name = fill(slot, "e1000", IPXE / "efi-e1000.rom")
    slot.vm.until(f"test -e {SYSFS}/{slot.address}/driver")
    assert slot.vm.driver(slot.address) == "e1000"
    assert_shadow(slot.vm, slot.address, "efi-e1000.rom",
                  kernel.shadow("efi-e1000.rom"),
                  rom_bar="zero", rom_source="in-place", decode="off")
    empty(slot, name)


def test_remove_and_rescan(slot, kernel):
    """Of the function, and of everything below the bridge above it."""
    name = fill(slot, "edu", kernel.rom("two"))
    for gone in slot.address, slot.address, slot.above:
        slot.vm.sh(f"echo 1 > {SYSFS}/{gone}/remove; "
                   f"test ! -e {SYSFS}/{slot.address} && "
                   "echo 1 > /sys/bus/pci/rescan")
        wait_for(slot.vm, slot.address)
        assert_shadow(slot.vm, slot.address, "two", kernel.shadow("two"),
                      rom_source="in-place")
    empty(slot, name)


def test_removed_during_its_capture(slot, kernel):
    """Whichever comes first, nothing of the function is left."""
    name = fill(slot, "edu", kernel.rom("one-mib"))
    slot.vm.sh(f"echo 1 > {SYSFS}/{slot.address}/remove")
    iomem = slot.vm.iomem()
    for microseconds in (0, 3000, 10000, 30000, 100000):
        slot.vm.sh("echo 1 > /sys/bus/pci/rescan")
        wait_for(slot.vm, slot.address)
        slot.vm.sh(f"cd {SYSFS}/{slot.address}; "
                   "(while echo 1 > shadowbar/capture; do n=1; done) "
                   f"2>/dev/null & usleep {microseconds}; "
                   f"echo 1 > remove; wait; test ! -e {SYSFS}/{slot.address}")
        assert slot.vm.iomem() == iomem
    empty(slot, name)


def test_pulled_during_its_capture(slot, kernel):
    iomem = slot.vm.iomem()
    name = fill(slot, "edu", kernel.rom("one-mib"))
    slot.vm.sh(f"while echo 1 > {SYSFS}/{slot.address}/shadowbar/capture; "
               "do n=1; done 2>/dev/null >/dev/null &")
    empty(slot, name)
    assert slot.vm.iomem() == iomem
