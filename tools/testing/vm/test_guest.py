# SPDX-License-Identifier: GPL-2.0-only
"""A guest in a VM: its firmware runs a ROM that only the module can provide.

QEMU runs in the VM, an emulator on emulated processors: it takes minutes.
"""
import pathlib
import re
import subprocess

import pytest

import subpage
import test_hotplug
from harness import (IPXE, PCIEHP, SEABIOS, VM, Kernel, files_of, kernels,
                     plug, with_files)
from test_serve import PLUGGED

QEMU = pathlib.Path("/usr/bin/qemu-system-x86_64")
PATIENCE = 1200
# Output of the option ROM, and output if there is nothing to run
RAN, NOTHING = "iPXE", "No bootable device"


def needed():
    """QEMU, the libraries it needs, and firmware for its guests."""
    files = {str(QEMU): QEMU}
    linked = subprocess.run(["ldd", QEMU], text=True, check=True,
                            stdout=subprocess.PIPE).stdout
    for path in re.findall(r"(/\S+) \(0x", linked):
        files[path] = path
    files["/usr/share/seabios/bios-256k.bin"] = SEABIOS / "bios-256k.bin"
    for path in (*files_of("qemu-system-data", "kvmvapic.bin"),
                 *files_of("qemu-system-common", "accel-tcg-x86_64.so")):
        files[str(path)] = path
    return files


# Takes minutes, so only the newest kernel is tested.
@pytest.fixture(scope="module", params=kernels()[-1:])
def kernel(request):
    return Kernel(request.param)


@pytest.fixture
def vm(kernel, tmp_path):
    with VM(with_files(kernel, tmp_path, needed()), "guest",
            [*subpage.IOMMU[kernel.arch], *test_hotplug.PORTS], PCIEHP,
            append="intel_iommu=on no_timer_check",
            machine=subpage.MACHINE[kernel.arch], memory=2048) as vm:
        # Its BAR takes the whole window below 4 GiB, which leaves nothing
        # for its ROM.
        plug(vm, "virtio-net-pci", "port2", romsize=4 << 20,
             romfile=str(IPXE / "efi-virtio.rom"),
             **{"page-per-vq": True, "disable-legacy": "on"})
        vm.until(f"test -e /sys/bus/pci/devices/{PLUGGED}/resource4")
        vm.unbind(PLUGGED)
        yield vm


def guest_says(vm):
    """Start a guest that gets only this function; return the output of its
    firmware up to one of the two texts."""
    with subpage.Vfio(vm, [PLUGGED]):
        vm.sh(f"""
rm -f /tmp/serial
{QEMU} -machine pc,graphics=off -accel tcg -m 128 -nodefaults -display none \\
  -serial file:/tmp/serial -boot reboot-timeout=-1 \\
  -device vfio-pci,host={PLUGGED} >/tmp/qemu 2>&1 &
echo $! > /tmp/pid
""")
        vm.until(f"grep -qa -e '{RAN}' -e '{NOTHING}' /tmp/serial || "
                 "! kill -0 $(cat /tmp/pid) 2>/dev/null", timeout=PATIENCE)
        vm.sh("kill -9 $(cat /tmp/pid); while kill -0 $(cat /tmp/pid) "
              "2>/dev/null; do usleep 100000; done; true")
    assert vm.sh("cat /tmp/qemu") == ""
    return vm.sh_bytes("cat /tmp/serial").decode(errors="replace")


def test_guest(vm):
    control = guest_says(vm)
    assert RAN not in control and NOTHING in control, control
    vm.load()
    vm.settle()
    said = guest_says(vm)
    assert RAN in said, said
    vm.unload()
