# SPDX-License-Identifier: GPL-2.0-only
"""Evidence about ROMs: what firmware ran, what changed, what is hidden.

OVMF and a TPM. The first machine is clean, and a baseline of it is recorded.
In the second one, the ROM of one device has a driver that zeroes the ROM BAR
of another before the kernel starts, with pci=norom.
"""
import base64
import gzip
import hashlib
import importlib.machinery
import importlib.util
import json
import re
import struct
import subprocess
import time

import pytest

from harness import (IPXE, PCIEHP, SYSFS, TOP, VM, WITH_PARENT, Failure,
                     images_of, plug, pull)
from tool import PLACE, kernel_with_tool

NIC, VICTIM, HIDER = "0000:00:02.0", "0000:00:04.0", "0000:00:06.0"
CARD = "0000:01:00.0"
FOUND = 6
LSPCI = "/usr/bin/lspci"
BASELINE = "/tmp/baseline.json"
CHANCES = 4


def hiding_rom():
    """A ROM whose driver writes zero to the victim's ROM BAR."""
    loader = importlib.machinery.SourceFileLoader("roms",
                                                  str(TOP / "scripts/roms"))
    roms = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("roms", loader))
    loader.exec_module(roms)
    roms.only_ids = 0x1b36, 0x0005
    rom = roms.image(roms.EFI, 4096)
    slot, number = int(VICTIM[8:10], 16), int(VICTIM[-1])
    register = 0x80000000 | slot << 11 | number << 8 | 0x30
    code = (b"\xb8" + struct.pack("<I", register) +  # mov eax, register
            b"\x66\xba\xf8\x0c\xef"                  # to port cf8
            b"\x66\xba\xfc\x0c\x31\xc0\xef"          # zero to port cfc
            b"\x31\xc0\xc3")                         # return success
    before = roms.EFI_CODE % (0, 0)
    assert rom.count(before) == 1
    at = rom.index(before)
    return rom[:at] + code + rom[at + len(code):]


@pytest.fixture(scope="module")
def tpm(tmp_path_factory):
    """QEMU's arguments for a TPM; this also installs lspci."""
    subprocess.run([TOP / "scripts/setup", "tpm"], check=True)
    running = []

    def start(name):
        state = tmp_path_factory.mktemp(name)
        socket = state / "socket"
        # UEFI hashes everything that it starts, including the initramfs, so
        # use only one bank.
        subprocess.run(["swtpm_setup", "--tpm2", "--tpmstate", state,
                        "--pcr-banks", "sha256"], check=True,
                       stdout=subprocess.DEVNULL)
        running.append(subprocess.Popen(
            [*WITH_PARENT, "swtpm", "socket", "--tpm2", "--tpmstate",
             f"dir={state}", "--ctrl", f"type=unixio,path={socket}"]))
        end = time.monotonic() + 30
        while not socket.exists():
            assert running[-1].poll() is None and time.monotonic() < end
            time.sleep(0.05)
        return ["-chardev", f"socket,id=tpm,path={socket}", "-tpmdev",
                "emulator,id=tpm0,chardev=tpm", "-device",
                "tpm-tis,tpmdev=tpm0"]

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def equipped(kernel, tpm, tmp_path_factory):
    """The kernel with the tool, lspci and systemd-pcrlock."""
    pcrlock = subprocess.run([TOP / "scripts/pcrlock"], text=True, check=True,
                             stdout=subprocess.PIPE).stdout.strip()
    kernel = kernel_with_tool(kernel, tmp_path_factory.mktemp("tool"), LSPCI,
                              trees=[("/pcrlock", pcrlock)])
    # UEFI hashes it, and a smaller one takes less time.
    packed = kernel.initramfs.with_suffix(".gz")
    packed.write_bytes(gzip.compress(kernel.initramfs.read_bytes(), 1))
    kernel.initramfs = packed
    return kernel


def machine(kernel, name, tpm, hider, append):
    devices = [
        "intel-iommu,intremap=off",
        f"e1000,addr=2,romfile={IPXE}/efi-e1000.rom",
        f"edu,addr=4,romfile={kernel.rom('full64k')}",
        f"pci-testdev,addr=6,romfile={hider}",
        "pcie-root-port,id=port1,chassis=1,slot=1,addr=8",
        f"e1000e,bus=port1,id=card,romfile={IPXE}/efi-e1000e.rom",
    ]
    for chance in range(CHANCES, 0, -1):
        try:
            vm = VM(kernel, name, devices, [*PCIEHP, *tpm(name)],
                    append=f"intel_iommu=on {append}", firmware="ovmf",
                    boot_seconds=600)
            break
        except Failure as failure:
            # A TPM exits with its machine, and after a restart there is no
            # TPM.
            if "Failed to connect" not in str(failure) or chance == 1:
                raise
    vm.sh("mount -t securityfs none /sys/kernel/security")
    return vm


