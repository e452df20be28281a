# SPDX-License-Identifier: GPL-2.0-only
"""A program repeatedly opens and closes a function through the real vfio-pci,
on kernels with KASAN, while the module and neighbours come and go.
"""
import contextlib
import re

import pytest

import harness
import subpage
from harness import PCIEHP, SYSFS, plug, pull

SERIES = ("6.12-debug", "7.3")
CYCLES = 200
# A BAR of 16 bytes, and the functions that come and go on its bus
HELD = ("0000:00:03.0", 0)
NEAR = ["0000:00:04.0", "0000:00:05.0"]
ADDED = "0000:01:00.0"
# Opening this one resets the bus, which needs its device lock at once.
RESET = ("0000:02:00.0", 1)


def slots_of_open():
    slots = subpage.Slots()
    slots.devices += [f"pcie-root-port,id=port{i},chassis={i},slot={i},"
                      f"addr={0x17 + i:x}" for i in (1, 2)]
    for i, kind in enumerate(("i6300esb", "sdhci-pci", "pci-ohci")):
        slots.add(kind, f"0000:00:{3 + i:02x}.0", "pcie.0", f"{3 + i:x}",
                  "root bus")
    slots.add("rtl8139", RESET[0], "port2", "0", "root port")
    return slots


@pytest.fixture(scope="module", params=SERIES)
def kernel(request):
    return harness.built(request.param)


@pytest.fixture(scope="module")
def machine(kernel):
    with subpage.machine(kernel, "open", slots_of_open(), args=PCIEHP,
                         append="slub_debug=FZPU kmemleak=off loglevel=5") \
            as vm:
        yield vm


@contextlib.contextmanager
def opener(vm, times, address=HELD[0]):
    """Open and close it meanwhile; 'times' gets counts by mapped BARs."""
    vm.sh("rm -f /tmp/hold; mkfifo /tmp/hold; "
          "sleep 10000 > /tmp/hold & echo $! > /tmp/holder; "
          f"/vfio-regions -l {address} < /tmp/hold > /tmp/opened 2>&1 &")
    vm.until("grep -qx ready /tmp/opened")
    yield
    vm.sh("kill $(cat /tmp/holder)")
    vm.until("! pidof vfio-regions")
    told = vm.sh("cat /tmp/opened")
    assert "failed" not in told, told
    for bars, count in re.findall(r"bars=(\w+) opened=(\d+)", told):
        times[int(bars, 16)] = int(count)
    print(times)


MAPPED = 1 << HELD[1]


@pytest.mark.parametrize("held", [HELD, RESET], ids=["root-bus", "reset"])
def test_loads(vm, held):
    """Two hundred times, and every open maps the BAR."""
    times = {}
    with subpage.Vfio(vm, [held[0]]), opener(vm, times, held[0]):
        for _ in range(CYCLES // 10):
            vm.sh("for i in $(seq 10); do insmod /shadowbar.ko && "
                  "usleep $((RANDOM % 200))000; rmmod shadowbar || exit 1; "
                  "done", timeout=600)
    assert times.keys() == {1 << held[1]}, times
    assert times[1 << held[1]] >= CYCLES, times


def test_neighbours(vm):
    """They are removed and rescanned, and hot-added: the core may put one
    into the page, where it stays until the module has moved it. A program that
    opens the function just then maps nothing, but the next one does.
    """
    times = {}
    vm.load()
    with subpage.Vfio(vm, [HELD[0]]) as vfio:
        with opener(vm, times):
            for _ in range(CYCLES // 10):
                subpage.scan_again_often(vm, NEAR, 10)
                name = plug(vm, "pcnet", "port1", romfile="")
                vm.until(f"test -e {SYSFS}/{ADDED}/shadowbar")
                pull(vm, name)
                vm.until(f"! test -e {SYSFS}/{ADDED}")
        vm.settle()
        subpage.wait_for_page(vm, "exclusive", HELD)
        assert vfio.mapped() == {HELD: "yes"}
    assert times.keys() <= {MAPPED, 0}, times
    # A neighbour is in the page for a moment only.
    assert times[MAPPED] >= 20 * times.get(0, 0), times
