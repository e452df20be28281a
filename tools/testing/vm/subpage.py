# SPDX-License-Identifier: GPL-2.0-only
"""A machine full of functions with sub-page memory BARs, and an IOMMU.

The expected state of each page is derived here from what the kernel shows of
each function, without the module's help, so that the two can disagree.
"""
import collections
import struct

from harness import MACHINES, SYSFS, VM, Failure

# By architecture. Without split, QEMU has no interrupt remapping under KVM.
MACHINE = {"x86": "q35,kernel-irqchip=split",
           "arm64": "virt,gic-version=3,iommu=smmuv3",
           "ppc64le": MACHINES["ppc64le"].name}
IOMMU = {"x86": ("intel-iommu,intremap=on",), "arm64": (), "ppc64le": ()}
# What VFIO needs in addition to vfio-pci.
API = {"ppc64le": "vfio_iommu_spapr_tce"}
MEM = 0x200
AT_PAGESZ = 6

# QEMU's devices with memory BARs below 4 KiB, and the numbers of these BARs.
SMALL = {
    "rtl8139": {1: 256},
    "i6300esb": {0: 16},
    "sdhci-pci": {0: 256},
    "pci-ohci": {0: 256},
    "ivshmem-plain": {0: 256},
    "tpci200": {0: 128, 2: 256, 3: 1024},
    "lsi53c895a": {1: 1024},
    "pcnet": {1: 32},
    "tulip": {1: 128},
    "pvpanic-pci": {0: 16},
}
# Their own ROMs are not needed here.
QUIET = ("rtl8139", "lsi53c895a", "pcnet", "tulip")


class Slots:
    """Functions with sub-page BARs, and their arguments for QEMU."""

    def __init__(self):
        self.devices = []
        self.args = []
        self.kind = {}
        self.where = {}

    def add(self, kind, address, bus, addr, where, **options):
        """Add a function: its place in QEMU, and its address in the kernel."""
        words = [kind, f"bus={bus}", f"addr={addr}"]
        if kind in QUIET:
            words.append("romfile=")
        if kind == "ivshmem-plain":
            memory = f"m{len(self.args) // 2}"
            self.args += ["-object", f"memory-backend-ram,id={memory},"
                          "size=1M,share=on"]
            words.append(f"memdev={memory}")
        words += [f"{key}={value}" for key, value in options.items()]
        self.devices.append(",".join(words))
        self.kind[address] = kind
        self.where[address] = where

    def bars(self):
        """Each sub-page BAR as (address, number)."""
        return [(address, number) for address, kind in self.kind.items()
                for number in SMALL[kind]]


def everywhere(arch="x86"):
    """On the root bus, behind root ports, behind a PCIe-to-PCI bridge.

    Not on arm64: the driver of its IOMMU refuses a second function behind such
    a bridge, and tpci200 rejects 32-bit reads, which causes a fault there. On
    POWER, all are on the root bus, without pvpanic-pci: its BAR has two bytes
    there, according to the device tree.
    """
    x86 = arch == "x86"
    slots = Slots()
    if arch == "ppc64le":
        for i, kind in enumerate([*SMALL] * 2):
            slot = 3 + i
            if kind not in ("tpci200", "pvpanic-pci"):
                slots.add(kind, f"0000:00:{slot:02x}.0", "pci.0", f"{slot:x}",
                          "root bus")
        return slots
    slots.devices += [f"pcie-root-port,id=port{i},chassis={i},slot={i},"
                      f"addr={0x17 + i:x}" for i in range(1, 5)]
    for i, kind in enumerate(SMALL):
        slot = 3 + i
        if x86 or kind != "tpci200":
            slots.add(kind, f"0000:00:{slot:02x}.0", "pcie.0", f"{slot:x}",
                      "root bus")
    slots.add("rtl8139", "0000:01:00.0", "port1", "0", "root port")
    slots.add("tpci200" if x86 else "tulip", "0000:02:00.0", "port2", "0",
              "root port")
    for i, kind in enumerate(("pci-ohci", "sdhci-pci", "ivshmem-plain")):
        slots.add(kind, f"0000:03:00.{i}", "port3", f"0.{i}",
                  "root port, one of three functions", multifunction="on")
    last = ("rtl8139", "i6300esb", "pci-ohci", "lsi53c895a", "pvpanic-pci")
    if x86:
        slots.devices.append("pcie-pci-bridge,id=bridge,bus=port4,addr=0")
    for i, kind in enumerate(last):
        if x86:
            slots.add(kind, f"0000:05:{1 + i:02x}.0", "bridge", f"{1 + i:x}",
                      "PCIe-to-PCI bridge")
        else:
            slots.add(kind, f"0000:04:00.{i}", "port4", f"0.{i}",
                      "root port, one of five functions", multifunction="on")
    return slots


