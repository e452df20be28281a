# SPDX-License-Identifier: GPL-2.0-only
"""Which sub-page BARs the real vfio-pci maps: without the module, with it, and
with wrongly reserved pages, a negative control that must fail.

SeaBIOS and OVMF give almost every memory BAR a page of its own. Linux packs
BARs that were hot-added.
"""
import types

import pytest

import subpage
from harness import LOGS

SLOTS = subpage.everywhere()
ADDRESSES = list(SLOTS.kind)
# BARs that share a page, by what placed them. OVMF leaves one to Linux.
SHARED = {"bios": 0, "ovmf": 2, "linux": 23}


@pytest.fixture(scope="module", params=["bios", "ovmf", "linux"])
def firmware(request):
    """What placed the BARs."""
    return request.param


@pytest.fixture(scope="module")
def vm(kernel, firmware):
    uefi = "ovmf" if firmware == "ovmf" else "bios"
    with subpage.machine(kernel, f"vfio-{firmware}", SLOTS,
                         firmware=uefi) as vm:
        if firmware == "linux":
            subpage.scan_again(vm, ADDRESSES)
        yield vm


@pytest.fixture(scope="module")
def seen(vm, kernel, firmware):
    """All runs in sequence: which BARs are mapped. Saves a table of them."""
    seen = types.SimpleNamespace()
    seen.iomem = vm.iomem()
    seen.free = subpage.page_states(vm)
    seen.without = subpage.vfio_maps(vm, ADDRESSES)
    vm.sh("insmod /sibling.ko")
    seen.control = subpage.vfio_maps(vm, ADDRESSES)
    vm.sh("rmmod sibling")
    seen.after = subpage.vfio_maps(vm, ADDRESSES), vm.iomem()
    with_the_module(vm, seen)
    (LOGS / f"vfio-{firmware}-{kernel.series}.md").write_text(table(seen))
    return seen


def with_the_module(vm, seen):
    """As they are, then each on a page of its own, then rescanned."""
    vm.load("isolate=off")
    vm.settle()
    seen.padded = subpage.vfio_maps(vm, ADDRESSES)
    vm.settle()
    subpage.wait_for_page(vm, "exclusive",
                          *(bar for bar, state in seen.free.items()
                            if state == "exclusive"))
    seen.pads = subpage.pads(vm)
    vm.unload()
    seen.gone = vm.iomem()
    vm.load()
    vm.settle()
    seen.refused = subpage.isolate_all(vm, SLOTS.bars())
    seen.isolated = subpage.vfio_maps(vm, ADDRESSES)
    subpage.scan_again(vm, ADDRESSES)
    seen.bound = subpage.vfio_maps(vm, ADDRESSES)
    vm.unload()


def table(seen):
    """Each small BAR in each run, as in Documentation/pages.md."""
    columns = (seen.without, seen.control, seen.padded, seen.isolated,
               seen.bound)
    lines = ["| where | BAR | without | sibling | with | isolated | bound |",
             "|---|---|---|---|---|---|---|"]
    for bar in SLOTS.bars():
        words = [SLOTS.where[bar[0]], f"{SLOTS.kind[bar[0]]} BAR {bar[1]}",
                 *(column[bar] for column in columns)]
        lines.append(f"| {' | '.join(words)} |")
    counts = [[column[bar] for bar in SLOTS.bars()].count("yes")
              for column in columns]
    lines.append(f"| | mapped | {' | '.join(map(str, counts))} |")
    return "\n".join(lines) + "\n"


def test_functions_are_as_expected(vm, seen):
    """At least ten, with their known sizes."""
    assert len(ADDRESSES) >= 10
    sizes = {(bar.address, bar.number): bar.end - bar.start + 1
             for bar in subpage.memory_bars(vm)}
    for address, kind in SLOTS.kind.items():
        for number, size in subpage.SMALL[kind].items():
            assert sizes[address, number] == size, (kind, address, number)
    assert set(SLOTS.bars()) <= seen.without.keys()


def test_without_the_module(seen, firmware):
    """Mapped if and only if the rest of the page is free."""
    expected = {bar: "yes" if seen.free[bar] in ("whole", "exclusive")
                else "no" for bar in seen.without}
    assert seen.without == expected
    small = [seen.without[bar] for bar in SLOTS.bars()]
    assert small.count("no") == SHARED[firmware]


def test_control(seen):
    """A reservation next to a BAR makes every small BAR unmappable."""
    for bar, answer in seen.control.items():
        whole = seen.free[bar] == "whole"
        assert answer == ("yes" if whole else "no"), bar


def test_control_leaves_nothing(seen):
    assert seen.after == (seen.without, seen.iomem)


def test_with_the_module(seen):
    """Pads keep all mappings possible, whatever placed the BAR."""
    assert seen.padded == seen.without
    alone = {f"shadowbar {address} BAR {number}"
             for (address, number), state in seen.free.items()
             if state == "exclusive"}
    assert alone == seen.pads.keys()


def test_module_leaves_nothing(seen):
    assert seen.gone == seen.iomem


def test_isolated(seen):
    """Each BAR that shares a page is moved to its own, and mapped."""
    assert not seen.refused
    assert set(seen.isolated.values()) == {"yes"}


def test_bound(seen):
    """Found in one rescan, and bound to vfio-pci without any command."""
    assert set(seen.bound.values()) == {"yes"}
