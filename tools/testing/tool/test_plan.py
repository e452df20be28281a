# SPDX-License-Identifier: GPL-2.0-only
"""plan and report: other machines, and this one."""
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, SANITIZE, TOP

BORROWS = """\
00:01.0 PCI bridge [0604]: X [A/B] [8086:1901] (prog-if 00)
\tControl: I/O+ Mem+ BusMaster+ SpecCycle-
\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0
\tMemory behind bridge: f0000000-f00fffff [size=1M]
\tPrefetchable memory behind bridge: [disabled]
\tBridgeCtl: Parity- SERR+ NoISA- VGA- VGA16-

01:00.0 Ethernet controller [0200]: Maker [1af4:0001] Thing [5b5b:1001]
\tControl: I/O- Mem+ BusMaster+ SpecCycle-
\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=512K]
\tRegion 1: Memory at f0080000 (32-bit, non-prefetchable) [size=512]
\tRegion 2: Memory at f0080400 (32-bit, non-prefetchable) [size=1K]
\tExpansion ROM at <unassigned> [disabled] [size=512K]
\tKernel driver in use: thing
"""


def plan_of(tool, tmp_path, text, *words):
    path = tmp_path / "machine"
    path.write_text(text)
    return json.loads(tool.ok("-j", "plan", "--from", path, *words))


def function(plan, address):
    (found,) = (one for one in plan["functions"]
                if one["address"] == address)
    return found


def one_way(plan, address):
    (way,) = function(plan, address)["rom"]["undriven"]
    return way


def test_borrowed(tool, tmp_path):
    plan = plan_of(tool, tmp_path, BORROWS)
    assert plan["notes"] == []
    way = one_way(plan, "0000:01:00.0")
    assert (way["read"], way["source"], way["lender"], way["address"]) == (
        True, "borrowed", 0, 0xf0000000)
    writes = [(one["register"], one["offset"]) for one in way["writes"]]
    assert writes == [("COMMAND", 4), ("BAR 0", 0x10), ("ROM BAR", 0x30),
                      ("COMMAND", 4)]
    values = [one["value"] for one in way["writes"]]
    # Decoding and bus mastering off, then only decoding on.
    assert values[0] & 6 == 0 and values[3] & 6 == 2
    assert values[2] == 0xf0000001
    now = function(plan, "0000:01:00.0")["rom"]["now"]
    assert not now["read"] and "driver" in now["reason"]
    assert now["writes"] == []


def test_a_page_that_is_shared(tool, tmp_path):
    plan = plan_of(tool, tmp_path, BORROWS)
    bars = {bar["bar"]: bar for bar in
            function(plan, "0000:01:00.0")["bars"]}
    assert (bars[0]["page"], bars[0]["mapped"]) == ("whole", True)
    assert (bars[1]["page"], bars[1]["mapped"]) == ("shared", False)
    assert (bars[2]["page"], bars[2]["mapped"]) == ("unaligned", False)
    # BAR 2 moves, and BAR 1 then has the page to itself.
    assert bars[2]["room"] % 4096 == 0 and bars[2]["room"] >= 0xf0081000
    assert bars[1]["room"] is None and "the other one moves" in \
        bars[1]["reason"]
    plan = plan_of(tool, tmp_path, BORROWS, "--page-size", "64K")
    bars = {bar["bar"]: bar for bar in
            function(plan, "0000:01:00.0")["bars"]}
    assert bars[2]["room"] % 65536 == 0


LSPCI_VECTORS = """\
\tCapabilities: [b0] MSI-X: Enable+ Count=10 Masked-
\t\tVector table: BAR=2 offset=00000000
\t\tPBA: BAR=0 offset=00002000
"""


def expect_vectors(plan, small):
    """Small BARs with vectors are reported in the module's words."""
    bars = function(plan, "0000:01:00.0")["bars"]
    assert {bar["bar"] for bar in bars if "MSI-X" in bar["reason"]} == small


