# SPDX-License-Identifier: GPL-2.0-only
"""ACPI tables that provide ROMs, like those of firmware.

usage: acpi.py OUT ADDRESS VENDOR:DEVICE VFCT-ROM METHOD-ROM

makes OUT/vfct and OUT/ssdt.aml for one function of q35's first bus.
"""
import pathlib
import struct
import subprocess
import sys

from harness import Failure


def checked(table):
    """A table with its length and its checksum filled in."""
    table = bytearray(table)
    table[4:8] = struct.pack("<I", len(table))
    table[9] = -sum(table) & 0xff
    return bytes(table)


def vfct(images):
    """AMD's table: images are (bus, device, function, vendor, ID, bytes)."""
    header = struct.pack("<4sIBB6s8sI4sI", b"VFCT", 0, 1, 0, b"SHADOW",
                         b"SHADOWBR", 1, b"TEST", 1)
    table = header + bytes(16) + struct.pack("<IIIIII", 76, 0, 0, 0, 0, 0)
    assert len(table) == 76
    for bus, device, function, vendor, ident, data in images:
        table += struct.pack("<IIIHHHHII", bus, device, function, vendor,
                             ident, 0, 0, 0, len(data)) + data
    return checked(table)


def ssdt(out, devices):
    """A table of methods: each is (name below PCI0, data, code of _ROM).

    In the code, DATA is the data, Arg0 the offset and Arg1 the length.
    """
    text = ['DefinitionBlock ("", "SSDT", 2, "SHADOW", "SHADOWBR", 1) {']
    for name, data, code in devices:
        path = f"\\_SB.PCI0.{name}"
        octets = ", ".join(f"0x{octet:02x}" for octet in data)
        text.append(f"""
External ({path}, DeviceObj)
Scope ({path}) {{
  Name (DATA, Buffer ({len(data)}) {{ {octets} }})
  Method (_ROM, 2, Serialized) {{ {code} }}
}}""")
    text.append("}")
    source = out / "ssdt.asl"
    source.write_text("\n".join(text))
    done = subprocess.run(["iasl", "-ve", "-p", out / "ssdt", source],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if done.returncode:
        raise Failure(done.stdout)
    return out / "ssdt.aml"


def main(out, address, ids, in_vfct, given_out):
    out = pathlib.Path(out)
    bus, slot = (int(word, 16) for word in address[5:10].split(":"))
    ids = (int(word, 16) for word in ids.split(":"))
    (out / "vfct").write_bytes(vfct(
        [(bus, slot, 0, *ids, pathlib.Path(in_vfct).read_bytes())]))
    ssdt(out, [(f"S{slot << 3:02X}", pathlib.Path(given_out).read_bytes(),
                "Return (Mid (DATA, Arg0, Arg1))")])


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
