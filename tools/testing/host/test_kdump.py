# SPDX-License-Identifier: GPL-2.0-only
"""The initramfs of a crash kernel does without the module."""
import pathlib
import subprocess

import pytest

PACKAGING = pathlib.Path(__file__).resolve().parents[3] / "packaging"
DRACUT = PACKAGING / "dracut/90shadowbar/module-setup.sh"
HOOK = PACKAGING / "initramfs-tools/hook"


@pytest.mark.parametrize("kdump, status", [("", 0), ("0", 0), ("1", 1)])
def test_dracut(kdump, status):
    """mkdumprd exports IN_KDUMP=1."""
    done = subprocess.run(["bash", "-c", f". {DRACUT}; check"],
                          env={"IN_KDUMP": kdump})
    assert done.returncode == status


@pytest.mark.parametrize("conf, asked", [
    ("/etc/initramfs-tools", True),
    ("/var/lib/kdump/initramfs-tools", False),
])
def test_initramfs_tools(tmp_path, conf, asked):
    """kdump-tools calls mkinitramfs with a directory of its own."""
    functions = tmp_path / "hook-functions"
    functions.write_text('manual_add_modules() { echo "$@"; }\n')
    hook = tmp_path / "hook"
    hook.write_text(HOOK.read_text().replace(
        "/usr/share/initramfs-tools/hook-functions", str(functions)))
    done = subprocess.run(["sh", hook], env={"CONFDIR": conf},
                          stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == (["shadowbar"] if asked else [])
