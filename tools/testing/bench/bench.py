# SPDX-License-Identifier: GPL-2.0-only
"""Benchmark shadowbar in a VM, against the kernel's own rom file.

Times come from the guest's trace clock. Each number is the median of several
rounds; the alternatives take turns.
"""
import dataclasses
import os
import pathlib
import re
import runpy
import statistics
import sys
import tempfile
import time

import harness
import subpage
from harness import IPXE, LOGS, SYSFS, TOP, VGABIOS, VM, Failure

TRACING = "/sys/kernel/tracing"
CARD, VGA = "0000:00:03.0", "0000:00:01.0"
CROWD = 200
ROUNDS = 7
READS = {"shadow": 50, "kernel": 5}
FASTER = 20
LOAD_US = 1000
LOAD_US_EACH = 20
MEMORY = 512
# A NIC with a sub-page BAR, and the number of reads of its first register.
NIC = "0000:00:03.0"
REGISTER_READS = 20000
MAPPED_FASTER = 5
# The functions that wait for their capture at a time
QUEUES = 64, 8, 1
QUEUED_ROM = 65536
KMEM_EVENTS = "kmalloc kmem_cache_alloc kfree kmem_cache_free"
KMEM_LINE = re.compile(
    f": ({KMEM_EVENTS.replace(' ', '|')}): call_site=(.*) ptr=(\\S+)(.*)")
EFI = 3
# task-pid [cpu] flags seconds: event: text
TRACE_LINE = re.compile(r"^ *\S.*-\d+ +\[\d+\] \S+ +([\d.]+): (\w+): (.*)$",
                        re.MULTILINE)
START = time.monotonic()


@dataclasses.dataclass
class Number:
    """One line of the table."""
    what: str
    reached: str
    wanted: str = ""
    good: bool | None = None

    def row(self):
        verdict = {True: "ok", False: "MISSED", None: ""}[self.good]
        return f"| {self.what} | {self.reached} | {self.wanted} | {verdict} |"


def say(text):
    print(f"[{time.monotonic() - START:3.0f}s] {text}", file=sys.stderr,
          flush=True)


def make_roms(out):
    """A ROM of 855 KiB in three images, and many that all differ."""
    roms = runpy.run_path(str(TOP / "scripts/roms"))
    for i in range(max(QUEUES)):
        (out / f"queued{i}").write_bytes(
            roms["image"](EFI, QUEUED_ROM, seed=i))
    (out / "card").write_bytes(roms["chain"](
        (EFI, 61952), (EFI, 600064), (EFI, 855 * 1024 - 61952 - 600064)))


def cards(out):
    """Functions with a ROM, including those from Debian's packages."""
    yield f"VGA,addr=1,romfile={VGABIOS}"
    yield f"e1000,addr=2,romfile={IPXE}/efi-e1000.rom"
    yield f"pci-testdev,addr=3,romfile={out}/card"


def crowd():
    """Functions without a ROM."""
    yield "pci-bridge,id=bridge,chassis_nr=1,addr=6"
    for i in range(CROWD):
        more = ",multifunction=on" if i % 8 == 0 else ""
        yield f"pvpanic-pci,bus=bridge,addr={1 + i // 8:x}.{i % 8}{more}"


def queue(out):
    """Functions with a ROM of 64 KiB each."""
    yield "pci-bridge,id=bridge,chassis_nr=1,addr=6"
    for i in range(max(QUEUES)):
        more = ",multifunction=on" if i % 8 == 0 else ""
        yield (f"pci-testdev,bus=bridge,addr={1 + i // 8:x}.{i % 8},"
               f"romfile={out}/queued{i}{more}")


def traced(vm, script, events=True):
    """Run a script with marks in it: the events and the time of each."""
    end = f"{TRACING}/events/shadowbar/shadowbar_capture_end/enable"
    out = vm.sh(f"""
mark() {{ echo "$1" > {TRACING}/trace_marker; }}
echo mono > {TRACING}/trace_clock
echo > {TRACING}/trace
[ {int(events)} = 0 ] || echo 1 > {end}
{script}
[ {int(events)} = 0 ] || echo 0 > {end}
cat {TRACING}/trace
""", timeout=300)
    found = TRACE_LINE.findall(out)
    return [(float(when), event, text) for when, event, text in found]


