# SPDX-License-Identifier: GPL-2.0-only
"""The logic of `shadowbar check`: compare two states of a machine."""
import subprocess

import pytest

SLOT = "0000:00:1c.0/00.0"


@pytest.fixture
def compare(programs, tmp_path):
    """Findings, as words, between lists of functions."""
    def run(before, after, *options):
        path = tmp_path / "lists"
        path.write_text("".join(
            f"{which} {one}\n" for which, all_of in (("before", before),
                                                     ("after", after))
            for one in all_of))
        done = subprocess.run([programs / "baseline", path, *options],
                              text=True, stdout=subprocess.PIPE, check=True,
                              env={"ASAN_OPTIONS": "detect_leaks=0"})
        return done.stdout.splitlines()
    return run


def function(path=SLOT, device="100e", kind="0200", status="captured",
             bar="programmed", sha256="aa", changed="-", images="-"):
    if not sha256:
        sha256, status = "-", "none" if status == "captured" else status
    return f"{path} {device} {kind} {status} {bar} {sha256} {changed} {images}"


NONE = {"sha256": None}
ABSENT = {"sha256": None, "bar": "absent"}


@pytest.mark.parametrize("before, after, expected", [
    # nothing
    ({}, {}, None),
    (NONE, NONE, None),
    (ABSENT, ABSENT, None),
    ({"bar": "zero"}, {"bar": "zero"}, None),
    ({"bar": "zero"}, {"bar": "all-ones"}, None),
    ({"bar": "zero"}, {"bar": "programmed"}, None),
    ({"bar": "all-ones"}, {"bar": "all-ones"}, None),
    # the ROM
    ({}, {"sha256": "bb"}, "changed rom 0"),
    ({"images": "1,2,3"}, {"sha256": "bb", "images": "1,4,3"},
     "changed rom 1"),
    ({"images": "1,2"}, {"sha256": "bb", "images": "1,2,3,4"},
     "changed rom 2"),
    (NONE, {}, "new rom 0"),
    ({"sha256": None, "status": "deferred"}, {}, "new rom 0"),
    ({}, NONE, "gone rom 0"),
    ({}, {"sha256": None, "status": "failed"}, "gone rom 0"),
    ({}, {"sha256": None, "status": "deferred"}, "unread rom 0"),
    ({}, {"sha256": None, "status": "skipped"}, "unread rom 0"),
    ({}, {"sha256": None, "status": "-"}, "unread rom 0"),
    # the device
    ({}, {"device": "1572"}, "changed ids 0"),
    ({}, {"device": "1572", "sha256": "bb"}, "changed ids 0"),
    ({}, {"kind": "0104"}, "changed ids 0"),
    (ABSENT, {"device": "1572", "sha256": None, "bar": "absent"}, None),
    ({}, {"changed": "no"}, None),
    ({}, {"changed": "unknown"}, None),
    ({}, {"changed": "yes"}, "changed device 0"),
    ({}, {"changed": "gone"}, "gone device 0"),
    # hidden ROMs
    ({}, {"bar": "zero"}, "hidden bar 0"),
    ({}, {"bar": "all-ones"}, "hidden bar 0"),
    ({"bar": "overlap"}, {"bar": "zero"}, "hidden bar 0"),
    ({"bar": "outside-window"}, {"bar": "zero"}, "hidden bar 0"),
    ({"bar": "all-ones"}, {"bar": "zero"}, "changed bar 0"),
    # no ROM, nothing to hide; a different device had a different BAR
    (NONE, {"sha256": None, "bar": "zero"}, None),
    ({}, {"device": "1572", "bar": "zero"}, "changed ids 0"),
])
def test_one(compare, before, after, expected):
    found = compare([function(**before)], [function(**after)])
    assert found == ([f"{SLOT} {expected}"] if expected else [])


def test_more_than_one_finding(compare):
    assert compare([function()], [function(sha256="bb", bar="zero",
                                           changed="yes")]) == [
        f"{SLOT} changed rom 0", f"{SLOT} hidden bar 0",
        f"{SLOT} changed device 0"]


@pytest.mark.parametrize("bar, hidden", [
    ("programmed", False), ("overlap", False), ("outside-window", False),
    ("zero", True), ("all-ones", True)])
def test_norom(compare, bar, hidden):
    """With pci=norom, the kernel still shows ROMs that firmware assigned."""
    one = [function(bar=bar)]
    assert compare(one, one, "norom") == (
        [f"{SLOT} hidden norom 0"] if hidden else [])
    assert compare(one, one) == []


def test_zeroed_and_norom(compare):
    """Firmware leaves all ones, so something else hides the ROM."""
    before, after = [function(bar="all-ones")], [function(bar="zero")]
    assert compare(before, after, "norom") == [f"{SLOT} hidden bar 0"]
    assert compare(before, after) == [f"{SLOT} changed bar 0"]


def test_norom_of_what_is_new(compare):
    assert compare([], [function(bar="zero")], "norom") == [
        f"{SLOT} new function 0", f"{SLOT} hidden norom 0"]


def test_who_comes_and_goes(compare):
    """Only functions with a ROM or a ROM BAR matter."""
    here = [function("a"), function("b", **NONE), function("c", **ABSENT)]
    assert compare([], here) == ["a new function 0", "b new function 0"]
    assert compare(here, []) == ["a gone function 0", "b gone function 0"]


def test_the_slot_counts(compare):
    """Not the position in the list."""
    here = [function("a"), function("b", device="1572"),
            function("c", sha256="bb")]
    assert compare(here, here[::-1]) == []


@pytest.mark.parametrize("text, expected", [
    ("quiet pci=norom", 1), ("pci=norom\n", 1), ("pci=realloc,norom quiet", 1),
    ("pci=norom,realloc", 1), ("pci=realloc pci=norom", 1),
    ("", 0), ("quiet", 0), ("norom", 0), ("pci=noromx", 0), ("pci=nonorom", 0),
    ("xpci=norom", 0), ("pci=realloc -- pci=norom", 0), ("pci=", 0),
    ("pci=,,norom", 1)])
def test_command_line(programs, text, expected):
    done = subprocess.run([programs / "baseline", "cmdline", text], text=True,
                          stdout=subprocess.PIPE, check=True)
    assert done.stdout == f"{expected}\n"
