# SPDX-License-Identifier: GPL-2.0-only
"""dump, install, parse, verify and fix: bytes in, bytes out."""
import gzip
import hashlib
import json
import os
import pathlib
import resource
import signal
import stat
import struct
import subprocess

import pytest

from conftest import DEBIAN_12, ROMS
from fakesys import files_under

NIC = "0000:01:00.0"
IPXE = DEBIAN_12 / "usr/lib/ipxe/qemu"
SEABIOS = DEBIAN_12 / "usr/share/seabios"


@pytest.fixture
def nic(sysfs, rom):
    function = sysfs.add(NIC, rom_status="captured", rom_bar="all-ones",
                         rom_reason="read it", decode="on")
    function.rom(rom("two"))
    return function


@pytest.fixture
def out(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    return path


def digest(data):
    return hashlib.sha256(data).hexdigest()


# dump


def test_dump(tool, nic, rom, out):
    assert tool.ok("dump", NIC, "-o", out / "a.rom") == \
        f"{NIC}: 62464 bytes from in-place to {out}/a.rom\n"
    assert files_under(out) == {"a.rom": rom("two")}


@pytest.mark.parametrize("where", ["-", "/dev/stdout"])
def test_dump_into_a_pipe(tool, nic, rom, where):
    done = subprocess.run(tool.words("dump", NIC, "-o", where),
                          stdout=subprocess.PIPE, check=True)
    assert done.stdout.startswith(rom("two"))
    assert len(done.stdout) == len(rom("two")) or where != "-"


def test_what_is_no_file_is_not_replaced(tool, nic, rom, out):
    fifo = out / "fifo"
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE)
    try:
        code, _, errors = tool.run("dump", NIC, "-o", fifo)
        assert (code, errors) == (0, "")
        assert stat.S_ISFIFO(fifo.stat().st_mode)
        assert reader.communicate(timeout=20)[0] == rom("two")
    finally:
        reader.kill()


def test_dump_takes_whole_images_only(tool, nic, rom, out):
    data = rom("trailing")
    nic.rom(data)
    tool.ok("dump", NIC, "-o", out / "images")
    tool.ok("dump", NIC, "-o", out / "all", "--raw")
    assert files_under(out) == {"images": rom("trailing", "shadow"),
                                "all": data}
    assert len(data) > len(rom("trailing", "shadow"))


def test_dump_of_what_is_no_rom(tool, nic, out):
    nic.rom(b"\xff" * 4096)
    code, output, errors = tool.run("dump", NIC, "-o", out / "a")
    assert (code, output) == (4, "") and "all ones" in errors
    assert files_under(out) == {}
    tool.ok("dump", NIC, "--raw", "-o", out / "a")
    assert files_under(out) == {"a": b"\xff" * 4096}


def test_dump_of_another_source(tool, nic, rom, out):
    nic.other("vga-shadow", rom("three"))
    tool.ok("dump", NIC, "-o", out / "best")
    tool.ok("dump", NIC, "-s", "vga-shadow", "-o", out / "other")
    tool.ok("dump", NIC, "-s", "in-place", "-o", out / "named")
    assert files_under(out) == {"best": rom("two"), "named": rom("two"),
                                "other": rom("three")}
    code, _, errors = tool.run("dump", NIC, "-s", "vfct", "-o", out / "no")
    assert code == 4 and "no shadow from vfct" in errors
    assert not (out / "no").exists()


def test_dump_without_a_shadow(tool, sysfs, out):
    sysfs.add(NIC, rom_status="failed")
    code, _, errors = tool.run("dump", NIC, "-o", out / "a")
    assert code == 4 and f"shadowbar explain {NIC}" in errors
    assert files_under(out) == {}


def test_bytes_that_do_not_fit_their_hash(tool, nic, out):
    nic.write(rom_sha256="0" * 64)
    for command in (["dump", NIC, "-o", out / "a"],
                    ["install", NIC, "--root", out]):
        code, _, errors = tool.run(*command)
        assert code == 1 and "do not match the module's hash" in errors
    assert files_under(out) == {}