def test_vectors(tool, tmp_path):
    """A page with MSI-X vectors is trapped, shared or not."""
    expect_vectors(plan_of(tool, tmp_path, BORROWS), set())
    expect_vectors(plan_of(tool, tmp_path, BORROWS + LSPCI_VECTORS), {2})
    other = LSPCI_VECTORS.replace("BAR=0", "BAR=1").replace("BAR=2", "BAR=0")
    expect_vectors(plan_of(tool, tmp_path, BORROWS + other), {1})
    assert "MSI-X" in tool.ok("plan", "--from", tmp_path / "machine")


def test_vectors_in_registers(tool, tmp_path):
    """From -xxxx, behind another capability."""
    registers = bytearray(256)
    registers[:4] = bytes.fromhex("5b5b0110")
    registers[4:8] = bytes.fromhex("06001000")
    registers[0x10:0x14] = 0xf0000000.to_bytes(4, "little")
    registers[0x14:0x18] = 0xf0080000.to_bytes(4, "little")
    registers[0x18:0x1c] = 0xf0080400.to_bytes(4, "little")
    registers[0x34] = 0x40
    registers[0x40:0x42] = bytes((1, 0x50))
    registers[0x50:0x5c] = bytes.fromhex("110000000200000001100000")
    dump = "".join(f"{at:02x}: {registers[at:at + 16].hex(' ')}\n"
                   for at in range(0, 256, 16))
    expect_vectors(plan_of(tool, tmp_path, BORROWS + dump), {1, 2})


def test_a_window_that_is_nearly_full(tool, tmp_path):
    """A move that nobody requested leaves half of the room to others."""
    text = BORROWS.replace("[size=512K]\n\tRegion 1",
                           "[size=512K]\n\tRegion 3: Memory at f00c0000 "
                           "(32-bit, non-prefetchable) [size=256K]\n"
                           "\tRegion 1")
    text += """
01:00.1 System peripheral [0880]: Maker [1af4:0001] Thing [5b5b:1002]
\tControl: I/O- Mem+ BusMaster+ SpecCycle-
\tRegion 0: Memory at f00a0000 (32-bit, non-prefetchable) [size=128K]
"""
    bars = {bar["bar"]: bar for bar in function(
        plan_of(tool, tmp_path, text, "--page-size", "64K"),
        "0000:01:00.0")["bars"]}
    # One page of f0080000 to f009ffff is free, and stays free.
    assert bars[2]["room"] is None
    assert "too few pages are free" in bars[2]["reason"]
    bars = {bar["bar"]: bar for bar in function(
        plan_of(tool, tmp_path, text), "0000:01:00.0")["bars"]}
    assert 0xf0081000 <= bars[2]["room"] < 0xf00a0000


def test_in_place_and_in_a_hole(tool, tmp_path):
    text = BORROWS.replace("<unassigned>", "f0090000 [virtual]").replace(
        "[size=512K]\n\tKernel", "[size=64K]\n\tKernel")
    way = one_way(plan_of(tool, tmp_path, text), "0000:01:00.0")
    assert (way["source"], way["address"]) == ("in-place", 0xf0090000)

    text = BORROWS.replace("0 (32-bit, non-prefetchable) [size=512K]",
                           "0 (32-bit, non-prefetchable) [size=32K]").replace(
        "[size=512K]\n\tKernel", "[size=64K]\n\tKernel")
    way = one_way(plan_of(tool, tmp_path, text), "0000:01:00.0")
    assert (way["source"], way["address"]) == ("hole", 0xf0010000)

    text = text.replace("[size=64K]\n\tKernel", "[size=1M]\n\tKernel")
    way = one_way(plan_of(tool, tmp_path, text), "0000:01:00.0")
    assert not way["read"] and "no window has a hole" in way["reason"]


