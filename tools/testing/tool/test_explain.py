# SPDX-License-Identifier: GPL-2.0-only
"""explain: its exact output in each situation.

Each situation has a file in explain/ with the expected output. Review it
whenever it changes; SHADOWBAR_WRITE=1 writes the current output.
"""
import os
import pathlib
import re

import pytest

from conftest import TOP
import fakesys

GOLDEN = pathlib.Path(__file__).parent / "explain"
GPU, NIC, IGD = "0000:01:00.0", "0000:03:00.0", "0000:00:02.0"
NVIDIA = dict(vendor=0x10de, device=0x1b80, class_code=fakesys.DISPLAY)
AMD_APU = dict(vendor=0x1002, device=0x1638, class_code=fakesys.DISPLAY)
HBA = dict(vendor=0x1000, device=0x0097, class_code=0x010700)
INTEL = dict(device=0x9bc5, class_code=fakesys.DISPLAY)
AUDIO = 0x040300
READ = "the ROM BAR held all ones; read 62464 bytes, 2 images, in a hole at " \
    "0xc0000000"
SIZED = "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"


def module():
    """All messages of the module, and the rest of its source."""
    return re.sub(r'"\s+"', "", "".join(
        path.read_text() for path in
        [*(TOP / "drivers").rglob("*.c"), *(TOP / "include").rglob("*.h")]))


def sentence(text):
    """Check that a reason of the module contains exactly this text."""
    for clause in re.split("; |, and it ", text):
        assert clause in module() or re.search(r"\d", clause), clause
    return f"the ROM BAR had no address; {text}"


def captured(sysfs, rom, name="two", source="hole", **keys):
    function = sysfs.add(GPU, **{**NVIDIA, **keys}, rom_status="captured",
                         rom_bar="all-ones", rom_reason=READ, decode="on")
    function.rom(rom(name), source)
    return function


def unread(sysfs, text, status="skipped", address=GPU, **keys):
    return sysfs.add(address, **{**NVIDIA, **keys}, rom_status=status,
                     rom_bar="zero", rom_reason=sentence(text), decode="on")


def gpu_with_audio(sysfs, rom):
    captured(sysfs, rom)
    sysfs.add("0000:01:00.1", vendor=0x10de, device=0x10f0, class_code=AUDIO)
    return GPU


def gpu_ids_fit(sysfs, rom):
    captured(sysfs, rom, vendor=0x1234, device=0x5678)
    return GPU


def gpu_served(sysfs, rom):
    captured(sysfs, rom, rom_served="memory")
    return GPU


def gpu_only_bios(sysfs, rom):
    captured(sysfs, rom, "one")
    return GPU


def gpu_only_uefi(sysfs, rom):
    captured(sysfs, rom, "efi-more")
    return GPU


def gpu_changed_copy(sysfs, rom):
    changed = bytearray(rom("two"))
    changed[0x100] ^= 1
    captured(sysfs, rom).other("vga-shadow", bytes(changed))
    return GPU


def gpu_in_use(sysfs, rom):
    unread(sysfs, "not touched, because a driver is bound",
           "deferred").bind("nvidia")
    return GPU


def gpu_held_for_a_guest(sysfs, rom):
    unread(sysfs, "not touched, because a driver is bound",
           "deferred").bind("vfio-pci")
    return GPU


def gpu_resizable(sysfs, rom):
    function = captured(sysfs, rom)
    (function.path / "resource").write_text(
        SIZED + "0x0000004000000000 0x00000043ffffffff 0x000000000014220c\n")
    (function.path / "resource1_resize").write_text("000000000007ff00\n")
    function.write(bar1_page="whole")
    return GPU


def gpu_resizable_without_room(sysfs, rom):
    function = captured(sysfs, rom)
    (function.path / "resource").write_text(
        SIZED + "0x0000000000000000 0x00000003ffffffff 0x000000002014220c\n")
    (function.path / "resource1_resize").write_text("000000000007ff00\n")
    function.write(bar1_page="unassigned", bar1_reason="no room in any window")
    function.bind("vfio-pci")
    return GPU


def gpu_behind_thunderbolt(sysfs, rom):
    function = captured(sysfs, rom)
    (function.path / "resource").write_text(
        "0x0000000000000000 0x0000000000ffffff 0x0000000020040200\n"
        "0x0000000000000000 0x000000000fffffff 0x000000002014220c\n")
    (function.path / "removable").write_text("removable\n")
    function.write(bar0_page="unassigned", bar0_reason="no room in any window",
                   bar1_page="unassigned", bar1_reason="no room in any window")
    return GPU