def test_dump_through_a_link(tool, nic, rom, out):
    (out / "target").write_bytes(b"old")
    (out / "link").symlink_to("target")
    tool.ok("dump", NIC, "-o", out / "link")
    assert (out / "link").is_symlink()
    assert (out / "target").read_bytes() == rom("two")


def test_dump_where_nothing_can_be_written(tool, nic, out):
    assert tool.run("dump", NIC, "-o", out)[0] == 1
    assert tool.run("dump", NIC, "-o", out / "no/a")[0] == 1
    assert files_under(out) == {}


def test_mode_is_what_the_umask_leaves(tool, nic, out):
    for mask, mode in (0o022, 0o644), (0o077, 0o600):
        path = out / f"{mask}"
        assert tool.run("dump", NIC, "-o", path, umask=mask)[0] == 0
        assert stat.S_IMODE(path.stat().st_mode) == mode


# Files on disk are either all old or all new


def strace(log, *arguments):
    return ["strace", "-f", "-qq", "-o", str(log), *arguments]


def test_bytes_are_synced_before_they_have_a_name(tool, nic, out, tmp_path):
    log = tmp_path / "log"
    code, _, errors = tool.run(
        "dump", NIC, "-o", out / "a", under=strace(
            log, "-y", "-e", "trace=write,fsync,/^rename"))
    assert code == 0, errors
    calls = [line.split(maxsplit=1)[1] for line in
             log.read_text().splitlines() if str(out) in line]
    names = [call.split("(")[0] for call in calls]
    assert names == ["write", "fsync", "rename", "fsync"]
    assert f"<{out}>" in calls[-1]


@pytest.mark.parametrize("call", ["write", "fchmod", "fsync", "/^rename"])
def test_a_failure_leaves_what_was_there(tool, nic, out, tmp_path, call):
    (out / "a").write_bytes(b"old")
    code, _, errors = tool.run(
        "dump", NIC, "-o", out / "a", under=strace(
            tmp_path / "log", "-e", f"inject={call}:error=EIO:when=1"))
    assert code == 1, errors
    assert files_under(out) == {"a": b"old"}


@pytest.mark.parametrize("call", ["fsync", "/^rename"])
def test_killed_before_it_is_whole(tool, nic, out, tmp_path, call):
    (out / "a").write_bytes(b"old")
    code, _, _ = tool.run("dump", NIC, "-o", out / "a", under=strace(
        tmp_path / "log", "-e", f"inject={call}:signal=SIGKILL:when=1"))
    assert code == -signal.SIGKILL or code == 128 + signal.SIGKILL
    assert (out / "a").read_bytes() == b"old"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP])
def test_a_signal_waits_for_the_file(tool, nic, rom, out, tmp_path, number):
    code, _, _ = tool.run("dump", NIC, "-o", out / "a", under=strace(
        tmp_path / "log", "-e",
        f"inject=fsync:signal={number.name}:when=1"))
    assert code == -number or code == 128 + number
    assert files_under(out) == {"a": rom("two")}


def test_no_room(tool, nic, out):
    (out / "a").write_bytes(b"old")
    code, _, _ = tool.run(
        "dump", NIC, "-o", out / "a", preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (1000, 1000)))
    assert code in (1, -signal.SIGXFSZ)
    assert files_under(out) == {"a": b"old"}


# dump --all


