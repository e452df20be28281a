# SPDX-License-Identifier: GPL-2.0-only
"""Show what shadowbar does, with the functions of one VM and a second VM that
boots with a ROM taken from the first. Fails if anything differs from what it
shows.
"""
import dataclasses
import hashlib
import pathlib
import tempfile
import time

import harness
from harness import IPXE, SYSFS, VGABIOS, VM, Failure
from tool import PLACE, boot_until, kernel_with_tool

SERIES = "6.12"
ROM_REGISTER = 0x30
ROM_ADDRESS_MASK = 0xfffff800
ROM_RESOURCE = 6
BANNER = r"iPXE \S+ -- Open Source Network Boot Firmware"
START = time.monotonic()


@dataclasses.dataclass
class Function:
    """One function of the VM, and the result expected for it."""
    address: str
    name: str
    device: str
    rom: pathlib.Path | None
    found: str
    source: str
    kernel: str
    text: str = ""

    def argument(self):
        rom = f",romfile={self.rom}" if self.rom else ""
        return self.device + rom

    def images(self):
        """The data to capture: some releases pad their files."""
        return harness.images_of(self.rom.read_bytes())

    def digest(self):
        return hashlib.sha256(self.images()).hexdigest()


def say(text):
    print(f"[{time.monotonic() - START:3.0f}s] {text}", flush=True)


def show(text=""):
    print(f"       {text}".rstrip(), flush=True)


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: expected {wanted!r}, got {got!r}")


def functions(kernel):
    """The functions of the VM at boot; the one to hot-add comes last."""
    return [
        Function("0000:00:01.0", "boot VGA", "VGA,addr=1", VGABIOS,
                 "all-ones", "hole", "equal",
                 "the boot VGA device, its ROM BAR all ones"),
        Function("0000:00:02.0", "e1000", "e1000,addr=2",
                 IPXE / "pxe-e1000.rom", "programmed", "in-place", "equal",
                 "a ROM BAR with a good address"),
        Function("0000:00:03.0", "rtl8139", "rtl8139,addr=3",
                 IPXE / "pxe-rtl8139.rom", "zero", "in-place", "equal",
                 "a ROM BAR that is zero"),
        Function("0000:00:04.0", "pci-testdev", "pci-testdev,addr=4",
                 kernel.rom("one-mib"), "all-ones", "in-place", "equal",
                 "a ROM of 1 MiB, every BAR 4 KiB or less"),
        Function("0000:00:05.0", "xHCI", "qemu-xhci,addr=5", None,
                 "absent", "", "none", "no ROM"),
        Function("0000:01:00.0", "e1000e", "e1000e,bus=port1",
                 IPXE / "efi-e1000e.rom", "all-ones", "in-place", "equal",
                 "behind a PCIe root port, two images"),
        Function("0000:02:00.0", "edu", "edu,bus=port2,id=hot",
                 IPXE / "pxe-e1000.rom", "zero", "borrowed", "equal",
                 "hot-added, its window full with its BAR"),
    ]


PORTS = ["pcie-root-port,id=port1,addr=6,chassis=1",
         "pcie-root-port,id=port2,addr=7,chassis=2,mem-reserve=1M,"
         "pref64-reserve=1M"]


def table(rows):
    """Columns, each as wide as its widest cell."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        show("  ".join(cell.ljust(width)
                       for cell, width in zip(row, widths)))


def read_register(vm, function):
    return int(vm.sh(f"od -An -tu4 -j{ROM_REGISTER} -N4 "
                     f"{SYSFS}/{function.address}/config"))


def write_register(vm, function, value):
    """Set the ROM BAR, as firmware would leave it."""
    octets = "".join(f"\\x{octet:02x}"
                     for octet in value.to_bytes(4, "little"))
    vm.sh(f"printf '{octets}' | dd of={SYSFS}/{function.address}/config "
          f"bs=4 seek={ROM_REGISTER // 4} conv=notrunc 2>/dev/null")
    expect(f"ROM BAR of {function.address}",
           read_register(vm, function), value)


def kernel_rom_error(vm, function):
    """Read the kernel's own file into /tmp/rom; return the error, or None."""
    status, output = vm.ask(f"cd {SYSFS}/{function.address}; echo 1 > rom; "
                            "cat rom >/tmp/rom")
    return output.decode().strip() if status else None


