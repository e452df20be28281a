# SPDX-License-Identifier: GPL-2.0-only
"""Build the test programs, and the ROMs that they read."""
import json
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[3]
# Where the files of Debian 12 are; set by scripts/host
DEBIAN_12 = pathlib.Path(os.environ.get("SHADOWBAR_DEBIAN_12", "/"))
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def build(out, *sources):
    subprocess.run(
        ["gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
         *SANITIZE, "-Iinclude", "-Itools/shadowbar", "-o", out, *sources],
        cwd=TOP, check=True)
    return out


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The directory of the programs."""
    out = tmp_path_factory.mktemp("programs")
    here = "tools/testing/host"
    logic = ("drivers/shadowbar/rom/rom_file.c",
             "drivers/shadowbar/rom/rom_image.c")
    build(out / "walk", f"{here}/walk.c", "tools/shadowbar/good.c", *logic)
    build(out / "fix", f"{here}/fix.c", "tools/shadowbar/fix.c", *logic)
    build(out / "baseline", f"{here}/baseline.c",
          "tools/shadowbar/baseline_diff.c")
    return out


@pytest.fixture(scope="session")
def walk(programs):
    """The output of rom_image for a file."""
    def run(path):
        done = subprocess.run([programs / "walk", path], text=True,
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)
    return run


@pytest.fixture(scope="session")
def fix(programs):
    """The result of fix_rom(); fails if it found nothing to fix."""
    def run(source, target, ids="-", *options):
        done = subprocess.run(
            [programs / "fix", source, target, ids, *options], text=True,
            stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)
    return run


@pytest.fixture(scope="session")
def roms(tmp_path_factory):
    """The output of scripts/roms."""
    out = tmp_path_factory.mktemp("roms")
    subprocess.run([TOP / "scripts/roms", out], check=True)
    return out
