# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own VFIO selftests, those of the newest kernel, give the same
results with the module as without it.
"""
import re

import pytest

import harness
import subpage
from harness import BUILD, LOGS, TOP

NEWEST = "7.3"
# With iommufd, KASAN and lockdep
SERIES = ("6.12-debug", NEWEST)
# libvfio cannot map a BAR that is smaller than a page, so none has one.
NIC, NVME = "0000:00:03.0", "0000:01:00.0"
RESULT = re.compile(r"^(ok|not ok) \d+ (\S+)(.*# SKIP)?", re.MULTILINE)


@pytest.fixture(scope="module", params=SERIES)
def kernel(request, tmp_path_factory):
    plain = harness.built(request.param)
    out = BUILD / "vm" / request.param / "selftests"
    harness.run(TOP / "scripts/vfio-selftests", NEWEST, out)
    return harness.with_files(
        plain, tmp_path_factory.mktemp("selftests"),
        {f"/selftests/{path.name}": path for path in out.iterdir()})


@pytest.fixture(scope="module")
def machine(kernel):
    slots = subpage.Slots()
    slots.devices += [
        f"e1000e,addr=3,romfile={kernel.rom('two')}",
        "pcie-root-port,id=port1,chassis=1,slot=1,addr=4",
        f"nvme,bus=port1,serial=1,romfile={kernel.rom('three')}"]
    with subpage.machine(kernel, "selftests", slots,
                         append="kmemleak=off loglevel=5") as vm:
        yield vm


def results(vm, when):
    """How each program and each of its tests ends, by function."""
    found = {}
    name = f"selftests-{vm.kernel.series}-{when}.txt"
    with subpage.Vfio(vm, [NIC, NVME]), open(LOGS / name, "w") as log:
        for program in vm.sh("ls /selftests").split():
            for address in NIC, NVME:
                status, output = vm.ask(f"/selftests/{program} {address}",
                                        timeout=600)
                said = output.decode(errors="replace")
                log.write(f"== {program} {address}\n{said}")
                found[program, address] = f"exit {status}"
                for result, test, skip in RESULT.findall(said):
                    found[program, address, test] = "skip" if skip else result
    return found


def test_same_results(vm):
    without = results(vm, "without")
    ends = list(without.values())
    print({end: ends.count(end) for end in sorted(set(ends))})
    assert ends.count("ok") > 50
    vm.load()
    vm.settle()
    for address in NIC, NVME:
        assert vm.show(address)["rom_status"] == "captured"
    assert results(vm, "with") == without