def spans(found):
    """The time from each mark "NAME" to the mark "end"."""
    took = {}
    begun = None
    for when, event, text in found:
        if event != "tracing_mark_write":
            continue
        if text != "end":
            begun = (text, when)
        elif begun:
            took.setdefault(begun[0], []).append(when - begun[1])
            begun = None
    return took


def medians(found):
    return {name: statistics.median(values)
            for name, values in spans(found).items()}


def captures(found):
    """The data of the tracepoint, for each capture."""
    seen = []
    for _, event, text in found:
        if event == "shadowbar_capture_end":
            address, *words = text.split()
            seen.append((address, dict(word.split("=") for word in words)))
    return seen


def sizes(vm):
    out = vm.sh(f"cd {SYSFS}; stat -c '%s %n' */shadowbar/rom")
    return {line.split()[1].split("/")[0]: int(line.split()[0])
            for line in out.splitlines()}


def bus_reads(vm):
    """Capture every ROM once, then read each shadow twice."""
    vm.load("capture=manual")
    vm.settle()
    found = traced(vm, f"""
cd {SYSFS}
for f in */shadowbar/capture; do
  echo 1 > $f || [ "$(cat ${{f%capture}}rom_status)" != captured ] || exit 1
done
cat */shadowbar/rom */shadowbar/rom > /dev/null
""")
    length = sizes(vm)
    per_rom = {address: [] for address in length}
    for address, values in captures(found):
        if address in per_rom:
            per_rom[address].append(int(values["bus_reads"]))
    good = len(length) == len(list(cards(pathlib.Path()))) and all(
        per_rom[address] == [length[address] // 4] for address in length)
    worst = max(sum(reads) / (length[address] / 4)
                for address, reads in per_rom.items())
    vm.unload()
    return [Number(f"bus reads of a capture over the ROM's dwords, the worst "
                   f"of {len(length)}, each shadow read twice",
                   f"{worst:.4f}", "1, and none for a read", good)]


def kernel_maps(vm):
    """How often the kernel maps a ROM for one read of its file."""
    out = vm.sh(f"""
cd {TRACING}
echo pci_map_rom > set_ftrace_filter
echo > trace
echo function > current_tracer
echo 1 > {SYSFS}/{CARD}/rom
cat {SYSFS}/{CARD}/rom > /dev/null
echo 0 > {SYSFS}/{CARD}/rom
grep -c pci_map_rom trace
echo nop > current_tracer
echo > set_ftrace_filter
echo > trace
""")
    return int(out.splitlines()[-1])


def reading(vm):
    """Read a shadow again, and the kernel's own file again.

    cat appends, because it then uses read(), like QEMU. Otherwise it uses
    sendfile(), for which the kernel clears 16 pages for each one it gets.
    """
    vm.load()
    vm.settle()
    size = sizes(vm)[CARD]
    vm.sh(f"cd {SYSFS}/{CARD}; echo 1 > rom; cmp rom shadowbar/rom; "
          "echo 0 > rom")
    files = {"shadow": "shadowbar/rom", "kernel": "rom"}
    script = f"cd {SYSFS}/{CARD}\necho 1 > rom\n"
    for _ in range(ROUNDS):
        for name, path in files.items():
            script += (f"mark {name}\ncat {' '.join([path] * READS[name])} "
                       ">> /dev/null\nmark end\n")
    took = medians(traced(vm, script + "echo 0 > rom\n", events=False))
    maps = kernel_maps(vm)
    vm.unload()
    each = {name: took[name] / READS[name] for name in files}
    factor = each["kernel"] / each["shadow"]
    kib = f"{size / 1024:.0f} KiB"
    return [
        Number(f"reading the kernel's own `rom` of {kib} again",
               f"{each['kernel'] * 1e3:.1f} ms, mapped {maps} times"),
        Number(f"reading the shadow of {kib} again",
               f"{each['shadow'] * 1e3:.2f} ms"),
        Number("the shadow is faster than the kernel's `rom`",
               f"{factor:.0f} times", f"at least {FASTER} times",
               factor >= FASTER),
    ]


def loading(vm):
    """How long insmod waits, for the init function of the module."""
    count = int(vm.sh(f"ls {SYSFS} | wc -l"))
    took = []
    for _ in range(ROUNDS):
        vm.sh("dmesg -c > /dev/null")
        vm.load()
        found = re.findall(r"initcall shadowbar_init\S* .*after (\d+) usecs",
                           vm.sh("dmesg"))
        if len(found) != 1:
            raise Failure("the kernel did not time the loading")
        took.append(int(found[0]))
        vm.settle()
        vm.unload()
    limit = LOAD_US + LOAD_US_EACH * count
    reached = statistics.median(took)
    return [Number(f"synchronous part of loading, {count} functions",
                   f"{reached / 1e3:.2f} ms (least {min(took) / 1e3:.2f})",
                   f"below {limit / 1e3:.2f} ms: 1 ms, and 20 us each",
                   reached < limit)]


def probing(vm):
    """How much longer a driver's probe takes, because its ROM is read first.

    What the reads alone take is the difference between two captures.
    """
    ids = vm.sh(f"cd {SYSFS}/{CARD}; cat vendor device").split()
    vm.sh("modprobe pci-stub; echo "
          f"{' '.join(ids)} > /sys/bus/pci/drivers/pci-stub/new_id")
    took = {"without": [], "with": []}
    reads = {}
    for _ in range(ROUNDS):
        for name, values in took.items():
            if name == "with":
                vm.load()
                vm.settle()
            vm.sh("dmesg -c > /dev/null")
            found = traced(vm, f"echo 1 > {SYSFS}/{CARD}/remove\n"
                           "echo 1 > /sys/bus/pci/rescan",
                           events=name == "with")
            values += [int(usecs) for usecs in re.findall(
                f"probe of {CARD} returned 0 after (\\d+) usecs",
                vm.sh("dmesg"))]
            if name == "with":
                vm.settle()
                found += traced(vm, f"""
echo 1 > {SYSFS}/{VGA}/shadowbar/capture
echo {CARD} > {SYSFS}/{CARD}/driver/unbind
echo 1 > {SYSFS}/{CARD}/shadowbar/capture
""")
                for address, told in captures(found):
                    reads.setdefault(address, []).append(
                        (int(told["ns"]), int(told["bus_reads"])))
                vm.unload()
    if {len(values) for values in took.values()} != {ROUNDS}:
        raise Failure(f"the kernel did not time each probe: {took}")
    (card_ns, card_reads), (vga_ns, vga_reads) = (
        (statistics.median(ns for ns, _ in reads[address]),
         reads[address][0][1]) for address in (CARD, VGA))
    alone = (card_ns - vga_ns) / (card_reads - vga_reads) * card_reads / 1e6
    added = (statistics.median(took["with"]) -
             statistics.median(took["without"])) / 1e3
    return [Number(f"time added to a driver's probe, ROM of "
                   f"{card_reads * 4 / 1024:.0f} KiB",
                   f"{added:.1f} ms; its bus reads alone take {alone:.1f} ms: "
                   f"{added / alone:.2f} times")]


def capturing(vm):
    """The time from loading the module until the last ROM is captured."""
    numbers = []
    functions = vm.sh(f"grep -l 0x1b36 {SYSFS}/0000:01:*/vendor").split()
    for count in QUEUES:
        for path in functions[count:]:
            vm.sh(f"echo 1 > {path.removesuffix('vendor')}remove")
        functions = functions[:count]
        took = []
        for _ in range(ROUNDS):
            found = traced(vm, f"""
echo 1 > {TRACING}/events/printk/console/enable
mark load
insmod /shadowbar.ko
while grep -qx pending {SYSFS}/*/shadowbar/rom_status; do usleep 10000; done
echo 0 > {TRACING}/events/printk/console/enable
""", events=False)
            ends = [when for when, event, text in found
                    if event == "console" and "bytes captured" in text]
            if len(ends) != count:
                raise Failure(f"{len(ends)} of {count} ROMs were captured")
            (begun,) = [when for when, event, text in found
                        if event == "tracing_mark_write"]
            took.append(ends[-1] - begun)
            vm.unload()
        numbers.append(Number(
            f"from loading to the last capture, {count} functions with ROMs "
            f"of {QUEUED_ROM // 1024} KiB",
            f"{statistics.median(took) * 1e3:.0f} ms"))
    return numbers[::-1]


def live(vm, script):
    """Bytes that the kernel allocated for a script and kept, by caller."""
    kept = {}
    out = vm.sh(f"""
cd {TRACING}
echo > trace
echo 30000 > buffer_size_kb
echo nohash-ptr > trace_options
for e in {KMEM_EVENTS}; do echo 1 > events/kmem/$e/enable; done
{script}
for e in {KMEM_EVENTS}; do echo 0 > events/kmem/$e/enable; done
grep -v '^#' trace
""", timeout=300)
    for event, caller, pointer, rest in KMEM_LINE.findall(out):
        size = re.search(r"bytes_alloc=(\d+)", rest)
        if size:
            kept[pointer] = caller, int(size[1])
        else:
            kept.pop(pointer, None)
    if not kept:
        raise Failure("the kernel's trace tells of no allocation")
    return list(kept.values())


def memory(vm):
    """The memory use of functions without a ROM, in bytes."""
    count = int(vm.sh(f"ls {SYSFS} | wc -l"))
    kept = live(vm, f"""
insmod /shadowbar.ko capture=manual
while grep -qx pending {SYSFS}/*/shadowbar/rom_status; do usleep 50000; done
""")
    directories = int(vm.sh(f"ls -d {SYSFS}/*/shadowbar | wc -l"))
    vm.unload()
    # A kobject's name counts as the module's; kernfs is part of sysfs.
    own = sum(size for caller, size in kept
              if "[shadowbar]" in caller or "kobject_set_name" in caller)
    kernfs = sum(size for caller, size in kept if "kernfs_new" in caller)
    each = own / count
    return [
        Number(f"memory per function without a ROM, average of {count}",
               f"{each:.0f} bytes", f"below {MEMORY} bytes", each < MEMORY),
        Number("beside that, what the kernel keeps for the files of one "
               "function in sysfs", f"{kernfs / directories:.0f} bytes"),
    ]


def registers(vm):
    """Read one register of a sub-page BAR as a VFIO user does."""
    vm.load()
    vm.settle()
    took = {"pread_ns": [], "mapped_ns": []}
    with subpage.Vfio(vm, [NIC]) as vfio:
        for _ in range(ROUNDS):
            region = vfio.regions(f"-n {REGISTER_READS}")[NIC, 1]
            if region["mmap"] != "yes":
                raise Failure("VFIO does not map the BAR")
            for name, values in took.items():
                values.append(float(region[name]))
    vm.unload()
    pread, mapped = (statistics.median(took[name]) for name in took)
    factor = pread / mapped
    return [
        Number("reading a register of a sub-page BAR with VFIO's pread",
               f"{pread / 1e3:.2f} us"),
        Number("the same through the mapping", f"{mapped / 1e3:.2f} us"),
        Number("the mapping is faster than pread", f"{factor:.1f} times",
               f"at least {MAPPED_FASTER} times", factor >= MAPPED_FASTER),
    ]


def measure(series, scratch):
    say(f"building shadowbar for Debian's kernel {series}")
    harness.prepare(series)
    kernel = harness.Kernel(series)
    release = (kernel.vmlinuz.parent / "release").read_text().strip()
    numbers = []
    for name, devices, measures, append in (
            ("cards", cards(scratch), (bus_reads, reading, probing), ""),
            ("queue", queue(scratch), (capturing,), ""),
            ("crowd", crowd(), (loading, memory), ""),
            ("vfio", (*subpage.IOMMU["x86"], "rtl8139,addr=3,romfile="),
             (registers,), "intel_iommu=on")):
        say(f"booting {release} in QEMU, {name}")
        with VM(kernel, f"bench-{name}", list(devices),
                append=f"initcall_debug loglevel=5 {append}",
                machine=subpage.MACHINE["x86"], threads="multi") as vm:
            for what in measures:
                say(f"measuring: {what.__name__.replace('_', ' ')}")
                numbers += what(vm)
    return release, numbers


def main():
    if os.getloadavg()[0] > os.cpu_count() / 2:
        say("this machine is busy: its numbers are worse than they should be")
    text = ""
    missed = 0
    for series in os.environ.get("KERNELS", "6.12").split():
        with tempfile.TemporaryDirectory() as name:
            scratch = pathlib.Path(name)
            make_roms(scratch)
            release, numbers = measure(series, scratch)
        missed += sum(number.good is False for number in numbers)
        text += (f"Debian's {release} in QEMU (TCG), 2 CPUs, median of "
                 f"{ROUNDS} rounds; load of the host {os.getloadavg()[0]:.1f} "
                 f"on {os.cpu_count()} CPUs\n\n"
                 "| number | reached | wanted | |\n|---|---|---|---|\n"
                 + "".join(number.row() + "\n" for number in numbers) + "\n")
    print(text, end="")
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / "bench.md").write_text(text)
    if missed:
        raise Failure(f"{missed} not reached")


if __name__ == "__main__":
    harness.run_as("bench", main)