def apu_vfct(sysfs, rom):
    function = sysfs.add("0000:0c:00.0", **AMD_APU, rom_status="captured",
                         rom_bar="absent", decode="on",
                         rom_reason="it has no ROM BAR; took 62464 bytes, "
                         "2 images, from the ACPI table VFCT")
    function.rom(rom("one"), "vfct")
    sysfs.add("0000:0c:00.1", vendor=0x1002, device=0x1637, class_code=AUDIO)
    return "0c:00.0"


def apu_without_vfct(sysfs, rom):
    sysfs.add("0000:0c:00.0", **AMD_APU, rom_status="none", rom_bar="absent",
              decode="on", rom_reason="it has no ROM BAR")
    return "0c:00.0"


def nic_captured(sysfs, rom):
    function = sysfs.add(NIC, vendor=0x1234, device=0x5678,
                         rom_status="captured", rom_bar="programmed",
                         rom_reason=READ, decode="on", bar1_page="shared",
                         bar1_reason="so is BAR 0 of 0000:03:00.1",
                         bar1_isolate="")
    function.rom(rom("two"))
    return NIC


def nic_that_hangs(sysfs, rom):
    unread(sysfs, "not touched, because reading the ROM of a BCM57810 hangs "
           "the machine; take the ROM from a file", address=NIC,
           vendor=0x14e4, device=0x168e, class_code=fakesys.NETWORK)
    return NIC


def nic_with_a_shared_page(sysfs, rom):
    function = sysfs.add(NIC, rom_status="none", rom_bar="absent", decode="on",
                         rom_reason="it has no ROM BAR", bar0_page="exclusive",
                         bar0_reason="padded", bar1_page="shared",
                         bar1_reason="so is BAR 0 of 0000:03:00.1",
                         bar1_isolate="", bar2_page="unaligned",
                         bar2_reason="starts 512 bytes into its page",
                         bar2_isolate="", bar3_page="unpadded",
                         bar3_reason="vfio-pci is bound", bar4_page="whole")
    function.bind("r8169")
    return NIC


def hba_without_a_chip(sysfs, rom):
    unread(sysfs, "read it at 0xc0000000, and it reads as all ones; no ROM "
           "chip is fitted, or the device needs its driver first", "failed",
           **HBA)
    return GPU


def denied(sysfs, rom):
    unread(sysfs, "not touched, because the deny parameter names it")
    return GPU


def manual(sysfs, rom):
    unread(sysfs, "not read, because the module was loaded with "
           "capture=manual; write 1 to capture")
    return GPU


def asleep(sysfs, rom):
    function = unread(sysfs, "not touched, because it is not in D0")
    (function.path / "power_state").write_text("D3hot\n")
    return GPU


def bridge_closed(sysfs, rom):
    unread(sysfs, "not read, because a bridge above it forwards no memory")
    return GPU


def decoding_off(sysfs, rom):
    unread(sysfs, "not read, because its decoding is off and must stay as it "
           "is").write(decode="off")
    return GPU


def bad_address(sysfs, rom):
    unread(sysfs, "not read, because a BAR with a bad address cannot be moved "
           "out of the way", **HBA)
    return GPU


def no_address(sysfs, rom):
    unread(sysfs, "not read, because no BAR can lend an address and no window "
           "has a hole")
    return GPU


def damaged(sysfs, rom):
    unread(sysfs, "read it at 0xc0000000, and it has no PCIR where its "
           "pointer leads; it is damaged, take the ROM from a file", "failed")
    return GPU


def not_restored(sysfs, rom):
    unread(sysfs, "not touched any more, its registers could not be restored; "
           "power-cycle the machine before it is used", "failed")
    return GPU


def gone(sysfs, rom):
    unread(sysfs, "it stopped answering; check its seat and its power",
           "failed")
    return GPU


def no_memory(sysfs, rom):
    unread(sysfs, "the kernel had no memory for it", "failed")
    return GPU


def pending(sysfs, rom):
    unread(sysfs, "waiting to be read; read this again", "pending")
    return GPU


def virtual(sysfs, rom):
    sysfs.add(NIC, device=0x10ed, rom_status="none", rom_bar="absent",
              rom_reason="a virtual function has no ROM of its own; use that "
              "of its physical function", decode="on")
    return NIC


def nothing_to_keep(sysfs, rom):
    sysfs.add(NIC)
    return NIC


