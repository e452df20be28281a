# SPDX-License-Identifier: GPL-2.0-only
"""OVMF with Secure Boot starts exactly what shadowbar trust says it starts.

One machine, with our own keys and lists, loads all programs of cases.py from a
disk, and its decompressor gets the same streams as the tool's. As a control,
it runs an option ROM that is not signed, and one that dbx revokes.
"""
import collections
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import time
import zlib

import pytest

TOP = pathlib.Path(__file__).resolve().parents[3]
TRUST = TOP / "tools/testing/trust"
sys.path.insert(0, str(TRUST))
import cases  # noqa: E402 # in the directory of the generators
import efi  # noqa: E402

OVMF = pathlib.Path("/usr/share/OVMF")
BUILD = TOP / "build/firmware"
PATIENCE = 1200
X64 = "8664"
ROMS = {1: "unsigned", 2: "revoked"}
ACCESS_DENIED = 0x800000000000000f
# OVMF of 2023 and later checks longer hashes of an unsigned program, too.
NEWER = {"hash-sha384-unsigned", "hash-sha512-unsigned"}
# Machine types that OVMF verifies
KNOWN = {X64, "014c", "0ebc", "aa64"}


def command(*words):
    subprocess.run([str(word) for word in words], check=True)


def build_tool():
    BUILD.mkdir(parents=True, exist_ok=True)
    binary = BUILD / "shadowbar"
    command("make", "-s", "-f", TOP / "tools/shadowbar/Makefile",
            f"BINARY={binary}")
    return binary


def build_judge(out):
    """Build the program that makes firmware load the others."""
    target = out / "judge"
    command("clang", "-target", "x86_64-unknown-windows", "-ffreestanding",
            "-fshort-wchar", "-mno-red-zone", "-mno-stack-arg-probe",
            "-fno-stack-protector", "-O1", "-Wall", "-Wextra", "-Werror",
            "-I/usr/include/efi", "-I/usr/include/efi/x86_64", "-c", "-o",
            f"{target}.o", TRUST / "judge.c")
    command("lld-link", "-subsystem:efi_application", "-entry:efi_main",
            "-nodefaultlib", f"-out:{target}.efi", f"{target}.o")
    return pathlib.Path(f"{target}.efi").read_bytes()


def is_x64(data):
    """Other programs are not started, because they need other processors."""
    return b"\x64\x86" in data[0x44:0x46] or len(data) < 0x46


class Disk:
    """The contents of the machine: programs, streams, ROMs, lists."""

    def __init__(self, path):
        self.path = path
        self.tool = build_tool()
        self.cases = cases.Cases(path)
        self.streams = cases.streams()
        self.roms = {}
        for mark, name in ROMS.items():
            program = efi.program(mark, letter=b"R")
            if name == "revoked":
                self.cases.bad_hashes.append(cases.authenticode(program))
            self.roms[name] = path / f"{name}.rom"
            # EDK II ignores a ROM BAR of 2 KiB.
            self.roms[name].write_bytes(
                efi.rom_image(program, True).ljust(4096, b"\xff"))
        self.files = {}
        directory = path / "disk/cases"
        directory.mkdir(parents=True)
        for name, data in self.cases.files.items():
            end = "efi" if is_x64(data) else "pe"
            self.files[name] = directory / f"{name}.{end}"
            self.files[name].write_bytes(data)
        for name, (data, _) in self.streams.items():
            (directory / f"{name}.cmp").write_bytes(data)
        boot = path / "disk/EFI/BOOT"
        boot.mkdir(parents=True)
        keys = self.cases.keys
        (boot / "BOOTX64.EFI").write_bytes(
            efi.sbsign(build_judge(path), keys.leaf, path))
        self.db, self.dbx = path / "db", path / "dbx"
        lists = self.cases.db() + self.emitted(directory)
        self.db.write_bytes(lists)
        self.dbx.write_bytes(self.cases.dbx())
        (path / "variables").write_bytes(efi.secure_boot(
            (OVMF / "OVMF_VARS_4M.fd").read_bytes(), keys.platform, lists,
            self.cases.dbx()))

    def emitted(self, directory):
        """The list for db that the tool generates for a program."""
        self.files["emitted"] = directory / "emitted.efi"
        self.files["emitted"].write_bytes(efi.program(0x10000))
        return subprocess.run(
            [self.tool, "trust", "--emit", "esl", self.files["emitted"]],
            stdout=subprocess.PIPE, check=True).stdout

    def run(self):
        """Start the machine: its output, and the ROMs that ran."""
        said, ran = self.path / "said", self.path / "ran"
        flash = "if=pflash,format=raw"
        words = ["qemu-system-x86_64", "-accel", "tcg", "-machine",
                 "q35,smm=on", "-m", "512", "-nodefaults", "-display", "none",
                 "-no-reboot",
                 "-global", "driver=cfi.pflash01,property=secure,value=on",
                 "-global", "ICH9-LPC.disable_s3=1",
                 "-drive", f"{flash},unit=0,readonly=on,"
                           f"file={OVMF}/OVMF_CODE_4M.secboot.fd",
                 "-drive", f"{flash},unit=1,file={self.path}/variables",
                 "-drive", "if=none,id=disk,format=raw,readonly=on,"
                           f"file=fat:{self.path}/disk",
                 "-device", "virtio-blk-pci,drive=disk,romfile="]
        for rom in self.roms.values():
            words += ["-device", f"pci-testdev,romfile={rom}"]
        for name, port in ((said, 0x404), (ran, efi.PORT)):
            words += ["-chardev", f"file,id={name.name},path={name}",
                      "-device",
                      f"isa-debugcon,iobase={port:#x},chardev={name.name}"]
        process = subprocess.Popen(words)
        try:
            end = time.monotonic() + PATIENCE
            while process.poll() is None:
                assert time.monotonic() < end, f"it hangs, see {said}"
                time.sleep(0.2)
        finally:
            process.kill()
            process.wait()
        lines = said.read_text().splitlines()
        assert lines[-1:] == ["done"], lines[-1:]
        return ({line.split()[0]: [int(word, 16)
                                   for word in line.split()[1:]]
                 for line in lines[:-1]}, ran.read_bytes())


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    return Disk(tmp_path_factory.mktemp("trust"))


