# SPDX-License-Identifier: GPL-2.0-only
"""list, show and explain: their output for a machine."""
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import termios

import pytest

import fakesys
from conftest import TOP

NIC = "0000:01:00.0"
VERSION = re.search(r'VERSION\s+"(.*)"', (
    TOP / "include/shadowbar/version.h").read_text())[1]
NAMES = "Intel Corporation 82540EM Gigabit Ethernet Controller"


@pytest.fixture
def nic(sysfs, rom):
    function = sysfs.add(NIC, rom_status="captured", rom_bar="all-ones",
                         rom_reason="the ROM BAR held all ones; read it",
                         decode="on")
    function.rom(rom("two"))
    return function


def explained(tool, address=NIC):
    """The output of explain, in one line."""
    return re.sub(r"\s+", " ", tool.ok("explain", address))


def row(output, address):
    """One line of list, by column name."""
    heading, *lines = output.splitlines()
    starts = [found.start() for found in re.finditer(r"(?<=  )\S|^\S",
                                                     heading)]
    ends = starts[1:] + [None]
    for line in lines:
        if line.startswith(address):
            return {heading[a:b].strip(): line[a:b].strip()
                    for a, b in zip(starts, ends)}
    raise AssertionError(f"no {address} in {output}")


def test_list(tool, sysfs, nic, rom):
    nic.write(bar0_page="whole", bar2_page="shared", rom_served="memory")
    sysfs.add("0000:00:1f.3", rom_status="none", rom_bar="absent",
              rom_source="", rom_sha256="", decode="on")
    output = tool.ok("list")
    assert row(output, NIC) == {
        "ADDRESS": NIC, "ROM": "captured", "ROM BAR": "all-ones",
        "SOURCE": "in-place", "SERVED": "memory",
        "BYTES": str(len(rom("two"))),
        "SHA-256": hashlib.sha256(rom("two")).hexdigest()[:12],
        "PAGES": "0:whole 2:shared", "NAME": NAMES}
    seen = row(output, "0000:00:1f.3")
    assert (seen["ROM"], seen["SOURCE"], seen["BYTES"], seen["SHA-256"],
            seen["PAGES"]) == ("none", "-", "-", "-", "-")


def test_list_is_sorted_and_has_every_function(tool, sysfs):
    addresses = ["0001:00:00.0", "0000:00:02.0", "0000:80:00.1",
                 "0000:00:1f.0", "0000:80:00.0", "10000:00:00.0"]
    for address in addresses:
        sysfs.add(address)
    *lines, empty, summary = tool.ok("list").splitlines()[1:]
    assert (empty, summary) == (
        "", "6 functions, 0 with a ROM, nothing needs attention")
    assert [line.split()[0] for line in lines] == [
        "0000:00:02.0", "0000:00:1f.0", "0000:80:00.0", "0000:80:00.1",
        "0001:00:00.0", "10000:00:00.0"]


def test_an_older_module_has_fewer_files(tool, sysfs):
    sysfs.add(NIC, rom_status="captured")
    assert row(tool.ok("list"), NIC)["ROM BAR"] == "-"
    assert "ROM BAR   -" in tool.ok("show", NIC)
    assert tool.function("show", NIC)["decode"] is None
    tool.ok("explain", NIC)


def test_without_the_module(tool, sysfs, tmp_path):
    sysfs.add(NIC)
    shutil.rmtree(sysfs.path / "module/shadowbar")
    for command in "list", "show", "explain", "capture":
        words = [command] if command == "list" else [command, NIC]
        code, output, errors = tool.run(*words)
        assert code == 3, command
        assert "modprobe shadowbar" in re.sub(r"\s+", " ", output + errors)
    for words in (["dump", NIC, "-o", tmp_path / "x"], ["install", NIC],
                  ["dump", "--all", tmp_path / "all"], ["isolate", NIC, "0"]):
        assert tool.run(*words)[0] == 3
    assert not (tmp_path / "x").exists() and not (tmp_path / "all").exists()


