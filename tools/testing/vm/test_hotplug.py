# SPDX-License-Identifier: GPL-2.0-only
"""Functions that come and go, and ROMs for which there was no room.

A ROM finds no room where all of a bus's windows are taken: the kernel assigns
in the order of alignment, so functions are put beside the one to test that
take the last of it before its ROM is looked at.
"""
import hashlib
import pathlib
import types

import pytest

from harness import SYSFS, VM, Failure

IPXE = pathlib.Path("/usr/lib/ipxe/qemu")
PCIEHP = ("-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off")
PORTS = [
    "VGA,addr=2",
    "pcie-root-port,id=port1,chassis=1,slot=1,addr=8,mem-reserve=2M",
    "pcie-root-port,id=port2,chassis=2,slot=2,addr=9,pref64-reserve=8M",
    "pcie-root-port,id=port3,chassis=3,slot=3,addr=a",
    "pcie-root-port,id=port4,chassis=4,slot=4,addr=b",
]
E1000, VIRTIO = "0000:01:00.5", "0000:02:00.0"
TOO_LARGE, RTL8139 = "0000:03:00.0", "0000:01:03.0"

SERVED = b"".join(hashlib.sha256(bytes([i & 255, i >> 8])).digest()
                  for i in range(4096))


def plug(vm, driver, bus, number="0.0", **options):
    """Hot-add a function; number 0 goes last and brings in all of a slot."""
    name = f"{bus}-{number.replace('.', '-')}"
    vm.qmp("device_add", driver=driver, bus=bus, id=name, addr=number,
           multifunction=True, **options)
    return name


