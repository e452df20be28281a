# SPDX-License-Identifier: GPL-2.0-only
"""A machine whose devices have ROM files: which images does firmware start?"""
import subprocess
import time

IDS = "1b36:0005"  # pci-testdev's
PATIENCE = 300
FIRST_SLOT = 2
LAST_SLOT = 30		# 31 belongs to the chipset
PORT = 0x403		# as in scripts/roms

# Written when all option ROMs are done, and the device that it goes to.
FIRMWARE = {
    "seabios": ([], "debug", (b"No bootable device", b"Booting from")),
    "ovmf": (["-bios", "/usr/share/ovmf/OVMF.fd"], "serial",
             (b"UEFI Interactive Shell", b"No bootable option",
              b"BdsDxe: failed")),
}


def devfns(number):
    """A number of functions, eight per slot."""
    assert number <= 8 * (LAST_SLOT - FIRST_SLOT + 1)
    return [8 * FIRST_SLOT + n for n in range(number)]


def run(firmware, roms, out):
    """Start a machine with these files; return devfns of images that ran."""
    options, marks_in, marks = FIRMWARE[firmware]
    log = {name: out / f"{firmware}-{name}.log"
           for name in ("ran", "debug", "serial")}
    for path in log.values():
        path.unlink(missing_ok=True)
    words = ["qemu-system-x86_64", "-accel", "tcg", "-machine", "q35",
             "-m", "256", "-nodefaults", "-display", "none", "-no-reboot",
             *options, "-serial", f"file:{log['serial']}"]
    for name, port in (("ran", PORT), ("debug", 0x402)):
        words += ["-chardev", f"file,id={name},path={log[name]}",
                  "-device", f"isa-debugcon,iobase={port:#x},chardev={name}"]
    for devfn, rom in zip(devfns(len(roms)), roms):
        words += ["-device", f"pci-testdev,addr={devfn >> 3:x}.{devfn & 7}"
                  f",multifunction=on,romfile={rom}"]
    process = subprocess.Popen(words)
    try:
        end = time.monotonic() + PATIENCE
        while not any(mark in log[marks_in].read_bytes() for mark in marks
                      if log[marks_in].exists()):
            assert process.poll() is None, f"{firmware} ended by itself"
            assert time.monotonic() < end, f"{firmware} hangs, see {out}"
            time.sleep(0.2)
    finally:
        process.kill()
        process.wait()
    ran = log["ran"].read_bytes()
    assert len(ran) % 2 == 0, ran
    return {(chr(ran[n]), ran[n + 1]) for n in range(0, len(ran), 2)}
