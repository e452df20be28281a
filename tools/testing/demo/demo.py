# SPDX-License-Identifier: GPL-2.0-only
"""Show what shadowbar does: the functions of one VM, and a second VM that
boots with a ROM taken out of the first. Fails if anything is not as shown.
"""
import dataclasses
import hashlib
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import time

import harness
from harness import SYSFS, VM, Failure

SERIES = "6.12"
IPXE = pathlib.Path("/usr/lib/ipxe/qemu")
VGABIOS = pathlib.Path("/usr/share/seabios/vgabios-stdvga.bin")
ROM_REGISTER = 0x30
ROM_ADDRESS_MASK = 0xfffff800
ROM_RESOURCE = 6
BANNER = re.compile(r"iPXE \S+ -- Open Source Network Boot Firmware")
BANNER_SECONDS = 60
START = time.monotonic()


@dataclasses.dataclass
class Function:
    """One function of the VM, and what is to become of it."""
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

    def digest(self):
        return hashlib.sha256(self.rom.read_bytes()).hexdigest()


def say(text):
    print(f"[{time.monotonic() - START:3.0f}s] {text}", flush=True)


def show(text=""):
    print(f"       {text}".rstrip(), flush=True)


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: expected {wanted!r}, got {got!r}")


def functions(kernel):
    """What is in the VM when it boots; the one to add comes last."""
    return [
        Function("0000:00:01.0", "boot VGA", "VGA,addr=1", VGABIOS,
                 "all-ones", "hole", "EIO",
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
                 IPXE / "pxe-e1000.rom", "zero", "borrowed", "EIO",
                 "hot-added, its window full with its BAR"),
    ]


PORTS = ["pcie-root-port,id=port1,addr=6,chassis=1",
         "pcie-root-port,id=port2,addr=7,chassis=2,mem-reserve=1M,"
         "pref64-reserve=1M"]


def table(rows):
    """Columns as wide as their widest cell."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        show("  ".join(cell.ljust(width)
                       for cell, width in zip(row, widths)))


def read_register(vm, function):
    return int(vm.sh(f"od -An -tu4 -j{ROM_REGISTER} -N4 "
                     f"{SYSFS}/{function.address}/config"))


def write_register(vm, function, value):
    """The ROM BAR, as firmware would leave it."""
    octets = "".join(f"\\x{octet:02x}"
                     for octet in value.to_bytes(4, "little"))
    vm.sh(f"printf '{octets}' | dd of={SYSFS}/{function.address}/config "
          f"bs=4 seek={ROM_REGISTER // 4} conv=notrunc 2>/dev/null")
    expect(f"ROM BAR of {function.address}",
           read_register(vm, function), value)


def kernel_rom_error(vm, function):
    """What comes of reading the kernel's own file."""
    status, output = vm.ask(f"cd {SYSFS}/{function.address}; echo 1 > rom; "
                            "cat rom >/dev/null")
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
    """OVMF leaves all ones in every ROM BAR; other firmware does not."""
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
    """Whether the kernel's own file has the ROM's bytes."""
    status, output = vm.ask(
        f"cd {SYSFS}/{function.address}; test -e rom || {{ echo none; exit; "
        "}; echo 1 > rom; cat rom > /tmp/rom || exit; sha256sum /tmp/rom")
    text = output.decode()
    if status:
        return "EIO" if "Input/output error" in text else text
    word = text.split()[0]
    if word != "none":
        word = "equal" if word == function.digest() else "different"
    return word


def check(vm, function):
    """One row of the table, after all of it was compared."""
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
        expect(f"size of {what}", seen["size"], function.rom.stat().st_size)
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
    rows = [["ADDRESS", "DEVICE", "ROM BAR", "DECODE", "STATUS", "SOURCE",
             "BYTES", "SHA-256", "QEMU'S FILE", "KERNEL'S rom"]]
    reasons = []
    for function in devices:
        row, reason = check(vm, function)
        rows.append(row)
        reasons.append((function, reason))
    say("what was found, what was done, and whether it is what QEMU was "
        "given:")
    show()
    table(rows)
    show()
    for function, reason in reasons:
        show(f"{function.address} {function.text}:")
        show(f"    {reason}")
    show()


def plain(screen):
    """The text of a serial console, without what moves the cursor."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[a-z]|\r|.\x08", b"",
                  screen).decode(errors="replace")


def boot_until(romfile, pattern):
    """Boot a QEMU with SeaBIOS on the serial port until that is seen."""
    command = ["qemu-system-x86_64", "-accel", "tcg", "-machine",
               "pc,graphics=off", "-m", "128", "-nodefaults", "-display",
               "none", "-no-reboot", "-serial", "stdio", "-boot", "n",
               "-device", f"e1000,romfile={romfile}"]
    screen = b""
    deadline = time.monotonic() + BANNER_SECONDS
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as qemu:
        try:
            while not pattern.search(plain(screen)):
                left = deadline - time.monotonic()
                ready = select.select([qemu.stdout], [], [], max(left, 0))[0]
                got = os.read(qemu.stdout.fileno(), 4096) if ready else b""
                if not got:
                    raise Failure(f"{pattern.pattern!r} was not seen:\n"
                                  f"{plain(screen)}")
                screen += got
        finally:
            qemu.kill()
    return plain(screen)


def use(vm, function):
    path = f"{SYSFS}/{function.address}/shadowbar/rom"
    say("a shadow is a romfile as it is: for the function itself, or for a "
        "device of QEMU's:")
    show(f"-device vfio-pci,host={function.address},romfile={path}")
    show(f"-device e1000,romfile={path}")
    with tempfile.TemporaryDirectory() as scratch:
        rom = pathlib.Path(scratch) / "shadow.rom"
        rom.write_bytes(vm.rom(function.address))
        expect(f"bytes of {path}", rom.read_bytes(), function.rom.read_bytes())
        say(f"took {rom.stat().st_size} bytes out of the VM, from the "
            "hot-added function")
        say("a second QEMU, with -device e1000,romfile= (none):")
        screen = boot_until("", re.compile("No bootable device"))
        if "iPXE" in screen:
            raise Failure(f"there is a banner without a ROM:\n{screen}")
        show("No bootable device.")
        say("and again, with -device e1000,romfile=shadow.rom:")
        screen = boot_until(rom, BANNER)
    for line in screen.splitlines():
        if "iPXE" in line:
            show(line.strip())


def main():
    say(f"building shadowbar for Debian's kernel {SERIES}")
    harness.prepare(SERIES)
    kernel = harness.Kernel(SERIES)
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
    roms = sum(1 for one in devices if one.rom)
    say(f"shown: {roms} ROMs captured byte for byte on {release}, "
        "one of them where the kernel gives EIO, one with no room for it, "
        "and one of them booted")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"demo: {failure}")