Bar = collections.namedtuple("Bar", "address number start end")


def memory_bars(vm):
    """Every memory BAR, ROM and bridge window that has an address."""
    out = vm.sh(f"cd {SYSFS}; for f in *; do i=0; while read -r line; do "
                "echo $f $i $line; i=$((i + 1)); done < $f/resource; done")
    bars = []
    for line in out.splitlines():
        address, number, start, end, flags = line.split()
        start, end, flags = (int(word, 16) for word in (start, end, flags))
        # Numbers from 7 are the windows of a bridge.
        if flags & MEM and start and int(number) < 7:
            bars.append(Bar(address, int(number), start, end))
    return bars


def page_size(vm):
    """The page size that the kernel tells every program."""
    octets = vm.sh_bytes("cat /proc/self/auxv")
    return dict(struct.iter_unpack("=QQ", octets))[AT_PAGESZ]


def page_states(vm):
    """The state of each memory BAR's page, as the module must report it.

    Based on what the kernel knows; other decoders are not included.
    """
    size = page_size(vm)
    bars = memory_bars(vm)
    states = {}
    for bar in bars:
        if bar.number > 5:
            continue
        if bar.end - bar.start + 1 >= size:
            state = "whole"
        elif bar.start % size:
            state = "unaligned"
        elif any(other.start < bar.start + size and bar.start <= other.end
                 for other in bars if other != bar):
            state = "shared"
        else:
            state = "exclusive"
        states[bar.address, bar.number] = state
    return states


def iomem(vm):
    """/proc/iomem as (depth, start, end, name)."""
    entries = []
    for line in vm.iomem().splitlines():
        where, _, name = line.partition(" : ")
        start, _, end = where.strip().partition("-")
        depth = (len(where) - len(where.lstrip())) // 2
        entries.append((depth, int(start, 16), int(end, 16), name))
    return entries


def pads(vm):
    """The pads: (start, end) by name."""
    found = {}
    for _, start, end, name in iomem(vm):
        if name.startswith("shadowbar "):
            if name in found:
                raise Failure(f"two pads are called {name!r}")
            found[name] = start, end
    return found


class Vfio:
    """Functions bound to vfio-pci while they are in use."""

    def __init__(self, vm, addresses):
        self.vm = vm
        self.addresses = list(addresses)

    def __enter__(self):
        # A bridge's hot-plug driver makes VFIO reject its whole group.
        self.vm.sh("cd /sys/bus/pci/drivers/shpchp 2>/dev/null || exit 0; "
                   "for f in *:*; do [ ! -e $f ] || echo $f > unbind; done")
        api = API.get(self.vm.kernel.arch, "vfio_iommu_type1")
        self.vm.sh(f"[ -d /sys/module/{api} ] || modprobe {api}")
        self.vm.bind_all(self.addresses, "vfio-pci")
        return self

    def __exit__(self, *exc):
        self.vm.unbind_all(self.addresses)

    def regions(self, options=""):
        """The output of vfio-regions: a dictionary for each region, by BAR."""
        found = {}
        status, output = self.vm.ask(
            f"for f in {' '.join(self.addresses)}; do echo function=$f; "
            f"/vfio-regions {options} $f || exit 1; done", timeout=300)
        text = output.decode()
        if status:
            raise Failure(f"vfio-regions fails:\n{text}")
        for line in text.splitlines():
            values = dict(word.split("=", 1) for word in line.split())
            if "function" in values:
                address = values["function"]
            else:
                found[address, int(values["region"])] = values
        return found

    def mapped(self, options=""):
        """Whether VFIO allows mappings: "yes" or "no" for each memory BAR."""
        memory = {(bar.address, bar.number) for bar in memory_bars(self.vm)}
        return {bar: values["mmap"]
                for bar, values in self.regions(options).items()
                if bar in memory and "mmap" in values}