def show_failure(vm, vga):
    say("the kernel's own file for the boot VGA device:")
    show(f"# cd {SYSFS}/{vga.address}; echo 1 > rom; cat rom > /tmp/vga.rom")
    error = kernel_rom_error(vm, vga)
    if error is None or "Input/output error" not in error:
        raise Failure(f"the kernel's rom file gives no EIO: {error}")
    show(error)
    lines = [line for line in vm.log().splitlines()
             if "Invalid PCI ROM header signature" in line]
    if not lines:
        raise Failure("the kernel does not say what is wrong")
    show(lines[-1])


def prepare(vm, programmed, zero):
    """Set ROM BARs as firmware does; OVMF leaves all ones in each."""
    say("OVMF left all ones in every ROM BAR. For the demo, two are written "
        "as other firmware leaves them:")
    resource = vm.sh(f"sed -n {ROM_RESOURCE + 1}p "
                     f"{SYSFS}/{programmed.address}/resource")
    address = int(resource.split()[0], 16) & ROM_ADDRESS_MASK
    for function, value in ((programmed, address), (zero, 0)):
        before = read_register(vm, function)
        write_register(vm, function, value)
        show(f"{function.address} {function.name}: "
             f"{before:08x} -> {value:08x}")


def load(vm):
    before = vm.config()
    say("insmod shadowbar.ko")
    vm.load()
    vm.settle()
    after = vm.config()
    expect("config space after the captures", after, before)
    say(f"captured; config space of all {len(after)} functions is bit for "
        "bit what it was")


def hot_add(vm, function):
    driver, _, properties = function.argument().partition(",")
    say(f"hot-adding {driver} behind a port with a window of 1 MiB, "
        "which its BAR fills")
    vm.qmp("device_add", driver=driver,
           **dict(word.split("=", 1) for word in properties.split(",")))
    vm.until(f"test -e {SYSFS}/{function.address}/shadowbar/rom_status")
    vm.settle()


def kernel_column(vm, function):
    """Whether the kernel's own file returns the bytes of the ROM."""
    if vm.ask(f"test -e {SYSFS}/{function.address}/rom")[0]:
        return "none"
    error = kernel_rom_error(vm, function)
    if error:
        return "EIO" if "Input/output error" in error else error
    same = vm.sh("sha256sum < /tmp/rom").split()[0] == function.digest()
    return "equal" if same else "different"


def check(vm, function):
    """One row of the table, after all comparisons for it."""
    seen = vm.show(function.address)
    what = f"{function.address} {function.name}"
    expect(f"rom_bar of {what}", seen["rom_bar"], function.found)
    expect(f"rom_source of {what}", seen["rom_source"], function.source)
    kernel = kernel_column(vm, function)
    expect(f"the kernel's rom file of {what}", kernel, function.kernel)
    row = [function.address, function.name, seen["rom_bar"], seen["decode"],
           seen["rom_status"], seen["rom_source"] or "-"]
    if function.rom:
        expect(f"rom_status of {what}", seen["rom_status"], "captured")
        expect(f"size of {what}", seen["size"],
               len(function.images()))
        expect(f"rom_sha256 of {what}", seen["rom_sha256"], function.digest())
        read = vm.sh(f"sha256sum < {SYSFS}/{function.address}/shadowbar/rom")
        expect(f"bytes of {what}", read.split()[0], function.digest())
        row += [str(seen["size"]), seen["rom_sha256"][:12], "equal"]
    else:
        expect(f"rom_status of {what}", seen["rom_status"], "none")
        expect(f"size of {what}", seen["size"], -1)
        row += ["-", "-", "-"]
    return row + [kernel], seen["rom_reason"]


