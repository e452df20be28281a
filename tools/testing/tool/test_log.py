# SPDX-License-Identifier: GPL-2.0-only
"""log: the TPM's event log, matched with the ROMs."""
import json
import re
import shutil
import struct

import pytest

import tpmlog
from conftest import DEBIAN_12
from tpmlog import SHA1, SHA256, SHA384, Log, file_path, part, pci, root

IPXE = DEBIAN_12 / "usr/lib/ipxe/qemu"
NIC, OTHER = "0000:00:03.0", "0000:00:04.0"
FOUND = 6
ALIEN = bytes(range(32))


@pytest.fixture
def nic(sysfs):
    one = sysfs.add(NIC, rom_status="captured", rom_bar="all-ones")
    one.rom((IPXE / "efi-e1000.rom").read_bytes())
    return one


@pytest.fixture
def other(sysfs):
    one = sysfs.add(OTHER, rom_status="captured", rom_bar="all-ones")
    one.rom((IPXE / "efi-virtio.rom").read_bytes())
    return one


@pytest.fixture
def digest(tool):
    """The hash that firmware measures for the driver in a function's ROM."""
    def of(address):
        text = json.loads(tool.ok("baseline", "-f", "-"))
        (found,) = [one["authenticode"] for function in text["functions"]
                    for one in function["images"]
                    if function["address"] == address and one["authenticode"]]
        return bytes.fromhex(found)
    return of


@pytest.fixture
def leave(sysfs):
    """Set the log that firmware left, and the TPM's registers."""
    def run(log, pcr2=None):
        path = sysfs.path / "kernel/security/tpm0"
        path.mkdir(parents=True, exist_ok=True)
        (path / "binary_bios_measurements").write_bytes(log.data)
        registers = sysfs.path / "class/tpm/tpm0/pcr-sha256"
        registers.mkdir(parents=True, exist_ok=True)
        (registers / "2").write_text((pcr2 or log.pcr2).hex().upper() + "\n")
    return run


def seen(tool, code=0, *words):
    ret, output, errors = tool.run("-j", "log", *words)
    assert (ret, errors) == (code, "")
    return json.loads(output)


def verdicts(view):
    return [(one["verdict"], one["address"], one["found_in"], one["image"])
            for one in view["events"]]


IN_ROM = (root(), pci(3), part(0x400, 0x7fff))


def test_what_ran(tool, nic, other, digest, leave):
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    view = seen(tool)
    assert verdicts(view) == [("ran", NIC, NIC, 2)]
    (one,) = view["events"]
    assert one["event"] == 4 and one["runtime"] is False
    assert (one["path"], one["source"]) == (NIC, "in-place")
    assert one["device_path"] == \
        "PciRoot(0x0)/Pci(0x3,0x0)/Offset(0x400,0x7fff)"
    assert [entry["hashAlg"] for entry in one["digests"]] == ["sha1", "sha256"]
    assert one["digests"][1]["digest"] == digest(NIC).hex()
    assert (view["bank"], view["agrees"]) == ("sha256", True)
    (idle,) = view["not_started"]
    assert (idle["address"], idle["image"]) == (OTHER, 2)
    assert idle["digest"] == digest(OTHER).hex()


def test_in_words(tool, nic, other, digest, leave):
    log = tpmlog.usual(digest(NIC), *IN_ROM)
    leave(log.driver(ALIEN, root(), pci(4)))
    code, output, errors = tool.run("log")
    assert (code, errors) == (FOUND, "")
    lines = output.splitlines()
    assert re.fullmatch(f"4 +{digest(NIC).hex()[:12]} +{NIC} +ran +"
                        f"image 2 of {NIC}", lines[1])
    assert re.fullmatch(f"13 +{ALIEN.hex()[:12]} +{OTHER} +unknown +"
                        f"started from {OTHER}, and not in its ROM now",
                        lines[2])
    assert lines[4:6] == ["Not started:", f"  {OTHER} image 2 (in-place)"]
    assert lines[7] == ("2 drivers started, 1 of them from the ROMs of this "
                        "machine, 1 from none of these, 0 from a ROM that was "
                        "not read")
    assert lines[8] == "The log agrees with PCR 2 of the TPM."


def test_a_rom_that_was_swapped(tool, nic, digest, leave):
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    nic.rom((IPXE / "efi-virtio.rom").read_bytes())
    view = seen(tool, FOUND)
    assert verdicts(view) == [("unknown", NIC, None, None)]
    assert "not in its ROM now" in view["events"][0]["words"]


