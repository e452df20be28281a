# SPDX-License-Identifier: GPL-2.0-only
"""What readers of a ROM get from the kernel, with and without the module.

Each reader in each situation, byte for byte: vfio-pci's ROM region, the
kernel's own file rom, a driver that calls pci_map_rom(), and one that reads
pdev->rom like amdgpu. Then everything that can happen to served data.
"""
import collections
import runpy
import struct
import types

import pytest

import subpage
import test_hotplug
from harness import LOGS, PCIEHP, SYSFS, TOP, VM, plug, pull

UNSET, KPF_RESERVED = 0x20000000, 32
READERS = ("vfio", "file", "map", "rom")
GOOD, ALIGNED, VGA = "0000:00:04.0", "0000:00:05.0", "0000:00:01.0"
PORT, PLUGGED = "0000:00:09.0", "0000:02:00.0"

Place = collections.namedtuple("Place", "address rom")

# Situation: the function and its ROM.
PLACES = {
    "bios": {"no address": Place(PLUGGED, "three"),
             "good address": Place(GOOD, "two"),
             "STARTALIGN": Place(ALIGNED, "half-a")},
    "ovmf": {"boot VGA under UEFI": Place(VGA, "vgabios-stdvga.bin"),
             "pci=norom": Place(PLUGGED, "three")},
}
UNREACHABLE = ("no address", "boot VGA under UEFI", "pci=norom")

# Without firmware, Linux assigns all addresses. It forgets a ROM that has no
# room beside another function, which is then removed.
BESIDE = "0000:02:00.1"
PLACES_ARM64 = {**PLACES["bios"], "no address": Place(BESIDE, "three")}

# Drivers on arm64 cannot map memory as a ROM. pdev->rom can only lead there.
WAY = {"x86": "memory", "arm64": "address"}
REACHED = {"x86": READERS, "arm64": READERS[:3]}


def places(kernel, firmware):
    return PLACES[firmware] if kernel.arch == "x86" else PLACES_ARM64


def full(memory):
    """Kernel parameters that take the host's whole window below 4 GiB, except
    for where SeaBIOS places BARs: since 7.2 the kernel enlarges a bridge's
    window for a ROM that does not fit. Memory is in MiB; x86 only.
    """
    start = memory << 20
    return f"reserve={start:#x},{0xb0000000 - start:#x},0xc0000000,0x3c000000"


def machine(kernel, firmware):
    """The device in the second port has a BAR of 8 MiB, which fills the window
    with addresses below 4 GiB, and leaves no room for a ROM BAR of 4 MiB.
    """
    devices = list(test_hotplug.PORTS)
    args = PCIEHP if kernel.arch == "x86" else ()
    if firmware == "bios":
        devices += [f"edu,addr=4,romfile={kernel.rom('two')}",
                    f"pci-testdev,addr=5,romfile={kernel.rom('half-a')}"]
        append = f"pci=resource_alignment=16@{ALIGNED}"
        if kernel.arch == "x86":
            append += f" {full(1024)}"
        options = {"romsize": 4 << 20}
    else:
        devices[0] = ("VGA,addr=1,"
                      "romfile=/usr/share/seabios/vgabios-stdvga.bin")
        append = "pci=norom"
        options = {}
    vm = VM(kernel, f"serve-{firmware}",
            [*subpage.IOMMU[kernel.arch], *devices], args,
            append=f"intel_iommu=on no_timer_check {append}",
            firmware=firmware, machine=subpage.MACHINE[kernel.arch])
    vm.options = {"romfile": str(kernel.rom("three")), "page-per-vq": True,
                  **options}
    return vm


def plug_in_beside(vm):
    """The first function fills the window of 2 MiB with its BAR and its ROM.
    The second, which is the one under test, has no BAR there.
    """
    plug(vm, "virtio-net-pci", "port2", "0.1",
         romfile=str(vm.kernel.rom("three")), vectors=0,
         **{"disable-legacy": "on"})
    vm.plugged = plug(vm, "edu", "port2",
                      romfile=str(vm.kernel.rom("one-mib")))
    vm.until(f"test -e {SYSFS}/{BESIDE}/resource4")
    vm.sh(f"echo 1 > {SYSFS}/{PLUGGED}/remove")
    vm.unbind(BESIDE)