def test_what_nobody_knows_is_not_made_up(tool, tmp_path):
    text = BORROWS.replace("<unassigned> [disabled] [size=512K]",
                           "000c0000 [disabled] [size=128K]")
    rom = function(plan_of(tool, tmp_path, text), "0000:01:00.0")["rom"]
    assert rom["size"] is None and rom["bar"] is None and rom["hidden"]
    assert not rom["certain"]
    assert [(way["from"], way["source"]) for way in rom["undriven"]][0] == (
        2048, "hole" if rom["undriven"][0]["source"] == "hole" else "borrowed")
    # Each size once, without gaps.
    sizes = [size for way in rom["undriven"]
             for size in (way["from"], way["to"])]
    assert sizes[0] == 2 << 10 and sizes[-1] == 16 << 20
    for before, after in zip(sizes[1::2], sizes[2::2]):
        assert after == 2 * before
    output = tool.ok("plan", "--from", tmp_path / "machine", "01:00.0")
    assert "size unknown" in output and "lspci -x" in output


@pytest.mark.parametrize("old, new, note, bar", [
    ("Memory at f0080000", "Memory at f0080100", "multiple of its size", 1),
    ("[size=512]", "[size=3K]", "power of two", 1),
    ("Memory at f0000000", "Memory at e0000000", "outside every window", 0),
    ("Memory at f0080400", "Memory at f0080000", "another one on its bus", 2),
    ("Memory at f0000000", "Memory at 1f0000000", "above 4 GiB", 0),
    ("secondary=01", "secondary=00", "bus numbers", None),
    ("primary=00", "primary=02", "says that it is on 02", None),
    ("secondary=01, subordinate=01", "secondary=02, subordinate=02",
     "no listed bridge", None),
    ("[size=1M]", "[size=2M]", "another size than it says", None),
    ("f0000000-f00fffff [size=1M]", "f0000000-f007ffff [size=512K]",
     "no bridge register can hold", None),
    ("01:00.0 Eth", "00:01.0 Eth", "listed twice", None)])
def test_contradictions(tool, tmp_path, old, new, note, bar):
    assert old in BORROWS
    plan = plan_of(tool, tmp_path, BORROWS.replace(old, new))
    assert any(note in one for one in plan["notes"]), plan["notes"]
    if bar is None:
        return
    bars = function(plan, "0000:01:00.0")["bars"]
    assert all(one["address"] is None for one in bars if one["bar"] == bar)


def test_registers(tool, tmp_path):
    """With -x the contents of the ROM BAR are known."""
    registers = bytearray(64)
    registers[:4] = bytes.fromhex("5b5b0110")
    registers[4] = 6
    registers[0x10:0x14] = 0xf0000000.to_bytes(4, "little")
    registers[0x30:0x34] = 0xfff80000.to_bytes(4, "little")
    dump = "".join(f"{at:02x}: {registers[at:at + 16].hex(' ')}\n"
                   for at in range(0, 64, 16))
    text = BORROWS.replace("<unassigned>", "<ignored>")
    rom = function(plan_of(tool, tmp_path, text), "0000:01:00.0")["rom"]
    assert rom["bar"] is None
    rom = function(plan_of(tool, tmp_path, text + dump),
                   "0000:01:00.0")["rom"]
    assert rom["bar"] == "all-ones" and rom["certain"]


@pytest.mark.parametrize("text", ["", "hello\n", "{}", "{", '{"command": 1}',
                                  '{"command": "report"}', "\0" * 100])
def test_no_description(tool, tmp_path, text):
    path = tmp_path / "machine"
    path.write_text(text)
    code, output, errors = tool.run("plan", "--from", path)
    assert code == 1 and output == ""
    assert "neither a report of shadowbar nor the output" in errors
    assert tool.run("plan", "--from", tmp_path / "nothing")[0] == 1


def test_an_address(tool, tmp_path):
    plan = plan_of(tool, tmp_path, BORROWS, "01:00")
    assert [one["address"] for one in plan["functions"]] == ["0000:01:00.0"]
    code, _, errors = tool.run("plan", "--from", tmp_path / "machine", "7:0.0")
    assert code == 3 and "no such function" in errors
    assert tool.run("plan", "--page-size", "5K")[0] == 2