def test_another_copy_of_the_rom(tool, nic, digest, leave):
    """UEFI's copy identifies an image that the ROM BAR no longer has."""
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    nic.other("platform", (IPXE / "efi-e1000.rom").read_bytes())
    assert verdicts(seen(tool)) == [("ran", NIC, NIC, 2)]
    nic.rom((IPXE / "efi-virtio.rom").read_bytes())
    view = seen(tool, FOUND)
    assert verdicts(view) == [("replaced", NIC, NIC, 2)]
    assert view["events"][0]["source"] == "platform"
    assert "not in its ROM now" in view["events"][0]["words"]


def test_a_copy_alone(tool, sysfs, digest, leave):
    """If the ROM BAR gave nothing, only a copy exists."""
    one = sysfs.add(NIC, rom_status="captured")
    one.rom((IPXE / "efi-e1000.rom").read_bytes(), source="vfct")
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    assert verdicts(seen(tool)) == [("ran", NIC, NIC, 2)]


def test_a_driver_of_another_slot(tool, nic, other, digest, leave):
    leave(tpmlog.usual(digest(OTHER), *IN_ROM))
    assert verdicts(seen(tool, FOUND)) == [("moved", NIC, OTHER, 2)]


def test_a_slot_where_nothing_is(tool, nic, digest, leave):
    leave(tpmlog.usual(ALIEN, root(), pci(9)))
    view = seen(tool, FOUND)
    assert verdicts(view) == [("unknown", None, None, None)]
    assert view["events"][0]["words"] == \
        "started from a slot where nothing is now"


@pytest.mark.parametrize("nodes", [
    (file_path(),), (root(), pci(3), file_path()), ()])
def test_a_driver_from_elsewhere(tool, nic, leave, nodes):
    """From a disk, behind any controller."""
    leave(tpmlog.usual(ALIEN, *nodes))
    view = seen(tool, FOUND)
    assert verdicts(view) == [("unknown", None, None, None)]
    assert view["events"][0]["words"] == "not from a PCI device"


def test_a_rom_that_was_not_read(tool, nic, digest, leave):
    """The result is unknown, which is not a finding."""
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    shutil.rmtree(nic.files)
    nic.write(rom_status="deferred")
    assert verdicts(seen(tool)) == [("unread", NIC, None, None)]


def test_the_log_and_the_tpm_differ(tool, nic, digest, leave):
    leave(tpmlog.usual(digest(NIC), *IN_ROM), pcr2=ALIEN)
    assert seen(tool, FOUND)["agrees"] is False
    assert "does NOT agree with PCR 2" in tool.run("log")[1]


def test_a_log_from_elsewhere(tool, nic, digest, leave, tmp_path):
    """The state of this TPM is irrelevant to it."""
    log = tpmlog.usual(digest(NIC), *IN_ROM)
    leave(log, pcr2=ALIEN)
    (tmp_path / "log").write_bytes(log.data)
    assert seen(tool, 0, tmp_path / "log")["agrees"] is None
    assert "proves nothing by itself" in tool.ok("log", tmp_path / "log")


def test_identical_cards(tool, sysfs, nic, digest, leave):
    """Each event is assigned to the slot that it names."""
    twin = sysfs.add(OTHER, rom_status="captured")
    twin.rom((IPXE / "efi-e1000.rom").read_bytes())
    sha256 = digest(NIC)
    log = tpmlog.usual(sha256, root(), pci(4), part(0, 1))
    log.driver(sha256, *IN_ROM, kind=tpmlog.RUNTIME_DRIVER)
    leave(log)
    view = seen(tool)
    assert verdicts(view) == [("ran", OTHER, OTHER, 2), ("ran", NIC, NIC, 2)]
    assert [one["runtime"] for one in view["events"]] == [False, True]
    assert view["not_started"] == []


def test_behind_bridges(tool, sysfs, nic, digest, leave):
    """Another host bridge, found by its _UID, and a bridge below it."""
    real = sysfs.path / "devices/pci0000:80/0000:80:01.0/0000:81:00.0"
    real.parent.mkdir(parents=True)
    (sysfs.path / "devices/pci0000:00/firmware_node").mkdir(parents=True)
    (sysfs.path / "devices/pci0000:00/firmware_node/uid").write_text("0\n")
    (sysfs.path / "devices/pci0000:80/firmware_node").mkdir()
    (sysfs.path / "devices/pci0000:80/firmware_node/uid").write_text("7\n")
    one = sysfs.add("0000:81:00.0", rom_status="captured")
    one.rom((IPXE / "efi-virtio.rom").read_bytes())
    shutil.move(one.path, real)
    one.path.symlink_to(real)
    leave(tpmlog.usual(digest("0000:81:00.0"), root(7), pci(1), pci(0)))
    assert verdicts(seen(tool)) == [("ran", "0000:81:00.0", "0000:81:00.0",
                                     2)]