def plug_in(vm):
    if vm.kernel.arch != "x86":
        plug_in_beside(vm)
        return
    vm.plugged = plug(vm, "virtio-net-pci", "port2", **vm.options)
    vm.until(f"test -d {SYSFS}/{PLUGGED} && "
             f"! grep -q pending {SYSFS}/{PLUGGED}/shadowbar/rom_status")
    if "norom" in vm.sh("cat /proc/cmdline"):
        # This needs a new bus, and ROMs without addresses on it.
        vm.sh(f"cd {SYSFS}/{PLUGGED}; printf '\\0\\0\\0\\0' | "
              "dd of=config bs=1 seek=48 conv=notrunc 2>/dev/null; "
              f"echo 1 > {SYSFS}/{PORT}/remove; "
              "echo 1 > /sys/bus/pci/rescan")
    # Some kernels have its driver built in.
    vm.until(f"test -e {SYSFS}/{PLUGGED}/resource4")
    vm.unbind(PLUGGED)


def by_vfio(vm, address):
    with subpage.Vfio(vm, [address]):
        vm.sh(f"/vfio-regions -r /tmp/read {address}")


def by_file(vm, address):
    vm.sh(f"cd {SYSFS}/{address}; [ -e rom ] || exit 0; "
          "echo 1 > rom; cat rom > /tmp/read; echo 0 > rom; true")


def by_driver(how):
    def read(vm, address):
        vm.sh(f"insmod /romread.ko function={address} by={how}; "
              "cat /sys/kernel/debug/romread > /tmp/read; rmmod romread")
    return read


READ = dict(zip(READERS, (by_vfio, by_file, by_driver("map"),
                          by_driver("rom"))))


def read(vm, reader, place):
    """What a reader gets: "rom" if it is exactly the bytes of the ROM, up to
    the end of the ROM; otherwise "other" or "none"."""
    vm.sh(": > /tmp/read")
    READ[reader](vm, place.address)
    return what_was_read(vm, place)


def what_was_read(vm, place):
    return vm.sh(
        "[ -s /tmp/read ] || { echo none; exit; }; "
        f"size=$(stat -c %s /roms/{place.rom}.shadow); "
        "head -c $size /tmp/read | "
        f"cmp -s - /roms/{place.rom}.shadow && echo rom || echo other")


def read_all(vm, places):
    return {(situation, reader): read(vm, reader, place)
            for situation, place in places.items() for reader in READERS}


def held_pages(vm, resource):
    """How many of the served pages are reserved."""
    start, end, _ = resource
    flags = vm.sh_bytes(f"dd if=/proc/kpageflags bs=8 skip={start >> 12} "
                        f"count={(end + 1 - start) >> 12} 2>/dev/null")
    return sum(flag >> KPF_RESERVED & 1
               for flag, in struct.iter_unpack("<Q", flags))


@pytest.fixture(scope="module", params=list(PLACES))
def firmware(request, kernel):
    if kernel.arch != "x86" and request.param != "bios":
        pytest.skip("its boot display and pci=norom are for x86 only")
    return request.param


@pytest.fixture(scope="module")
def vm(kernel, firmware):
    with machine(kernel, firmware) as vm:
        plug_in(vm)
        vm.places = places(kernel, firmware)
        yield vm


@pytest.fixture(scope="module")
def seen(vm, kernel, firmware):
    """All readers, with and without the module. Saves a table of them."""
    seen = types.SimpleNamespace()
    # vfio-pci leaves traces of its own.
    seen.without = read_all(vm, vm.places)
    seen.before = vm.config(), vm.iomem(), resources(vm), displays(vm)
    vm.load()
    vm.settle()
    seen.served = {situation: served(vm, place.address)
                   for situation, place in vm.places.items()}
    seen.loaded = vm.config(), vm.iomem(), resources(vm), displays(vm)
    seen.given = read_all(vm, vm.places)
    vm.unload()
    seen.after = vm.config(), vm.iomem(), resources(vm), displays(vm)
    lines = [f"| {kernel.series} | {situation} | " + " | ".join(
        f"{seen.without[situation, reader]} / {seen.given[situation, reader]}"
        for reader in READERS) + " |" for situation in vm.places]
    (LOGS / f"serve-{firmware}-{kernel.series}.md").write_text(
        "\n".join(lines) + "\n")
    yield seen
    vm.unload_if_loaded()


