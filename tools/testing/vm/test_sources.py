# SPDX-License-Identifier: GPL-2.0-only
"""Copies of a ROM besides the ROM BAR: at 0xC0000, in ACPI, from UEFI."""
import hashlib
import json

import pytest

import acpi
from harness import IPXE, SEABIOS, SYSFS, VM, images_of, in_one_line
from tool import PLACE, kernel_with_tool

DISPLAYS = {"std": ("VGA", SEABIOS / "vgabios-stdvga.bin"),
            "virtio": ("virtio-vga", SEABIOS / "vgabios-virtio.bin")}
SHADOW, SHADOW_SIZE = 0xc0000, 0x20000
CHANGED = 0x4000    # an address that no code of the BIOS writes to
PAM1 = 0x91         # q35's registers that make C0000-EFFFF writable

VGA, E1000, EDU = "0000:00:01.0", "0000:00:02.0", "0000:00:03.0"
BOUND, DENIED, WRONG = "0000:00:04.0", "0000:00:05.0", "0000:00:06.0"
METHOD, LONG, PACKAGE = "0000:00:07.0", "0000:00:08.0", "0000:00:09.0"
BYTES, HOST = "0000:00:0a.0", "0000:00:00.0"
EDU_ID, TESTDEV_ID = (0x1234, 0x11e8), (0x1b36, 0x0005)

# Address: the device, and its ROM: a file, or a name from scripts/roms.
FUNCTIONS = {
    E1000: ("e1000", IPXE / "pxe-e1000.rom"),
    EDU: ("edu", None),
    BOUND: ("rtl8139", IPXE / "efi-rtl8139.rom"),
    DENIED: ("pci-testdev", "two"),
    WRONG: ("edu", None),
    METHOD: ("edu", None),
    LONG: ("edu", None),
    PACKAGE: ("edu", None),
    BYTES: ("edu", None),
}
# The contents of VFCT for each: a name from scripts/roms. QEMU accepts tables
# of up to 64 KiB.
IN_VFCT = {E1000: "amd", EDU: "trailing", BOUND: "one-unit",
           DENIED: "smallest", HOST: "efi-aa64"}
GIVEN_OUT = "open-firmware"


def slot(address):
    return int(address[8:10], 16)


def vfct(kernel, out):
    ids = {E1000: (0x8086, 0x100e), EDU: EDU_ID, BOUND: (0x10ec, 0x8139),
           DENIED: TESTDEV_ID, HOST: (0x8086, 0x29c0)}
    images = [(0, slot(address), 0, *ids[address],
               kernel.rom(name).read_bytes())
              for address, name in IN_VFCT.items()]
    # The right address with the wrong IDs, the right IDs at a wrong address,
    # and an unused entry.
    data = kernel.rom("one-unit").read_bytes()
    images += [(0, slot(WRONG), 0, 0x1234, 0x11e9, data),
               (1, slot(WRONG), 0, *EDU_ID, data),
               (0, slot(WRONG), 1, *EDU_ID, data),
               (0, slot(WRONG), 0, *EDU_ID, b"")]
    (out / "vfct").write_bytes(acpi.vfct(images))
    return out / "vfct"


def ssdt(kernel, out):
    data = kernel.rom(GIVEN_OUT).read_bytes()
    give = "Return (Mid (DATA, Arg0, Arg1))"
    return acpi.ssdt(out, [
        ("S38", data, give),
        ("S40", data, "Return (DATA)"),
        ("S48", b"\x55\xaa", "Local0 = Package () { DATA } Return (Local0)"),
        ("S50", data, "Return (Mid (DATA, Arg0, One))"),
        ("S28", data, give)])


@pytest.fixture(scope="module")
def tooled(kernel, tmp_path_factory):
    return kernel_with_tool(kernel, tmp_path_factory.mktemp("tool"))


@pytest.fixture(scope="module", params=list(DISPLAYS))
def display(request):
    return request.param


@pytest.fixture(scope="module")
def vm(tooled, display, tmp_path_factory):
    out = tmp_path_factory.mktemp("acpi")
    device, rom = DISPLAYS[display]
    devices = [f"{device},addr=1,romfile={rom}"]
    for address, (device, rom) in FUNCTIONS.items():
        if isinstance(rom, str):
            rom = tooled.rom(rom)
        devices.append(f"{device},addr={slot(address):x},"
                       f"romfile={rom or ''}")
    args = ["-acpitable", f"file={vfct(tooled, out)}",
            "-acpitable", f"file={ssdt(tooled, out)}"]
    with VM(tooled, f"sources-{display}", devices, args) as vm:
        # In 6.12 the virtio driver is built in.
        vm.unbind(VGA)
        vm.bind(BOUND, "pci-stub")
        vm.before = vm.config(), vm.iomem()
        load(vm)
        yield vm