def findings(vm, code=FOUND):
    """The findings of check, by function."""
    status, output = vm.ask(f"{PLACE} -j check -f {BASELINE}")
    assert status == code, output
    seen = {}
    for one in json.loads(output)["findings"]:
        seen.setdefault(one["address"], set()).add(
            (one["finding"], one["about"]))
    return seen


@pytest.fixture(scope="module")
def clean(equipped, tpm):
    """The clean machine: its baseline, and the output of lspci."""
    with machine(equipped, "witness-clean", tpm, "", "") as vm:
        lspci = vm.sh(f"{LSPCI} -v -s {VICTIM}")
        vm.load()
        vm.settle()
        text = vm.sh(f"{PLACE} baseline -f {BASELINE} >/dev/null && "
                     f"cat {BASELINE}")
        assert findings(vm, 0) == {}
    return lspci, text


@pytest.fixture(scope="module")
def vm(equipped, tpm, clean, tmp_path_factory):
    hider = tmp_path_factory.mktemp("rom") / "hider.rom"
    hider.write_bytes(hiding_rom())
    packed = base64.b64encode(clean[1].encode()).decode()
    with machine(equipped, "witness-hidden", tpm, hider,
                 "pci=norom ima_policy=critical_data") as vm:
        vm.sh(f"echo {packed} | base64 -d > {BASELINE}")
        vm.before = (vm.sh(f"{LSPCI} -v -s {VICTIM}"),
                     vm.sh(f"sed -n 7p {SYSFS}/{VICTIM}/resource"),
                     vm.ask(f"cd {SYSFS}/{VICTIM} && echo 1 > rom && "
                            "cat rom"), vm.config()[VICTIM])
        vm.load("measure=ima")
        vm.settle()
        yield vm


def test_nobody_sees_it(vm, clean):
    """lspci, the kernel's files, the register: all before the module loads."""
    assert "Expansion ROM at" in clean[0]
    lspci, resource, (status, rom), config = vm.before
    assert "Expansion ROM" not in lspci
    assert resource.split()[:2] == ["0x0000000000000000"] * 2
    assert status, rom
    assert config[0x30:0x34] == bytes(4)


def test_its_bytes(vm):
    shown = vm.show(VICTIM)
    assert (shown["rom_status"], shown["rom_bar"]) == ("captured", "zero")
    vm.compare(VICTIM, "full64k")


def test_check_names_it(vm):
    """Including those hidden by norom alone, which OVMF causes for all."""
    assert findings(vm) == {
        VICTIM: {("hidden", "bar")},
        HIDER: {("new", "rom"), ("hidden", "norom")},
        NIC: {("hidden", "norom")}, CARD: {("hidden", "norom")}}
    status, output = vm.ask(f"{PLACE} check -f {BASELINE}")
    assert status == FOUND
    assert f"{VICTIM}: hidden\n".encode() in output


def log(vm, code):
    status, output = vm.ask(f"{PLACE} -j log")
    assert status == code, output
    return json.loads(output)


def verdicts(view):
    return {one["address"]: (one["verdict"], one["found_in"], one["image"])
            for one in view["events"]}


def test_what_ran(vm):
    """According to the TPM's log, with hashes made by OVMF; the TPM agrees."""
    view = log(vm, 0)
    assert verdicts(view) == {
        NIC: ("ran", NIC, 2), VICTIM: ("ran", VICTIM, 1),
        HIDER: ("ran", HIDER, 1), CARD: ("ran", CARD, 2)}
    assert view["agrees"] is True and view["not_started"] == []


def recognized(vm, directory):
    """Events of PCR 2 that systemd-pcrlock attributes to our component."""
    output = vm.sh("/pcrlock/ld.so --library-path /pcrlock "
                   "/pcrlock/systemd-pcrlock log --no-pager --json=short "
                   f"--components={directory} 2>/dev/null")
    return [one for one in json.loads(output)["log"]
            if one["pcr"] == 2 and "450-option-roms" in json.dumps(one)]


