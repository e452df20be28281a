# SPDX-License-Identifier: GPL-2.0-only
"""Where BARs are during a capture matters to a hypervisor: KVM refuses a
memory slot beyond the processor's physical addresses, and QEMU then aborts.

Without KVM, QEMU's trace of what it maps says what KVM would have been asked
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
    # All of it is promised, none of it is ever used.
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
    """The first that no processor of the VM has."""
    (line,) = set(vm.sh("grep '^address sizes' /proc/cpuinfo").splitlines())
    return 1 << int(re.search(r"(\d+) bits physical", line)[1])


def test_nothing_is_mapped_where_kvm_refuses(vm, kernel):
    vm.load()
    vm.settle()
    trace = vm.run / "trace"
    vm.qmp("trace-event-set-state", name=EVENT, enable=True)
    # No window has room for the one, and a 64-bit BAR lends to the other.
    plug(vm, "ivshmem-plain", "port1", memdev="large",
         romfile=str(kernel.rom("three")))
    plug(vm, "virtio-net-pci", "port2", romfile=str(kernel.rom("four-mib")),
         **{"page-per-vq": True})
    for address in FORGOTTEN, LENDER:
        vm.until(f"test -d {SYSFS}/{address}/shadowbar")
    vm.settle()
    # Its driver is part of some kernels.
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
    # ROMs were, which is what the trace is there to show.
    assert {bar for _, bar, _, _ in mapped} >= {"6"}, mapped
    limit = end_of_addresses(vm)
    refused = [place for place in mapped
               if int(place[2], 16) + int(place[3], 16) > limit]
    assert not refused
    vm.unload()
