# SPDX-License-Identifier: GPL-2.0-only
"""Permissions, and what must stay secret."""
import re

import pytest

from harness import SYSFS, VM, config_writes

EDU, SMALL = "0000:00:04.0", "0000:00:05.0"
DIRECTORY = f"{SYSFS}/{EDU}/shadowbar"
# The upper half of the address space belongs to the kernel alone.
KERNEL = re.compile(r"\b(?:0x)?ffff[0-9a-f]{12}\b")


@pytest.fixture(scope="module")
def vm(kernel):
    devices = [f"edu,addr=4,romfile={kernel.rom('three')}", "pci-ohci,addr=5"]
    with VM(kernel, "security", devices) as vm:
        vm.load()
        vm.settle()
        yield vm


@pytest.mark.parametrize("path", [f"{DIRECTORY}/capture",
                                  f"{SYSFS}/{SMALL}/shadowbar/bar0_isolate"])
def test_root_of_a_container(vm, path):
    """It owns the file, but still may not write to it."""
    before = vm.config()
    with config_writes(vm) as written:
        status, output = vm.ask(f"unshare -Ur sh -c 'id -u; echo 1 > {path}'")
    assert status and output.startswith(b"0\n"), output
    assert b"Operation not permitted" in output
    assert not written & {EDU, SMALL}
    assert vm.config() == before
    # Control: the container makes the difference.
    vm.sh(f"echo 1 > {path}")


def test_nothing_is_asked_of_the_word_before_the_right(vm):
    """Without permission, nobody learns which words are valid."""
    status, output = vm.ask(
        f"unshare -Ur sh -c 'echo nonsense > {DIRECTORY}/capture'")
    assert status and b"Operation not permitted" in output


def test_no_kernel_addresses(vm):
    """Not in files, not in the log, not in traces."""
    events = "/sys/kernel/tracing/events/shadowbar/enable"
    vm.sh(f"echo 1 > {events}; echo 1 > {DIRECTORY}/capture; "
          f"echo 0 > {events}")
    said = vm.sh("cd /sys/bus/pci/devices; "
                 "grep . */shadowbar/[a-z]*_* */shadowbar/decode; "
                 "cat /sys/module/shadowbar/parameters/*; "
                 "dmesg | grep -i shadowbar; "
                 "cat /sys/kernel/tracing/trace; true")
    assert "shadowbar_capture_end" in said and "captured" in said
    assert not KERNEL.findall(said)
