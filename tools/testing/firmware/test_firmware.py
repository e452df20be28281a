# SPDX-License-Identifier: GPL-2.0-only
"""Firmware starts exactly what shadowbar calls good for it.

SeaBIOS and OVMF run the files of scripts/roms, all in one VM except those
that hang the firmware or use all of its memory.
"""
import importlib.machinery
import importlib.util
import pathlib

import pytest

import machine

TOP = pathlib.Path(__file__).resolve().parents[3]
KIND = {"seabios": "X", "ovmf": "E"}
COLUMN = {"seabios": "SeaBIOS", "ovmf": "OVMF"}
# Position of each firmware's word in "good for"
WORD = {"seabios": 0, "ovmf": 1}
# A ROM of 128 KiB leaves no memory for any other.
ALONE = {"init-beyond"}

# Images that firmware starts although shadowbar calls them broken, and the
# opposite; the page explains why.
STRICTER = {
    "seabios": {"cut", "broken-length-zero-x86"},
    "ovmf": {"cut-second"},
}
# It is marked as compressed, but is not.
LAXER = {"seabios": set(), "ovmf": {"efi-compressed"}}


def rows():
    """The table of generated files, by file."""
    text = (TOP / "Documentation/rom-formats.md").read_text()
    part = text.split("## Made-up files\n", 1)[1].split("\n## ", 1)[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in part.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(lines[0], row)) for row in lines[2:]}


ROWS = rows()


def made_up():
    """The files of scripts/roms, all made for the device of the machine."""
    loader = importlib.machinery.SourceFileLoader("roms",
                                                  str(TOP / "scripts/roms"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("roms", loader))
    loader.exec_module(module)
    module.only_ids = tuple(int(part, 16) for part in machine.IDS.split(":"))
    return module, {name: rom for name, rom, _ in module.roms()}


def run(firmware, names, out):
    """The files of these that start."""
    module, roms = made_up()
    by_mark = dict(zip(machine.devfns(len(names)), names))
    paths = []
    for mark, name in by_mark.items():
        path = out / f"{name}.rom"
        path.write_bytes(module.mark(roms[name], mark))
        paths.append(path)
    return {by_mark[mark] for kind, mark in machine.run(firmware, paths, out)
            if kind == KIND[firmware]}


@pytest.mark.parametrize("firmware", ("seabios", "ovmf"))
def test_starts(firmware, tmp_path):
    column = COLUMN[firmware]
    names = [name for name, row in ROWS.items()
             if row[column] != "hangs" and name not in ALONE]
    assert len(names) > 50
    started = run(firmware, names, tmp_path)
    for name in ALONE:
        (tmp_path / name).mkdir()
        started |= run(firmware, [name], tmp_path / name)
    assert started == {name for name, row in ROWS.items()
                       if row[column] == "starts"}


@pytest.mark.parametrize("firmware", ("seabios", "ovmf"))
def test_good_is_what_starts(firmware):
    """The table is consistent; test_starts checks that it is true."""
    good = {name for name, row in ROWS.items()
            if row["good for"].split(", ")[WORD[firmware]] == "good"}
    starts = {name for name, row in ROWS.items()
              if row[COLUMN[firmware]] == "starts"}
    assert starts - good == STRICTER[firmware]
    assert good - starts == LAXER[firmware]


def test_hangs_are_not_good():
    for name, row in ROWS.items():
        for firmware, column in COLUMN.items():
            if row[column] == "hangs":
                word = row["good for"].split(", ")[WORD[firmware]]
                assert word in ("hangs", "no-rom"), name