def displays(vm):
    """Which of them the kernel considers the boot display."""
    return vm.sh(f"cd {SYSFS}; grep . */boot_vga || true")


def served(vm, address):
    return vm.sh(f"cat {SYSFS}/{address}/shadowbar/rom_served")


def resources(vm):
    """The ROM resource of each function: start, end, flags."""
    found = {}
    for line in vm.sh(f"cd {SYSFS}; for f in *; do echo $f "
                      "$(sed -n 7p $f/resource); done").splitlines():
        address, *values = line.split()
        start, end, flags = (int(value, 16) for value in values)
        # Mapping a ROM that the kernel forgot leaves this mark.
        found[address] = start, end, flags if end else flags & ~UNSET
    return found


def test_without_the_module(seen, vm):
    """This makes the difference: no reader gets it."""
    for situation in vm.places:
        got = {seen.without[situation, reader] for reader in READERS[:3]}
        if situation in UNREACHABLE:
            assert "rom" not in got, (situation, seen.without)
        else:
            assert got == {"rom"}, (situation, seen.without)


def test_with_the_module(seen, vm):
    """Every reader gets it if the kernel's own method fails."""
    arch = vm.kernel.arch
    for situation in vm.places:
        got = {seen.given[situation, reader] for reader in REACHED[arch]}
        if situation in UNREACHABLE:
            assert got == {"rom"}, (situation, seen.given)
            assert seen.served[situation] == WAY[arch]
        else:
            assert seen.served[situation] == "no"


def test_nobody_is_worse_off(seen):
    for cell, got in seen.without.items():
        assert got != "rom" or seen.given[cell] == "rom", cell


def test_where_the_kernel_finds_it_nothing_changes(seen, vm):
    for situation, place in vm.places.items():
        if situation not in UNREACHABLE:
            assert seen.loaded[2][place.address] == \
                seen.before[2][place.address]


def test_resource_tree_and_config_space(seen, vm, lost):
    """A ROM that is given an address is in the tree, and nothing else is."""
    config, tree = seen.loaded[:2]
    if WAY[vm.kernel.arch] == "address":
        added = [line for line in tree.splitlines()
                 if line not in seen.before[1].splitlines()]
        assert len(added) == 1 and added[0].endswith(lost.address), added
        tree = tree.replace(f"{added[0]}\n", "")
    assert (config, tree) == seen.before[:2]


def test_the_boot_display_stays_the_same(seen):
    """The mark of a ROM in RAM is otherwise specific to the boot display."""
    assert seen.loaded[3] == seen.before[3] != ""


def test_it_is_taken_back(seen, vm, lost):
    """Whoever maps a ROM leaves its address in the ROM BAR, disabled; the
    kernel does so with any ROM."""
    spaces, *rest = seen.after
    if WAY[vm.kernel.arch] == "address":
        space = spaces[lost.address]
        assert not space[0x30] & 1
        before = seen.before[0][lost.address]
        spaces = {**spaces, lost.address:
                  space[:0x30] + before[0x30:0x34] + space[0x34:]}
    assert (spaces, *rest) == seen.before


@pytest.fixture
def loaded(vm, seen):
    vm.load()
    vm.settle()
    yield vm
    vm.unload_if_loaded()


@pytest.fixture
def lost(vm):
    """A place that the kernel's own method does not reach."""
    return next(place for situation, place in vm.places.items()
                if situation in UNREACHABLE)


@pytest.fixture
def in_memory(kernel):
    """KUnit's served_test.c has the same for addresses."""
    if WAY[kernel.arch] != "memory":
        pytest.skip("served from memory only")


def reached(vm, place):
    """What those get who should get it"""
    return {read(vm, reader, place) for reader in REACHED[vm.kernel.arch]}