def test_a_function_that_the_module_has_nothing_on(tool, sysfs):
    sysfs.add(NIC)
    code, _, errors = tool.run("capture", NIC)
    assert code == 3 and "no memory BAR and no ROM BAR" in errors
    assert "nothing that could be mapped" in explained(tool)


def test_list_json(tool, nic, rom):
    nic.write(bar0_page="shared", bar0_reason="so is 0000:01:00.1",
              bar0_isolate="")
    data = rom("two")
    digest = hashlib.sha256(data).hexdigest()
    assert tool.json("list") == {
        "format": 1, "tool": VERSION, "module": "0.0-test",
        "command": "list", "files": [], "checks": [], "advice": [],
        "functions": [{
            "address": NIC, "vendor": "8086", "device": "100e",
            "class": "0200", "name": NAMES, "driver": None,
            "iommu_group": None, "decode": "on",
            "rom": {"status": "captured", "bar": "all-ones",
                    "reason": "the ROM BAR held all ones; read it",
                    "source": "in-place", "served": None, "size": len(data),
                    "sha256": digest, "changed": None},
            "sources": [{"source": "in-place", "size": len(data),
                         "sha256": digest, "contents": None,
                         "difference": None}],
            "bars": [{"bar": 0, "type": None, "address": None, "size": None,
                      "page": "shared", "isolate": True,
                      "reason": "so is 0000:01:00.1"}],
            "graphics": None}]}


@pytest.mark.parametrize("words", [
    ["-j", "list"], ["list", "-j"], ["--json", "list"], ["list", "--json"]])
def test_json_before_the_command_and_after_it(tool, nic, words):
    (line,) = tool.ok(*words).splitlines()
    assert json.loads(line)["command"] == "list"


@pytest.mark.parametrize("words", [
    ["-p", "list"], ["list", "--pretty"], ["-j", "list", "-p"]])
def test_pretty_json(tool, nic, words):
    output = tool.ok(*words)
    assert output.startswith('{\n  "format": 1,\n')
    assert json.loads(output) == tool.json("list")


def keys(value):
    """The shape of a value: its keys, and those of nested values."""
    if isinstance(value, dict):
        return {key: keys(one) for key, one in value.items()}
    return [keys(one) for one in value] if isinstance(value, list) else None


def test_json_has_one_shape(tool, sysfs, nic, rom, tmp_path):
    """All commands use the same keys, in functions and files, too."""
    path = tmp_path / "a.rom"
    path.write_bytes(rom("two"))
    sysfs.when(nic.files / "capture")
    nic.write(bar0_page="shared", bar0_reason="x")
    sysfs.when(nic.files / "bar0_isolate")
    seen = {words[0]: tool.json(*words) for words in (
        ["list"], ["show", NIC], ["version"], ["capture", NIC],
        ["isolate", NIC, "0"], ["parse", path], ["verify", path],
        ["dump", NIC, "-o", tmp_path / "b"],
        ["dump", "--all", tmp_path / "all"],
        ["fix", path, "-o", tmp_path / "c"])}
    for command, one in seen.items():
        assert one["command"] == command
        assert {"format", "tool", "module", "command", "functions", "files",
                "checks", "advice"} <= one.keys()
        for function in one["functions"]:
            assert function.keys() == seen["list"]["functions"][0].keys()
        for file in one["files"]:
            assert file.keys() == seen["parse"]["files"][0].keys()
    assert [len(seen[name]["functions"]) for name in (
        "version", "capture", "isolate", "parse", "dump")] == [0, 1, 1, 0, 1]
    assert [len(seen[name]["files"]) for name in (
        "list", "parse", "verify", "dump", "fix")] == [0, 1, 1, 1, 1]


def test_json_and_a_rom_do_not_mix(tool, nic, rom, tmp_path):
    (tmp_path / "a").write_bytes(rom("two"))
    for words in (["dump", NIC, "-o", "-", "-j"],
                  ["fix", tmp_path / "a", "-o", "-", "-j"]):
        code, output, errors = tool.run(*words)
        assert (code, output) == (2, "")
        assert "cannot both go to standard output" in errors


