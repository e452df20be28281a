# SPDX-License-Identifier: GPL-2.0-only
"""In a crash kernel, devices may still do DMA for the crashed kernel."""
import pathlib

from harness import SYSFS, VM, run, with_files

HERE = pathlib.Path(__file__).resolve().parent
EDU = "0000:00:04.0"


def with_crash_kernel(kernel, work):
    """The same kernel, with what it needs to crash into a second one."""
    run("gcc", "-static", "-Wall", "-Werror", "-o", work / "crashload",
        HERE / "crashload.c")
    return with_files(kernel, work, {"/crashload": work / "crashload",
                                     "/crash-kernel": kernel.vmlinuz,
                                     "/crash-initramfs": kernel.initramfs})


def test_crash_kernel(kernel, tmp_path):
    devices = [f"edu,addr=4,romfile={kernel.rom('three')}"]
    with VM(with_crash_kernel(kernel, tmp_path), "kdump", devices,
            append="crashkernel=320M", memory=1536) as vm:
        vm.load_crash_kernel("/crash-kernel", "/crash-initramfs")
        # In this kernel it does its work.
        vm.load()
        vm.settle()
        vm.compare(EDU, "three")
        before = vm.config()
        vm.crash()
        vm.sh("test -e /proc/vmcore")
        found = vm.config()
        assert found[EDU] == before[EDU]
        status, said = vm.ask("insmod /shadowbar.ko")
        assert status and b"No such device" in said, said
        assert "not loading in a crash kernel" in vm.log()
        assert vm.config() == found
        assert vm.sh(f"ls -d {SYSFS}/*/shadowbar 2>/dev/null || true") == ""
