# SPDX-License-Identifier: GPL-2.0-only
"""Pages of sub-page BARs: padded, moved and shared."""
import contextlib
import re

import pytest

import subpage
from harness import (PCIEHP, SYSFS, Failure, network, passes_traffic, plug,
                     pull)

PAGE = 4096
REMOVALS = 200
LOADS = 100
COMMAND = 4
MACS = [f"52:54:00:00:00:0{i}" for i in range(4)]
# On the root bus, with their drivers in stock kernels.
NATIVE = {"0000:00:03.0": ("rtl8139", "8139cp"),
          "0000:00:04.0": ("pcnet", "pcnet32"),
          "0000:00:05.0": ("i6300esb", "i6300esb"),
          "0000:00:06.0": ("sdhci-pci", "sdhci-pci"),
          "0000:00:07.0": ("pci-ohci", "ohci-pci")}
NETWORK = list(NATIVE)[:2]
# Behind one PCIe-to-PCI bridge: a BAR of 256 bytes, one of 16, one of 256.
THREE = [("0000:02:01.0", 1), ("0000:02:02.0", 0), ("0000:02:03.0", 0)]


def slots_of_pages():
    slots = subpage.Slots()
    slots.devices += [
        "pcie-root-port,id=port1,chassis=1,slot=1,addr=18,mem-reserve=16M",
        "pcie-root-port,id=port2,chassis=2,slot=2,addr=19",
        "pcie-pci-bridge,id=bridge,bus=port1,addr=0",
    ]
    for i, (address, (kind, _)) in enumerate(NATIVE.items()):
        options = {}
        if address in NETWORK:
            options = {"netdev": f"net{i + 1}", "mac": MACS[i]}
        slots.add(kind, address, "pcie.0", f"{3 + i:x}", "root bus",
                  **options)
    for i, kind in enumerate(("rtl8139", "i6300esb", "pci-ohci")):
        slots.add(kind, THREE[i][0], "bridge", f"{1 + i:x}",
                  "PCIe-to-PCI bridge")
    return slots


SLOTS = slots_of_pages()


@pytest.fixture(scope="module")
def machine(kernel, tmp_path_factory):
    """slub_debug detects writes to freed memory."""
    args = [*PCIEHP, *network(tmp_path_factory, 2)]
    with subpage.machine(kernel, "pages", SLOTS, args=args,
                         append="slub_debug=FZPU") as vm:
        yield vm


def scan_again(vm, *addresses):
    subpage.scan_again(vm, addresses)


def at(vm, bar):
    """The location of a BAR."""
    for found in subpage.memory_bars(vm):
        if (found.address, found.number) == bar:
            return found
    raise Failure(f"{bar} has no address")


