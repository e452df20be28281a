# SPDX-License-Identifier: GPL-2.0-only
"""baseline and check: compare the ROMs with an earlier state."""
import hashlib
import json
import re
import shutil
import threading
import time

import pytest

from conftest import DEBIAN_12
from fakesys import files_under

IPXE = DEBIAN_12 / "usr/lib/ipxe/qemu"
NIC, DISK, BRIDGE = "0000:01:00.0", "0000:02:00.0", "0000:00:1c.0"
FOUND = 6


@pytest.fixture
def file(tmp_path):
    return tmp_path / "var/lib/shadowbar/baseline.json"


@pytest.fixture
def nic(sysfs, rom):
    one = sysfs.add(NIC, rom_status="captured", rom_bar="programmed",
                    decode="on")
    one.rom(rom("two"))
    (one.path / "subsystem_vendor").write_text("0x1af4\n")
    (one.path / "subsystem_device").write_text("0x1100\n")
    return one


@pytest.fixture
def disk(sysfs):
    return sysfs.add(DISK, device=0x1572, rom_status="none",
                     rom_bar="absent", decode="on")


@pytest.fixture
def start(tool, tmp_path):
    """Pretend that the kernel was started with this command line."""
    def run(cmdline):
        (tmp_path / "proc").mkdir(exist_ok=True)
        (tmp_path / "proc/cmdline").write_text(cmdline + "\n")
    run("quiet")
    words = tool.words
    tool.words = lambda *more: words("--proc", tmp_path / "proc", *more)
    return run


@pytest.fixture
def known(tool, start, nic, disk, file):
    """A machine with a baseline."""
    tool.ok("baseline", "--file", file)
    return nic


def findings(tool, file, code=FOUND):
    ret, output, errors = tool.run("-j", "check", "-f", file)
    assert (ret, errors) == (code, "")
    return [(one["address"], one["finding"], one["about"])
            for one in json.loads(output)["findings"]]


def test_the_file(tool, known, file, rom):
    data = rom("two")
    written = json.loads(file.read_text())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                        written.pop("written"))
    assert written.pop("tool")
    images = tool.function("show", NIC)["sources"][0]["contents"]["images"]
    assert len(images) == 2
    expected = []
    for image in images:
        part = data[image["offset"]:][:image["length"]]
        expected.append({"type": image["type"], "vendor": image["vendor"],
                         "device": image["device"], "length": len(part),
                         "sha256": hashlib.sha256(part).hexdigest(),
                         "signers": []})
    kept = written["functions"][0]["images"]
    assert {one["type"]: bool(one.pop("authenticode")) for one in kept} == {
        "x86": False, "efi": True}
    assert written == {"format": 1, "functions": [
        {"address": NIC, "path": NIC, "vendor": "8086", "device": "100e",
         "subsystem": "1af4:1100", "class": "0200", "status": "captured",
         "bar": "programmed", "source": "in-place", "size": len(data),
         "sha256": hashlib.sha256(data).hexdigest(), "images": expected},
        {"address": DISK, "path": DISK, "vendor": "8086", "device": "1572",
         "subsystem": None, "class": "0200", "status": "none",
         "bar": "absent", "source": None, "size": None, "sha256": None,
         "images": []}]}


def test_an_efi_image(tool, start, nic, file):
    """Include its Authenticode hash, of the driver as firmware unpacks it."""
    nic.rom((IPXE / "efi-e1000.rom").read_bytes())
    tool.ok("baseline", "-f", file)
    text = json.loads(file.read_text())
    legacy, efi = text["functions"][0]["images"]
    assert (legacy["type"], legacy["authenticode"]) == ("x86", None)
    assert efi["type"] == "efi"
    assert re.fullmatch("[0-9a-f]{64}", efi["authenticode"])
    assert efi["authenticode"] != efi["sha256"]
    assert findings(tool, file, 0) == []
    efi["signers"] = ["CN=somebody"]
    file.write_text(json.dumps(text))
    assert findings(tool, file, 0) == []
    efi["signers"] = [None]
    file.write_text(json.dumps(text))
    assert tool.run("check", "-f", file)[0] == 1


def test_nothing_is_different(tool, known, file):
    output = tool.ok("check", "-f", file)
    assert re.fullmatch(r"2 functions are as in the baseline of \S+Z\n",
                        output)
    assert findings(tool, file, 0) == []