@pytest.fixture(scope="module")
def lspci():
    """Prints lspci output for the machines of kunit/machines."""
    binary = BUILD / f"lspci-{os.getpid()}"
    subprocess.run(["gcc", "-std=gnu11", f"-I{TOP}/include",
                    f"-I{TOP}/tools/shadowbar", f"-I{TOP}/kunit", "-o", binary,
                    TOP / "tools/testing/host/lspci.c"], check=True)
    yield lambda *words: subprocess.run([binary, *words], check=True,
                                        stdout=subprocess.PIPE).stdout.decode()
    binary.unlink()


def test_every_machine(tool, tmp_path, lspci):
    """With ASan and UBSan, as text and as JSON, with both page sizes."""
    names = lspci().split()
    assert len(names) >= 24
    roms = 0
    for name in names:
        text = lspci(name)
        plan = plan_of(tool, tmp_path, text)
        assert len(plan["functions"]) == len(re.findall(
            r"^[0-9a-f:]+\.\d ", text, re.M))
        roms += sum(one["rom"] is not None for one in plan["functions"])
        tool.ok("plan", "--from", tmp_path / "machine", "--page-size", "64K")
    assert roms >= 46


def test_descriptions_are_what_is_imported(tmp_path, lspci):
    """Convert the header to text and back: nothing is lost or added."""
    binary = tmp_path / "facts"
    tools = TOP / "tools/shadowbar"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "json-c"],
                           stdout=subprocess.PIPE, text=True, check=True)
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", *SANITIZE.split(),
         f"-I{TOP}/include", f"-I{tools}", "-o", binary,
         TOP / "tools/testing/host/facts.c",
         *(tools / f"{name}.c" for name in
           ("import", "import_lspci", "import_report", "machine")),
         TOP / "drivers/shadowbar/bus/bar.c", *flags.stdout.split()],
        check=True)
    for name in lspci().split():
        (tmp_path / "text").write_text(lspci(name))
        made = subprocess.run([binary, tmp_path / "text", name], check=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
        assert made == (TOP / f"kunit/machines/{name}.h").read_bytes(), name


SECRETS = ("SERIAL-4711", "52:54:00:12:34:56", "525400123456",
           "11223344-5566-7788-99aa-bbccddeeff00", "myhost.example",
           "root=UUID", "deadbeefcafef00d", "0df0fecaefbeadde")


def capability_chain():
    """Config space with PM, a serial number, VPD and a vendor capability."""
    config = bytearray(4096)
    config[:4] = bytes.fromhex("8680a110")
    config[6] = 0x10
    config[0x34] = 0x40
    config[0x40:0x44] = bytes([1, 0x50, 3, 0])
    config[0x50:0x54] = bytes([3, 0x60, 0, 0])
    config[0x54:0x58] = b"SERI"
    config[0x60:0x64] = bytes([9, 0, 16, 0])
    config[0x64:0x70] = b"SERIAL-4711\0"
    config[0x100:0x104] = (0x0003 | 1 << 16).to_bytes(4, "little")
    config[0x104:0x10c] = bytes.fromhex("0df0fecaefbeadde")
    return bytes(config)


@pytest.fixture
def machine(sysfs, tmp_path):
    nic = sysfs.add("0000:01:00.0", rom_status="deferred",
                    rom_reason="a driver is bound", rom_bar="zero",
                    rom_changed="unknown",
                    rom_sha256="deadbeefcafef00d")
    nic.bind("e1000")
    (nic.path / "config").write_bytes(capability_chain())
    (nic.path / "resource").write_text(
        "0x00000000f0000000 0x00000000f001ffff 0x0000000000040200\n" +
        "0x0 0x0 0x0\n" * 5 +
        "0x00000000f0020000 0x00000000f003ffff 0x0000000000046200\n")
    (nic.path / "net/eth0").mkdir(parents=True)
    (nic.path / "net/eth0/address").write_text("52:54:00:12:34:56\n")
    (nic.path / "label").write_text("SERIAL-4711\n")
    dmi = sysfs.path / "class/dmi/id"
    dmi.mkdir(parents=True)
    for name, value in (("product_name", "Some Machine"),
                        ("sys_vendor", "Some Vendor"),
                        ("product_serial", "SERIAL-4711"),
                        ("board_serial", "SERIAL-4711"),
                        ("chassis_asset_tag", "myhost.example"),
                        ("product_uuid",
                         "11223344-5566-7788-99aa-bbccddeeff00")):
        (dmi / name).write_text(value + "\n")
    kernel = sysfs.path / "kernel"
    kernel.mkdir(exist_ok=True)
    (kernel / "hostname").write_text("myhost.example\n")
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "cmdline").write_text("root=UUID=1122 myhost.example\n")
    (proc / "iomem").write_text(
        "00000000-00000fff : Reserved\n"
        "00100000-3fffffff : System RAM of myhost.example\n"
        "e0000000-fbffffff : PCI Bus 0000:01\n"
        "  f0000000-f001ffff : 0000:01:00.0\n"
        "    f0000000-f001ffff : myhost.example\n")
    return nic, proc