def test_show(tool, nic, rom):
    nic.bind("e1000")
    nic.write(bar1_page="exclusive", bar1_reason="padded")
    output = tool.ok("show", NIC)
    assert output.startswith(f"{NIC} Ethernet controller: {NAMES} "
                             "[8086:100e]\n")
    for line in ("driver    e1000", "ROM       captured",
                 "BAR 1     exclusive: padded",
                 hashlib.sha256(rom("two")).hexdigest(),
                 "intact: 2 images"):
        assert line in output


def test_show_json_has_the_images(tool, nic):
    (source,) = tool.function("show", NIC)["sources"]
    assert source["contents"]["intact"] is True
    assert [(one["offset"], one["length"], one["type"], one["last"])
            for one in source["contents"]["images"]] == [
        (0, 25088, "x86", False), (25088, 37376, "efi", True)]


def test_where_two_shadows_differ(tool, nic, rom):
    changed = bytearray(rom("two"))
    changed[0x100:0x104] = bytes(4 - n ^ changed[0x100 + n] ^ 0x80
                                 for n in range(4))
    changed[0x2000] ^= 1
    nic.other("vga-shadow", bytes(changed) + bytes(1024))
    nic.other("in-place", rom("two"))
    nic.other("platform", rom("two"))
    seen = tool.function("show", NIC)["sources"]
    assert [one["source"] for one in seen] == [
        "in-place", "platform", "vga-shadow"]
    assert {one["source"]: one["difference"] for one in seen} == {
        "in-place": {"bytes": 0, "longer": 0, "ranges": []},
        "platform": {"bytes": 0, "longer": 0, "ranges": []},
        "vga-shadow": {"bytes": 5, "longer": 1024, "ranges": [
            {"start": 0x100, "end": 0x103},
            {"start": 0x2000, "end": 0x2000}]}}
    text = "5 bytes differ, at 0x100-0x103, 0x2000, and one is 1024 bytes"
    assert text in tool.ok("show", NIC)
    assert text in explained(tool)
    assert "the same bytes" in tool.ok("show", NIC)


@pytest.mark.parametrize("words", [
    "01:00.0", "1:0.0", "0000:01:00.0", "0:1:0.0", "01:", "01:00", ":01:00.0"])
def test_addresses_as_lspci_takes_them(tool, sysfs, nic, words):
    sysfs.add("0000:00:00.0")
    lspci = subprocess.run(
        ["lspci", "-O", f"sysfs.path={sysfs.path}/bus/pci", "-D", "-n",
         "-s", words], stdout=subprocess.PIPE, text=True, check=True)
    assert lspci.stdout.split()[0] == NIC
    assert tool.ok("show", words).startswith(NIC)


def test_an_address_has_to_leave_one(tool, sysfs, nic):
    sysfs.add("0000:01:00.1", device=0x1533)
    code, _, errors = tool.run("show", "01:00")
    assert code == 2
    assert NIC in errors and "0000:01:00.1" in errors
    assert tool.run("show", "02:00.0")[0] == 3
    code, _, errors = tool.run("show", "zz")
    assert code == 2 and "zz" in errors


@pytest.mark.parametrize("words", [
    [], ["nothing"], ["list", "x"], ["list", "1", "2"],
    ["list", "--class", "3"], ["list", "--class", "0x03"],
    ["list", "--status", "good"], ["show"], ["show", "a", "b"],
    ["explain", "-x", NIC], ["dump", NIC], ["dump", "-o", "x"],
    ["dump", "--all", "x", "-o", "y"], ["dump", "--all", "x", "-s", "hole"],
    ["dump", "--all", "x", NIC],
    ["install"], ["install", NIC, "--for", "xen"], ["parse"], ["verify"],
    ["fix", "x"], ["fix", "x", "-i", "-o"],
    ["fix", "x", "-o", "y", "--vendor", "8086"],
    ["fix", "x", "-o", "y", "--vendor", "80861", "--device", "1"],
    ["fix", "x", "-o", "y", "--vendor", "0x-1", "--device", "1"],
    ["fix", "x", "-o", "y", "--vendor", "", "--device", "1"],
    ["capture"], ["capture", NIC, "x"], ["isolate"],
    ["isolate", "--all", NIC], ["isolate", NIC, "1", "2"],
    ["isolate", NIC, "6"], ["isolate", NIC, "-1"], ["isolate", NIC, "00"],
    ["--nonsense"], ["help", "nothing"], ["help", "list", "show"],
    ["version", "x"]])
