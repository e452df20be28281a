# SPDX-License-Identifier: GPL-2.0-only
"""In a crash kernel, devices still do DMA for the kernel that crashed."""
from harness import SYSFS, VM


def test_crash_kernel(kernel):
    """elfcorehdr= makes a kernel a crash kernel; no memory is there."""
    devices = [f"edu,addr=4,romfile={kernel.rom('three')}"]
    with VM(kernel, "kdump", devices, append="elfcorehdr=0xa0000000") as vm:
        before = vm.config()
        status, said = vm.ask("insmod /shadowbar.ko")
        assert status and b"No such device" in said, said
        assert "not loading in a crash kernel" in vm.log()
        assert vm.config() == before
        assert vm.sh(f"ls -d {SYSFS}/*/shadowbar 2>/dev/null || true") == ""