def load(vm):
    vm.load(f"deny={TESTDEV_ID[0]:04x}:{TESTDEV_ID[1]:04x}")
    vm.settle()


def reload(vm):
    vm.unload()
    load(vm)


def sources(vm, address):
    """All shadows of a function, with their sizes and hashes."""
    out = vm.sh(f"cd {SYSFS}/{address}/shadowbar/sources 2>/dev/null || "
                "exit 0; for f in *; do [ ${f%_sha256} != $f ] || echo "
                "$f $(stat -c '%s %a' $f) $(cat ${f}_sha256) "
                "$(sha256sum <$f); done")
    found = {}
    for line in out.splitlines():
        name, size, mode, said, seen, _ = line.split()
        assert (mode, said) == ("400", seen)
        found[name] = (int(size), seen)
    return found


def told(data):
    return len(data), hashlib.sha256(data).hexdigest()


def shadow_of(vm, address):
    """The data that must be read from a function's ROM BAR."""
    rom = FUNCTIONS[address][1]
    return vm.kernel.shadow(rom) if isinstance(rom, str) else \
        images_of(rom.read_bytes())


def at_c0000(vm, size):
    """The data there, read without the module."""
    return vm.sh_bytes(f"dd if=/dev/mem bs=4096 skip={SHADOW >> 12} "
                       f"count={SHADOW_SIZE >> 12} 2>/dev/null")[:size]


# Boot VGA


def test_boot_vga(vm, display):
    """The ROM as it is on the card, and the copy that was executed."""
    rom = images_of(DISPLAYS[display][1].read_bytes())
    found = sources(vm, VGA)
    shown = vm.show(VGA)
    assert set(found) == {shown["rom_source"], "vga-shadow"}
    assert shown["rom_status"] == "captured"
    assert shown["rom_source"] in ("in-place", "hole")
    assert found[shown["rom_source"]] == told(rom)
    assert vm.rom(VGA) == rom
    copy = at_c0000(vm, len(rom))
    assert copy[:2] == b"\x55\xaa"
    assert found["vga-shadow"] == told(copy)
    # SeaBIOS runs the copy, which keeps variables in itself.
    assert rom != copy


def change(vm, address):
    """Flip bits of the copy at 0xC0000, whose memory is write-protected."""
    before = int(vm.sh(f"devmem {address:#x}"), 16)
    vm.sh(f"""
register="of={SYSFS}/0000:00:00.0/config bs=1 seek={PAM1} conv=notrunc"
dd if={SYSFS}/0000:00:00.0/config bs=1 skip={PAM1} count=4 of=/tmp/pam
printf '\\063\\063\\063\\063' | dd $register
devmem {address:#x} 32 {before ^ 0xffffffff:#x}
dd if=/tmp/pam $register
rm /tmp/pam
""")
    assert int(vm.sh(f"devmem {address:#x}"), 16) == before ^ 0xffffffff


def test_change_is_found(vm, display):
    rom = images_of(DISPLAYS[display][1].read_bytes())
    before = sources(vm, VGA)
    source = vm.show(VGA)["rom_source"]
    copy = at_c0000(vm, len(rom))
    assert copy[CHANGED:CHANGED + 4] == rom[CHANGED:CHANGED + 4]

    # The copy was kept on load, and later changes do not matter.
    change(vm, SHADOW + CHANGED)
    assert vm.capture(VGA) is None
    assert sources(vm, VGA) == before

    reload(vm)
    after = sources(vm, VGA)
    changed = at_c0000(vm, len(rom))
    assert changed != copy
    assert after == {source: before[source], "vga-shadow": told(changed)}
    assert vm.show(VGA)["rom_source"] == source

    (seen,) = json.loads(vm.sh(f"{PLACE} show -j {VGA}"))["functions"]
    assert [one["source"] for one in seen["sources"]] == [
        source, "vga-shadow"]
    places = [i for i in range(len(rom)) if changed[i] != rom[i]]
    diff = seen["sources"][1]["difference"]
    assert diff["bytes"] == len(places) and diff["longer"] == 0
    assert {"start": CHANGED, "end": CHANGED + 3} in diff["ranges"]
    assert sum(one["end"] + 1 - one["start"] for one in diff["ranges"]) == \
        len(places)
    words = f"{len(places)} bytes differ, at {places[0]:#x}"
    assert words in vm.sh(f"{PLACE} show {VGA}")
    text = in_one_line(vm.sh(f"{PLACE} explain {VGA}"))
    assert words in text and "taken from 0xC0000" in text
    got = vm.sh_bytes(f"{PLACE} dump {VGA} -s vga-shadow -o -")
    assert got == changed

    change(vm, SHADOW + CHANGED)
    reload(vm)
    assert sources(vm, VGA) == before


