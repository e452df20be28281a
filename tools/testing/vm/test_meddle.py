# SPDX-License-Identifier: GPL-2.0-only
"""Captures while others read and write the same registers."""
import hashlib

import pytest

from harness import IPXE, SYSFS, VM

E1000, EDU, BELOW = "0000:00:03.0", "0000:00:04.0", "0000:01:00.0"
ROMS = {E1000: "efi-e1000.rom", EDU: "three", BELOW: "half-a"}


def how_many(kernel):
    """Captures in each test; with KCSAN, one takes seconds."""
    return 40 if "kcsan" in kernel.series else 200


@pytest.fixture(scope="module")
def vm(kernel):
    devices = [
        f"e1000,addr=3,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={kernel.rom('three')}",
        "pcie-root-port,id=port1,chassis=1,addr=8",
        f"e1000e,bus=port1,romfile={kernel.rom('half-a')}",
    ]
    with VM(kernel, "meddle", devices, threads="multi") as vm:
        # The first read gives a ROM an address, which is permanent.
        for address in ROMS:
            vm.sh(f"cd {SYSFS}/{address}; echo 1 > rom; "
                  "cat rom > /dev/null; echo 0 > rom")
        yield vm


def captures(vm, address, others):
    """Capture with others in loops; returns what each capture said."""
    loops = "".join(f"(n=0; while [ ! -e /tmp/stop ]; do {other} && "
                    f"n=$((n + 1)); done; echo $n > /tmp/did.{i}) "
                    ">/dev/null 2>&1 &\n" for i, other in enumerate(others))
    here = f"{SYSFS}/{address}/shadowbar"
    said = vm.sh("rm -f /tmp/stop /tmp/did.*\n"
                 "taskset -p 2 $$ >/dev/null\n" + loops +
                 "taskset -p 1 $$ >/dev/null\n"
                 f"for i in $(seq {how_many(vm.kernel)}); do "
                 f"echo 1 > {here}/capture; "
                 f"echo $? $(cat {here}/rom_sha256); done 2>/dev/null\n"
                 "touch /tmp/stop; wait\n", timeout=900)
    did = [int(vm.sh(f"cat /tmp/did.{i}")) for i in range(len(others))]
    print(f"{address}: meanwhile {did}")
    assert all(did), dict(zip(others, did))
    return said


def right_or_none(kernel, address, said, removed=False):
    """The number of successful captures; a wrong shadow fails the test."""
    right = hashlib.sha256(kernel.shadow(ROMS[address])).hexdigest()
    good = 0
    for line in said.splitlines():
        status, *sums = line.split()
        assert sums in ([], [right]), line
        good += status == "0"
        assert status != "0" or sums or removed, line
    print(f"{address}: {good} of {how_many(kernel)} captured")
    assert len(said.splitlines()) == how_many(kernel)
    assert good
    return good


@pytest.mark.parametrize("address", ROMS)
def test_a_program_has_mapped_a_bar(vm, address):
    """It needs no driver, and may be writing the flash."""
    vm.load("capture=manual")
    before = vm.config()
    with vm.mapped((address, 0)):
        assert vm.capture(address) == "Device or resource busy"
        assert "has mapped" in vm.show(address)["rom_reason"]
        assert vm.config() == before
    assert vm.capture(address) is None
    vm.compare(address, ROMS[address])
    vm.unload()
    assert vm.config() == before


@pytest.mark.parametrize("address", ROMS)
def test_the_kernels_own_file(vm, kernel, address):
    """It writes the ROM BAR, and its readers take no locks."""
    before = vm.config()
    vm.load("capture=manual")
    path = f"{SYSFS}/{address}/rom"
    said = captures(vm, address, [f"echo 1 > {path}; cat {path}"])
    right_or_none(kernel, address, said)
    # Once undisturbed, capture works again: nothing permanent is left.
    assert vm.capture(address) is None
    vm.compare(address, ROMS[address])
    vm.unload()
    assert vm.config() == before


def test_everybody_else(vm, kernel):
    """COMMAND is written, a neighbour is reset, removed and rescanned."""
    before = vm.config()
    vm.load("capture=manual")
    command = "printf '\\003' | dd bs=1 seek=4 conv=notrunc of="
    said = captures(vm, E1000, [
        f"{command}{SYSFS}/{E1000}/config; {command}{SYSFS}/{EDU}/config",
        f"echo 1 > {SYSFS}/{BELOW}/reset",
        f"echo 1 > {SYSFS}/{BELOW}/remove; echo 1 > /sys/bus/pci/rescan",
    ])
    assert right_or_none(kernel, E1000, said) == how_many(kernel)
    vm.unload()
    after = vm.config()
    for address in E1000, EDU:
        # The byte of COMMAND is theirs.
        assert after[address][:4] == before[address][:4]
        assert after[address][5:] == before[address][5:]


@pytest.mark.parametrize("what", ["reset", "remove"])
def test_itself(vm, kernel, what):
    """The function is reset or removed while its own ROM is read."""
    before = vm.config()
    vm.load("capture=manual")
    done = f"echo 1 > {SYSFS}/{BELOW}/{what}"
    if what == "remove":
        done += "; echo 1 > /sys/bus/pci/rescan"
    # Both have its lock nearly all the time, and a capture only tries it.
    said = captures(vm, BELOW, [f"usleep $((RANDOM * 5)); {done}"])
    right_or_none(kernel, BELOW, said, removed=what == "remove")
    vm.until(f"test -e {SYSFS}/{BELOW}/shadowbar")
    vm.settle()
    assert vm.capture(BELOW) is None
    vm.compare(BELOW, ROMS[BELOW])
    vm.unload()
    assert vm.config() == before
