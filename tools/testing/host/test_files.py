# SPDX-License-Identifier: GPL-2.0-only
"""Every ROM file gets the verdict given in Documentation/rom-formats.md."""
import re

import pytest

from conftest import DEBIAN_12, TOP

# Where the packages have files that are ROMs, or look like ROMs.
PACKAGES = (
    ("ipxe-qemu", "usr/lib/ipxe/qemu", "*.rom"),
    ("seabios", "usr/share/seabios", "*.bin"),
    ("qemu-system-data", "usr/share/qemu", "*.bin"),
    ("qemu-system-data", "usr/share/qemu", "*.rom"),
    ("ovmf", "usr/share/ovmf", "*.fd"),
)
DIRECTORY = {package: directory for package, directory, _ in PACKAGES}


def table(heading):
    """Rows of the table below a heading, without the line of dashes."""
    text = (TOP / "Documentation/rom-formats.md").read_text()
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in part.splitlines() if line.startswith("|")]
    return [dict(zip(rows[0], row)) for row in rows[2:]]


def describe(found):
    """One line with everything that matters about a file."""
    text = found["verdict"]
    if found["fault"]:
        text += f", image {found['fault']}"
    if found["header"]:
        text += f", after {found['header']} bytes"
    if found["images"]:
        text += ": " + " + ".join(map(describe_image, found["images"]))
    if found["after"]:
        text += f" + images of {found['after']} bytes after the last"
    if found["missing"]:
        text += f", {found['missing']} bytes missing"
    if found["images"] and found["trailing"]:
        text += f" + {found['trailing']} bytes"
        if found["trailing"] != found["trailing_data"]:
            text += f", {found['trailing_data']} of them data"
    return text


def describe_image(image):
    text = image["kind"]
    if "machine" in image:
        text += f"/{image['machine']}"
    if image["kind"] in ("nvidia", "opaque"):
        text += f"/{image['type']:02x}"
    text += f" {image['ids']} {image['length']}"
    for flag, word in (("npde", "NPDE"), ("atom", "ATOM")):
        if image[flag]:
            text += f" {word}"
    if image["signature"] != 0xaa55:
        text += f" {image['signature']:04x}"
    if image.get("compression"):
        text += " compressed"
    if not image["sum_ok"]:
        text += " bad sum"
    others = [nr for nr in image["devices"] if nr not in image["ids"]]
    if others:
        text += f" and {', '.join(others)}"
    return text


def describe_good(found):
    """What can use it: SeaBIOS, OVMF, the card's driver."""
    return ", ".join(found["good"].values())


@pytest.mark.parametrize("row", table("Debian's files"),
                         ids=lambda row: row["file"])
def test_debian(row, walk):
    path = DEBIAN_12 / DIRECTORY[row["package"]] / row["file"]
    assert path.is_file(), f"install {row['package']}"
    found = walk(path)
    assert found["size"] == int(row["bytes"])
    assert describe(found) == row["shadowbar"]


def test_debian_is_complete():
    """A new file in a package needs a new row."""
    named = {(row["package"], row["file"])
             for row in table("Debian's files")}
    there = {(package, path.name) for package, directory, pattern in PACKAGES
             for path in (DEBIAN_12 / directory).glob(pattern)}
    assert there == named


@pytest.mark.parametrize("row", table("Made-up files"),
                         ids=lambda row: row["file"])
def test_made_up(row, walk, roms):
    found = walk(roms / f"{row['file']}.rom")
    assert describe(found) == row["shadowbar"]
    assert describe_good(found) == row["good for"]


def test_made_up_is_complete(roms):
    """Every format that scripts/roms generates is in the table."""
    named = {row["file"] for row in table("Made-up files")}
    assert {path.stem for path in roms.glob("*.rom")} == named


def test_shadows(walk, roms):
    """The shadow from scripts/roms is as long as the chain."""
    for rom in sorted(roms.glob("*.rom")):
        shadow = roms / f"{rom.stem}.shadow"
        found = walk(rom)
        # The search for a full dump's header is for files only.
        kept = 0 if found["header"] else found["length"]
        assert kept == (shadow.stat().st_size if shadow.exists() else 0), rom
        if kept:
            assert shadow.read_bytes() == rom.read_bytes()[:kept]


def test_good_is_explained():
    """The page explains every word of the column by its name."""
    source = (TOP / "tools/shadowbar/good.c").read_text()
    names = re.findall(r'\[SB_(?:GOOD|BAD)\w*\] = \{\s*"([a-z-]+)"', source)
    assert len(names) > 15
    assert [row["word"].strip("`") for row in table("Good for")] == names


def test_contents_are_explained():
    source = (TOP / "drivers/shadowbar/rom/rom_file.c").read_text()
    names = re.findall(r'\[SB_CONTENT_\w+\] = \{\s*"([a-z-]+)"', source)
    assert len(names) > 10
    assert [row["content"].strip("`") for row in table("Contents")] == names


def test_verdicts_are_explained():
    """The page explains every verdict by its name."""
    source = (TOP / "drivers/shadowbar/rom/rom_image.c").read_text()
    names = re.findall(r'\[SB_IMAGE_\w+\] = \{\s*"([a-z-]+)"', source)
    assert [row["verdict"].strip("`") for row in table("Verdicts")] == names


def test_last_bytes(walk, roms, tmp_path):
    """If the chain is cut, exactly the images before the cut are whole."""
    whole = (roms / "nvidia.rom").read_bytes()
    ends = [0]
    for image in walk(roms / "nvidia.rom")["images"]:
        ends.append(ends[-1] + image["length"])
    cut = tmp_path / "cut.rom"
    for number, end in enumerate(ends):
        for size in (end - 1, end, end + 1):
            if not 0 <= size <= len(whole):
                continue
            cut.write_bytes(whole[:size])
            found = walk(cut)
            assert len(found["images"]) == number - (size < end)
            assert (found["verdict"] == "ok") == (size == len(whole))