@pytest.mark.parametrize("banks, bank", [
    ((SHA256,), "sha256"), ((SHA384, SHA256, SHA1), "sha256"),
    ((SHA1,), "sha1"), ((SHA384, SHA1), "sha384")])
def test_banks(tool, nic, leave, banks, bank):
    log = Log(banks)
    leave(log.driver(ALIEN, *IN_ROM))
    assert seen(tool, FOUND)["bank"] == bank


def test_pcrlock(tool, nic, digest, leave, tmp_path):
    """Only what came from ROMs still present, in the order of the log."""
    log = tpmlog.usual(digest(NIC), *IN_ROM)
    leave(log.driver(ALIEN, file_path()))
    code, output, errors = tool.run("log", "--pcrlock", tmp_path / "x")
    assert (code, errors) == (FOUND, "") and "drivers started" in output
    digests = tpmlog.digests_of(digest(NIC), (SHA1, SHA256))
    expected = {"records": [{"pcr": 2, "digests": [
        {"hashAlg": "sha1", "digest": digests[SHA1].hex()},
        {"hashAlg": "sha256", "digest": digests[SHA256].hex()}]}]}
    assert json.loads((tmp_path / "x").read_text()) == expected
    code, output, _ = tool.run("log", "-l", "-")
    assert json.loads(output) == expected
    assert tool.run("-j", "log", "-l", "-")[0] == 2


def test_without_a_log(tool, nic):
    code, output, errors = tool.run("log")
    assert (code, output) == (1, "") and "no TPM event log" in errors
    code, _, errors = tool.run("log", "/nonexistent")
    assert code == 1 and "No such file" in errors


def test_without_the_module(tool, sysfs, nic, digest, leave):
    leave(tpmlog.usual(digest(NIC), *IN_ROM))
    shutil.rmtree(sysfs.path / "module/shadowbar")
    assert tool.run("log")[0] == 3


GOOD = tpmlog.usual(ALIEN, *IN_ROM).data
HEAD = len(Log().data)


@pytest.mark.parametrize("data, error", [
    (b"", "it is empty"),
    (b"\0" * 20, "it is cut off"),
    (GOOD[:HEAD + 5], "event 2: it is cut off"),
    (GOOD[:HEAD + 20], "event 2: it is cut off"),
    (GOOD[:-1], "it is cut off"),
    (GOOD[:4] + b"\1" + GOOD[5:], "not in the format of TPM 2.0"),
    (GOOD.replace(b"Event03", b"Event02"), "not in the format of TPM 2.0"),
    (GOOD[:28] + b"\xff\xff\xff\x7f" + GOOD[32:], "it is cut off"),
    (GOOD[:56] + struct.pack("<I", 9) + GOOD[60:], "algorithms is damaged"),
    (GOOD[:56] + struct.pack("<I", 0) + GOOD[60:], "algorithms is damaged"),
    (GOOD[:HEAD + 8] + b"\7" + GOOD[HEAD + 9:], "more digests"),
    (GOOD[:HEAD + 12] + b"\x99" + GOOD[HEAD + 13:], "unknown algorithm"),
])
def test_a_damaged_log(tool, nic, tmp_path, data, error):
    (tmp_path / "log").write_bytes(data)
    code, output, errors = tool.run("log", tmp_path / "log")
    assert (code, output) == (1, "")
    assert error in errors


@pytest.mark.parametrize("data", [
    b"", b"\0" * 31, struct.pack("<QQQQ", 0, 0, 0, 5) + b"abcd",
    struct.pack("<QQQQ", 0, 0, 0, 1 << 63),
    struct.pack("<QQQQ", 0, 0, 0, 6) + b"\1\1\0\0\0\0",
    tpmlog.loaded(root(), *[pci(3)] * 17),
    struct.pack("<QQQQ", 0, 0, 0, 4 * 6 + 12) + root() + b"\1\1\xff\0" * 6])
def test_a_damaged_event(tool, nic, leave, data):
    """It still counts as an event, and is in no ROM."""
    leave(Log().add(2, tpmlog.BOOT_DRIVER, ALIEN, data))
    assert verdicts(seen(tool, FOUND)) == [("unknown", None, None, None)]


def test_zeroes_at_the_end(tool, nic, digest, leave):
    log = tpmlog.usual(digest(NIC), *IN_ROM)
    log.data += bytes(4096)
    leave(log)
    assert len(seen(tool)["events"]) == 1
