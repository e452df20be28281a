# SPDX-License-Identifier: GPL-2.0-only
"""export: metrics and labels in the form that their consumers expect."""
import hashlib
import os
import re
import shutil
import subprocess

import pytest

NIC, CARD, TWIN = "0000:01:00.0", "0000:02:00.0", "0000:03:00.0"
PROMTOOL = os.environ.get("SHADOWBAR_PROMTOOL", "promtool")


@pytest.fixture
def machine(tool, sysfs, rom, tmp_path):
    """Two identical cards, and a third without a ROM."""
    nic = sysfs.add(NIC, rom_status="captured", rom_bar="programmed",
                    rom_changed="unknown", bar0_page="exclusive",
                    bar1_page="shared")
    nic.rom(rom("two"))
    sysfs.add(CARD, device=0x1572, rom_status="failed", rom_bar="all-ones",
              rom_changed="unknown", bar0_page="unaligned")
    twin = sysfs.add(TWIN, rom_status="captured", rom_bar="zero",
                     rom_changed="no")
    twin.rom(rom("one"))
    sysfs.add("0000:04:00.0", device=0x10, rom_status="none",
              rom_bar="absent", rom_changed="unknown")
    words = tool.words
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text("quiet\n")
    tool.words = lambda *more: words("--proc", tmp_path / "proc", *more)
    return nic


@pytest.fixture
def file(tmp_path):
    return tmp_path / "baseline.json"


def metrics(tool, *words):
    """Values by name and labels, accepted by promtool."""
    text = tool.ok("export", "--prometheus", *words)
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=text,
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, "")
    return dict(line.rsplit(" ", 1) for line in text.splitlines()
                if not line.startswith("#"))


def test_promtool_finds_what_is_wrong():
    """Negative control."""
    done = subprocess.run([PROMTOOL, "check", "metrics"], input="a_b{ 1\n",
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode


def test_metrics(tool, machine, rom, tmp_path):
    digest = hashlib.sha256(rom("two")).hexdigest()
    seen = metrics(tool)
    version = tool.json("version")
    assert seen[f'shadowbar_build_info{{tool="{version["tool"]}",'
                f'module="{version["module"]}"}}'] == "1"
    assert seen[f'shadowbar_rom_info{{address="{NIC}",path="{NIC}",'
                'vendor="8086",device="100e",class="0200",status="captured",'
                f'bar="programmed",source="in-place",sha256="{digest}"}}'] \
        == "1"
    assert [key for key in seen if key.startswith("shadowbar_rom_info")
            and "0000:04:00.0" in key] == []
    assert {key: value for key, value in seen.items()
            if key.startswith("shadowbar_rom_size")} == {
        f'shadowbar_rom_size_bytes{{address="{NIC}"}}': str(len(rom("two"))),
        f'shadowbar_rom_size_bytes{{address="{TWIN}"}}': str(len(rom("one")))}
    assert {key: value for key, value in seen.items()
            if key.startswith("shadowbar_rom_changed")} == {
        f'shadowbar_rom_changed{{address="{TWIN}"}}': "0"}
    bars = {key[len('shadowbar_bars{page="'):-2]: value
            for key, value in seen.items() if key.startswith("shadowbar_bars")}
    assert bars == {"whole": "0", "exclusive": "1", "unpadded": "0",
                    "shared": "1", "unaligned": "1", "unassigned": "0"}


def test_metrics_of_findings(tool, machine, file):
    tool.ok("baseline", "-f", file)
    seen = metrics(tool, "--file", file)
    found = {key[len('shadowbar_findings{finding="'):-2]: value
             for key, value in seen.items()
             if key.startswith("shadowbar_findings")}
    assert found == dict.fromkeys(("new", "gone", "changed", "hidden",
                                   "unread"), "0")
    assert int(seen["shadowbar_baseline_timestamp_seconds"]) == int(
        subprocess.run(["date", "-u", "+%s", "-d", re.search(
            r'"written": *"([^"]*)"', file.read_text())[1]],
            stdout=subprocess.PIPE, check=True).stdout)
    machine.write(rom_bar="zero", rom_changed="yes")
    seen = metrics(tool, "--file", file)
    assert seen['shadowbar_findings{finding="hidden"}'] == "1"
    assert seen['shadowbar_findings{finding="changed"}'] == "1"
    assert seen[f'shadowbar_rom_changed{{address="{NIC}"}}'] == "1"


def test_without_a_baseline(tool, machine, file):
    if not os.path.exists("/var/lib/shadowbar/baseline.json"):
        assert not any("findings" in key for key in metrics(tool))
        assert "findings" not in tool.ok("export", "--nfd")
    code, output, errors = tool.run("export", "--nfd", "-f", file)
    assert (code, output) == (1, "") and "no baseline yet" in errors


def labels(tool, *words):
    """Labels by name, all valid for Kubernetes."""
    seen = {}
    for line in tool.ok("export", "--nfd", *words).splitlines():
        name, value = line.split("=")
        for word in name, value:
            assert re.fullmatch("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}"
                                "[A-Za-z0-9])?", word), line
        assert name not in seen
        seen[name] = value
    return seen


def test_labels(tool, machine, file):
    tool.ok("baseline", "-f", file)
    assert labels(tool, "-f", file) == {
        "shadowbar-module.version": "0.0-test",
        "shadowbar-rom-0200_8086_100e.present": "true",
        "shadowbar-rom.changed": "false", "shadowbar-bar.unmappable": "2",
        "shadowbar-baseline.findings": "0"}
    machine.write(rom_changed="gone")
    seen = labels(tool, "-f", file)
    assert seen["shadowbar-rom.changed"] == "true"
    assert seen["shadowbar-baseline.findings"] == "1"


@pytest.mark.parametrize("version, label", [
    ("1.0+dirty (x)", "1.0-dirty--x"), ("-1.0-", "1.0"), ("x" * 99, "x" * 63)])
def test_strange_versions(tool, sysfs, machine, version, label):
    (sysfs.path / "module/shadowbar/version").write_text(version + "\n")
    assert labels(tool)["shadowbar-module.version"] == label


def test_strange_values(tool, sysfs, machine):
    """Characters that would end a label's value are escaped."""
    (sysfs.path / "module/shadowbar/version").write_text('a"b\\c\nx\n')
    assert any(r'module="a\"b\\c\nx"' in key for key in metrics(tool))


def test_into_a_file(tool, machine, tmp_path):
    assert tool.ok("export", "-m", "-o", tmp_path / "x.prom") == ""
    assert (tmp_path / "x.prom").read_text() == tool.ok("export", "-m")
    assert tool.json("export", "-n", "-o", tmp_path / "x")["command"] == \
        "export"


@pytest.mark.parametrize("words", [[], ["-m", "-n"], ["-m", "x"],
                                   ["-j", "-m"]])
def test_usage(tool, machine, words):
    assert tool.run("export", *words)[0] == 2


def test_without_the_module(tool, sysfs, machine, tmp_path):
    shutil.rmtree(sysfs.path / "module/shadowbar")
    assert tool.run("export", "-m", "-o", tmp_path / "x")[0] == 3
    assert not (tmp_path / "x").exists()
