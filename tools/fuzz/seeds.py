#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Generate the seeds for fuzzing.

usage: tools/fuzz/seeds.py ROMS OUTDIR

ROMS is the output of scripts/roms; Debian's ROM files are added if they are
installed. OUTDIR gets a directory for each target.
"""
import hashlib
import pathlib
import struct
import sys

for where in "tool", "trust":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "testing" /
                           where))
import efi  # noqa: E402 # they are next to the tests
import tpmlog  # noqa: E402

DEBIAN = (("/usr/lib/ipxe/qemu", "*.rom"), ("/usr/share/seabios", "vga*.bin"),
          ("/usr/share/qemu", "*.rom"), ("/usr/share/qemu", "*boot*.bin"),
          ("/usr/share/qemu", "kvmvapic.bin"), ("/usr/share/qemu", "pvh.bin"),
          ("/usr/share/qemu", "sgabios.bin"))
# Longer ones have the same headers, but take longer.
LONGEST = 80 << 10
LONGEST_TO_FIX = 16 << 10


def vfct(*entries):
    """An ACPI table with entries of address, IDs and an image."""
    body = b"".join(
        struct.pack("<3I4H2I", *address, *ids, 0, 0, 1, len(image)) + image
        for address, ids, image in entries)
    fixed = struct.pack("<4sIBB6s8sI4sI16sII16s", b"VFCT", 76 + len(body), 1,
                        0, b"SHADOW", b"SHADOWBR", 1, b"SBAR", 1, bytes(16),
                        76, 0, bytes(16))
    table = bytearray(fixed + body)
    table[9] = -sum(table) & 0xff
    return bytes(table)


def vbt(length=700):
    """A VBT whose bytes sum to zero."""
    blocks = struct.pack("<16s3H", b"BIOS_DATA_BLOCK ", 228, 22, length - 48)
    table = bytearray(struct.pack("<20s3HBBI4I", b"$VBT SKYLAKE        ", 100,
                                  48, length, 0, 0, 48, 0, 0, 0, 0) + blocks)
    table += bytes(n * 7 & 0xff for n in range(length - len(table)))
    table[26] = -sum(table) & 0xff
    return bytes(table)


def opregion(version, rvda=0, outside=b"", inside=vbt(), kib=8):
    """An OpRegion, with the VBT outside of it appended."""
    region = bytearray(0x2000)
    region[:24] = struct.pack("<16sIHH", b"IntelGraphicsMem", kib, 0, version)
    region[0x58] = 0x1f
    region[0x3ba:0x3c6] = struct.pack("<QI", rvda, len(outside))
    region[0x400:0x400 + len(inside)] = inside
    return bytes(region) + outside


def logs():
    """TPM event logs, with all kinds of device paths."""
    path = tpmlog.root(), tpmlog.pci(3, 1), tpmlog.pci(0)
    sha256 = hashlib.sha256(b"driver").digest()
    one = tpmlog.usual(sha256, *path, tpmlog.part(0x400, 0x7fff))
    three = tpmlog.Log((tpmlog.SHA1, tpmlog.SHA256, tpmlog.SHA384))
    three.driver(sha256, *path, tpmlog.file_path())
    three.driver(sha256, *path, kind=tpmlog.RUNTIME_DRIVER)
    three.driver(sha256)
    deep = tpmlog.usual(sha256, tpmlog.root(), *[tpmlog.pci(1)] * 17)
    return {"one": one.data, "three": three.data, "deep": deep.data,
            "none": tpmlog.Log((tpmlog.SHA256,)).data,
            "zeroes": one.data + bytes(64), "cut": three.data[:-9]}


def compressed():
    """Streams of one block and of several, and invalid ones."""
    program = efi.program(1)
    noise = bytes(n * n >> 3 & 0xff for n in range(600))
    streams = {"program": efi.compress(program), "one": efi.compress(b"x"),
               "empty": efi.compress(b""), "noise": efi.compress(noise),
               "same": efi.compress(bytes(3000)),
               "blocks": efi.compress(program + noise, 60)}
    streams["cut"] = streams["noise"][:200]
    return streams


def programs():
    """EFI programs, with certificate tables."""
    plain = efi.program(1)
    pkcs7 = efi.entry(b"0\x82\1\0" + bytes(60))
    return {
        "plain": plain, "tail": efi.program(2, tail=b"tail"),
        "pe32": efi.program(3, machine=0x14c, magic=0x10b),
        "few": efi.program(4, directories=4),
        "sbat": efi.program(5, sections=((b".sbat", b"sbat,1\n"),)),
        "many": efi.program(6, headers=0x400, sections=[
            (b"s", b"x" * 100) for _ in range(9)]),
        "signed": efi.attach(plain, pkcs7),
        "twice": efi.attach(plain, pkcs7, efi.entry(b"x", guid=efi.PKCS7)),
        "behind": efi.attach(plain, pkcs7) + bytes(24),
    }


def lists():
    """Signature lists, and files that contain them."""
    hashes = efi.esl(efi.SHA256, bytes(32), bytes(range(32)))
    certs = efi.esl(efi.X509, b"0\x82" + bytes(90))
    both = certs + hashes + efi.esl(efi.X509_SHA256, bytes(48))
    auth = bytes(16) + struct.pack("<IHH", 40, 0x200, 0xef1) + bytes(32)
    return {"hashes": hashes, "certs": certs, "both": both, "empty": b"",
            "efivarfs": struct.pack("<I", 0x27) + both, "auth": auth + both,
            "cut": both[:-1]}


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: tools/fuzz/seeds.py ROMS OUTDIR")
    roms = {path.name: path.read_bytes()
            for path in pathlib.Path(sys.argv[1]).glob("*.rom")}
    for directory, pattern in DEBIAN:
        for path in pathlib.Path(directory).glob(pattern):
            roms[path.name] = path.read_bytes()
    roms = {name: rom[:LONGEST] for name, rom in roms.items()}

    amd = roms["amd.rom"]
    tables = {
        "one": vfct(((3, 0, 0), (0x1002, 0x5678), amd)),
        "three": vfct(((1, 2, 3), (0x1002, 1), amd[:512]),
                      ((3, 0, 0), (0x1002, 0x5678), b""),
                      ((255, 31, 7), (0x1002, 0x5678), amd[:1024])),
        "none": vfct(),
    }
    tables["cut"] = tables["one"][:-1]

    large = vbt(7000) + bytes(1192)
    graphics = {
        "vbt": vbt(),
        "1.0": opregion(0x100),
        "2.0": opregion(0x200),
        "2.0-outside": opregion(0x200, 0x70000000, large, b""),
        "2.1-outside": opregion(0x201, 0x2000, large, b""),
        "2.1-both": opregion(0x201, 0x2000, large),
        "2.1-nowhere": opregion(0x201, 0x1000, large),
        "no-vbt": opregion(0x201, 0, b"", b""),
        "4-gib": opregion(0x201, kib=0x400000),
    }

    opts = struct.pack("<BHH", 1, 0x1234, 0x5678)
    images = programs()
    seeds = {"rom": roms, "vfct": tables, "igd": graphics, "log": logs(),
             "unpack": compressed(), "pe": images, "esl": lists(),
             "cert": {name: bytes([8]) + image[efi.table(image)[0] - 8:]
                      for name, image in images.items()
                      if efi.table(image)[1]},
             "fix": {name: opts + rom for name, rom in roms.items()
                     if len(rom) <= LONGEST_TO_FIX}}
    for target, files in seeds.items():
        out = pathlib.Path(sys.argv[2]) / target
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (out / name).write_bytes(data)


if __name__ == "__main__":
    main()
