# SPDX-License-Identifier: GPL-2.0-only
"""A sysfs in a directory, filled as by the kernel and the module.

A write to a real sysfs file returns when the kernel has done the work. Here, a
lease on the file blocks the process that opens it for writing until a thread
has done the work.
"""
import fcntl
import hashlib
import os
import pathlib
import signal
import threading

# The kernel signals the holder of a lease; the code polls instead.
signal.signal(signal.SIGIO, signal.SIG_IGN)
LOOK_SECONDS = 0.002

NETWORK, DISPLAY = 0x020000, 0x030000


class Doer:
    """A file that triggers an action before a write to it returns."""

    def __init__(self, path, action):
        self.path = path
        self.action = action
        self.lines = []
        self.seen = threading.Event()
        self.over = threading.Event()
        path.write_text("")
        self.fd = os.open(path, os.O_RDONLY)
        fcntl.fcntl(self.fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _broken(self):
        """Wait until a process opens it for writing."""
        while fcntl.fcntl(self.fd, fcntl.F_GETLEASE) == fcntl.F_RDLCK:
            if self.over.wait(LOOK_SECONDS):
                return False
        return True

    def _closed(self):
        """Wait until it is no longer open for writing."""
        while not self.over.is_set():
            try:
                fcntl.fcntl(self.fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                return True
            except BlockingIOError:
                self.over.wait(LOOK_SECONDS)
        return False

    def _serve(self):
        while self._broken():
            self.seen.set()
            self.action()
            fcntl.fcntl(self.fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            if not self._closed():
                return
            if line := self.path.read_text():
                self.lines.append(line.strip())

    def stop(self):
        self.over.set()
        self.thread.join()
        os.close(self.fd)


class Function:
    """One function; the keys of shadowbar are the module's file names."""

    def __init__(self, sysfs, address, vendor=0x8086, device=0x100e,
                 class_code=NETWORK, **shadowbar):
        self.sysfs = sysfs
        self.address = address
        self.path = sysfs.path / "bus/pci/devices" / address
        self.files = self.path / "shadowbar"
        self.path.mkdir(parents=True)
        for name, value in (("vendor", f"{vendor:#06x}"),
                            ("device", f"{device:#06x}"),
                            ("class", f"{class_code:#08x}"),
                            ("irq", "0"), ("enable", "0"),
                            ("driver_override", "(null)"),
                            ("resource", "0x0 0x0 0x0\n" * 7)):
            (self.path / name).write_text(f"{value}\n")
        (self.path / "config").write_bytes(bytes(256))
        if shadowbar:
            self.write(**shadowbar)

    def write(self, **shadowbar):
        self.files.mkdir(exist_ok=True)
        for name, value in shadowbar.items():
            self.files.joinpath(name).write_text(f"{value}\n" if value else "")

    def rom(self, data, source="in-place"):
        self.write(rom_source=source,
                   rom_sha256=hashlib.sha256(data).hexdigest())
        (self.files / "rom").write_bytes(data)

    def other(self, source, data):
        """Add another shadow."""
        sources = self.files / "sources"
        sources.mkdir(exist_ok=True)
        (sources / source).write_bytes(data)
        (sources / f"{source}_sha256").write_text(
            hashlib.sha256(data).hexdigest() + "\n")

    def bind(self, driver):
        (self.path / "driver").symlink_to(
            f"../../../../bus/pci/drivers/{driver}")

    def unbind(self):
        (self.path / "driver").unlink()

    def driver(self):
        link = self.path / "driver"
        return os.path.basename(os.readlink(link)) if link.is_symlink() \
            else None

    def group(self, number):
        (self.path / "iommu_group").symlink_to(
            f"../../../../kernel/iommu_groups/{number}")


class Sysfs:
    """The tree, and the device nodes that belong to it."""

    def __init__(self, path, module=True):
        self.path = path / "sys"
        self.dev = path / "dev"
        (self.path / "bus/pci/devices").mkdir(parents=True)
        (self.dev / "vfio/devices").mkdir(parents=True)
        self.doers = []
        if module:
            (self.path / "module/shadowbar").mkdir(parents=True)
            (self.path / "module/shadowbar/version").write_text("0.0-test\n")

    def add(self, address, **keys):
        return Function(self, address, **keys)

    def when(self, path, action=lambda: None):
        self.doers.append(Doer(path, action))
        return self.doers[-1]

    def driver(self, name, function):
        """A driver that can unbind from its function."""
        function.bind(name)
        path = self.path / "bus/pci/drivers" / name
        path.mkdir(parents=True)
        unbind = self.when(path / "unbind", function.unbind)
        bind = self.when(path / "bind", lambda: function.bind(name))
        return unbind, bind

    def close(self):
        for doer in self.doers:
            doer.stop()


def files_under(path):
    """The name and the bytes of every file."""
    path = pathlib.Path(path)
    return {str(file.relative_to(path)): file.read_bytes()
            for file in path.rglob("*") if file.is_file()}