def wait_for(vm, address):
    vm.until(f"test -d {SYSFS}/{address}/shadowbar")
    vm.settle()


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Three networks with a server that has a file."""
    served = tmp_path_factory.mktemp("tftp")
    (served / "file").write_bytes(SERVED)
    args = []
    for i in (1, 2, 3):
        args += ["-netdev", f"user,id=net{i},tftp={served},restrict=on"]
    return args


def passes_traffic(vm, address, modules, driver, mac):
    """The driver binds and gets a file over the network, byte for byte."""
    vm.sh(f"modprobe -a {modules}; cd {SYSFS}/{address}; "
          f"[ -e driver ] || echo {address} > /sys/bus/pci/drivers_probe")
    assert vm.driver(address) == driver
    name = vm.until(f"grep -l {mac} /sys/class/net/*/address").split("/")[4]
    vm.sh(f"ip addr add 10.0.2.15/24 dev {name} && ip link set {name} up")
    vm.until(f"grep -q 1 /sys/class/net/{name}/carrier")
    got = vm.sh_bytes("tftp -g -r file -l /tmp/got 10.0.2.2 >&2 && "
                      "cat /tmp/got; rm /tmp/got", timeout=120)
    assert got == SERVED
    vm.sh(f"ip link set {name} down; ip addr flush dev {name}")


def is_left_alone(vm, address):
    """A bound function is not touched, and its older shadow stays."""
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
    """The kernel has no address for the ROM, and neither has its register."""
    start, end, _ = vm.sh(f"sed -n 7p {SYSFS}/{address}/resource").split()
    assert int(start, 16) == 0, (start, end)
    register = vm.config()[address][0x30:0x34]
    assert int.from_bytes(register, "little") & ~0x7ff == 0


@pytest.fixture(scope="module")
def tight(kernel, network):
    """PCIe functions that were hot-added and found no room for their ROMs."""
    with VM(kernel, "hotplug", PORTS, [*PCIEHP, *network]) as vm:
        vm.load()
        vm.settle()
        # 2 MiB each way: 1 MiB, three of 128 KiB with ROMs as large, two
        # more of 128 KiB, and the prefetchable window in one piece.
        for i in (1, 2, 3):
            plug(vm, "e1000", "port1", f"0.{i}",
                 romfile=str(kernel.rom("full128k")))
        plug(vm, "e1000", "port1", "0.4", romfile="")
        plug(vm, "e1000", "port1", "0.5", romfile=str(IPXE / "pxe-e1000.rom"),
             netdev="net1", mac="52:54:00:00:00:01")
        plug(vm, "pci-testdev", "port1", "0.6", membar="2M")
        plug(vm, "edu", "port1")
        wait_for(vm, "0000:01:00.0")
        # A BAR of 8 MiB, and 2 MiB left for a ROM of 4.
        plug(vm, "virtio-net-pci", "port2", netdev="net2",
             mac="52:54:00:00:00:02", romfile=str(kernel.rom("four-mib")),
             **{"page-per-vq": True})
        wait_for(vm, VIRTIO)
        # No BAR is as large as the ROM, and no window.
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
    """Without borrowing there is a hole for the one, nothing for the other."""
    tight.unload()
    tight.unbind(VIRTIO)
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
    assert (tight.config(), tight.iomem()) == before


def test_hole_behind_a_bridge(kernel, network):
    """A conventional bus is full, and then it is not any more."""
    devices = ["VGA,addr=2", "pci-bridge,id=bridge,chassis_nr=9,addr=3"]
    with VM(kernel, "hole", devices, network, machine="pc") as vm:
        vm.load()
        vm.settle()
        # All but 128 KiB, then 4 KiB of these, and the prefetchable window.
        for i in range(1, 8):
            plug(vm, "e1000", "bridge", f"1.{i}", romfile="")
        plug(vm, "edu", "bridge", "1.0")
        wait_for(vm, "0000:01:01.0")
        plug(vm, "pci-testdev", "bridge", "2.0", membar="2M")
        wait_for(vm, "0000:01:02.0")
        plug(vm, "rtl8139", "bridge", "3.0", netdev="net3",
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


# From here on a VM of its own: functions are plugged and pulled.

@pytest.fixture(scope="module", params=["pciehp", "acpiphp"])
def plugged(kernel, request):
    args = PCIEHP if request.param == "pciehp" else ()
    with VM(kernel, request.param, PORTS, args) as vm:
        vm.load()
        vm.settle()
        yield types.SimpleNamespace(vm=vm, kernel=kernel)


def unplug(vm, name, address):
    vm.qmp("device_del", id=name)
    vm.qmp.wait("DEVICE_DELETED", device=name)
    vm.until(f"test ! -e {SYSFS}/{address}")


def test_plug_and_pull(plugged):
    vm, kernel = plugged.vm, plugged.kernel
    iomem = vm.iomem()
    for rom in ("trailing", "broken-all-ones"):
        name = plug(vm, "edu", "port4", romfile=str(kernel.rom(rom)))
        wait_for(vm, "0000:04:00.0")
        expected = kernel.shadow(rom)
        if expected:
            assert_shadow(vm, "0000:04:00.0", rom, expected, rom_bar="zero",
                          rom_source="in-place", decode="off")
        else:
            assert vm.show("0000:04:00.0")["rom_status"] == "failed"
        unplug(vm, name, "0000:04:00.0")
        assert vm.iomem() == iomem


def test_remove_and_rescan(plugged):
    vm, kernel = plugged.vm, plugged.kernel
    address = "0000:04:00.0"
    name = plug(vm, "edu", "port4", romfile=str(kernel.rom("two")))
    wait_for(vm, address)
    for _ in range(3):
        vm.sh(f"echo 1 > {SYSFS}/{address}/remove; "
              f"test ! -e {SYSFS}/{address}; echo 1 > /sys/bus/pci/rescan")
        wait_for(vm, address)
        assert_shadow(vm, address, "two", kernel.shadow("two"),
                      rom_source="in-place")
    unplug(vm, name, address)


def test_port_goes_with_what_is_below(plugged):
    """A whole branch is removed and comes back with its shadows."""
    vm, kernel = plugged.vm, plugged.kernel
    address = "0000:04:00.0"
    name = plug(vm, "edu", "port4", romfile=str(kernel.rom("two")))
    wait_for(vm, address)
    vm.sh(f"echo 1 > {SYSFS}/0000:00:0b.0/remove; test ! -e "
          f"{SYSFS}/{address}; echo 1 > /sys/bus/pci/rescan")
    wait_for(vm, address)
    assert_shadow(vm, address, "two", kernel.shadow("two"))
    unplug(vm, name, address)


def test_removed_during_its_capture(plugged):
    """Whatever comes first, nothing of the function is left."""
    vm, kernel = plugged.vm, plugged.kernel
    address = "0000:04:00.0"
    name = plug(vm, "edu", "port4", romfile=str(kernel.rom("one-mib")))
    wait_for(vm, address)
    vm.sh(f"echo 1 > {SYSFS}/{address}/remove")
    iomem = vm.iomem()
    for microseconds in (0, 3000, 10000, 30000, 100000):
        vm.sh("echo 1 > /sys/bus/pci/rescan")
        wait_for(vm, address)
        vm.sh(f"cd {SYSFS}/{address}; (while echo 1 > shadowbar/capture; "
              "do n=1; done) 2>/dev/null & "
              f"usleep {microseconds}; echo 1 > remove; wait; "
              f"test ! -e {SYSFS}/{address}")
        assert vm.iomem() == iomem
    unplug(vm, name, address)


def test_pulled_during_its_capture(plugged):
    vm, kernel = plugged.vm, plugged.kernel
    address = "0000:04:00.0"
    name = plug(vm, "edu", "port4", romfile=str(kernel.rom("four-mib")))
    vm.until(f"test -d {SYSFS}/{address}/shadowbar")
    vm.sh(f"while echo 1 > {SYSFS}/{address}/shadowbar/capture; do n=1; done "
          "2>/dev/null >/dev/null &")
    unplug(vm, name, address)


def test_kernel_is_content(plugged):
    plugged.vm.check_console()
    with pytest.raises(Failure):
        plugged.vm.sh("false")