def test_wrong_usage(tool, nic, tmp_path, words):
    code, output, errors = tool.run(*words, cwd=tmp_path)
    assert code == 2 and output == "" and errors
    assert not (tmp_path / "x").exists() and not (tmp_path / "y").exists()


def test_help(tool):
    output = tool.ok("--help")
    for command in tool.commands():
        text = tool.ok(command, "--help")
        assert re.match(rf"usage: shadowbar {command}[ \n]", text)
        assert tool.ok(command, "-h") == tool.ok("help", command) == text
        assert max(map(len, text.splitlines()[1:])) <= 80, command
    assert tool.ok("-h") == tool.ok("help") == output
    assert max(map(len, output.splitlines())) < 80


def test_version(tool):
    for word in "-V", "--version", "version":
        assert tool.ok(word) == f"shadowbar {VERSION}\n"
    assert tool.json("version")["tool"] == VERSION
    (tool.sysfs.path / "module/shadowbar/version").unlink()
    assert tool.json("version")["module"] is None


def test_a_wrong_option_names_the_tool_and_the_command(tool):
    """And not the command alone, which getopt would print."""
    for words, text in (
            (["list", "--nonsense"],
             "shadowbar list: unrecognized option '--nonsense'\n"
             "usage: shadowbar list [<address>]"),
            (["install", "--for"],
             "shadowbar install: option '--for' requires an argument\n"
             "usage: shadowbar install <address>"),
            (["--nonsense"], "shadowbar: unrecognized option '--nonsense'\n"
             "see shadowbar help\n"),
            (["frob"],
             "shadowbar: frob: no such command; see shadowbar help\n")):
        assert tool.run(*words)[2].startswith(text)


IGD = "0000:00:02.0"


def graphics(sysfs, opregion=8192, vbt=700, **files):
    """Intel graphics, with the files that the module creates for it."""
    function = sysfs.add(IGD, device=0x9bc5, class_code=fakesys.DISPLAY,
                         rom_status="none", rom_bar="absent",
                         igd_reason="because", **files)
    if opregion:
        (function.files / "igd_opregion").write_bytes(bytes(opregion))
    if vbt:
        (function.files / "igd_vbt").write_bytes(bytes(vbt))
    return function


def test_show_graphics(tool, sysfs):
    graphics(sysfs, igd_stolen="0x7c000000-0x7fffffff",
             igd_stolen_state="reserved")
    output = tool.ok("show", IGD)
    for line in ("OpRegion  8192 bytes, VBT of 700 bytes",
                 "stolen    0x7c000000-0x7fffffff", "state     reserved",
                 "why       because"):
        assert line in output
    assert tool.function("show", IGD)["graphics"] == {
        "stolen": "0x7c000000-0x7fffffff", "state": "reserved",
        "reason": "because", "opregion": 8192, "vbt": 700}


def test_show_graphics_with_less(tool, sysfs):
    graphics(sysfs, opregion=0, vbt=0, igd_stolen="", igd_stolen_state="")
    output = tool.ok("show", IGD)
    for line in "OpRegion  -", "stolen    -", "state     -":
        assert line in output
    assert tool.function("show", IGD)["graphics"] == {
        "stolen": None, "state": None, "reason": "because",
        "opregion": None, "vbt": None}


