# SPDX-License-Identifier: GPL-2.0-only
"""A Debian system with our packages, booted from its own initramfs: the module
is loaded before the drivers.

DKMS built the module when the package was installed, and the package updated
the initramfs. It also contains e1000, as usual on Debian; so does that of
dracut, which was built as well.
"""
import copy
import re

import pytest

from harness import BUILD, IPXE, SYSFS, TOP, VM, Kernel, kernels, run

E1000, EDU = "0000:00:03.0", "0000:00:04.0"
ROM = IPXE / "efi-e1000.rom"
# The kernel log shows in which order modules were loaded.
APPEND = ("root=/dev/vda rw init=/sbin/test-init net.ifnames=0 "
          "trace_event=module:module_load")


# Takes minutes each, so only the newest kernel is tested.
@pytest.fixture(scope="module", params=kernels()[-1:])
def kernel(request):
    return Kernel(request.param)


@pytest.fixture(scope="module")
def system(kernel):
    """The directory with the parts of the system."""
    out = BUILD / "vm" / f"debian-{kernel.series}"
    run(TOP / "scripts/packaging", "debs", out)
    run(TOP / "scripts/debian-root", kernel.series, out, out)
    return out


@pytest.fixture(scope="module", params=["initramfs-tools", "dracut"])
def debian(kernel, system, request):
    """The kernel, an initramfs and the disk of the system."""
    installed = copy.copy(kernel)
    installed.maker = request.param
    installed.vmlinuz = system / "vmlinuz"
    installed.initramfs = system / request.param / "initrd"
    installed.disk = system / "root.ext4"
    installed.listed = (system / request.param / "list").read_text()
    return installed


def boot(debian, name, append="", **kwargs):
    devices = [f"e1000,addr=3,romfile={ROM}",
               f"edu,addr=4,romfile={debian.rom('three')}"]
    # The next test gets the same disk.
    disk = ["-drive", f"file={debian.disk},format=raw,if=virtio,snapshot=on"]
    return VM(debian, name, devices, disk, append=f"{APPEND} {append}",
              **kwargs)


@pytest.fixture(scope="module")
def vm(debian):
    with boot(debian, f"debian-{debian.maker}") as vm:
        yield vm


def test_both_modules_are_in_the_initramfs(debian):
    modules = set(re.findall(r"/([^/\s]+)\.ko", debian.listed))
    assert {"shadowbar", "e1000"} <= modules
    loads = {"initramfs-tools": "scripts/init-top/shadowbar",
             "dracut": "hooks/pre-udev/00-shadowbar-load.sh"}
    assert loads[debian.maker] in debian.listed


def test_its_driver_came_second(vm, debian):
    """The module first, then e1000, and both before the root filesystem."""
    trace = vm.sh("cat /sys/kernel/tracing/trace")
    loaded = re.findall(r"module_load: (\S+)", trace)
    # dracut loads modules for encrypted disks at the same time.
    assert debian.maker == "dracut" or loaded[0] == "shadowbar", loaded
    assert loaded.index("shadowbar") < loaded.index("e1000"), loaded
    said = vm.sh("dmesg")
    # Its ROM, its probe, and then the root filesystem
    assert said.index(f"{E1000}: shadowbar: ROM of") < \
        said.index(f"e1000 {E1000} eth0: (PCI") < said.index("EXT4-fs")


def test_its_rom_was_read_before_its_driver(vm, debian):
    assert vm.driver(E1000) == "e1000"
    shown = vm.show(E1000)
    assert shown["rom_status"] == "captured", shown
    assert vm.rom(E1000) == debian.shadow("efi-e1000.rom")
    assert vm.rom(EDU) == debian.shadow("three")


def test_the_tool_is_there(vm):
    """The other package, with the libraries that it depends on."""
    (line,) = [line for line in vm.sh("shadowbar list").splitlines()
               if line.startswith(E1000)]
    assert line.split()[1] == "captured"


def test_control(debian):
    """Without the module in the initramfs, the driver comes first."""
    with boot(debian, f"debian-{debian.maker}-late",
              append="modprobe.blacklist=shadowbar") as vm:
        assert vm.ask("test -d /sys/module/shadowbar")[0] == 1
        vm.sh("modprobe shadowbar")
        vm.settle()
        assert vm.driver(E1000) == "e1000"
        assert vm.show(E1000)["rom_status"] == "deferred"
        vm.sh(f"echo {E1000} > {SYSFS}/{E1000}/driver/unbind")
        vm.settle()
        assert vm.show(E1000)["rom_status"] == "captured"


def test_crash_kernel(debian):
    """In a crash kernel, the same initramfs tries to load the module."""
    initrd = {"initramfs-tools": "initrd.img-", "dracut": "initrd.dracut-"}
    with boot(debian, f"debian-{debian.maker}-crash",
              append="crashkernel=768M", memory=2560) as vm:
        vm.settle()
        assert vm.rom(EDU) == debian.shadow("three")
        vm.load_crash_kernel("/boot/vmlinuz-*",
                             f"/boot/{initrd[debian.maker]}*")
        before = vm.config()[EDU]
        vm.crash()
        vm.sh("test -e /proc/vmcore")
        said = vm.log()
        assert "shadowbar: not loading in a crash kernel" in said
        assert "shadowbar: reading its ROM" not in said
        assert vm.ask("test -d /sys/module/shadowbar")[0] == 1
        assert vm.sh(f"ls -d {SYSFS}/*/shadowbar 2>/dev/null || true") == ""
        assert vm.config()[EDU] == before
        # A driver from the same initramfs is bound as usual.
        assert vm.driver(E1000) == "e1000"