def test_dump_all(tool, sysfs, nic, rom, out):
    nic.other("vga-shadow", rom("three"))
    # Identical bytes are written once.
    nic.other("in-place", rom("two"))
    nic.other("platform", rom("two"))
    sysfs.add("0000:00:1f.0", rom_status="none", rom_bar="absent")
    second = sysfs.add("0000:02:00.0", rom_status="captured")
    second.rom(rom("smallest"), "borrowed")
    assert tool.ok("dump", "--all", out / "new/dir") == \
        f"3 ROMs of 3 functions in {out}/new/dir\n"
    files = files_under(out / "new/dir")
    manifest = json.loads(files.pop("manifest.json"))
    assert files == {f"{NIC}.rom": rom("two"),
                     f"{NIC}.vga-shadow.rom": rom("three"),
                     "0000:02:00.0.rom": rom("smallest")}
    assert manifest["kernel"] == os.uname().release
    assert manifest["functions"] == tool.json("list")["functions"]
    assert {one["path"]: (one["sha256"], one["size"], one["source"],
                          one["contents"]["intact"], one["function"])
            for one in manifest["files"]} == {
        name: (digest(files[name]), len(files[name]), source, True, name[:12])
        for name, source in (
            (f"{NIC}.rom", "in-place"),
            (f"{NIC}.vga-shadow.rom", "vga-shadow"),
            ("0000:02:00.0.rom", "borrowed"))}
    printed = tool.json("dump", "--all", out / "new/dir")
    again = json.loads((out / "new/dir/manifest.json").read_text())
    assert printed == again and again["files"] == manifest["files"]


def test_dump_all_goes_on_after_a_failure(tool, sysfs, nic, rom, out):
    nic.write(rom_sha256="0" * 64)
    sysfs.add("0000:02:00.0", rom_status="captured").rom(rom("one"))
    code, output, errors = tool.run("dump", "--all", out)
    assert code == 1 and "do not match the module's hash" in errors
    assert output.startswith("1 ROMs of 2 functions")
    assert sorted(files_under(out)) == ["0000:02:00.0.rom", "manifest.json"]


def test_an_old_manifest_does_not_outlive_what_it_lists(tool, nic, out,
                                                        tmp_path):
    (out / "manifest.json").write_text("old")
    code, _, _ = tool.run("dump", "--all", out, under=strace(
        tmp_path / "log", "-e", "inject=/^rename:error=EIO"))
    assert code == 1 and files_under(out) == {}


# install


@pytest.mark.parametrize("sign, place, line", [
    ("etc/pve", "usr/share/kvm",
     "    qm set VMID --hostpci0 0000:01:00,pcie=1,romfile=%s\n"),
    ("usr/sbin/libvirtd", "usr/share/vgabios",
     "<rom file='/usr/share/vgabios/%s'/>\n"),
    ("usr/sbin/virtqemud", "usr/share/vgabios",
     "bus='0x01' slot='0x00' function='0x0'/>\n"),
    ("etc/libvirt/qemu", "usr/share/vgabios", "<rom file='/usr/share/"),
    (None, "usr/share/vgabios",
     "    -device vfio-pci,host=0000:01:00.0,"
     "romfile=/usr/share/vgabios/%s\n")])
def test_install(tool, nic, rom, out, sign, place, line):
    name = "shadowbar-8086-100e-0000-01-00.0-in-place.rom"
    if sign:
        (out / sign).mkdir(parents=True)
    code, output, errors = tool.run("install", NIC, "--root", out, umask=0o077)
    assert (code, errors) == (0, "")
    assert files_under(out) == {f"{place}/{name}": rom("two")}
    assert f"62464 bytes in {out}/{place}/{name}\n" in output
    assert (line.replace("%s", name)) in output
    assert output.count("bytes in") == 1
    # QEMU runs as an unprivileged user.
    for path in (out / place / name, *(out / place / name).parents):
        if path == out:
            break
        assert path.stat().st_mode & 0o044 == 0o044 or path.name == "etc"


def test_install_for_all_that_are_there(tool, nic, rom, out):
    for sign in "etc/pve", "usr/sbin/libvirtd":
        (out / sign).mkdir(parents=True)
    output = tool.ok("install", NIC, "-R", out)
    assert "hostpci0" in output and "<rom file" in output
    assert "-device" not in output
    assert set(files_under(out).values()) == {rom("two")}
    assert len(files_under(out)) == 2


@pytest.mark.parametrize("name, text", [
    ("proxmox", "hostpci0"), ("libvirt", "<rom"), ("qemu", "-device")])
def test_install_for_the_one_that_was_named(tool, nic, out, name, text):
    (out / "etc/pve").mkdir(parents=True)
    output = tool.ok("install", NIC, "--for", name, "--root", out)
    assert text in output and output.startswith(f"{name}\n")
    assert len(files_under(out)) == 1


