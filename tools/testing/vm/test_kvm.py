# SPDX-License-Identifier: GPL-2.0-only
"""A hypervisor cares where BARs are during a capture: KVM refuses a memory
slot beyond the processor's physical addresses, and QEMU then aborts.

Without KVM, QEMU's trace of its mappings shows what KVM would have been asked
for.
"""
import os
import re
import warnings

import pytest

from harness import PCIEHP, SYSFS, VM, Failure, plug
from test_hotplug import PORTS

FORGOTTEN, LENDER = "0000:01:00.0", "0000:02:00.0"
EVENT = "pci_update_mappings_add"
MAPPED = re.compile(EVENT + r" \S+ ([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) "
                    r"(\d+),0x([0-9a-f]+)\+0x([0-9a-f]+)")


def boot(kernel, accel):
    # Memory is only promised, never used.
    memory = ("-object", "memory-backend-ram,id=large,size=64G,reserve=off")
    return VM(kernel, "kvm", PORTS, [*PCIEHP, *memory], accel=accel)


@pytest.fixture(scope="module")
def vm(kernel):
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        try:
            with boot(kernel, "kvm") as vm:
                yield vm
            return
        except Failure as failure:
            warnings.warn(f"no kernel boots with KVM here: {failure}")
    warnings.warn("without KVM: what QEMU maps was looked at, and KVM was not "
                  "asked for it")
    with boot(kernel, None) as vm:
        yield vm


def end_of_addresses(vm):
    """The first address beyond those of the VM's processors."""
    (line,) = set(vm.sh("grep '^address sizes' /proc/cpuinfo").splitlines())
    return 1 << int(re.search(r"(\d+) bits physical", line)[1])


def test_nothing_is_mapped_where_kvm_refuses(vm, kernel):
    vm.load()
    vm.settle()
    trace = vm.run / "trace"
    vm.qmp("trace-event-set-state", name=EVENT, enable=True)
    # No window has room for the first one's BAR, and the second one's 64-bit
    # BAR lends its address to the ROM.
    plug(vm, "ivshmem-plain", "port1", memdev="large",
         romfile=str(kernel.rom("three")))
    plug(vm, "virtio-net-pci", "port2", romfile=str(kernel.rom("four-mib")),
         **{"page-per-vq": True})
    for address in FORGOTTEN, LENDER:
        vm.until(f"test -d {SYSFS}/{address}/shadowbar")
    vm.settle()
    # Some kernels have its driver built in.
    vm.unbind(LENDER)
    vm.settle()
    before = vm.config()
    for address in FORGOTTEN, LENDER:
        assert vm.capture(address) is None
    vm.compare(FORGOTTEN, "three")
    vm.compare(LENDER, "four-mib")
    assert vm.show(LENDER)["rom_source"] == "borrowed"
    assert vm.config() == before
    (start, *_) = vm.sh(f"sed -n 3p {SYSFS}/{FORGOTTEN}/resource").split()
    assert int(start, 16) == 0
    vm.qmp("trace-event-set-state", name=EVENT, enable=False)

    mapped = MAPPED.findall(trace.read_text())
    # ROMs were mapped, which is what the trace must show.
    assert {bar for _, bar, _, _ in mapped} >= {"6"}, mapped
    limit = end_of_addresses(vm)
    refused = [place for place in mapped
               if int(place[2], 16) + int(place[3], 16) > limit]
    assert not refused
    vm.unload()
