# SPDX-License-Identifier: GPL-2.0-only
"""TPM event logs, as left by firmware."""
import hashlib
import struct

SHA1, SHA256, SHA384 = 0x4, 0xb, 0xc
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48}
NO_ACTION, SEPARATOR = 0x3, 0x4
BOOT_DRIVER, RUNTIME_DRIVER = 0x80000004, 0x80000005
END = bytes((0x7f, 0xff, 4, 0))


def root(uid=0):
    return struct.pack("<BBHII", 2, 1, 12, 0x0a0341d0, uid)


def pci(device, function=0):
    return struct.pack("<BBHBB", 1, 1, 6, function, device)


def part(start, end):
    return struct.pack("<BBHIQQ", 4, 8, 24, 0, start, end)


def file_path(name="\\driver.efi"):
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<BBH", 4, 4, 4 + len(text)) + text


def loaded(*nodes):
    """The data of an event about an image."""
    path = b"".join(nodes) + END
    return struct.pack("<QQQQ", 0x7e000000, 0x8000, 0, len(path)) + path


def digests_of(sha256, banks):
    """A digest for each bank; only one of them is a real one."""
    return {bank: sha256 if bank == SHA256 else
            hashlib.sha384(sha256).digest()[:SIZES[bank]] for bank in banks}


class Log:
    """A log to append events to."""

    def __init__(self, banks=(SHA1, SHA256)):
        self.banks = banks
        self.pcr2 = bytes(32)
        spec = b"Spec ID Event03\0" + struct.pack("<IBBBB", 0, 0, 2, 0, 2)
        spec += struct.pack("<I", len(banks))
        for bank in banks:
            spec += struct.pack("<HH", bank, SIZES[bank])
        spec += b"\0"
        self.data = struct.pack("<II20sI", 0, NO_ACTION, bytes(20),
                                len(spec)) + spec

    def add(self, pcr, kind, sha256, data=b""):
        self.data += struct.pack("<III", pcr, kind, len(self.banks))
        for bank, digest in digests_of(sha256, self.banks).items():
            self.data += struct.pack("<H", bank) + digest
        self.data += struct.pack("<I", len(data)) + data
        if pcr == 2 and kind != NO_ACTION:
            self.pcr2 = hashlib.sha256(self.pcr2 + sha256).digest()
        return self

    def driver(self, sha256, *nodes, kind=BOOT_DRIVER):
        return self.add(2, kind, sha256, loaded(*nodes))


def usual(sha256, *nodes):
    """The usual other events of firmware, and one driver."""
    log = Log()
    log.add(0, 0x8, b"\1" * 32, b"firmware")
    log.add(7, 0x80000001, b"\2" * 32, b"SecureBoot")
    log.driver(sha256, *nodes)
    for pcr in range(8):
        log.add(pcr, SEPARATOR, hashlib.sha256(bytes(4)).digest(), bytes(4))
    return log