def test_install_takes_whole_images(tool, nic, rom, out):
    nic.rom(rom("trailing"))
    nic.other("vga-shadow", rom("three"))
    tool.ok("install", NIC, "--root", out)
    assert set(files_under(out).values()) == {rom("trailing", "shadow")}
    tool.ok("install", NIC, "--root", out, "--source", "vga-shadow")
    name = "usr/share/vgabios/shadowbar-8086-100e-0000-01-00.0"
    assert files_under(out) == {
        f"{name}-in-place.rom": rom("trailing", "shadow"),
        f"{name}-vga-shadow.rom": rom("three")}
    nic.rom(bytes(4096))
    assert tool.run("install", NIC, "--root", out)[0] == 4


def test_install_a_card_with_several_functions(tool, nic, out):
    """Proxmox takes the whole card, with one line to paste."""
    nic.sysfs.add("0000:01:00.1")
    text = tool.ok("install", NIC, "--for", "proxmox", "--root", out)
    name = "shadowbar-8086-100e-0000-01-00.0-in-place.rom"
    assert text == f"""\
proxmox
62464 bytes in {out}/usr/share/kvm/{name}
good for SeaBIOS: no: the x86 image has the ids of another device; \
shadowbar fix sets them
good for OVMF (UEFI): yes
good for the card's driver: not needed: its driver does not read the ROM
Assign the card with all of its functions. VMID is the number of the virtual
machine. If it has a hostpci0 already, take the next number:
    qm set VMID --hostpci0 0000:01:00,pcie=1,romfile={name}
pcie=1 needs the machine type q35; leave it out for i440fx. If the card is
assigned already, append this to its hostpci line in
/etc/pve/qemu-server/VMID.conf instead:
    ,romfile={name}
"""
    for name in "libvirt", "qemu":
        text = tool.ok("install", NIC, "--for", name, "--root", out)
        assert "for each other function of the card" in " ".join(text.split())


def test_install_of_a_function_that_is_not_the_first(tool, nic, rom, out):
    nic.sysfs.add("0000:01:00.1", rom_status="captured").rom(rom("one"))
    text = tool.ok("install", "01:00.1", "--for", "proxmox", "--root", out)
    assert "    qm set VMID --hostpci0 0000:01:00.1,pcie=1,romfile=" in text


def test_install_as_json(tool, nic, rom, out):
    seen = tool.json("install", NIC, "--for", "qemu", "--root", out)
    (file,) = seen["files"]
    assert pathlib.Path(file["path"]).read_bytes() == rom("two")
    assert (file["function"], file["source"]) == (NIC, "in-place")
    (topic,) = seen["advice"]
    assert topic["topic"] == "qemu"
    assert [one["kind"] for one in topic["lines"]] == ["text", "config"]


# igd-rom


IGD = "0000:00:02.0"


def test_igd_rom(tool, sysfs, rom, out):
    """The driver is available if firmware exposed it as an option ROM."""
    igd = sysfs.add(IGD, device=0x9bc5, class_code=0x030000,
                    rom_status="captured", igd_reason="because")
    igd.rom(rom("one"), "vga-shadow")
    igd.other("platform", rom("two"))
    output = tool.ok("igd-rom", IGD, "-o", out / "igd.rom")
    assert output.startswith(f"{IGD}: 62464 bytes from platform to ")
    assert (out / "igd.rom").read_bytes() == rom("two")
    seen = tool.json("igd-rom", IGD, "-o", out / "igd.rom")
    assert seen["files"][0]["source"] == "platform"


