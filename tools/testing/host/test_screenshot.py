# SPDX-License-Identifier: GPL-2.0-only
"""scripts/screenshot, and the screenshot in the README."""
import subprocess
import xml.etree.ElementTree

from conftest import TOP

DEMO = """[ 92s] and this is how a user sees it:

       # shadowbar list
       ADDRESS       ROM
         <a> & "b"

       BAR 0: whole
       not in the picture
"""


def screenshot(text):
    return subprocess.run([TOP / "scripts/screenshot"], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def texts(picture):
    return [one.text for one in
            xml.etree.ElementTree.fromstring(picture).iter()
            if one.tag.endswith("text")]


def test_what_the_tool_printed():
    done = screenshot(DEMO)
    assert done.returncode == 0, done.stderr
    assert texts(done.stdout) == [
        "# shadowbar list", "ADDRESS       ROM", "  <a> & \"b\""]


def test_something_else():
    done = screenshot("make: *** No rule to make target 'demo'.\n")
    assert done.returncode == 1
    assert done.stderr == ("scripts/screenshot: this is not the output of "
                           "the demo\n")


def test_the_picture():
    """It is small, up to date with the tool, and in the README."""
    path = TOP / "Documentation/demo.svg"
    assert path.stat().st_size < 50_000
    shown = texts(path.read_text())
    assert shown[0] == "# shadowbar list"
    header = (TOP / "tools/shadowbar/list.c").read_text()
    for column in shown[1].split("  "):
        assert not column.strip() or f'"{column.strip()}"' in header, column
    assert "(Documentation/demo.svg)" in (TOP / "README.md").read_text()
