# SPDX-License-Identifier: GPL-2.0-only
"""The command-line tool, with the module and drivers of stock kernels."""
import hashlib
import json
import subprocess

import pytest

from harness import IPXE, SYSFS, VGABIOS, VM, images_of, in_one_line
from tool import PLACE, boot_until, build, kernel_with_tool

VGA, E1000, EDU = "0000:00:01.0", "0000:00:02.0", "0000:00:03.0"
BARE, TRAILING, LARGE = "0000:00:04.0", "0000:00:05.0", "0000:00:06.0"
RTL8139 = "0000:00:07.0"

# Address: the device, and its ROM: a file, or a name from scripts/roms.
FUNCTIONS = {
    VGA: ("VGA,addr=1", VGABIOS),
    E1000: ("e1000,addr=2", IPXE / "pxe-e1000.rom"),
    EDU: ("edu,addr=3", "three"),
    BARE: ("edu,addr=4", None),
    TRAILING: ("pci-testdev,addr=5", "trailing"),
    LARGE: ("edu,addr=6", "four-mib"),
    RTL8139: ("rtl8139,addr=7", IPXE / "efi-rtl8139.rom"),
}
WITH_ROM = [address for address, (_, rom) in FUNCTIONS.items() if rom]


@pytest.fixture(scope="module")
def vm(kernel, tmp_path_factory):
    kernel = kernel_with_tool(kernel, tmp_path_factory.mktemp("tool"))
    # With remapped interrupts, booting under TCG takes too long.
    devices = ["intel-iommu,intremap=off"]
    for device, rom in FUNCTIONS.values():
        if isinstance(rom, str):
            rom = kernel.rom(rom)
        devices.append(f"{device},romfile={rom or ''}")
    with VM(kernel, "tool", devices, append="intel_iommu=on",
            firmware="ovmf") as vm:
        vm.sh("mkdir -p /etc; echo 'user:x:1000:1000::/:/bin/sh' > "
              "/etc/passwd; echo 'user:x:1000:' > /etc/group")
        vm.load()
        vm.settle()
        yield vm


def shadow(vm, address):
    """The expected shadow of a function's ROM."""
    rom = FUNCTIONS[address][1]
    if isinstance(rom, str):
        return vm.kernel.shadow(rom)
    return images_of(rom.read_bytes())


def tool(vm, words):
    return vm.sh(f"{PLACE} {words}")


def fails(vm, words):
    """The exit code and all output."""
    status, output = vm.ask(f"{PLACE} {words}")
    assert status, output
    return status, output.decode()


# Output


def test_list(vm):
    heading, *lines, _, summary = tool(vm, "list").splitlines()
    assert summary.startswith(f"{len(lines)} functions, ")
    assert heading.split()[:3] == ["ADDRESS", "ROM", "ROM"]
    addresses = vm.sh(f"ls {SYSFS}").split()
    assert [line.split()[0] for line in lines] == addresses
    for line in lines:
        words = line.split()
        if words[0] not in FUNCTIONS:
            continue
        shown = vm.show(words[0])
        assert words[1:4] == [shown["rom_status"], shown["rom_bar"],
                              shown["rom_source"] or "-"]
        if words[0] in WITH_ROM:
            data = shadow(vm, words[0])
            assert words[1] == "captured"
            assert words[4:6] == [str(len(data)),
                                  hashlib.sha256(data).hexdigest()[:12]]
        else:
            assert words[1] == "none" and words[4:6] == ["-", "-"]
    assert "82540EM Gigabit Ethernet Controller" in "\n".join(lines)


def test_list_as_json(vm):
    listed = {one["address"]: one for one in
              json.loads(tool(vm, "list -j"))["functions"]}
    for address in FUNCTIONS:
        shown, one = vm.show(address), listed[address]
        assert one["rom"] == {
            "status": shown["rom_status"], "reason": shown["rom_reason"],
            "bar": shown["rom_bar"], "source": shown["rom_source"] or None,
            "size": shown["size"] if shown["size"] >= 0 else None,
            "sha256": shown["rom_sha256"] or None}
        assert one["decode"] == shown["decode"]
        assert one["driver"] == (vm.driver(address) or None)
    assert (listed[E1000]["vendor"], listed[E1000]["device"]) == \
        ("8086", "100e")


@pytest.mark.parametrize("words", ["00:03.0", "0:3.0", "3.0", EDU])
def test_show(vm, words):
    """Addresses as for lspci."""
    (seen,) = json.loads(tool(vm, f"show -j {words}"))["functions"]
    assert seen["address"] == EDU
    best = seen["sources"][0]["contents"]
    assert [one["type"] for one in best["images"]] == ["x86", "efi", "nvidia"]
    assert best["intact"] is True
    assert "intact: 3 images" in tool(vm, f"show {words}")