def igd(sysfs, state, opregion=8192, vbt=700, stolen="0x7c000000-0x7fffffff"):
    function = sysfs.add(IGD, **INTEL, rom_status="none", rom_bar="absent",
                         rom_reason="it has no ROM BAR", decode="on",
                         igd_reason="OpRegion 2.1 at 0x7b000000",
                         igd_stolen=stolen, igd_stolen_state=state)
    if opregion:
        (function.files / "igd_opregion").write_bytes(bytes(opregion))
    if vbt:
        (function.files / "igd_vbt").write_bytes(bytes(vbt))
    return IGD


def igd_under_uefi(sysfs, rom):
    (sysfs.path / "firmware/efi").mkdir(parents=True)
    return igd(sysfs, "reserved")


def igd_guarded(sysfs, rom):
    return igd(sysfs, "guarded", vbt=0)


def igd_in_a_guest(sysfs, rom):
    return igd(sysfs, "unset", stolen="")


def igd_allocated(sysfs, rom):
    return igd(sysfs, "allocated")


def igd_conflict(sysfs, rom):
    return igd(sysfs, "conflict")


def igd_without_an_opregion(sysfs, rom):
    return igd(sysfs, "", opregion=0, vbt=0, stolen="")


SITUATIONS = [
    gpu_with_audio, gpu_ids_fit, gpu_served, gpu_only_bios, gpu_only_uefi,
    gpu_changed_copy, gpu_in_use, gpu_held_for_a_guest, gpu_resizable,
    gpu_resizable_without_room, gpu_behind_thunderbolt, apu_vfct,
    apu_without_vfct, nic_captured, nic_that_hangs, nic_with_a_shared_page,
    hba_without_a_chip, denied, manual, asleep, bridge_closed, decoding_off,
    bad_address, no_address, damaged, not_restored, gone, no_memory, pending,
    virtual, nothing_to_keep, igd_under_uefi, igd_guarded, igd_in_a_guest,
    igd_allocated, igd_conflict, igd_without_an_opregion]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_explain(tool, sysfs, rom, situation):
    address = situation(sysfs, rom)
    output = tool.ok("explain", address).replace(str(sysfs.path), "/sys")
    path = GOLDEN / f"{situation.__name__.replace('_', '-')}.txt"
    if os.environ.get("SHADOWBAR_WRITE"):
        path.write_text(output)
    assert output == path.read_text()


def test_every_golden_file_has_a_situation():
    assert {path.stem for path in GOLDEN.iterdir()} == {
        one.__name__.replace("_", "-") for one in SITUATIONS}


def test_a_card_in_vfct_is_no_apu(tool, sysfs, rom):
    """VFCT may have the ROM of a card, too, but that has a chip to read."""
    card = sysfs.add(GPU, **AMD_APU, rom_status="captured", rom_bar="assigned",
                     rom_reason=READ, decode="on")
    card.rom(rom("two"), "vfct")
    assert "AMDGopDriver" in tool.ok("explain", GPU)
    card.rom(rom("two"), "in-place")
    assert "AMDGopDriver" not in tool.ok("explain", GPU)


def test_text_is_folded_and_commands_are_not(tool, sysfs, rom):
    address = gpu_behind_thunderbolt(sysfs, rom)
    for line in tool.ok("explain", address).splitlines():
        assert len(line) <= 78 or line.startswith("    ")


def test_json_has_the_same_in_pieces(tool, sysfs, rom):
    """Programs get commands and text separately, and unwrapped."""
    address = gpu_in_use(sysfs, rom)
    seen = tool.json("explain", address)
    assert [one["address"] for one in seen["functions"]] == [address]
    assert [one["topic"] for one in seen["advice"]] == ["ROM"]
    lines = seen["advice"][0]["lines"]
    commands = [one["text"] for one in lines if one["kind"] == "command"]
    assert commands[0] == (f"echo {GPU} > {sysfs.path}/bus/pci/devices/{GPU}"
                           "/driver/unbind")
    text = tool.ok("explain", address)
    for command in commands:
        assert f"\n    {command}\n" in text
    flat = re.sub(r"\s+", " ", text)
    for one in lines:
        assert re.sub(r" +", " ", one["text"]) in flat


def test_phrases_are_those_of_the_module():
    """The tool recognises reasons by phrases that the module uses."""
    source = (TOP / "tools/shadowbar/explain_rom.c").read_text()
    phrases = re.findall(r'\{ "([^"]+)", CAUSE_', source)
    assert len(phrases) == len(set(phrases)) > 15
    said = module()
    for phrase in phrases:
        assert phrase in said, phrase