def test_memory_comes_back(vm, seen, lost, firmware, in_memory):
    """After loads and unloads with readers: every page that was served.
    Saves how much that was.
    """
    for _ in range(5):
        vm.load()
        vm.settle()
        resource = resources(vm)[lost.address]
        size = resource[1] + 1 - resource[0]
        held = held_pages(vm, resource) * vm.kernel.page_size
        assert held == size
        # A power of two, like the size of a BAR.
        need = len(vm.kernel.shadow(lost.rom))
        assert need <= size < 2 * need and not size & size - 1
        assert read(vm, "map", lost) == "rom"
        vm.unload()
        assert held_pages(vm, resource) == 0
    assert resources(vm)[lost.address] == seen.before[2][lost.address]
    (LOGS / f"served-{firmware}-{vm.kernel.series}.md").write_text(
        f"| {lost.rom} | {need:,} | {held:,} |\n")


def test_off(vm, seen, lost):
    vm.load("serve=off")
    vm.settle()
    assert served(vm, lost.address) == "no"
    assert "serve=off" in vm.show(lost.address)["rom_reason"]
    assert read(vm, "map", lost) == seen.without[
        next(s for s, p in vm.places.items() if p == lost), "map"]
    vm.unload()


def test_captured_again(loaded, lost):
    before = resources(loaded)[lost.address]
    assert loaded.capture(lost.address) is None
    # The same bytes stay in place.
    assert resources(loaded)[lost.address] == before
    assert reached(loaded, lost) == {"rom"}


def test_unload_while_a_driver_is_bound(loaded, lost, seen, in_memory):
    """It stays, and the next load finds it and takes it over."""
    vm = loaded
    with subpage.Vfio(vm, [lost.address]):
        held = resources(vm)[lost.address]
        vm.unload()
        assert resources(vm)[lost.address] == held
        vm.sh(f"/vfio-regions -r /tmp/read {lost.address}")
        vm.load()
        vm.settle()
        assert resources(vm)[lost.address] == held
        assert served(vm, lost.address) == "memory"
        vm.compare(lost.address, lost.rom)
        vm.sh(f"/vfio-regions -r /tmp/again {lost.address} && "
              "cmp /tmp/read /tmp/again")
        vm.unload()
        # Even with the option off, it is not removed while in use.
        vm.load("serve=off")
        vm.settle()
        assert served(vm, lost.address) == "memory"
    vm.settle()
    assert served(vm, lost.address) == "no"
    assert resources(vm)[lost.address] == seen.before[2][lost.address]
    vm.unload()


def test_unload_while_it_is_open(loaded, lost, seen, in_memory):
    """A guest that holds the function reads its ROM after the module is gone.
    When the guest has ended, the next load finds it.
    """
    vm = loaded
    with subpage.Vfio(vm, [lost.address]):
        held = resources(vm)[lost.address]
        vm.sh("rm -f /tmp/hold /tmp/read; mkfifo /tmp/hold; "
              "sleep 10000 > /tmp/hold & echo $! > /tmp/holder; "
              f"/vfio-regions -w -r /tmp/read {lost.address} "
              "< /tmp/hold > /tmp/opened 2>&1 &")
        vm.until("grep -q ready /tmp/opened")
        try:
            vm.unload()
            assert resources(vm)[lost.address] == held
        finally:
            # Otherwise it could not be unbound.
            vm.sh("kill $(cat /tmp/holder)")
        vm.until("grep -q 'rom size' /tmp/opened")
        assert what_was_read(vm, lost) == "rom"
        vm.load()
        vm.settle()
        assert resources(vm)[lost.address] == held
        assert served(vm, lost.address) == "memory"
        vm.compare(lost.address, lost.rom)
    vm.unload()
    assert resources(vm)[lost.address] == seen.before[2][lost.address]
    assert held_pages(vm, held) == 0


