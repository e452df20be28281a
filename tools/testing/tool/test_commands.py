# SPDX-License-Identifier: GPL-2.0-only
"""Run the commands from the documentation on a fake machine."""
import os
import re
import shlex
import subprocess

import pytest

import fakesys
from conftest import TOP, Tool

PAGES = [TOP / f"{name}.md" for name in ("README", "SUPPORT", "CONTRIBUTING")]
PAGES += sorted((TOP / "Documentation").glob("*.md"))
# A line of a code block, with or without a prompt
SHOWN = re.compile(r"^    (?:[#$] )?((?:tools/shadowbar/)?shadowbar .*)$",
                   re.M)
# In a sentence, where arguments may be left out
NAMED = re.compile(r"`shadowbar ([a-z][a-z-]*)(?=[\s`])([^`=:]*)`")
PARAMETER = re.compile(r"(?:options shadowbar|[\s`]shadowbar\.)(.*)")
# Placeholders, and their values here
WORDS = {"ADDRESS": "01:00.0", "<address>": "01:00.0", "FILE": "card.rom"}

# Exit codes other than 0: for what this machine lacks
CODES = {
    "check-host": {1},      # no vfio-pci, no IOMMU
    "igd-rom": {4},         # firmware left no driver
    "log": {1},             # no TPM
    "trust": {4},           # the ROM has no EFI image
}


@pytest.fixture
def reader(tmp_path, rom):
    """Run a line as a reader would; return its exit code and errors."""
    sysfs = fakesys.Sysfs(tmp_path)
    data = rom("smallest")
    for address, vendor, class_code in (
            ("0000:01:00.0", 0x1234, fakesys.DISPLAY),
            ("0000:00:02.0", 0x8086, fakesys.DISPLAY),
            ("0000:03:00.0", 0x1234, fakesys.NETWORK)):
        function = sysfs.add(
            address, class_code=class_code, vendor=vendor, device=0x5678,
            rom_status="captured", rom_reason="read", rom_bar="all-ones",
            rom_served="no", decode="on", bar1_page="shared",
            bar1_reason="a neighbour")
        function.rom(data)
        for name in "capture", "bar1_isolate":
            sysfs.when(function.files / name)
    tool = Tool(sysfs)
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin/shadowbar"
    wrapper.write_text(
        "#!/bin/sh\n"
        "command=$1\n"
        "case $command in\n"
        f"install) set -- \"$@\" --root '{tmp_path}' ;;\n"
        f"baseline|check|export) set -- \"$@\" --file '{tmp_path}/base' ;;\n"
        "esac\n"
        f"exec {shlex.join(tool.words())} \"$@\"\n")
    wrapper.chmod(0o755)
    for folder in ("usr/share/kvm", "var/lib/pcrlock.d",
                   "var/lib/prometheus/node-exporter"):
        (tmp_path / folder).mkdir(parents=True)
    for name in "card.rom", "usr/share/kvm/card.rom":
        (tmp_path / name).write_bytes(data)

    def run(line):
        line = line.replace("tools/shadowbar/", "")
        for word, here in WORDS.items():
            line = line.replace(word, here)
        line = re.sub(r"(?<=\s)/(usr|var)/", rf"{tmp_path}/\1/", line)
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=60,
            env={**tool.environment,
                 "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
        return done.returncode, done.stderr

    yield run
    sysfs.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_shown_runs(page, reader):
    for line in SHOWN.findall(page.read_text()):
        code, errors = reader(line)
        print(page.name, line, code, errors)
        command = line.split()[1]
        assert code in CODES.get(command, {0}), (line, code, errors)
        assert "usage:" not in errors, line


def test_there_is_something_to_run():
    lines = {line.split()[1] for page in PAGES
             for line in SHOWN.findall(page.read_text())}
    assert {"list", "explain", "install", "capture", "trust"} <= lines


def test_what_is_named_is_there(tool):
    commands = tool.commands()
    for page in PAGES:
        for command, rest in NAMED.findall(page.read_text()):
            assert command in commands, (page.name, command)
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in tool.ok("help", command), \
                    (page.name, command, option)


def test_parameters_are_there():
    known = set(re.findall(r"^module_param_named\((\w+)", (
        TOP / "drivers/shadowbar/main.c").read_text(), re.M))
    count = 0
    for page in PAGES:
        for rest in PARAMETER.findall(page.read_text()):
            for name in re.findall(r"(?:^|\s)(\w+)=", rest):
                count += 1
                assert name in known, (page.name, name)
    assert count > 5