def test_report(tool, sysfs, machine):
    _, proc = machine
    output = tool.ok("--proc", proc, "report")
    for secret in SECRETS:
        assert secret not in output and secret.encode().hex() not in output
    assert os.uname().nodename not in output or len(os.uname().nodename) < 4
    report = json.loads(output)
    (seen,) = report["functions"]
    assert seen["driver"] == "e1000" and seen["header"].startswith("8680a110")
    assert [one["id"] for one in seen["capabilities"]] == [1]
    assert seen["module"]["rom_status"] == "deferred"
    assert seen["module"]["rom_changed"] == "unknown"
    assert "rom_sha256" not in seen["module"]
    assert seen["resources"][0] == [0xf0000000, 0xf001ffff, 0x40200]
    assert report["model"]["product_name"] == "Some Machine"
    assert report["page_size"] == os.sysconf("SC_PAGESIZE")
    assert [one["name"] for one in report["memory_map"]] == [
        "PCI Bus 0000:01", "0000:01:00.0"]


def test_report_in_a_file_is_as_good_as_the_machine(tool, sysfs, machine,
                                                    tmp_path):
    nic, proc = machine
    path = tmp_path / "report.json"
    assert tool.ok("--proc", proc, "report", "-o", path) == ""
    here = json.loads(tool.ok("-j", "--proc", proc, "plan"))
    there = json.loads(tool.ok("-j", "plan", "--from", path))
    assert here == there
    way = one_way(here, nic.address)
    assert (way["source"], way["address"]) == ("in-place", 0xf0020000)
    assert "windows of the host bridge" not in tool.ok("plan", "--from", path)


@pytest.mark.parametrize("name, reason", [
    ("enable", "enabled it without a driver"),
    ("sriov_numvfs", "virtual functions are enabled")])
def test_what_is_enabled_without_a_driver(tool, sysfs, machine, tmp_path,
                                          name, reason):
    """It is in use, and none of its registers is written."""
    nic, proc = machine
    (nic.path / "driver").unlink()
    (nic.path / name).write_text("1\n")
    path = tmp_path / "report.json"
    tool.ok("--proc", proc, "report", "-o", path)
    plan = json.loads(tool.ok("-j", "plan", "--from", path))
    way = one_way(plan, nic.address)
    assert not way["read"] and way["writes"] == []
    assert reason in way["reason"]
    (nic.path / name).write_text("0\n")
    plan = json.loads(tool.ok("-j", "--proc", proc, "plan"))
    assert one_way(plan, nic.address)["read"]


def test_report_without_root_and_module(tool, sysfs, machine):
    """Only 64 bytes of config space, and a memory map of zeroes."""
    nic, proc = machine
    config = (nic.path / "config").read_bytes()
    (nic.path / "config").write_bytes(config[:64])
    (proc / "iomem").write_text(
        "00000000-00000000 : PCI Bus 0000:01\n"
        "  00000000-00000000 : 0000:01:00.0\n")
    shutil.rmtree(sysfs.path / "module/shadowbar")
    report = json.loads(tool.ok("--proc", proc, "report"))
    assert report["memory_map"] == [] and not report["loaded"]
    assert report["functions"][0]["capabilities"] == []
    output = tool.ok("--proc", proc, "plan")
    assert "windows of the host bridge are not known" in output
    assert "in place, at 0xf0020000" in output