def test_igd_rom_that_cannot_be_made(tool, sysfs, rom, out, nic):
    igd = sysfs.add(IGD, device=0x9bc5, class_code=0x030000,
                    rom_status="none", igd_reason="because")
    code, output, errors = tool.run("igd-rom", IGD, "-o", out / "igd.rom")
    assert code == 4
    assert errors == (f"shadowbar: {IGD}: no romfile can be made here: the "
                      "graphics driver (GOP) is inside the machine's "
                      "firmware, which left no copy\n")
    assert "There is no VBT either" in output
    assert "\n    ./build.sh --gop IntelGopDriver.efi igd.rom\n" in output
    (igd.files / "igd_vbt").write_bytes(bytes(700))
    igd.rom(rom("one"), "vga-shadow")
    code, output, errors = tool.run("igd-rom", IGD, "-o", out / "igd.rom")
    assert code == 4 and "its ROM has a video BIOS" in errors
    assert "The VBT is there" in output
    assert f"\n    shadowbar install {IGD}\n" in output
    code, _, errors = tool.run("igd-rom", NIC, "-o", out / "igd.rom")
    assert code == 2 and "not Intel graphics" in errors
    assert files_under(out) == {}


# parse, verify


# Broken, but everything that a guest's firmware reads is whole.
WHOLE = {"nvidia-cut": "NPDE", "nvidia-run": "last image"}
# A whole ROM, but the file does not begin with it.
ELSEWHERE = {"gpu-z", "nvidia-flash", "vfct"}
WRONG = {
    "bad-sum": "image 1 ", "no-last": "last image",
    "broken-length-zero": "length is zero",
    "broken-length-zero-x86": "length is zero",
    "broken-length-beyond": "should have 16776704 bytes",
    "broken-no-pcir": "no PCIR",
    "broken-pcir-outside": "leads out", "broken-pcir-cut": "leads out",
    "broken-no-signature": "55 AA", "broken-all-zeroes": "zeroes",
    "broken-all-ones": "all ones", "cut": "the last 325 are missing",
    "cut-second": "the last 3192 are missing"}
NAMES = sorted(path.stem for path in ROMS.glob("*.rom"))


def test_there_are_roms_to_verify():
    assert set(WRONG) < set(NAMES) and len(NAMES) > 30


@pytest.mark.parametrize("name", NAMES)
def test_verify(tool, rom, name):
    path = ROMS / f"{name}.rom"
    code, output, errors = tool.run("verify", path)
    assert output.startswith(f"{path}: ")
    assert output.count("\n") == 1 + 3 * output.count("good for SeaBIOS")
    assert errors == ""
    wrong = WRONG.get(name.replace("second-", "broken-"))
    if name in WHOLE:
        assert code == 0 and WHOLE[name] in output
    elif name in ELSEWHERE:
        assert code == 4 and "intact" in output
        assert output.count("does not begin with the ROM") == 3
    elif not wrong:
        assert code == 0 and "intact" in output
    else:
        assert code == 4 and wrong in output and "intact" not in output
    if name.startswith("second-"):
        assert "image 2" in output and "1 whole image" in output


def test_a_vfct_says_for_whom_its_roms_are(tool):
    path = ROMS / "vfct.rom"
    assert [one["function"] for one in tool.file(path)["contents"]["roms"]] \
        == ["03:00.0", "03:00.1"]
    output = tool.ok("parse", path)
    assert "VFCT has this ROM for the function at 03:00.0\n" in output
    assert "bytes, for 03:00.1 (--rom 2)\n" in output
    output = tool.ok("parse", "--rom", "2", path)
    assert "VFCT has this ROM for the function at 03:00.1\n" in output
    assert tool.file(ROMS / "two-banks.rom")["contents"]["roms"][1][
        "function"] is None