def test_explain(vm):
    """The most frequently reported failure: the boot VGA ROM under UEFI."""
    text = in_one_line(tool(vm, f"explain {VGA}"))
    for words in ("left all ones in it, as UEFI does",
                  "There is a copy of its ROM: 39936 bytes, read at a free "
                  "address below its bridges",
                  "It is intact: 1 image", "It has no EFI image",
                  f"shadowbar install {VGA}"):
        assert words in text
    text = in_one_line(tool(vm, f"explain {BARE}"))
    assert "The function has no ROM BAR. " in text
    assert "A guest does not need one" in text


def test_without_root(vm):
    def ask(words):
        status, output = vm.ask(f"su user -c '{PLACE} {words}'")
        return status, output.decode()
    assert ask("list") == (0, tool(vm, "list") + "\n")
    assert ask("parse /roms/two.rom")[0] == 0
    status, output = ask(f"show {E1000}")
    assert status == 0 and "Permission denied" in output
    status, output = ask(f"dump {E1000} -o /tmp/not")
    assert status == 1 and "only root can read it" in output
    assert ask(f"capture {E1000}")[0] == 1
    assert vm.sh("ls -A /tmp") == ".out\n.script"


# Files


def test_dump_all(vm):
    out = tool(vm, "dump --all /tmp/all")
    assert out.startswith(f"{len(WITH_ROM)} ROMs of ")
    sums = vm.sh("cd /tmp/all; sha256sum *.rom; ls -A | wc -l").splitlines()
    assert int(sums.pop()) == len(WITH_ROM) + 1
    sums = dict(line.split()[::-1] for line in sums)
    assert sums == {f"{address}.rom":
                    hashlib.sha256(shadow(vm, address)).hexdigest()
                    for address in WITH_ROM}
    manifest = json.loads(vm.sh("cat /tmp/all/manifest.json; "
                                "rm -r /tmp/all"))
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == sums
    functions = {one["address"]: one for one in manifest["functions"]}
    for one in manifest["files"]:
        shown = vm.show(one["function"])
        assert one["source"] == shown["rom_source"]
        assert functions[one["function"]]["rom"]["reason"] == \
            shown["rom_reason"]
    release = vm.sh("uname -r")
    assert manifest["kernel"] == release
    assert functions[BARE]["sources"] == []


@pytest.mark.parametrize("name, place, line", [
    ("proxmox", "/usr/share/kvm",
     "qm set VMID --hostpci0 0000:00:02,pcie=1,romfile=shadowbar-"),
    ("libvirt", "/usr/share/vgabios",
     "<rom file='/usr/share/vgabios/shadowbar-"),
    ("qemu", "/usr/share/vgabios",
     f"-device vfio-pci,host={E1000},romfile=/usr/share/vgabios/shadowbar-")])
def test_install(vm, name, place, line):
    file = f"{place}/shadowbar-8086-100e-0000-00-02.0-in-place.rom"
    out = tool(vm, f"install 2.0 --for {name}")
    assert line in out and file in out
    got = vm.sh(f"sha256sum <{file}; stat -c %a {file}; ls {place} | wc -l; "
                f"rm {file}").split()
    assert got == [hashlib.sha256(shadow(vm, E1000)).hexdigest(), "-", "644",
                   "1"]


def test_what_is_dumped_boots(vm, tmp_path):
    """In a second QEMU: unchanged, and fixed for a different card."""
    vm.sh(f"{PLACE} dump {E1000} -o /tmp/e1000.rom; "
          f"{PLACE} fix /tmp/e1000.rom -o /tmp/e1000e.rom -V 8086 -D 10d3")
    for name in "e1000", "e1000e":
        (tmp_path / name).write_bytes(
            vm.sh_bytes(f"cat /tmp/{name}.rom; rm /tmp/{name}.rom"))
    assert (tmp_path / "e1000").read_bytes() == shadow(vm, E1000)
    banner = r"iPXE \S+ -- Open Source Network Boot Firmware"
    boot_until(f"e1000,romfile={tmp_path}/e1000", banner)
    # Without the right IDs firmware does not run it.
    screen = boot_until(f"e1000e,romfile={tmp_path}/e1000",
                        "No bootable device")
    assert "iPXE" not in screen
    boot_until(f"e1000e,romfile={tmp_path}/e1000e", banner)


def test_files_look_the_same_here(vm, tmp_path):
    """verify, on this machine, of a dump made there."""
    vm.sh(f"{PLACE} dump {TRAILING} -o - >/tmp/rom")
    (tmp_path / "rom").write_bytes(vm.sh_bytes("cat /tmp/rom; rm /tmp/rom"))
    assert (tmp_path / "rom").read_bytes() == shadow(vm, TRAILING)
    subprocess.run([build(tmp_path), "verify", tmp_path / "rom"], check=True)