def test_what_baseline_says(tool, start, nic, disk, file):
    assert tool.ok("baseline", "-f", file) == \
        f"1 ROMs of 2 functions in {file}\n"
    assert json.loads(tool.ok("baseline", "-f", "-"))["functions"] == \
        json.loads(file.read_text())["functions"]
    assert tool.json("baseline", "-f", file)["command"] == "baseline"
    code, _, errors = tool.run("-j", "baseline", "-f", "-")
    assert code == 2 and "cannot both" in errors


def test_a_changed_rom(tool, known, file, rom):
    data = bytearray(rom("two"))
    data[-200] ^= 1
    known.rom(bytes(data))
    code, output, errors = tool.run("check", "-f", file)
    assert (code, errors) == (FOUND, "")
    text = re.sub(r"\s+", " ", output)
    assert text.startswith(
        f"{NIC}: changed The ROM is not the one in the baseline: "
        "62464 bytes then, 62464 now. 1 of 2 images differs. "
        f"shadowbar show {NIC} 1 finding, compared with the baseline of ")
    assert "make a new baseline with shadowbar baseline" in text
    (one,) = json.loads(tool.run("-j", "check", "-f", file)[1])["findings"]
    assert one["before"]["sha256"] == hashlib.sha256(rom("two")).hexdigest()
    assert one["after"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert one["words"].startswith("The ROM is not the one in the baseline")
    # If the change was expected, make it the new baseline.
    tool.ok("baseline", "-f", file)
    assert findings(tool, file, 0) == []


def test_a_device_that_was_rewritten(tool, known, file):
    """The shadow is never replaced: only this file tells."""
    known.write(rom_changed="no")
    assert findings(tool, file, 0) == []
    known.write(rom_changed="yes")
    assert findings(tool, file) == [(NIC, "changed", "device")]
    assert tool.function("show", NIC)["rom"]["changed"] == "yes"
    known.write(rom_changed="gone")
    assert findings(tool, file) == [(NIC, "gone", "device")]
    assert "needs a reset" in tool.run("check", "-f", file)[1]


def test_what_comes_and_goes(tool, sysfs, known, file, rom):
    shutil.rmtree(known.path)
    sysfs.add("0000:03:00.0", rom_status="captured",
              rom_bar="programmed").rom(rom("one"))
    assert findings(tool, file) == [
        ("0000:03:00.0", "new", "function"), (NIC, "gone", "function")]


def test_a_rom_that_nobody_can_read_now(tool, known, file):
    (known.files / "rom").unlink()
    known.write(rom_status="deferred", rom_sha256="", rom_source="")
    assert findings(tool, file) == [(NIC, "unread", "rom")]
    assert f"shadowbar explain {NIC}" in tool.run("check", "-f", file)[1]


def test_hidden(tool, known, file):
    known.write(rom_bar="zero")
    assert findings(tool, file) == [(NIC, "hidden", "bar")]


def test_hidden_by_norom(tool, start, known, file):
    """Even if hidden when the baseline was made, which reports it, too."""
    start("quiet pci=realloc,norom")
    known.write(rom_bar="zero")
    output = tool.ok("baseline", "-f", file)
    assert f"{NIC}: hidden\n" in output and "pci=norom" in output
    assert findings(tool, file) == [(NIC, "hidden", "norom")]


def test_buses_with_other_numbers(tool, sysfs, start, file, rom):
    """A card is identified by its slot, not by its bus number."""
    slots = sysfs.path / "devices/pci0000:00" / BRIDGE

    def plug(address):
        one = sysfs.add(address, rom_status="captured", rom_bar="programmed")
        one.rom(rom("two"))
        shutil.move(one.path, slots / address)
        one.path.symlink_to(slots / address)
        return slots / address, one.path

    slots.mkdir(parents=True)
    real, link = plug("0000:01:00.0")
    tool.ok("baseline", "-f", file)
    assert json.loads(file.read_text())["functions"][0]["path"] == \
        f"{BRIDGE}/00.0"
    link.unlink()
    shutil.rmtree(real)
    plug("0000:05:00.0")
    assert findings(tool, file, 0) == []


def test_a_host_bridge_below_a_function(tool, sysfs, start, file, rom):
    """VMD: anything above its host bridge is ignored."""
    one = sysfs.add("10000:e1:00.0", rom_status="captured", rom_bar="zero")
    one.rom(rom("two"))
    real = sysfs.path / "devices/pci0000:00/0000:00:0e.0/pci10000:e0" \
        "/10000:e0:06.0/10000:e1:00.0"
    real.parent.mkdir(parents=True)
    shutil.move(one.path, real)
    one.path.symlink_to(real)
    tool.ok("baseline", "-f", file)
    assert json.loads(file.read_text())["functions"][0]["path"] == \
        "10000:e0:06.0/00.0"


@pytest.mark.parametrize("command", ["baseline", "check"])
def test_waits_for_what_is_being_read(tool, known, file, command):
    known.write(rom_status="pending")
    seen = []

    def finish():
        time.sleep(0.3)
        seen.append(1)
        known.write(rom_status="captured")

    thread = threading.Thread(target=finish)
    thread.start()
    tool.ok(command, "-f", file)
    assert seen
    thread.join()
    assert json.loads(file.read_text())["functions"][0]["status"] == "captured"


def test_without_the_module(tool, sysfs, known, file):
    before = files_under(file.parent)
    shutil.rmtree(sysfs.path / "module/shadowbar")
    for command in "baseline", "check":
        code, output, errors = tool.run(command, "-f", file)
        assert (code, output) == (3, "") and "modprobe shadowbar" in errors
    assert files_under(file.parent) == before


def test_without_a_baseline(tool, nic, file):
    code, output, errors = tool.run("check", "-f", file)
    assert (code, output) == (1, "")
    assert "no baseline yet: shadowbar baseline" in errors
    assert not file.exists()


def test_a_rom_that_does_not_fit_its_hash(tool, known, file):
    """Nothing of it is recorded, and the old baseline stays."""
    before = files_under(file.parent)
    known.write(rom_sha256="0" * 64)
    code, _, errors = tool.run("baseline", "-f", file)
    assert code == 1 and "cannot be read" in errors
    assert files_under(file.parent) == before
    assert findings(tool, file) == [(NIC, "changed", "rom")]


@pytest.mark.parametrize("change", [
    lambda text: text[:-20],
    lambda text: "",
    lambda text: "[]",
    lambda text: "{}",
    lambda text: "\0" + text,
    lambda text: text.replace('"format": 1', '"format": 2'),
    lambda text: text.replace('"functions": [', '"functions": {}, "x": ['),
    lambda text: text.replace('"path"', '"pth"'),
    lambda text: text.replace('"address"', '"where"'),
    lambda text: text.replace('"path": "', '"path": "\\u001b'),
    lambda text: text.replace('"path": "', '"path": "' + "x" * 5000),
    lambda text: text.replace('"images": [', '"images": [ 3,'),
    lambda text: "[" * 100000,
])
def test_a_damaged_baseline(tool, known, file, change):
    text = file.read_text()
    assert change(text) != text
    file.write_text(change(text))
    code, output, errors = tool.run("check", "-f", file)
    assert (code, output) == (1, "")
    assert "make a new one with shadowbar baseline" in errors


def test_words_of_the_wrong_kind(tool, known, file):
    """A value of the wrong type is unknown, which is a difference."""
    text = json.loads(file.read_text())
    text["functions"][0].update(sha256=5, size="many", images=None, bar=[])
    file.write_text(json.dumps(text))
    assert findings(tool, file) == [(NIC, "new", "rom")]


def logged(tool, file):
    """What goes to the system log: priority and text of each message."""
    code, _, errors = tool.run(
        "check", "-f", file,
        under=("strace", "-s", "1000", "-e", "trace=connect,sendto", "-e",
               "inject=connect:retval=0", "-e", "inject=sendto:retval=9"))
    assert "/dev/log" in errors
    return code, [(int(level) & 7, text) for level, text in re.findall(
        r'sendto\(\d+, "<(\d+)>[^"]*? shadowbar\[\d+\]: ([^"]*)"', errors)]


def test_the_log(tool, known, file):
    code, said = logged(tool, file)
    assert code == 0
    ((level, text),) = said
    assert level == 5 and "2 functions are as in the baseline" in text
    known.write(rom_bar="zero", rom_changed="yes")
    code, said = logged(tool, file)
    assert code == FOUND
    assert [level for level, _ in said] == [4, 4, 4]
    assert said[0][1].startswith(f"{NIC}: hidden: The device has a ROM")
    assert said[1][1].startswith(f"{NIC}: changed: The device has another ROM")
    assert said[2][1].startswith("2 findings, compared with the baseline of ")