def test_verify_for_a_card(tool, sysfs, rom, tmp_path):
    """Its IDs, and the shadow of the card that it is for."""
    data = rom("smallest")
    vendor, device = struct.unpack_from(
        "<HH", data, struct.unpack_from("<H", data, 0x18)[0] + 4)
    card = sysfs.add("0000:01:00.0", vendor=vendor, device=device)
    card.rom(data)
    other = sysfs.add("0000:02:00.0", vendor=vendor, device=device ^ 1)
    other.write(rom_status="none", rom_source="")
    path = tmp_path / "card.rom"
    path.write_bytes(data)

    code, output, _ = tool.run("verify", path, "--for", "01:00.0")
    assert code == 0, output
    assert f"for 0000:01:00.0 ({vendor:04x}:{device:04x}): yes" in output
    assert "compared with its shadow: " in output and "differ" not in output

    changed = bytearray(data)
    changed[-1] ^= 1
    changed[-2] = (changed[-2] - (changed[-1] - data[-1])) & 0xff
    path.write_bytes(changed)
    _, output, _ = tool.run("verify", path, "--for", "01:00.0")
    assert "2 bytes differ" in output

    code, output, _ = tool.run("verify", path, "--for", "02:00.0")
    assert code == 4
    assert "no, it has the ids of another device" in output
    code, output, _ = tool.run("-j", "verify", path, "--for", "02:00.0")
    assert code == 4
    assert json.loads(output)["files"][0]["for"]["ids"] is False

    code, _, errors = tool.run("verify", path, "--for", "05:00.0")
    assert code not in (0, 4) and "05:00.0" in errors


@pytest.mark.parametrize("path", sorted(
    [*IPXE.glob("*.rom"), *SEABIOS.glob("vgabios*.bin")]), ids=str)
def test_roms_of_packages(tool, path):
    negative = path.name in ("vgabios-isavga.bin", "vgabios-ramfb.bin",
                             "vgabios.bin")
    code, output, _ = tool.run("verify", path)
    assert code == (4 if negative else 0), output
    images = tool.file(path)["contents"]["images"]
    kinds = [one["type"] for one in images]
    if negative:
        assert kinds == []
    elif path.name.startswith("efi-"):
        assert kinds == ["x86", "efi"]
        assert images[1]["efi"]["machine"] == "8664"
    else:
        assert kinds == ["x86"]


def test_parse(tool):
    output = tool.ok("parse", ROMS / "trailing.rom")
    lines = output.splitlines()
    assert lines[0].split() == ["IMAGE", "OFFSET", "BYTES", "TYPE", "IDS",
                                "CLASS", "DETAILS"]
    assert lines[1].split()[:6] == ["1", "0", "15360", "x86", "1234:5678",
                                    "020000"]
    assert lines[2].split()[:6] == ["2", "0x3c00", "8192", "efi",
                                    "1234:5678", "020000"]
    assert lines[3] == "20000 bytes after that, 20000 of them not padding"
    assert lines[4:] == [
        "intact: 2 images",
        "good for SeaBIOS: yes",
        "good for OVMF (UEFI): yes",
        "good for the card's driver: not needed: its driver does not read the "
        "ROM"]


def test_parse_of_what_cannot_be_compressed(tool, rom, out):
    """It is stored uncompressed, but must not be taken from there."""
    path = out / "x.gz"
    path.write_bytes(gzip.compress(rom("one"), 1))
    text = tool.ok("parse", path)
    assert "before the ROM: compressed by gzip\n" in text
    assert "unpack it with gunzip first" in text


def test_parse_of_the_standard_input(tool, rom):
    done = subprocess.run(tool.words("parse", "-"), input=rom("one"),
                          stdout=subprocess.PIPE, check=True)
    assert b"intact: 1 image" in done.stdout


def test_parse_needs_no_sysfs(tool):
    done = subprocess.run(
        [tool.words()[0], "--sysfs", "/nonexistent", "parse",
         ROMS / "one.rom"], stdout=subprocess.PIPE, check=True)
    assert b"intact" in done.stdout


@pytest.mark.parametrize("data, text", [
    (b"", "not a ROM: the file is empty"), (b"U", "not a ROM: it is text"),
    (b"\x01", "not a ROM: it is too short"), (b"MZ" + bytes(99), "EfiRom"),
    (b"$VBT" + bytes(99), "a VBT is no ROM"), (b"\x1f\x8b\x08", "gunzip"),
    (b"\x55\xaa" + bytes(24), "not a ROM: it has no PCIR")])
def test_parse_of_next_to_nothing(tool, out, data, text):
    (out / "a").write_bytes(data)
    assert text in tool.ok("parse", out / "a")
    assert tool.run("verify", out / "a")[0] == 4


