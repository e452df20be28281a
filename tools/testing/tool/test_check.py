# SPDX-License-Identifier: GPL-2.0-only
"""check-host: its report on a host, and its exit status."""
import json
import os
import shutil

import pytest

PAGE = os.sysconf("SC_PAGESIZE") // 1024


@pytest.fixture
def host(sysfs):
    """A host that needs no changes."""
    (sysfs.path / "kernel/iommu_groups/0").mkdir(parents=True)
    (sysfs.path / "bus/pci/drivers/vfio-pci").mkdir(parents=True)
    (sysfs.path / "kernel/security").mkdir(parents=True)
    (sysfs.path / "kernel/security/lockdown").write_text(
        "[none] integrity confidentiality\n")
    (sysfs.path / "module/shadowbar/parameters").mkdir()
    (sysfs.path / "module/shadowbar/parameters/serve").write_text("on\n")
    return sysfs


def verdicts(tool, code=0):
    ret, output, errors = tool.run("-j", "check-host")
    assert (ret, errors) == (code, "")
    return {one["check"]: (one["verdict"], one["found"])
            for one in json.loads(output)["checks"]}


def test_a_good_host(tool, host):
    host.add("0000:01:00.0", rom_status="captured", bar0_page="whole")
    assert verdicts(tool) == {
        "module is loaded": ("pass", "version 0.0-test"),
        "module came before drivers": ("pass", "yes"),
        "IOMMU is on": ("pass", "yes"),
        "vfio-pci is there": ("pass", "yes"),
        "pages and small BARs": (
            "pass", f"{PAGE} KiB, 0 BARs that VFIO cannot map"),
        "kernel is not locked down": ("pass", "none"),
        "vfio-pci serves the copy": ("pass", "on")}
    output = tool.ok("check-host")
    assert output.startswith(
        "module is loaded           pass: version 0.0-test\n"
        "module came before drivers pass: yes\n"
        "IOMMU is on                pass: yes\n"
        "vfio-pci is there          pass: yes\n")


def test_what_there_is_to_do(tool, host):
    """Warnings: passthrough works, but something could be better."""
    one = host.add("0000:01:00.0", rom_status="deferred", bar0_page="shared")
    one.bind("nvidia")
    host.add("0000:02:00.0", rom_status="deferred",
             bar1_page="unaligned").bind("r8169")
    shutil.rmtree(host.path / "bus/pci/drivers/vfio-pci")
    (host.path / "kernel/security/lockdown").write_text(
        "none [integrity] confidentiality\n")
    (host.path / "module/shadowbar/parameters/serve").write_text("off\n")
    seen = verdicts(tool)
    assert seen["vfio-pci serves the copy"] == ("warn", "off")
    assert seen["module came before drivers"] == (
        "warn", "0000:01:00.0 (nvidia), 0000:02:00.0 (r8169)")
    assert seen["vfio-pci is there"] == ("warn", "not loaded")
    assert seen["pages and small BARs"] == (
        "warn", f"{PAGE} KiB, 2 BARs that VFIO cannot map")
    assert seen["kernel is not locked down"] == ("warn", "integrity")
    assert """\
vfio-pci is there          warn: not loaded
                                 modprobe vfio-pci
""" in tool.ok("check-host")


def test_what_makes_it_fail(tool, host):
    shutil.rmtree(host.path / "kernel/iommu_groups/0")
    assert verdicts(tool, 1)["IOMMU is on"] == ("fail", "no IOMMU groups")
    shutil.rmtree(host.path / "module/shadowbar")
    seen = verdicts(tool, 1)
    assert seen["module is loaded"] == ("fail", "no")
    assert "module came before drivers" not in seen
    assert tool.run("check-host")[0] == 1


def test_no_lockdown_in_the_kernel(tool, host):
    shutil.rmtree(host.path / "kernel/security")
    assert verdicts(tool)["kernel is not locked down"] == (
        "pass", "no lockdown in this kernel")