def show_all(vm, devices):
    checked = [check(vm, function) for function in devices]
    say("what was found, what was done, and whether it is what QEMU was "
        "given:")
    show()
    table([["ADDRESS", "DEVICE", "ROM BAR", "DECODE", "STATUS", "SOURCE",
            "BYTES", "SHA-256", "QEMU'S FILE", "KERNEL'S rom"],
           *(row for row, _ in checked)])
    show()
    for function, (_, reason) in zip(devices, checked):
        show(f"{function.address} {function.text}:")
        show(f"    {reason}")
    show()


def run_tool(vm, words):
    """Show a command as a user types it, and its output."""
    show(f"# shadowbar {words}")
    output = vm.sh(f"{PLACE} {words}")
    for line in output.splitlines():
        show(line)
    show()
    return output


def user_sees(vm, devices):
    say("and this is how a user sees it:")
    show()
    lines = run_tool(vm, "list").splitlines()
    for function in devices:
        (line,) = [one for one in lines if one.startswith(function.address)]
        expect(f"status of {function.address} in the list", line.split()[1],
               "captured" if function.rom else "none")
    text = run_tool(vm, f"explain {devices[0].address}")
    if "There is a copy of its ROM" not in text:
        raise Failure("the boot VGA device is not explained")


def use(vm, function):
    path = f"{SYSFS}/{function.address}/shadowbar/rom"
    say("a shadow is a romfile as it is: for the function itself, or for a "
        "device of QEMU's:")
    show(f"-device vfio-pci,host={function.address},romfile={path}")
    show(f"-device e1000,romfile={path}")
    with tempfile.TemporaryDirectory() as scratch:
        rom = pathlib.Path(scratch) / "shadow.rom"
        rom.write_bytes(vm.rom(function.address))
        expect(f"bytes of {path}", rom.read_bytes(), function.images())
        say(f"took {rom.stat().st_size} bytes out of the VM, from the "
            "hot-added function")
        say("a second QEMU, with -device e1000,romfile= (none):")
        screen = boot_until("e1000,romfile=", "No bootable device")
        if "iPXE" in screen:
            raise Failure(f"there is a banner without a ROM:\n{screen}")
        show("No bootable device.")
        say("and again, with -device e1000,romfile=shadow.rom:")
        screen = boot_until(f"e1000,romfile={rom}", BANNER)
    for line in screen.splitlines():
        if "iPXE" in line:
            show(line.strip())


def main():
    say(f"building shadowbar for Debian's kernel {SERIES}")
    harness.prepare(SERIES)
    kernel = harness.Kernel(SERIES)
    scratch = tempfile.TemporaryDirectory()
    kernel = kernel_with_tool(kernel, pathlib.Path(scratch.name))
    release = (kernel.vmlinuz.parent / "release").read_text().strip()
    devices = functions(kernel)
    *cold, hot = devices
    vga, programmed, zero = cold[:3]
    say(f"booting {release} in QEMU, under UEFI (OVMF)")
    with VM(kernel, "demo", PORTS + [one.argument() for one in cold],
            firmware="ovmf") as vm:
        show_failure(vm, vga)
        prepare(vm, programmed, zero)
        load(vm)
        hot_add(vm, hot)
        show_all(vm, devices)
        use(vm, hot)
        user_sees(vm, devices)
    say("a guest gets it by itself, with no romfile=; to see QEMU in a VM do "
        "that, before the module is loaded and after it, which takes minutes:")
    show(f"KERNELS={SERIES} scripts/vm -k test_guest")
    roms = sum(1 for one in devices if one.rom)
    say(f"shown: {roms} ROMs captured byte for byte on {release}, "
        "one of them where the kernel gives EIO, one with no room for it, "
        "and one of them booted")


if __name__ == "__main__":
    harness.run_as("demo", main)