def test_show_graphics_without_a_vbt(tool, sysfs):
    graphics(sysfs, vbt=0)
    assert "OpRegion  8192 bytes, no VBT" in tool.ok("show", IGD)


def test_show_is_silent_of_graphics(tool, nic):
    assert "OpRegion" not in tool.ok("show", NIC) + tool.ok("explain", NIC)


def on_terminal(tool, *words, columns=0, code=0):
    """The output on a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    process = subprocess.Popen(["timeout", "60", *tool.words(*words)],
                               stdout=theirs, stderr=theirs,
                               env=tool.environment)
    os.close(theirs)
    seen = b""
    try:
        while True:
            seen += os.read(ours, 4096)
    except OSError:
        pass
    os.close(ours)
    assert process.wait() == code
    return seen.decode()


def test_a_table_fits_the_terminal(tool, sysfs, nic):
    """Each row fits: the name is cut first, then columns are left out."""
    sysfs.add("0000:02:00.0")
    tool.environment["NO_COLOR"] = "1"
    heading = ["ADDRESS", "ROM", "ROM BAR", "SOURCE", "SERVED", "BYTES",
               "SHA-256", "PAGES", "NAME"]
    for columns, left_out in (
            (0, []), (200, []), (99, []), (80, ["SHA-256"]),
            (70, ["SHA-256", "SERVED"]),
            (60, ["SHA-256", "SERVED", "ROM BAR"]),
            (50, ["SHA-256", "SERVED", "ROM BAR", "BYTES", "SOURCE"])):
        first, *rows = on_terminal(tool, "list", columns=columns).split("\r\n")
        shown = [word for word in heading if word not in left_out]
        assert re.split(r"  +", first) == shown, columns
        if columns:
            assert max(map(len, rows[:2])) <= columns
        assert rows[0].endswith("..." if columns and columns < 150 else
                                NAMES), columns
    # Output to a pipe is complete.
    assert NAMES in tool.ok("list")


def test_numbers_are_aligned_to_the_right(tool, sysfs, nic, rom):
    sysfs.add("0000:02:00.0", rom_status="captured").rom(rom("smallest"))
    heading, *rows = tool.ok("list").splitlines()[:3]
    end = heading.index("BYTES") + len("BYTES")
    for line in rows:
        assert line[end - 1].isdigit() and line[end] == " "


def test_show_bars(tool, nic):
    """As in lspci, plus the page size and the IOMMU group."""
    (nic.path / "resource").write_text(
        "0x00000000febc0000 0x00000000febdffff 0x0000000000040200\n"
        "0x000000000000c000 0x000000000000c03f 0x0000000000040101\n"
        "0x0000000000000000 0x0000000000000fff 0x0000000020140204\n"
        "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
        "0x0000004000000000 0x00000043ffffffff 0x000000000014220c\n"
        "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
        "0x00000000feb80000 0x00000000febbffff 0x0000000000046200\n")
    nic.write(bar0_page="whole", bar0_reason="", bar2_page="unassigned",
              bar2_reason="no room")
    nic.group(17)
    output = tool.ok("show", NIC)
    assert f"""\
  BAR 0     32-bit, 128 KiB, at 0xfebc0000
            whole
  BAR 1     I/O, 64 bytes, at 0xc000
  BAR 2     64-bit, 4 KiB, no address
            unassigned: no room
  BAR 4     64-bit prefetchable, 16 GiB, at 0x4000000000
  page size {os.sysconf("SC_PAGESIZE")} bytes
