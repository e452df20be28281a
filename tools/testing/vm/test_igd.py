# SPDX-License-Identifier: GPL-2.0-only
"""Intel graphics: the module costs nothing on a machine that has none."""
import re

import pytest

from harness import SYSFS, VM

# A display that is not Intel's at the address of Intel graphics, and an Intel
# device that is not a display.
DEVICES = {
    "display": ["VGA,addr=2", "e1000,addr=3"],
    "intel": ["e1000,addr=2", "VGA,addr=3"],
}
# The registers that would be read: GGC, BDSM, ASLS
REGISTER = re.compile(r"pci_cfg_(?:read|write) \S+ 00:02\.0 "
                      r"@0x(?:50|5c|c0|c4|fc)\b")


@pytest.mark.parametrize("devices", DEVICES)
def test_without_intel_graphics(kernel, devices):
    with VM(kernel, f"igd-{devices}", DEVICES[devices]) as vm:
        config, iomem = vm.config(), vm.iomem()
        for event in "pci_cfg_read", "pci_cfg_write":
            vm.qmp("trace-event-set-state", name=event, enable=True)
        vm.load("igd_stolen=allocate")
        vm.settle()
        for event in "pci_cfg_read", "pci_cfg_write":
            vm.qmp("trace-event-set-state", name=event, enable=False)
        trace = (vm.run / "trace").read_text()
        assert "pci_cfg_read" in trace and " 00:02.0 @" in trace
        assert not REGISTER.search(trace)

        assert vm.ask(f"test -e {SYSFS}/0000:00:02.0/shadowbar")[0] == 0
        assert vm.ask(f"ls {SYSFS}/*/shadowbar/igd_*")[0] == 1
        assert "stolen" not in vm.sh("cat /proc/iomem; dmesg | grep shadowbar")
        assert vm.config() == config
        vm.unload()
        assert (vm.config(), vm.iomem()) == (config, iomem)
