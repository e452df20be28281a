# SPDX-License-Identifier: GPL-2.0-only
"""The command-line tool, for use inside and outside a VM."""
import copy
import os
import pathlib
import re
import select
import shutil
import subprocess
import time

from harness import TOP, WITH_PARENT, Failure

PCI_IDS = pathlib.Path("/usr/share/misc/pci.ids")
PLACE = "/usr/bin/shadowbar"
BOOT_SECONDS = 60


def build(out):
    """Build it; return the program for the host."""
    binary = out / "shadowbar"
    subprocess.run(["make", "-s", "-f", TOP / "tools/shadowbar/Makefile",
                    f"BINARY={binary}"], check=True)
    return binary


def libraries(binary):
    """The libraries of the program, including the loader."""
    listed = subprocess.run(["ldd", binary], stdout=subprocess.PIPE,
                            text=True, check=True).stdout
    return re.findall(r"(/\S+) \(0x", listed)


def kernel_with_tool(kernel, out, *programs, trees=()):
    """The kernel, with the tool and all its dependencies in its initramfs.

    programs are additional programs of this machine, trees are names in the
    initramfs with the directories to copy there.
    """
    root = out / "root"
    binary = build(out)
    files = {PLACE: binary, str(PCI_IDS): PCI_IDS}
    files.update({path: path for path in programs})
    for program in binary, *programs:
        files.update({path: path for path in libraries(program)})
    for path, source in files.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for name, directory in trees:
        shutil.copytree(directory, root / name.lstrip("/"))
    names = [str(path.relative_to(root)) for path in sorted(root.rglob("*"))]
    packed = subprocess.run(["cpio", "--quiet", "-R", "0:0", "-o", "-H",
                             "newc"], cwd=root, stdout=subprocess.PIPE,
                            input="\n".join(names).encode(), check=True)
    # The kernel unpacks several archives in sequence.
    initramfs = out / "initramfs.cpio"
    initramfs.write_bytes(kernel.initramfs.read_bytes() + packed.stdout)
    kernel = copy.copy(kernel)
    kernel.initramfs = initramfs
    return kernel


def plain(screen):
    """The text on a serial console, without cursor movements."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[a-z]|\r|.\x08", b"",
                  screen).decode(errors="replace")


def boot_until(device, pattern):
    """Boot a QEMU from a network card until its screen shows a pattern."""
    command = [*WITH_PARENT, "qemu-system-x86_64", "-accel", "tcg", "-machine",
               "pc,graphics=off", "-m", "128", "-nodefaults", "-display",
               "none", "-no-reboot", "-serial", "stdio", "-boot", "n",
               "-device", device]
    screen = b""
    deadline = time.monotonic() + BOOT_SECONDS
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as qemu:
        try:
            while not re.search(pattern, plain(screen)):
                left = deadline - time.monotonic()
                ready = select.select([qemu.stdout], [], [], max(left, 0))[0]
                got = os.read(qemu.stdout.fileno(), 4096) if ready else b""
                if not got:
                    raise Failure(f"{pattern!r} was not seen:\n"
                                  f"{plain(screen)}")
                screen += got
        finally:
            qemu.kill()
    return plain(screen)