def test_unload_while_it_is_mapped(loaded, lost, seen, in_memory):
    """The user is not known, but the memory must not be freed."""
    vm = loaded
    resource = resources(vm)[lost.address]
    vm.sh(f"insmod /romread.ko function={lost.address} hold=1")
    vm.unload()
    assert held_pages(vm, resource)
    assert resources(vm)[lost.address] == seen.before[2][lost.address]
    assert "its ROM is still mapped" in vm.sh("dmesg | tail -20")
    vm.sh("rmmod romread")


def test_many_readers_and_captures(loaded, lost):
    """Read the kernel's file continuously while the ROM is captured again."""
    vm = loaded
    vm.sh(f"""
cd {SYSFS}/{lost.address}
[ -e rom ] || exit 0
echo 1 > rom
(while [ ! -e /tmp/stop ]; do cat rom > /tmp/a 2>/dev/null; done) &
n=0
while [ $n -lt 30 ]; do echo 1 > shadowbar/capture; n=$((n+1)); done
touch /tmp/stop; wait; rm /tmp/stop
echo 0 > rom
""")
    assert reached(vm, lost) == {"rom"}


def test_suspend_and_resume(vm, loaded, lost, firmware, in_memory):
    """What is in memory is still there afterwards."""
    if firmware != "bios":
        pytest.skip("UEFI resumes only with what QEMU keeps variables in")
    before = resources(vm)[lost.address]
    vm.sh("(usleep 2000000; echo deep > /sys/power/mem_sleep; "
          "echo mem > /sys/power/state) > /dev/null 2>&1 &")
    vm.qmp.wait("SUSPEND")
    vm.qmp("system_wakeup")
    # Before that, nothing reads from the serial port.
    vm.wait_for_log("PM: suspend exit")
    assert resources(vm)[lost.address] == before
    assert served(vm, lost.address) == "memory"
    assert reached(vm, lost) == {"rom"}
    assert vm.capture(lost.address) is None
    vm.compare(lost.address, lost.rom)


def test_larger_than_memory_gets(vm, seen, firmware, tmp_path, in_memory):
    """A ROM above 4 MiB is not served from memory, and there is no room for
    its BAR, either."""
    if firmware != "bios":
        pytest.skip("once is enough")
    pull(vm, vm.plugged)
    vm.until(f"test ! -e {SYSFS}/{PLUGGED}")
    roms = runpy.run_path(str(TOP / "scripts/roms"))
    rom = tmp_path / "rom"
    rom.write_bytes(roms["chain"]((roms["EFI"], 5 << 20)))
    usual = vm.options
    vm.options = {**usual, "romfile": str(rom), "romsize": 8 << 20}
    plug_in(vm)
    vm.load()
    vm.settle()
    shown = vm.show(PLUGGED)
    assert shown["rom_status"] == "captured" and shown["size"] == 5 << 20
    assert served(vm, PLUGGED) == "no"
    assert "larger than 4 MiB" in shown["rom_reason"]
    assert "romfile=" in shown["rom_reason"]
    vm.unload()
    pull(vm, vm.plugged)
    vm.until(f"test ! -e {SYSFS}/{PLUGGED}")
    vm.options = usual
    plug_in(vm)


def test_hot_unplug(vm, seen, in_memory):
    """Served data disappears with the function."""
    vm.load()
    vm.settle()
    assert served(vm, PLUGGED) == "memory"
    resource = resources(vm)[PLUGGED]
    assert held_pages(vm, resource)
    pull(vm, vm.plugged)
    vm.until(f"test ! -e {SYSFS}/{PLUGGED}")
    assert held_pages(vm, resource) == 0
    vm.unload()
    plug_in(vm)


def test_rescan_places_others(loaded, lost, seen):
    """The core still assigns the ROMs of other functions that it finds."""
    vm = loaded
    other = next(place for place in vm.places.values()
                 if place.address not in (lost.address, VGA))
    if other.address == PLUGGED:
        pytest.skip("nothing else is there to be found again")
    before = resources(vm)[lost.address]
    vm.sh(f"echo 1 > {SYSFS}/{other.address}/remove; "
          "echo 1 > /sys/bus/pci/rescan")
    vm.settle()
    assert resources(vm)[lost.address] == before
    assert read(vm, "map", other) == "rom"
    assert read(vm, "map", lost) == "rom"