@pytest.fixture(scope="module")
def firmware(disk):
    return disk.run()


@pytest.fixture(scope="module")
def verdicts(disk):
    """The tool's verdict on each program, and the program's processor."""
    words = [disk.tool, "trust", "-j", "--db", disk.db, "--dbx", disk.dbx,
             *disk.files.values()]
    done = subprocess.run([str(word) for word in words],
                          stdout=subprocess.PIPE, check=False)
    assert done.returncode == 6
    found = {}
    for file in json.loads(done.stdout)["files"]:
        name = pathlib.Path(file["path"]).name
        image = (file["trust"] or [{"verdict": "none", "machine": None}])[0]
        found[name] = image["verdict"], image["machine"]
    return found


def test_programs(disk, firmware, verdicts):
    said, _ = firmware
    passed = {name for name, path in disk.files.items()
              if said[path.name][0] != ACCESS_DENIED} - NEWER
    allowed = set()
    for name, path in disk.files.items():
        verdict, machine = verdicts[path.name]
        if verdict == "allowed" and machine in KNOWN:
            allowed.add(name)
    assert passed == allowed and "emitted" in passed
    assert len(passed) > 50 and len(disk.files) - len(passed) > 100
    kinds = collections.Counter(verdict for verdict, _ in verdicts.values())
    assert all(kinds[kind] > 9 for kind in ("allowed", "revoked", "not-known",
                                            "unsigned", "damaged")), kinds


def test_what_passed_ran(disk, firmware):
    """Except those that its loader cannot load, trusted or not."""
    said, _ = firmware
    statuses = collections.Counter()
    for path in disk.files.values():
        if path.suffix == ".efi" and said[path.name][0] != ACCESS_DENIED:
            statuses[tuple(said[path.name])] += 1
    assert statuses[0, 0] > 50 and sum(statuses.values()) - statuses[0, 0] < 4


def test_option_roms_are_not_verified(disk, firmware):
    _, ran = firmware
    marks = {ran[at + 1] for at in range(0, len(ran) - 1, 2)
             if ran[at:at + 1] == b"R"}
    assert marks == set(ROMS)


@pytest.fixture(scope="module")
def unpack(tmp_path_factory):
    """The tool's decompressor: its output, or None."""
    path = tmp_path_factory.mktemp("unpack") / "unpack.so"
    command("cc", "-std=gnu11", "-O2", "-shared", "-fPIC",
            f"-I{TOP}/include", "-o", path,
            TOP / "tools/shadowbar/efi_decompress.c")
    library = ctypes.CDLL(os.fspath(path))

    def run(data):
        length = ctypes.c_uint32()
        if library.sb_efi_unpacked_size(data, len(data),
                                        ctypes.byref(length)):
            return None
        out = ctypes.create_string_buffer(max(1, length.value))
        if library.sb_efi_unpack(data, len(data), out, length.value):
            return None
        return out.raw[:length.value]
    return run


def test_streams(disk, firmware, unpack):
    """The output is the same as firmware's, and all valid streams unpack."""
    said, _ = firmware
    both = 0
    for name, (data, plain) in disk.streams.items():
        status, size, crc = said[f"{name}.cmp"]
        mine = unpack(data)
        if plain is not None:
            assert mine == plain and not status, name
        if mine is not None:
            assert not status, name
            assert (size, crc if size else 0) == (len(mine),
                                                  zlib.crc32(mine)), name
            both += 1
    assert both > 40