def test_nobody_else_has_what_is_there(vm):
    for address in FUNCTIONS:
        assert "vga-shadow" not in sources(vm, address)
        assert "platform" not in sources(vm, address)


# ACPI


def test_vfct(vm):
    """A function without a ROM BAR."""
    data = vm.kernel.shadow(IN_VFCT[EDU])
    assert sources(vm, EDU) == {"vfct": told(data)}
    assert vm.rom(EDU) == data
    shown = vm.show(EDU)
    assert (shown["rom_status"], shown["rom_source"], shown["rom_bar"]) == (
        "captured", "vfct", "absent")
    assert "no ROM BAR" in shown["rom_reason"]
    assert "table VFCT" in shown["rom_reason"]
    text = in_one_line(vm.sh(f"{PLACE} explain {EDU}"))
    assert "taken from the ACPI table VFCT" in text
    # There is nothing that a capture could read.
    assert vm.capture(EDU) == "No such device"
    assert sources(vm, EDU) == {"vfct": told(data)}


def test_vfct_is_all_there_is(vm):
    """A function without a directory otherwise: no memory and no ROM BAR."""
    data = vm.kernel.shadow(IN_VFCT[HOST])
    assert sources(vm, HOST) == {"vfct": told(data)}
    assert vm.rom(HOST) == data
    assert vm.show(HOST)["rom_status"] == "captured"


def test_vfct_beside_a_rom(vm):
    rom = shadow_of(vm, E1000)
    other = vm.kernel.shadow(IN_VFCT[E1000])
    assert sources(vm, E1000) == {"in-place": told(rom), "vfct": told(other)}
    assert vm.show(E1000)["rom_source"] == "in-place"
    assert vm.rom(E1000) == rom
    assert "vfct" in vm.sh(f"{PLACE} show {E1000}")


def test_vfct_of_somebody_else(vm):
    """Both address and IDs must match the function."""
    assert sources(vm, WRONG) == {}
    shown = vm.show(WRONG)
    assert (shown["rom_status"], shown["rom_source"]) == ("none", "")


def test_denied(vm):
    """A copy does not touch the function, but firmware's method might."""
    data = vm.kernel.shadow(IN_VFCT[DENIED])
    assert sources(vm, DENIED) == {"vfct": told(data)}
    assert vm.show(DENIED)["rom_status"] == "skipped"
    assert "deny parameter" in vm.show(DENIED)["rom_reason"]
    assert vm.capture(DENIED) == "Operation not permitted"


def test_method(vm):
    data = vm.kernel.shadow(GIVEN_OUT)
    assert len(data) > 2 * 4096
    assert sources(vm, METHOD) == {"acpi-rom": told(data)}
    assert vm.rom(METHOD) == data
    shown = vm.show(METHOD)
    assert (shown["rom_status"], shown["rom_source"]) == (
        "captured", "acpi-rom")
    assert "method _ROM" in shown["rom_reason"]


def test_methods_that_lie(vm):
    # More than requested: use only the requested part of each answer.
    piece = vm.kernel.shadow(GIVEN_OUT)[:4096]
    assert sources(vm, LONG) == {"acpi-rom": told(images_of(piece * 3))}
    # Not a buffer at all, and one byte at a time.
    for address in PACKAGE, BYTES:
        assert sources(vm, address) == {}
        assert vm.show(address)["rom_status"] == "none"


@pytest.fixture(scope="module")
def slow(tooled, tmp_path_factory):
    """A method that sleeps, and wants to be called four times."""
    out = tmp_path_factory.mktemp("slow")
    table = acpi.ssdt(out, [
        ("S38", tooled.rom(GIVEN_OUT).read_bytes(),
         # ACPI sleeps for 2 s at most.
         "Sleep (2000) Sleep (2000) Sleep (2000) "
         "Return (Mid (DATA, Arg0, Arg1))")])
    devices = [f"edu,addr={slot(METHOD):x}",
               f"rtl8139,addr={slot(BOUND):x},"
               f"romfile={IPXE / 'efi-rtl8139.rom'}"]
    with VM(tooled, "sources-slow", devices,
            ["-acpitable", f"file={table}"]) as vm:
        yield vm