# capture


@pytest.fixture
def unloaded(vm):
    """The VM without the module: a test binds drivers before it loads it."""
    vm.unload()
    yield vm
    vm.sh(f"for f in {E1000} {LARGE}; do cd {SYSFS}/$f; echo > "
          "driver_override; done")
    for address in E1000, LARGE:
        vm.unbind(address)
    vm.settle()


def bind(vm, address, driver, override=True):
    vm.sh(f"modprobe {driver}; cd {SYSFS}/{address}; "
          f"echo {driver} > driver_override; "
          f"echo {address} > /sys/bus/pci/drivers_probe")
    assert vm.driver(address) == driver
    if not override:
        vm.sh(f"echo > {SYSFS}/{address}/driver_override")


def is_deferred(vm):
    """The driver kept the ROM from being read: there is only UEFI's copy."""
    shown = vm.show(E1000)
    assert "a driver is bound" in shown["rom_reason"]
    return (shown["rom_status"], shown["rom_source"]) == ("deferred",
                                                          "platform")


def state(vm, address):
    """The state that a capture must not change."""
    return (vm.driver(address), vm.config(), vm.iomem(),
            vm.sh(f"cd {SYSFS}/{address}; cat driver_override enable"))


def test_capture(vm):
    out = tool(vm, f"capture {EDU}")
    assert out == f"{EDU}: {vm.show(EDU)['rom_reason']}"
    status, output = fails(vm, f"capture {BARE}")
    assert status == 4 and "not captured" in output


@pytest.mark.parametrize("driver", ["vfio-pci", "pci-stub"])
@pytest.mark.parametrize("override", [True, False])
def test_capture_of_what_is_kept_for_a_guest(unloaded, driver, override):
    vm = unloaded
    bind(vm, E1000, driver, override)
    vm.load()
    vm.settle()
    assert is_deferred(vm)
    assert f"shadowbar capture {E1000}" in \
        in_one_line(tool(vm, f"explain {E1000}"))
    before = state(vm, E1000)
    out = tool(vm, "capture 2.0")
    assert out.startswith(f"{E1000}: ") and "39936" not in out
    assert state(vm, E1000) == before
    shown = vm.show(E1000)
    assert shown["rom_source"] == "in-place"
    assert shown["rom_sha256"] == \
        hashlib.sha256(shadow(vm, E1000)).hexdigest()
    # And again, now with a shadow.
    tool(vm, "capture 2.0")
    assert state(vm, E1000) == before


def test_capture_of_what_a_driver_uses(unloaded):
    vm = unloaded
    bind(vm, E1000, "e1000")
    vm.load()
    vm.settle()
    before = state(vm, E1000)
    status, output = fails(vm, f"capture {E1000}")
    assert status == 5 and "the driver e1000 is bound" in output
    assert state(vm, E1000) == before
    assert is_deferred(vm)


def test_capture_of_what_a_vm_has(unloaded):
    """Its group is open. Debian's kernels have no other node for it."""
    vm = unloaded
    bind(vm, E1000, "vfio-pci")
    vm.load()
    vm.settle()
    before = state(vm, E1000)
    group = vm.sh(f"basename $(readlink {SYSFS}/{E1000}/iommu_group)")
    status, output = vm.ask(f"exec 4<>/dev/vfio/{group}; "
                            f"{PLACE} capture {E1000}")
    assert status == 5 and b"group is in use" in output
    assert state(vm, E1000) == before
    assert is_deferred(vm)
    tool(vm, f"capture {E1000}")
    assert state(vm, E1000) == before


@pytest.mark.parametrize("signal, number", [("TERM", 15), ("HUP", 1),
                                            ("KILL", 9)])
def test_bound_again_whatever_happens(unloaded, signal, number):
    """The tool gets a signal while its function is unbound."""
    vm = unloaded
    bind(vm, LARGE, "vfio-pci")
    vm.load()
    vm.settle()
    before = state(vm, LARGE)
    status = vm.sh(f"cd {SYSFS}/{LARGE}; {PLACE} capture {LARGE} >&2 & p=$!; "
                   f"while [ -e driver ]; do :; done; kill -{signal} $p; "
                   "wait $p; echo $?").splitlines()[-1]
    assert int(status) == 128 + number
    # If it is killed, its child continues.
    vm.until(f"test -e {SYSFS}/{LARGE}/driver && ! pidof shadowbar")
    vm.settle()
    assert state(vm, LARGE) == before


def test_no_module(unloaded):
    vm = unloaded
    for words in ("list", f"show {EDU}", f"explain {EDU}", f"capture {EDU}",
                  f"install {EDU}", "dump --all /tmp/all"):
        status, output = fails(vm, words)
        assert status == 3 and "modprobe shadowbar" in in_one_line(output)
    vm.load()
