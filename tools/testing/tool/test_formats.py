# SPDX-License-Identifier: GPL-2.0-only
"""parse: check every row of Documentation/rom-formats.md with the tool."""
import re

import pytest

from conftest import DEBIAN_12, ROMS, TOP

DIRECTORY = {
    "ipxe-qemu": "usr/lib/ipxe/qemu",
    "seabios": "usr/share/seabios",
    "qemu-system-data": "usr/share/qemu",
    "ovmf": "usr/share/ovmf",
}


def rows():
    """A file and the page's text about it, for each row of two tables."""
    text = (TOP / "Documentation/rom-formats.md").read_text()
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[1] in DIRECTORY:
            yield DEBIAN_12 / DIRECTORY[cells[1]] / cells[0], cells[3]
        elif len(cells) == 7 and (ROMS / f"{cells[0]}.rom").is_file():
            yield ROMS / f"{cells[0]}.rom", cells[1]


def expected(cell):
    """The verdict, and kind, IDs and length of each image."""
    words = re.match(r"[a-z-]+", cell)[0]
    images = re.findall(r"([a-z0-9-]+)(?:/\w+)? (\w{4}:\w{4}) (\d+)", cell)
    return words, [(kind, ids, int(length)) for kind, ids, length in images]


def test_there_are_rows():
    assert len(list(rows())) >= len(list(ROMS.glob("*.rom"))) + 46


@pytest.mark.parametrize("path, cell", rows(), ids=lambda value: str(value))
def test_parse(tool, path, cell):
    seen = tool.file(path)["contents"]
    verdict, images = expected(cell)
    assert seen["verdict"] == verdict
    assert seen["intact"] == (verdict == "ok")
    assert [(one["type"], f"{one['vendor']}:{one['device']}", one["length"])
            for one in seen["images"]] == images