def test_method_that_sleeps(slow):
    """Nothing waits for it, and it is not called forever."""
    slow.load()
    slow.until("grep -q pending "
               f"{SYSFS}/{METHOD}/shadowbar/rom_status")
    begun = float(slow.sh("cut -d' ' -f1 /proc/uptime"))
    slow.bind(METHOD, "pci-stub")
    slow.bind(BOUND, "pci-stub")
    slow.sh(f"echo 1 > {SYSFS}/../rescan; echo 1 > {SYSFS}/{BOUND}/remove")
    assert float(slow.sh("cut -d' ' -f1 /proc/uptime")) - begun < 5
    slow.wait_for_log("method _ROM takes too long")
    slow.settle()
    assert sources(slow, METHOD) == {}
    assert slow.show(METHOD)["rom_status"] == "none"


def test_bound(vm):
    """A bound function is not touched, and still has a ROM."""
    data = vm.kernel.shadow(IN_VFCT[BOUND])
    rom = shadow_of(vm, BOUND)
    assert vm.driver(BOUND) == "pci-stub"
    assert sources(vm, BOUND) == {"vfct": told(data)}
    shown = vm.show(BOUND)
    assert (shown["rom_status"], shown["rom_source"]) == ("deferred", "vfct")
    assert "a driver is bound" in shown["rom_reason"]
    assert vm.capture(BOUND) == "Device or resource busy"
    text = in_one_line(vm.sh(f"{PLACE} explain {BOUND}"))
    assert f"shadowbar capture {BOUND}" in text
    # After unbinding, the ROM itself is read, which is better.
    vm.sh(f"echo {BOUND} > {SYSFS}/{BOUND}/driver/unbind")
    vm.settle()
    assert sources(vm, BOUND) == {"in-place": told(rom), "vfct": told(data)}
    assert vm.rom(BOUND) == rom
    vm.bind(BOUND, "pci-stub")


def test_manual(vm):
    """Copies are kept, but firmware's method only runs on request."""
    vm.unload()
    vm.load("capture=manual")
    vm.settle()
    assert set(sources(vm, VGA)) == {"vga-shadow"}
    assert vm.show(VGA)["rom_status"] == "skipped"
    assert set(sources(vm, EDU)) == {"vfct"}
    assert sources(vm, METHOD) == {}
    assert vm.show(METHOD)["rom_status"] == "skipped"
    assert vm.capture(METHOD) == "No such device"
    assert set(sources(vm, METHOD)) == {"acpi-rom"}
    assert vm.show(METHOD)["rom_status"] == "captured"
    reload(vm)


def test_nothing_is_left(vm):
    vm.unload()
    assert (vm.config(), vm.iomem()) == vm.before
    assert not vm.sh(f"find {SYSFS}/*/ -name shadowbar")
    load(vm)


# UEFI


@pytest.fixture(scope="module")
def uefi(tooled):
    devices = [f"VGA,addr=1,romfile={DISPLAYS['std'][1]}",
               f"e1000,addr=2,romfile={IPXE / 'efi-e1000.rom'}",
               f"rtl8139,addr=4,romfile={IPXE / 'efi-rtl8139.rom'}"]
    with VM(tooled, "sources-uefi", devices, firmware="ovmf") as vm:
        vm.bind(BOUND, "pci-stub")
        vm.load()
        vm.settle()
        yield vm


def test_what_uefi_had_read(uefi):
    """It provides what it read from the ROM BAR."""
    rom = images_of((IPXE / "efi-e1000.rom").read_bytes())
    found = sources(uefi, E1000)
    assert found == {uefi.show(E1000)["rom_source"]: told(rom),
                     "platform": told(rom)}
    rom = shadow_of(uefi, BOUND)
    assert sources(uefi, BOUND) == {"platform": told(rom)}
    assert uefi.show(BOUND)["rom_status"] == "deferred"
    assert uefi.rom(BOUND) == rom


def test_uefi_leaves_no_shadow(uefi):
    assert "shadowed ROM" in uefi.sh("dmesg")
    assert "vga-shadow" not in sources(uefi, VGA)
    assert uefi.show(VGA)["rom_source"] == "hole"