def test_files_that_cannot_be_read(tool, out):
    for words in (["parse", out / "no"], ["verify", out / "no"],
                  ["parse", out], ["parse", "/dev/zero"],
                  ["fix", out / "no", "-o", out / "x"]):
        code, output, errors = tool.run(*words)
        assert code == 1 and output == "" and errors
    assert files_under(out) == {}


# fix


def test_fix(tool, rom, out):
    data = rom("bad-sum")
    (out / "in").write_bytes(data)
    assert tool.run("verify", out / "in")[0] == 4
    output = tool.ok("fix", out / "in", "-o", out / "out", "-V", "8086",
                     "-D", "0x100e")
    assert "1 image; ids set in 1; checksums corrected in 1" in output
    fixed = (out / "out").read_bytes()
    assert (out / "in").read_bytes() == data
    assert len(fixed) == len(data) and sum(fixed) % 256 == 0
    assert sum(fixed[:fixed[2] * 512]) % 256 == 0
    changed = {n for n, (a, b) in enumerate(zip(data, fixed)) if a != b}
    # The IDs, the byte of firmware's checksum, and the last byte.
    assert changed <= {0x20, 0x21, 0x22, 0x23, 6, len(data) - 1}
    assert fixed[0x20:0x24] == bytes.fromhex("86800e10")
    tool.ok("verify", out / "out")


def test_fix_not_onto_its_input(tool, rom, out):
    data = b"GPU-Z" + bytes(507) + rom("two")
    (out / "in").write_bytes(data)
    os.link(out / "in", out / "link")
    (out / "soft").symlink_to("in")
    for name in "in", "link", "soft":
        code, output, errors = tool.run("fix", out / "in", "-o", out / name)
        assert (code, output) == (2, "") and "use --in-place" in errors
        assert (out / "in").read_bytes() == data
    (out / "in").chmod(0o600)
    tool.ok("fix", out / "in", "--in-place")
    assert (out / "in").stat().st_mode & 0o777 == 0o600
    assert (out / "in").read_bytes() == rom("two")
    (out / "out").write_bytes(b"another file")
    tool.ok("fix", out / "in", "-o", out / "out")
    assert (out / "out").read_bytes() == rom("two")


def test_fix_of_two_images_sets_both(tool, rom, out):
    (out / "in").write_bytes(rom("two"))
    tool.ok("fix", out / "in", "-o", out / "out", "--vendor", "10DE",
            "--device", "1b80")
    images = tool.file(out / "out")["contents"]["images"]
    assert [(one["vendor"], one["device"]) for one in images] == [
        ("10de", "1b80")] * 2
    assert tool.run("verify", out / "out")[0] == 0


def test_fix_trims(tool, rom, out):
    whole = rom("two")
    (out / "in").write_bytes(b"NVGI" + bytes(0x5fc) + whole + b"tail" * 99)
    output = tool.ok("fix", out / "in", "-o", out / "out")
    assert "dropped 1536 bytes before the first image and 396 bytes after " \
        "the last" in output
    assert (out / "out").read_bytes() == whole
    tool.ok("fix", out / "in", "-o", out / "raw", "--raw")
    assert (out / "raw").read_bytes() == whole + b"tail" * 99
    seen = tool.ok("parse", out / "in")
    assert seen.startswith("1536 bytes before the ROM: NVIDIA's flash")


def test_fix_of_a_rom_that_needs_nothing(tool, rom, out):
    (out / "in").write_bytes(rom("two"))
    tool.ok("fix", out / "in", "-o", out / "out")
    assert (out / "out").read_bytes() == rom("two")


def test_fix_of_what_is_no_rom(tool, out):
    (out / "in").write_bytes(bytes(4096))
    code, _, errors = tool.run("fix", out / "in", "-o", out / "out")
    assert code == 4 and "no whole image" in errors
    assert not (out / "out").exists()


def test_fix_in_place(tool, rom, out):
    (out / "a").write_bytes(rom("trailing"))
    tool.ok("fix", out / "a", "--in-place")
    assert files_under(out) == {"a": rom("trailing", "shadow")}
