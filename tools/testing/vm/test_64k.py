# SPDX-License-Identifier: GPL-2.0-only
"""Pages of 64 KiB, where nearly every small BAR shares one: how many BARs VFIO
maps on arm64 with and without the module.

There is no firmware here: Linux places all BARs, and packs them.
"""
import types

import pytest

import harness
import subpage
from harness import LOGS

SERIES = "6.12-arm64-64k"
PAGE = 64 * 1024
SLOTS = subpage.everywhere("arm64")
ADDRESSES = list(SLOTS.kind)


@pytest.fixture(scope="module")
def kernel():
    return harness.built(SERIES)


@pytest.fixture(scope="module")
def vm(kernel):
    with subpage.machine(kernel, "pages", SLOTS,
                         append="kmemleak=off loglevel=5") as vm:
        yield vm


@pytest.fixture(scope="module")
def seen(vm, kernel):
    """All runs in sequence: which BARs are mapped. Records the counts."""
    seen = types.SimpleNamespace()
    seen.iomem = vm.iomem()
    seen.free = subpage.page_states(vm)
    seen.without = subpage.vfio_maps(vm, ADDRESSES)

    vm.load()
    vm.settle()
    seen.named = {bar: vm.page(bar) for bar in seen.free}
    vm.unload()
    seen.gone = vm.iomem()
    vm.load("isolate=off")
    vm.settle()
    seen.padded = subpage.vfio_maps(vm, ADDRESSES)
    seen.refused = subpage.isolate_all(vm, seen.without)
    seen.isolated = subpage.vfio_maps(vm, ADDRESSES)
    vm.unload()

    subpage.scan_again(vm, ADDRESSES)
    seen.packed = subpage.vfio_maps(vm, ADDRESSES)
    vm.load()
    vm.settle()
    subpage.scan_again(vm, ADDRESSES)
    seen.bound = subpage.vfio_maps(vm, ADDRESSES)
    vm.unload()
    text = "".join(f"{name}: {mapped(seen, name)} of {len(small(seen))}\n"
                   for name in ("without", "padded", "isolated", "packed",
                                "bound"))
    (LOGS / f"pages-{SERIES}.txt").write_text(text)
    return seen


def small(seen):
    """The BARs smaller than a page."""
    return [bar for bar in seen.without if seen.free[bar] != "whole"]


def mapped(seen, name):
    """The number of these that VFIO maps in one of the runs."""
    return [getattr(seen, name)[bar] for bar in small(seen)].count("yes")


def test_page_size(vm, seen):
    assert subpage.page_size(vm) == PAGE
    assert len(ADDRESSES) >= 10
    assert set(SLOTS.bars()) <= seen.without.keys()


def test_without_the_module(seen):
    """Mapped if and only if the rest of the page is free: hardly any."""
    expected = {bar: "yes" if seen.free[bar] in ("whole", "exclusive")
                else "no" for bar in seen.without}
    assert seen.without == expected
    for name in "without", "packed":
        assert mapped(seen, name) < len(small(seen)) / 4


def test_with_the_module(seen):
    assert seen.named == seen.free
    assert seen.padded == seen.without
    assert seen.gone == seen.iomem


def test_isolated(seen):
    """Every BAR gets a page of its own on request, and VFIO maps it."""
    assert not seen.refused
    assert set(seen.isolated.values()) == {"yes"}


def test_bound(seen):
    """Rescanned and packed: bound to vfio-pci, every BAR has a page."""
    assert set(seen.bound.values()) == {"yes"}
