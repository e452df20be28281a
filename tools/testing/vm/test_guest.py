# SPDX-License-Identifier: GPL-2.0-only
"""A guest in a VM: its firmware runs a ROM that only the module can provide.

QEMU runs in the VM, emulated by emulated processors: that takes minutes.
"""
import collections
import pathlib
import re
import subprocess

import pytest

import subpage
import test_hotplug
from harness import (IPXE, OVMF, PCIEHP, SEABIOS, VM, Kernel, files_of,
                     kernels, origin, plug, with_files)
from test_serve import PLUGGED, full

QEMU = pathlib.Path("/usr/bin/qemu-system-x86_64")
PATIENCE = 1200
EFI_RAN = "an EFI image ran"

# QEMU options for the guest's firmware; the ROM; the sign that the ROM ran, on
# the serial port or on PORT, where the images of scripts/roms write; and what
# the firmware prints on the serial port once it is past that.
Firmware = collections.namedtuple("Firmware", "options rom ran done")
FIRMWARE = {
    "seabios": Firmware("-machine pc,graphics=off -boot reboot-timeout=-1",
                        str(IPXE / "efi-virtio.rom"), "iPXE",
                        "No bootable device"),
    # OVMF assigns BARs as high as the CPU allows: stay in the IOMMU's reach.
    "ovmf": Firmware(f"-machine pc -cpu qemu64,phys-bits=36 -bios {OVMF}",
                     "full128k", EFI_RAN, "BdsDxe: "),
}
PORT = 0x403


def needed():
    """QEMU, the libraries it needs, and firmware for its guests."""
    files = {str(QEMU): QEMU}
    linked = subprocess.run(["ldd", QEMU], text=True, check=True,
                            stdout=subprocess.PIPE).stdout
    for path in re.findall(r"(/\S+) \(0x", linked):
        files[path] = path
    files["/usr/share/seabios/bios-256k.bin"] = SEABIOS / "bios-256k.bin"
    files[OVMF] = OVMF
    for path in (*files_of("qemu-system-data", "kvmvapic.bin"),
                 *files_of("qemu-system-common", "accel-tcg-x86_64.so")):
        files[str(path)] = path
    return files


# Takes minutes, so only the last kernel is tested; QEMU is for x86.
@pytest.fixture(scope="module", params=[
    series for series in kernels() if origin(series).arch == "x86"][-1:])
def kernel(request):
    return Kernel(request.param)


@pytest.fixture(scope="module", params=list(FIRMWARE))
def firmware(request):
    return request.param


@pytest.fixture
def vm(kernel, firmware, tmp_path):
    with VM(with_files(kernel, tmp_path, needed()), f"guest-{firmware}",
            [*subpage.IOMMU[kernel.arch], *test_hotplug.PORTS], PCIEHP,
            append=f"intel_iommu=on no_timer_check {full(2048)}",
            machine=subpage.MACHINE[kernel.arch], memory=2048) as vm:
        rom = FIRMWARE[firmware].rom
        # Its BAR takes the whole window below 4 GiB, which leaves nothing
        # for its ROM.
        plug(vm, "virtio-net-pci", "port2", romsize=4 << 20,
             romfile=rom if "/" in rom else str(kernel.rom(rom)),
             **{"page-per-vq": True, "disable-legacy": "on"})
        vm.until(f"test -e /sys/bus/pci/devices/{PLUGGED}/resource4")
        vm.unbind(PLUGGED)
        yield vm


def guest_says(vm, firmware):
    """Start a guest with only the function; return what its firmware wrote
    until the ROM ran, or until it was too late for that."""
    with subpage.Vfio(vm, [PLUGGED]):
        vm.sh(f"""
rm -f /tmp/serial /tmp/port
{QEMU} {firmware.options} -accel tcg -m 256 -nodefaults -display none \\
  -serial file:/tmp/serial -chardev file,id=port,path=/tmp/port \\
  -device isa-debugcon,iobase={PORT:#x},chardev=port \\
  -device vfio-pci,host={PLUGGED} >/tmp/qemu 2>&1 &
echo $! > /tmp/pid
""")
        vm.until(f"[ -s /tmp/port ] || grep -qa -e '{firmware.ran}' "
                 f"-e '{firmware.done}' /tmp/serial || "
                 "! kill -0 $(cat /tmp/pid) 2>/dev/null", timeout=PATIENCE)
        vm.sh("kill -9 $(cat /tmp/pid); while kill -0 $(cat /tmp/pid) "
              "2>/dev/null; do usleep 100000; done; true")
    assert vm.sh("cat /tmp/qemu") == ""
    said = vm.sh_bytes("cat /tmp/serial").decode(errors="replace")
    wrote = vm.sh_bytes("cat /tmp/port")
    if wrote.startswith(b"E"):
        said += EFI_RAN
    else:
        assert not wrote, wrote
    return said


def test_guest(vm, firmware):
    firmware = FIRMWARE[firmware]
    control = guest_says(vm, firmware)
    assert firmware.ran not in control and firmware.done in control, control
    vm.load()
    vm.settle()
    said = guest_says(vm, firmware)
    assert firmware.ran in said, said
    vm.unload()