def pages(vm, bars):
    return [at(vm, bar).start // PAGE for bar in bars]


def small_bars(vm):
    """All sub-page BARs that currently exist."""
    return [(bar.address, bar.number) for bar in subpage.memory_bars(vm)
            if bar.number < 6 and bar.end - bar.start + 1 < PAGE]


def assert_padded(vm, bars):
    """Each alone in its page, with a pad next to it that names the BAR."""
    subpage.wait_for_page(vm, "exclusive", *bars)
    # After an unbind, it is "exclusive" before it has a pad.
    for address, number in bars:
        vm.until(f"grep -q 'shadowbar {address} BAR {number}$' /proc/iomem")
    found = subpage.pads(vm)
    for bar in bars:
        where = at(vm, bar)
        start, end = found[f"shadowbar {bar[0]} BAR {bar[1]}"]
        assert (start, end) == (where.end + 1, where.start + PAGE - 1)
        # The kernel knows of no other decoder in the page, either.
        assert subpage.page_states(vm)[bar] == "exclusive"
    return found


def test_pads(vm):
    """Next to every small BAR, and gone with the module."""
    before = vm.config(), vm.iomem()
    vm.load()
    vm.settle()
    bars = small_bars(vm)
    assert len(bars) >= len(SLOTS.bars())
    found = assert_padded(vm, bars)
    assert len(found) == len(bars)
    assert vm.config() == before[0]
    vm.unload()
    assert (vm.config(), vm.iomem()) == before


def test_pad_off(vm):
    before = vm.iomem()
    vm.load("pad=off")
    vm.settle()
    assert vm.iomem() == before


def test_states_are_true(vm):
    """The module's state of each page matches the resource tree."""
    vm.load()
    vm.settle()
    states = subpage.page_states(vm)
    assert {bar: vm.page(bar) for bar in states} == states


def test_packed_without_the_module(vm):
    """Control: one scan puts three BARs into one page."""
    scan_again(vm, *(address for address, _ in THREE))
    assert len(set(pages(vm, THREE))) == 1


def scan_apart(vm, *addresses):
    """Rescanned, with each small BAR on a page of its own."""
    scan_again(vm, *addresses)
    assert not subpage.isolate_all(vm, [bar for bar in SLOTS.bars()
                                        if bar[0] in addresses])


def test_packed_with_the_module(vm):
    """No pages are requested; an old parameter does no harm."""
    vm.load("align=on")
    scan_again(vm, *(address for address, _ in THREE))
    assert len(set(pages(vm, THREE))) == 1
    states = subpage.page_states(vm)
    for bar in THREE:
        assert vm.page(bar) == states[bar] != "exclusive"
        assert vm.page_reason(bar)
    assert not {f"shadowbar {address} BAR {number}"
                for address, number in THREE} & subpage.pads(vm).keys()


def test_three_pages(vm):
    """Without any command: a page each before vfio-pci is probed."""
    vm.load()
    scan_again(vm, *(address for address, _ in THREE))
    assert len(set(pages(vm, THREE))) == 1
    assert set(subpage.vfio_maps(vm, [address for address, _ in THREE])
               .values()) == {"yes"}
    assert len(set(pages(vm, THREE))) == 3
    assert_padded(vm, THREE)
    for address, number in THREE:
        where = at(vm, (address, number))
        kind = SLOTS.kind[address]
        assert where.end - where.start + 1 == subpage.SMALL[kind][number]
        register = vm.config()[address][0x10 + 4 * number:][:4]
        assert int.from_bytes(register, "little") & ~0xf == where.start
    with subpage.Vfio(vm, [address for address, _ in THREE]) as vfio:
        assert set(vfio.mapped().values()) == {"yes"}
        regions = vfio.regions()
        for bar in THREE:
            size = subpage.SMALL[SLOTS.kind[bar[0]]][bar[1]]
            assert int(regions[bar]["size"]) == size
    before = vm.config()
    vm.unload()
    assert vm.config() == before
    assert not subpage.pads(vm)


def test_isolate(vm):
    """BARs that share a page get one each on request."""
    scan_again(vm, *(address for address, _ in THREE))
    assert len(set(pages(vm, THREE))) == 1
    vm.load()
    vm.settle()
    assert {vm.page(bar) for bar in THREE} <= {"shared", "unaligned"}
    for bar in THREE:
        assert vm.isolate(bar) is None, vm.page_reason(bar)
    assert len(set(pages(vm, THREE))) == 3
    assert_padded(vm, THREE)
    for address, number in THREE:
        register = vm.config()[address][0x10 + 4 * number:][:4]
        assert int.from_bytes(register, "little") & ~0xf == \
            at(vm, (address, number)).start
    answers = subpage.vfio_maps(vm, [address for address, _ in THREE])
    assert set(answers.values()) == {"yes"}


def test_programs_keep_what_they_have_mapped(vm):
    """A mapped BAR does not move, and neither do BARs in its page."""
    scan_again(vm, *(address for address, _ in THREE))
    # Debian's kernel refuses to map a page that has a busy resource.
    vm.load("pad=off")
    vm.settle()
    before = vm.config(), vm.iomem()
    with vm.mapped(THREE[0]):
        for bar in THREE:
            assert vm.isolate(bar) == "Device or resource busy"
            assert "has mapped" in vm.page_reason(bar)
        assert (vm.config(), vm.iomem()) == before
    with vm.mapped(HELD):
        where = at(vm, THREE[0])
        assert vm.isolate(THREE[0]) is None, vm.page_reason(THREE[0])
        assert at(vm, THREE[0]) != where


@pytest.mark.parametrize("driver", ["vfio-pci", "pci-stub"])
def test_isolate_refused(vm, driver):
    """A bound function is not moved, whatever its driver does."""
    scan_again(vm, *(address for address, _ in THREE))
    vm.load("isolate=off")
    vm.settle()
    address, _ = bar = THREE[0]
    vm.bind(address, driver)
    before = vm.config(), vm.iomem()
    assert vm.isolate(bar) == "Device or resource busy"
    assert vm.page_reason(bar)
    assert (vm.config(), vm.iomem()) == before
    vm.unbind(address)
    assert vm.isolate(bar) is None


def test_only_root_isolates(vm):
    vm.load()
    vm.settle()
    address, number = THREE[0]
    out = vm.sh(f"cd {SYSFS}/{address}/shadowbar; stat -c '%n %a' "
                f"bar{number}_*")
    assert out.splitlines() == [f"bar{number}_isolate 200",
                                f"bar{number}_page 444",
                                f"bar{number}_reason 444"]


def poke(vm, address, offset, octets):
    """Write to config space behind the kernel's back, like setpci."""
    text = "".join(f"\\x{octet:02x}" for octet in octets)
    vm.sh(f"printf '{text}' | dd of={SYSFS}/{address}/config bs=1 "
          f"seek={offset} conv=notrunc 2>/dev/null")


@contextlib.contextmanager
def stale(vm, address, number, value):
    """A disabled decoder that the kernel temporarily does not know."""
    bar = 0x10 + 4 * number
    before = vm.config()[address]
    poke(vm, address, COMMAND, bytes(2))
    poke(vm, address, bar, value.to_bytes(4, "little"))
    yield
    poke(vm, address, bar, before[bar:bar + 4])
    poke(vm, address, COMMAND, before[COMMAND:COMMAND + 2])
    assert vm.config()[address] == before


# The endangered BAR, and the BAR that is put into its page.
VICTIM, THREAT = THREE[2], THREE[1]


def test_stale_decoder(vm):
    """A disabled neighbour's BAR may decode later, so it is named."""
    vm.load()
    scan_apart(vm, *(address for address, _ in THREE))
    where = at(vm, VICTIM)
    assert vm.page(VICTIM) == "exclusive"
    vm.unload()
    with stale(vm, *THREAT, where.start + 0x400):
        assert subpage.page_states(vm)[VICTIM] == "exclusive"
        # Only the module knows; without it, VFIO maps the page.
        assert subpage.vfio_maps(vm, [VICTIM[0]])[VICTIM] == "yes"
        vm.load("isolate=off")
        vm.settle()
        assert vm.page(VICTIM) == "shared"
        reason = vm.page_reason(VICTIM)
        assert THREAT[0] in reason, reason
        assert subpage.vfio_maps(vm, [VICTIM[0]])[VICTIM] == "no"
        # The victim itself can move away, and is then safe.
        vm.unload()
    vm.load()
    vm.settle()
    assert vm.page(VICTIM) == "exclusive", vm.page_reason(VICTIM)
    assert subpage.vfio_maps(vm, [VICTIM[0]])[VICTIM] == "yes"


def test_stale_decoder_is_escaped(vm):
    vm.load()
    scan_apart(vm, *(address for address, _ in THREE))
    where = at(vm, VICTIM)
    vm.unload()
    with stale(vm, *THREAT, where.start + 0x400):
        vm.load()
        vm.settle()
        assert vm.page(VICTIM) == "shared"
        assert vm.isolate(VICTIM) is None, vm.page_reason(VICTIM)
        assert at(vm, VICTIM).start != where.start
        assert_padded(vm, [VICTIM])
        assert subpage.vfio_maps(vm, [VICTIM[0]])[VICTIM] == "yes"


def look(vm):
    """Make the module look at pages: binding a driver triggers that."""
    address = next(iter(NATIVE))
    vm.bind(address, "pci-stub")
    vm.unbind(address)


@contextlib.contextmanager
def listening(vm):
    """Collect the uevents of pages."""
    vm.sh("rm -f /tmp/told; touch /tmp/told; uevent sh -c "
          "'[ -z \"$SHADOWBAR_BAR\" ] || "
          "echo $ACTION $DEVPATH $SHADOWBAR_BAR $SHADOWBAR_PAGE >> /tmp/told'"
          " >/dev/null 2>&1 & echo $! > /tmp/listener")
    # Wait until its socket is bound; the kernel's own has no number.
    vm.until("awk '$2 == 15 && $3 > 0 { n++ } END { exit !n }' "
             "/proc/net/netlink")
    yield
    vm.sh("kill $(cat /tmp/listener)")


def wait_for_events(vm, bar, *states):
    """Exactly these uevents of one BAR so far, in this order."""
    address, number = bar
    path = vm.sh(f"readlink -f {SYSFS}/{address}").removeprefix("/sys")
    expected = "\n".join(f"change {path} {number} {state}"
                         for state in states)
    try:
        vm.until(f"[ \"$(grep '{path} {number} ' /tmp/told)\" = "
                 f"\"{expected}\" ]", timeout=10)
    except Failure:
        raise Failure(f"not {expected!r}:\n{vm.sh('cat /tmp/told')}") \
            from None


def test_changes_are_told(vm):
    """A uevent and a tracepoint report each change of a page's state."""
    address, number = VICTIM
    vm.load()
    scan_apart(vm, *(address for address, _ in THREE))
    subpage.wait_for_page(vm, "exclusive", VICTIM)
    event = "/sys/kernel/tracing/events/shadowbar/shadowbar_page/enable"
    vm.sh(f"echo > /sys/kernel/tracing/trace; echo 1 > {event}")
    with listening(vm):
        with stale(vm, *THREAT, at(vm, VICTIM).start + 0x400):
            look(vm)
            subpage.wait_for_page(vm, "shared", VICTIM)
            wait_for_events(vm, VICTIM, "shared")
        look(vm)
        subpage.wait_for_page(vm, "exclusive", VICTIM)
        wait_for_events(vm, VICTIM, "shared", "exclusive")
    trace = vm.sh(f"echo 0 > {event}; cat /sys/kernel/tracing/trace")
    told = re.findall(rf"shadowbar_page: {address} bar={number} page=(\w+)",
                      trace)
    assert told == ["shared", "exclusive"]


# Hot-plug: port2 has one slot, the bridge has many.
ADDED = [("0000:03:00.0", 1), ("0000:03:00.1", 1), ("0000:03:00.2", 1)]
BESIDE = ("0000:02:04.0", 1)
LARGE = 5
BRIDGE = "0000:01:00.0"


def wait_for(vm, *addresses):
    for address in addresses:
        vm.until(f"test -e {SYSFS}/{address}/shadowbar/rom_status")
    vm.settle()


def test_hot_added_by_pciehp(vm):
    """Three in one slot are packed, and get a page each when vfio-pci binds;
    all others keep theirs.
    """
    vm.load()
    scan_apart(vm, *(address for address, _ in THREE))
    bars = small_bars(vm)
    assert_padded(vm, bars)
    before, pads = vm.config().keys(), subpage.pads(vm)
    plug(vm, "pcnet", "port2", "0.2", romfile="")
    plug(vm, "tulip", "port2", "0.1", romfile="")
    name = plug(vm, "rtl8139", "port2", romfile="")
    wait_for(vm, *(address for address, _ in ADDED))
    assert len(set(pages(vm, ADDED))) == 1
    assert_padded(vm, bars)
    assert pads.items() <= subpage.pads(vm).items()
    answers = subpage.vfio_maps(vm, [address for address, _ in ADDED])
    assert set(answers.values()) == {"yes"}
    assert_padded(vm, bars + ADDED)
    assert len(set(pages(vm, ADDED))) == 3
    pull(vm, name)
    vm.until(f"! ls -d {SYSFS}/0000:03:*")
    assert vm.config().keys() == before
    assert subpage.pads(vm) == pads


@pytest.fixture
def shpc(vm):
    """The bridge with its hot-plug driver, which was unbound for VFIO."""
    vm.sh(f"cd {SYSFS}/{BRIDGE}; [ -e driver ] || "
          f"echo {BRIDGE} > /sys/bus/pci/drivers/shpchp/bind")
    vm.load()
    scan_apart(vm, *(address for address, _ in THREE))
    subpage.wait_for_page(vm, "exclusive", *THREE)
    return vm


def window(vm):
    """The memory window of the bridge: first and last address."""
    line = vm.sh(f"sed -n 15p {SYSFS}/{BRIDGE}/resource")
    return [int(word, 16) for word in line.split()[:2]]


def test_hot_added_by_shpc(shpc):
    """Another one behind the bridge: Linux puts it where it would without the
    module, into a page of its neighbours, which it then leaves to them.
    """
    vm = shpc
    iomem, pads, bars = vm.iomem(), subpage.pads(vm), small_bars(vm)
    with listening(vm):
        name = plug(vm, "rtl8139", "bridge", "4.0", romfile="")
        wait_for(vm, BESIDE[0])
        assert_padded(vm, [*bars, BESIDE])
        assert pads.items() <= subpage.pads(vm).items()
        for bar in THREE:
            wait_for_events(vm, bar)
        pull(vm, name)
        vm.until(f"test ! -e {SYSFS}/{BESIDE[0]}")
    assert vm.iomem() == iomem


@pytest.mark.parametrize("count", [1, 3])
def test_window_resized_by_shpc(shpc, count):
    """One that does not fit: Linux releases all resources, including pads.

    A single small BAR gets its pad back, wherever it is now. Three are packed
    into one page again, and reported as such. This is signalled, and can be
    repaired.
    """
    vm = shpc
    bars = THREE[:count]
    before = window(vm)
    vm.sh("".join(f"echo 1 > {SYSFS}/{address}/remove\n"
                  for address, _ in THREE[count:]))
    with listening(vm):
        # 1 MiB each; the first one fits next to the small ones.
        names = {}
        while window(vm) == before:
            for bar in bars:
                wait_for_events(vm, bar)
            slot = LARGE + len(names)
            address = f"0000:02:{slot:02x}.0"
            names[address] = plug(vm, "edu", "bridge", f"{slot:x}.0")
            wait_for(vm, address)
        assert len(names) > 1
        states = subpage.page_states(vm)
        assert (states[bars[0]] == "exclusive") == (count == 1)
        for bar in bars:
            subpage.wait_for_page(vm, states[bar], bar)
            wait_for_events(vm, bar, states[bar])
            assert vm.isolate(bar) is None
        assert_padded(vm, bars)
        for address, name in names.items():
            pull(vm, name)
            vm.until(f"test ! -e {SYSFS}/{address}")
    assert_padded(vm, bars)
    vm.sh("echo 1 > /sys/bus/pci/rescan")


@pytest.mark.parametrize("address", NETWORK)
def test_native_driver_passes_traffic(vm, address):
    vm.load()
    vm.settle()
    bars = small_bars(vm)
    before = subpage.pads(vm)
    mac = MACS[NETWORK.index(address)]
    driver = NATIVE[address][1]
    passes_traffic(vm, address, driver, driver, mac)
    assert_padded(vm, bars)
    vm.sh(f"modprobe -r {driver}")
    assert subpage.pads(vm) == before
    assert_padded(vm, bars)


@contextlib.contextmanager
def kept_from_drivers(vm, bars):
    """Keep drivers from binding to these functions.

    The emulated IOMMU does not know the functions behind the bridge by the
    name that 6.1 gives them: their DMA causes faults; ohci-pci gives up.
    """
    files = " ".join(f"{SYSFS}/{address}/driver_override"
                     for address, _ in bars)
    vm.sh(f"for f in {files}; do echo none > $f; done")
    yield
    vm.sh(f"for f in {files}; do echo > $f; done")


@pytest.mark.parametrize("address", [a for a in NATIVE if a not in NETWORK])
def test_native_driver_binds(vm, address):
    vm.load()
    vm.settle()
    bars = small_bars(vm)
    before = subpage.pads(vm)
    driver = NATIVE[address][1]
    with kept_from_drivers(vm, THREE):
        vm.sh(f"modprobe {driver}")
        assert vm.driver(address)
        assert_padded(vm, bars)
        vm.unbind(address)
        vm.sh(f"modprobe -r {driver}")
    assert subpage.pads(vm) == before


HELD = ("0000:00:05.0", 0)
NEAR = ["0000:00:06.0", "0000:00:07.0"]


def test_while_it_is_in_use(vm):
    """The module and other functions come and go during use by VFIO."""
    vm.load()
    scan_apart(vm, HELD[0])
    subpage.wait_for_page(vm, "exclusive", HELD)
    where = at(vm, HELD)
    with subpage.Vfio(vm, [HELD[0]]):
        vm.sh("rm -f /tmp/hold; mkfifo /tmp/hold; "
              "sleep 1000 > /tmp/hold & echo $! > /tmp/holder; "
              f"/vfio-regions -w {HELD[0]} < /tmp/hold > /tmp/held 2>&1 &")
        vm.until("grep -qx ready /tmp/held")
        for _ in range(3):
            vm.unload()
            assert not subpage.pads(vm)
            vm.load()
            vm.settle()
            subpage.wait_for_page(vm, "exclusive", HELD)
            scan_again(vm, *NEAR)
            subpage.wait_for_page(vm, "exclusive", HELD)
        assert at(vm, HELD) == where
        vm.sh("kill $(cat /tmp/holder)")
        vm.until("! pidof vfio-regions")
        held = vm.sh("cat /tmp/held")
        assert f"again={HELD[1]} " in held and "NOT TRUE" not in held, held
    assert_padded(vm, [HELD])


def looked_at(vm):
    """/proc/iomem, once the module reports the correct state of each page."""
    look(vm)
    for bar, state in subpage.page_states(vm).items():
        subpage.wait_for_page(vm, state, bar)
    return vm.iomem()


def test_removed_and_found_again(vm):
    """Two hundred times, and /proc/iomem is unchanged."""
    vm.load()
    scan_again(vm, *SLOTS.kind)
    before = looked_at(vm)
    subpage.scan_again_often(vm, SLOTS.kind, REMOVALS)
    assert looked_at(vm) == before


def test_loaded_and_unloaded(vm):
    """A hundred times, and everything is unchanged."""
    subpage.load_often(vm, LOADS, SLOTS.bars()[0])


def test_reserved_by_firmware(kernel):
    """Memory that E820 reserves is not something else in the page, and a BAR
    in it stays where it is."""
    slots = subpage.Slots()
    for slot in (3, 4):
        slots.add("pci-ohci", f"0000:00:{slot:02x}.0", "pcie.0", f"{slot:x}",
                  "root bus")
    bars = slots.bars()
    with subpage.machine(kernel, "pages-e820", slots) as vm:
        where = pages(vm, bars)
    assert len(set(where)) == len(bars)
    append = f"memmap=4K${where[0] * PAGE:#x}"
    with subpage.machine(kernel, "pages-e820", slots, append=append) as vm:
        assert pages(vm, bars) == where
        vm.load()
        vm.settle()
        found = assert_padded(vm, bars)
        assert len(found) == len(bars)
        assert set(subpage.vfio_maps(vm, [address for address, _ in bars])
                   .values()) == {"yes"}
        assert pages(vm, bars) == where
        vm.unload()
