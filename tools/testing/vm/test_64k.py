# SPDX-License-Identifier: GPL-2.0-only
"""Pages of 64 KiB, where nearly every small BAR shares one: how many BARs VFIO
maps with and without the module, on arm64 and on POWER.

There is no firmware here: Linux places all BARs, and packs them.
"""
import types

import pytest

import harness
import subpage
from harness import LOGS

SERIES = ("6.12-arm64-64k", "stock-ppc64le-64k")
PAGE = 64 * 1024


@pytest.fixture(scope="module", params=SERIES)
def kernel(request):
    return harness.built(request.param)


@pytest.fixture(scope="module")
def slots(kernel):
    return subpage.everywhere(kernel.arch)


@pytest.fixture(scope="module")
def vm(kernel, slots):
    with subpage.machine(kernel, "pages", slots,
                         append="kmemleak=off loglevel=5") as vm:
        yield vm


@pytest.fixture(scope="module")
def seen(vm, kernel, slots):
    """All runs in sequence: which BARs are mapped. Records the counts."""
    seen = types.SimpleNamespace()
    addresses = list(slots.kind)
    seen.iomem = vm.iomem()
    seen.free = subpage.page_states(vm)
    seen.without = subpage.vfio_maps(vm, addresses)

    vm.load()
    vm.settle()
    seen.named = {bar: vm.page(bar) for bar in seen.free}
    vm.unload()
    seen.gone = vm.iomem()
    vm.load("isolate=off")
    vm.settle()
    seen.padded = subpage.vfio_maps(vm, addresses)
    seen.refused = subpage.isolate_all(vm, seen.without)
    seen.isolated = subpage.vfio_maps(vm, addresses)
    vm.unload()

    subpage.scan_again(vm, addresses)
    seen.packed = subpage.vfio_maps(vm, addresses)
    vm.load()
    vm.settle()
    subpage.scan_again(vm, addresses)
    seen.bound = subpage.vfio_maps(vm, addresses)
    vm.unload()
    text = "".join(f"{name}: {mapped(seen, name)} of {len(small(seen))}\n"
                   for name in ("without", "padded", "isolated", "packed",
                                "bound"))
    (LOGS / f"pages-{kernel.series}.txt").write_text(text)
    return seen


def small(seen):
    """The BARs smaller than a page."""
    return [bar for bar in seen.without if seen.free[bar] != "whole"]


def mapped(seen, name):
    """The number of these that VFIO maps in one of the runs."""
    return [getattr(seen, name)[bar] for bar in small(seen)].count("yes")


def test_page_size(vm, slots, seen):
    assert subpage.page_size(vm) == PAGE
    assert len(slots.kind) >= 10
    assert set(slots.bars()) <= seen.without.keys()


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


def test_at_boot(kernel, slots):
    """Where Linux has placed them at boot, with no command but the bind."""
    with subpage.machine(kernel, "pages-boot", slots,
                         append="kmemleak=off loglevel=5") as vm:
        vm.load()
        vm.settle()
        assert set(subpage.vfio_maps(vm, slots.kind).values()) == {"yes"}


def test_bound(seen):
    """Rescanned and packed: bound to vfio-pci, every BAR has a page."""
    assert set(seen.bound.values()) == {"yes"}
