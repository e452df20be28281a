# SPDX-License-Identifier: GPL-2.0-only
"""To add a source, change one place: Documentation/development.md says so."""
import pathlib
import re
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[3]
TABLE = "include/shadowbar/source_table.h"
NAMED_IN = ("Documentation/ABI/testing/sysfs-bus-pci-devices-shadowbar",
            "Documentation/shadowbar.4", "Documentation/design.md",
            "tools/shadowbar/shadowbar.bash-completion",
            "tools/shadowbar/shadowbar.zsh-completion",
            "tools/shadowbar/shadowbar.fish")
ASK = r"""
#include <stdio.h>
#include <shadowbar/choose.h>

int main(void)
{
    struct sb_finding findings[SB_SOURCES] = {};
    unsigned int i;

    /* From the worst to the best: each is chosen once it is there. */
    for (i = SB_SOURCES; --i; ) {
        findings[i] = (struct sb_finding){ .length = 512, .intact = 1 };
        if (sb_choose(findings) != i)
            return 1;
        printf("%s|%d|%s\n", sb_source_name(i), sb_source_is_bar(i),
               sb_source_words(i));
    }
    return 0;
}
"""


def names(tree):
    """The names in the table, best first."""
    return re.findall(r'^SB_SOURCE\(\w+, "([a-z-]+)"',
                      (tree / TABLE).read_text(), re.M)


def undocumented(tree):
    return {(name, page) for name in names(tree) for page in NAMED_IN
            if not re.search(rf"(?<![\w-]){name}(?![\w-])",
                             (tree / page).read_text().replace("\\", ""))}


def sources(tree, out):
    """What the logic reports for each source, best first."""
    logic = (tree / "drivers/shadowbar/rom" / f"{name}.c"
             for name in ("choose", "rom_image", "source"))
    (out / "ask.c").write_text(ASK)
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror",
                    f"-I{tree}/include", "-o", out / "ask", out / "ask.c",
                    *logic], check=True)
    said = subprocess.run([out / "ask"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return [line.split("|") for line in reversed(said.splitlines())]


def test_every_source_is_documented():
    assert len(names(TOP)) > 6
    assert not undocumented(TOP)


def test_compiler_asks_for_a_reader():
    """With a default case it would not."""
    source = (TOP / "drivers/shadowbar/rom/sources.c").read_text()
    switch = re.search(r"switch \(source\) \{\n(.*?)\n\t\}", source, re.S)[1]
    assert "default:" not in switch
    assert switch.count("case SB_SOURCE_") == len(names(TOP)) + 1


def test_a_long_name_is_refused(tmp_path):
    """Buffers for names have room for the longest existing one."""
    shutil.copytree(TOP / "include", tmp_path / "include")
    table = tmp_path / TABLE
    text = table.read_text()

    def compiles(name):
        table.write_text(text.replace('"hole"', f'"{name}"'))
        return not subprocess.run(
            ["gcc", "-std=gnu11", f"-I{tmp_path}/include", "-c", "-o",
             tmp_path / "source.o", TOP / "drivers/shadowbar/rom/source.c"],
            stderr=subprocess.DEVNULL).returncode
    longest = max(map(len, names(TOP)))
    assert compiles("x" * longest)
    assert not compiles("x" * (longest + 1))


def test_steps_are_followed(tmp_path):
    """With one row the logic knows it; then the pages lack its name."""
    for part in ("include", "drivers", "Documentation", "tools/shadowbar"):
        shutil.copytree(TOP / part, tmp_path / part, symlinks=True)
    table = tmp_path / TABLE
    text = table.read_text()
    row = 'SB_SOURCE(TEST, "test-copy", false, "from a test")\n\n'
    before = text.rindex("/*", 0, text.index("SB_SOURCE(ACPI_ROM"))
    table.write_text(text[:before] + row + text[before:])

    said = sources(tmp_path, tmp_path)
    assert [name for name, _, _ in said] == names(tmp_path)
    at = names(tmp_path).index("test-copy")
    assert said[at] == ["test-copy", "0", "from a test"]
    assert [name for name in names(tmp_path) if name != "test-copy"] == \
        names(TOP)
    assert undocumented(tmp_path) == {("test-copy", page)
                                      for page in NAMED_IN}
    # And the steps name each of these pages.
    steps = (TOP / "Documentation/development.md").read_text().partition(
        "## Add a source")[2].partition("\n## ")[0]
    for word in (TABLE, "read_all()", "sources_test.c", "reason_test.c",
                 "ABI/testing", "shadowbar(4)", "completions", "design.md",
                 "test_sources.py"):
        assert word in steps, word