def vfio_maps(vm, addresses, options=""):
    """Bind functions to vfio-pci, check which BARs it maps, unbind them."""
    with Vfio(vm, addresses) as vfio:
        return vfio.mapped(options)


def scan_again(vm, addresses):
    """Remove functions and find them again, all in one scan."""
    vm.sh("".join(f"echo 1 > {SYSFS}/{address}/remove\n"
                  for address in addresses) +
          "echo 1 > /sys/bus/pci/rescan")
    if vm.ask("test -d /sys/module/shadowbar")[0] == 0:
        vm.settle()
        vm.until(f"! grep -qx unassigned {SYSFS}/*/shadowbar/bar*_page")


def scan_again_often(vm, addresses, times):
    """The same, repeatedly, without waiting for anything in between."""
    remove = "".join(f"echo 1 > {SYSFS}/{address}/remove\n"
                     for address in addresses)
    for _ in range(times // 10):
        vm.sh(f"for i in $(seq 10); do {remove}"
              "echo 1 > /sys/bus/pci/rescan; done", timeout=300)


def load_often(vm, times, bar):
    """Load and unload: at once, soon, and when a BAR has its pad.

    Everything must then be as before.
    """
    address, number = bar
    vm.load()
    assert not isolate_all(vm, [bar])
    wait_for_page(vm, "exclusive", bar)
    vm.unload()
    before = vm.config(), vm.iomem()
    page = f"{SYSFS}/{address}/shadowbar/bar{number}_page"
    for wait in "true", "usleep 30000", f"grep -qx exclusive {page}":
        vm.sh(f"for i in $(seq {times // 3 + 1}); do insmod /shadowbar.ko && "
              f"until {wait}; do usleep 10000; done 2>/dev/null; "
              "rmmod shadowbar || exit 1; done", timeout=600)
    assert (vm.config(), vm.iomem()) == before


def isolate_all(vm, bars):
    """Request a page for each BAR; the errors and reasons of refusals."""
    refused = {}
    for bar in bars:
        error = vm.isolate(bar)
        if error:
            refused[bar] = error, vm.page_reason(bar)
    return refused


def wait_for_page(vm, state, *bars):
    """Wait: the module looks at pages shortly after a change, not at once."""
    files = " ".join(f"{SYSFS}/{address}/shadowbar/bar{number}_page"
                     for address, number in bars)
    try:
        vm.until(f"cat {files} > /tmp/pages && ! grep -vx {state} /tmp/pages",
                 timeout=10)
    except Failure:
        told = {bar: (vm.page(bar), vm.page_reason(bar)) for bar in bars}
        raise Failure(f"not {state}: {told}") from None


def machine(kernel, name, slots, **options):
    """A VM with an IOMMU and these functions."""
    # With remapped interrupts, a busy host may fail the timer check.
    append = "intel_iommu=on no_timer_check " + options.pop("append", "")
    args = [*slots.args, *options.pop("args", ())]
    return VM(kernel, name, [*IOMMU[kernel.arch], *slots.devices], args,
              append=append, machine=MACHINE[kernel.arch], **options)