""" in output
    assert "\n  IOMMU     17\n" in output
    seen = tool.function("show", NIC)
    assert seen["iommu_group"] == 17
    assert [(one["bar"], one["type"], one["address"], one["size"],
             one["page"]) for one in seen["bars"]] == [
        (0, "memory32", 0xfebc0000, 0x20000, "whole"),
        (1, "io", 0xc000, 64, None),
        (2, "memory64", None, 4096, "unassigned"),
        (4, "memory64-prefetchable", 0x4000000000, 1 << 34, None)]


def test_list_filters(tool, sysfs, nic):
    nic.write(bar0_page="whole", bar2_page="exclusive")
    gpu = sysfs.add("0000:01:00.1", class_code=fakesys.DISPLAY,
                    rom_status="failed")
    sysfs.add("0000:02:00.0", class_code=0x038000, rom_status="none",
              bar1_page="shared")
    sysfs.add("0000:03:00.0", igd_reason="x", igd_stolen_state="unset")

    def listed(*words):
        output = tool.ok("list", *words)
        found = [one["address"] for one in tool.json("list", *words)
                 ["functions"]]
        *rows, _, summary = output.splitlines()[1:]
        assert [line.split()[0] for line in rows] == found
        assert summary.startswith(f"{len(found)} function")
        return [address[5:] for address in found]

    everything = ["01:00.0", "01:00.1", "02:00.0", "03:00.0"]
    assert listed() == everything
    assert listed("01:") == everything[:2]
    assert listed("--class", "03") == ["01:00.1", "02:00.0"]
    assert listed("--class", "0380") == ["02:00.0"]
    assert listed("--status", "captured") == ["01:00.0"]
    assert listed("--problems") == everything[1:]
    assert listed("--problems", "--class", "0300") == ["01:00.1"]
    assert listed("--status", "pending") == []
    assert "3 need attention: shadowbar list --problems" in tool.ok("list")
    assert tool.run("list", "7f:")[0] == 3
    gpu.write(rom_status="captured")
    assert listed("--problems") == everything[2:]


def test_colours_only_on_a_terminal(tool, nic):
    assert "\033" not in tool.ok("list")
    nic.write(bar0_page="whole", bar2_page="shared", bar4_page="unpadded")
    output = on_terminal(tool, "list")
    for text in ("\033[32mcaptured\033[0m",
                 "0:\033[32mwhole\033[0m 2:\033[31mshared\033[0m "
                 "4:\033[33munpadded\033[0m"):
        assert text in output
    tool.environment["NO_COLOR"] = "1"
    assert "\033" not in on_terminal(tool, "list")


def test_no_rom_on_a_terminal(tool, nic, rom, tmp_path):
    (tmp_path / "a").write_bytes(rom("two"))
    for words in (["dump", NIC, "-o"], ["fix", tmp_path / "a", "-o"]):
        for where in "-", "/dev/stdout":
            output = on_terminal(tool, *words, where, code=2)
            assert output == ("shadowbar: a ROM is not text: not written to a "
                              "terminal; redirect it to a file\r\n")
        assert tool.run(*words, "-")[0] == 0


def test_progress_only_on_a_terminal(tool, nic, tmp_path):
    out = tmp_path / "all"
    assert "[#" not in tool.ok("dump", "--all", out)
    assert "[##############################] 1/1" in on_terminal(
        tool, "dump", "--all", out)


def test_a_full_disk_is_noticed(tool, nic):
    with open("/dev/full", "w") as full:
        done = subprocess.run(tool.words("list"), stdout=full,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "No space left" in done.stderr


def test_only_root_sees_the_bytes(tool, nic, tmp_path):
    if os.geteuid():
        pytest.skip("needs root, to be somebody else")
    (nic.files / "rom").chmod(0o400)
    # Other users may have no access to the checkout.
    tool.binary = shutil.copy(tool.binary, tmp_path)
    for path in nic.sysfs.path.parents:
        if path.stat().st_uid == 0 and path.stat().st_mode & 0o77 == 0:
            path.chmod(0o755)
    code, output, errors = tool.run("show", NIC, user=65534, group=65534)
    assert (code, errors) == (0, "") and "Permission denied" in output
    code, output, _ = tool.run("explain", NIC, user=65534, group=65534)
    assert code == 0 and "Run as root to inspect its contents" in output
    code, _, errors = tool.run("dump", NIC, "-o", "-", user=65534,
                               group=65534)
    assert code == 1 and "only root can read it" in errors