def test_pcrlock(vm):
    """systemd-pcrlock of Debian 13 reads it, and recognises the drivers."""
    vm.sh(f"mkdir -p /tmp/good /tmp/bad; {PLACE} log --pcrlock "
          "/tmp/good/450-option-roms.pcrlock")
    lock = json.loads(vm.sh("cat /tmp/good/*"))
    assert [record["pcr"] for record in lock["records"]] == [2] * 4
    assert [record["digests"] for record in lock["records"]] == [
        one["digests"] for one in log(vm, 0)["events"]]
    assert len(recognized(vm, "/tmp/good")) == 4
    # Control: a different hash is not recognised.
    digest = lock["records"][0]["digests"][-1]["digest"]
    vm.sh(f"sed s/{digest}/{'00' * (len(digest) // 2)}/ /tmp/good/* "
          "> /tmp/bad/450-option-roms.pcrlock")
    assert len(recognized(vm, "/tmp/bad")) < 4


def test_ima(vm):
    """IMA's log has the hashes of the shadows."""
    text = vm.sh("cat /sys/kernel/security/ima/ascii_runtime_measurements")
    seen = dict(re.findall(r"ima-buf sha256:[0-9a-f]+ (\S+) ([0-9a-f]{64})$",
                           text, re.M))
    for address in NIC, VICTIM, HIDER, CARD:
        shown = vm.show(address)
        name = f"{address}/{shown['rom_source']}"
        assert seen[name] == shown["rom_sha256"], text


def test_a_guest_lets_go(vm):
    """The real vfio-pci: read again, unchanged, and reported."""
    assert vm.sh(f"cat {SYSFS}/{NIC}/shadowbar/rom_changed") == "unknown"
    before = vm.sh(f"cat {SYSFS}/{NIC}/shadowbar/rom_sha256")
    event = "/sys/kernel/tracing/events/shadowbar/shadowbar_reread/enable"
    vm.sh(f"rm -f /tmp/told; touch /tmp/told; echo 1 > {event}; uevent sh -c "
          "'[ -z \"$SHADOWBAR_ROM_CHANGED\" ] || echo $ACTION $DEVPATH "
          "$SHADOWBAR_ROM_CHANGED >> /tmp/told' >/dev/null 2>&1 & "
          "echo $! > /tmp/listener")
    vm.until("awk '$2 == 15 && $3 > 0 { n++ } END { exit !n }' "
             "/proc/net/netlink")
    vm.bind(NIC, "vfio-pci")
    assert vm.sh(f"cat {SYSFS}/{NIC}/shadowbar/rom_changed") == "unknown"
    vm.unbind(NIC)
    vm.until(f"grep -qx no {SYSFS}/{NIC}/shadowbar/rom_changed")
    path = vm.sh(f"readlink -f {SYSFS}/{NIC}").removeprefix("/sys")
    vm.until(f"grep -qx 'change {path} no' /tmp/told", timeout=10)
    vm.sh("kill $(cat /tmp/listener)")
    assert f"{NIC} changed=no" in vm.sh("cat /sys/kernel/tracing/trace")
    vm.settle()
    assert vm.sh(f"cat {SYSFS}/{NIC}/shadowbar/rom_sha256") == before
    assert vm.show(NIC)["rom_status"] == "captured"


def test_another_rom_in_the_same_slot(vm):
    """Unplug and plug in another card: check and log report it."""
    pull(vm, "card")
    vm.until(f"! test -e {SYSFS}/{CARD}")
    assert findings(vm)[CARD] == {("gone", "function")}
    # The driver that ran from there is no longer in any ROM of this machine.
    assert verdicts(log(vm, FOUND))[None] == ("unknown", None, None)
    plug(vm, "e1000e", "port1", romfile=str(IPXE / "efi-e1000.rom"))
    vm.until(f"test -e {SYSFS}/{CARD}/shadowbar/rom_sha256")
    vm.settle()
    expected = images_of((IPXE / "efi-e1000.rom").read_bytes())
    assert vm.show(CARD)["rom_sha256"] == hashlib.sha256(expected).hexdigest()
    assert ("changed", "rom") in findings(vm)[CARD]
    # The kernel uses UEFI's own copy, which differs from the chip's contents.
    view = log(vm, FOUND)
    assert verdicts(view) == {
        NIC: ("ran", NIC, 2), VICTIM: ("ran", VICTIM, 1),
        HIDER: ("ran", HIDER, 1), CARD: ("replaced", CARD, 2)}
    assert view["agrees"] is True
    assert [(one["address"], one["image"], one["error"])
            for one in view["not_started"]] == [(CARD, 2, None)]
