# SPDX-License-Identifier: GPL-2.0-only
"""The messages of the programs that start virtual machines when something
fails: sentences, with the path of the log.
"""
import os
import subprocess
import sys

import pytest

from conftest import TOP

PRELUDE = """
import json, pathlib, sys, types
import harness
harness.LOGS = pathlib.Path(sys.argv[1])
kernel = types.SimpleNamespace(
    series="6.12", arch="x86", page_size=4096, vmlinuz="vmlinuz",
    initramfs="initramfs")
"""
ROMFILE = "-device e1000: failed to find romfile"


@pytest.fixture
def fails(tmp_path):
    """Run a body under run_as(); return the message and the log."""
    qemu = tmp_path / "qemu-system-x86_64"
    qemu.write_text(f"#!/bin/sh\necho 'qemu: {ROMFILE}' >&2\nexit 1\n")
    qemu.chmod(0o755)

    def run(body):
        script = f"{PRELUDE}\ndef main():\n    {body}\n" \
                 "harness.run_as('demo', main)\n"
        done = subprocess.run(
            [sys.executable, "-c", script, tmp_path], text=True,
            env=os.environ | {"PYTHONPATH": str(TOP / "tools/testing/vm"),
                              "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout
        *said, last = done.stdout.splitlines()
        assert last == f"The log is {tmp_path}/demo.log"
        assert "Traceback" in (tmp_path / "demo.log").read_text()
        return said
    return run


@pytest.mark.parametrize("body, sentence", [
    ("raise harness.Failure('no EIO.')", "demo: no EIO."),
    ("pathlib.Path('/no/such.rom').read_bytes()",
     "demo: /no/such.rom cannot be used: No such file or directory."),
    ("json.loads('nonsense')",
     "demo: it does not know what to do about this: Expecting value: line 1 "
     "column 1 (char 0)."),
    ("harness.run(harness.TOP / 'scripts/kernel', 'nonsense')",
     "demo: scripts/kernel nonsense failed; what it said is above."),
])
def test_sentences(fails, body, sentence):
    assert fails(body)[-1] == sentence


def test_qemu_does_not_start(fails):
    said = fails("harness.VM(kernel, 'demo')")
    assert said == ["demo: the virtual machine did not start: QEMU ended "
                    "with 1.", "QEMU said:", f"    qemu: {ROMFILE}"]
