# SPDX-License-Identifier: GPL-2.0-only
"""capture and isolate: which files are written, and that it is undone."""
import os
import pathlib
import shutil
import signal
import subprocess
import threading

import pytest

NIC = "0000:01:00.0"
SECONDS = 20


@pytest.fixture
def nic(sysfs):
    return sysfs.add(NIC, rom_status="deferred", rom_reason="as it was before")


class Held:
    """A function that a driver holds for a guest, and a log of actions."""

    def __init__(self, nic, name="vfio-pci"):
        self.nic = nic
        self.done = []
        self.unbind, self.bind = nic.sysfs.driver(name, nic)
        for doer in self.unbind, self.bind:
            self.note(doer)
        if name == "vfio-pci":
            nic.group(7)
            (nic.sysfs.dev / "vfio/7").touch()

    def note(self, doer):
        action = doer.action

        def noted():
            override = (self.nic.path / "driver_override").read_text()
            self.done.append((doer.path.name, override.strip()))
            action()
        doer.action = noted

    def capture(self, action=lambda: None):
        """The module reads the ROM."""
        def read():
            action()
            self.nic.write(rom_reason="read it")
        doer = self.nic.sysfs.when(self.nic.files / "capture", read)
        self.note(doer)
        return doer

    def restored(self):
        return self.nic.driver() and \
            (self.nic.path / "driver_override").read_text() == "\n"


def strace(nic, file, error):
    """Make a write to one of the module's files fail."""
    path = nic.files / file
    path.touch()
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(path),
            "-e", "trace=write", "-e", f"inject=write:error={error}"]


# A function without a driver


def test_capture(tool, sysfs, nic):
    capture = sysfs.when(nic.files / "capture",
                         lambda: nic.write(rom_reason="read it"))
    assert tool.ok("capture", NIC) == f"{NIC}: read it\n"
    assert capture.path.read_text() == "1\n"


def test_capture_all_of_the_rom_bar(tool, sysfs, nic):
    capture = sysfs.when(nic.files / "capture",
                         lambda: nic.write(rom_reason="read it"))
    assert tool.ok("capture", "--whole", NIC) == f"{NIC}: read it\n"
    assert capture.path.read_text() == "whole\n"


@pytest.mark.parametrize("error, code", [
    ("EBUSY", 5), ("ENODEV", 4), ("EPERM", 1), ("EIO", 1)])
def test_capture_fails(tool, nic, error, code):
    got, output, errors = tool.run("capture", NIC,
                                   under=strace(nic, "capture", error))
    assert got == code and output == ""
    assert "not captured" in errors and "as it was before" in errors


def test_an_older_module_cannot_capture(tool, nic):
    code, _, errors = tool.run("capture", NIC)
    assert code == 1 and "No such file" in errors


# A function held by vfio-pci or pci-stub


@pytest.mark.parametrize("name", ["vfio-pci", "pci-stub"])
def test_an_idle_one_is_bound_again(tool, nic, name):
    held = Held(nic, name)
    held.capture()
    assert tool.ok("capture", NIC) == f"{NIC}: read it\n"
    # The override keeps other drivers from binding meanwhile.
    assert held.done == [("unbind", name), ("capture", name), ("bind", name)]
    assert held.unbind.path.read_text() == held.bind.path.read_text() == NIC
    assert (nic.files / "capture").read_text() == "1\n"
    assert nic.driver() == name and held.restored()


def test_an_override_is_what_it_was(tool, nic):
    held = Held(nic)
    held.capture()
    (nic.path / "driver_override").write_text("vfio-pci\n")
    tool.ok("capture", NIC)
    assert (nic.path / "driver_override").read_text().strip() == "vfio-pci"
    assert nic.driver() == "vfio-pci"


def test_bound_again_after_a_failure(tool, nic):
    held = Held(nic)
    code, _, errors = tool.run("capture", NIC,
                               under=strace(nic, "capture", "EIO"))
    assert code == 1 and "not captured" in errors
    assert [what for what, _ in held.done] == ["unbind", "bind"]
    assert nic.driver() == "vfio-pci" and held.restored()


def test_it_cannot_be_unbound(tool, nic):
    held = Held(nic)
    held.unbind.stop()
    nic.sysfs.doers.remove(held.unbind)
    held.unbind.path.unlink()
    held.capture()
    code, _, errors = tool.run("capture", NIC)
    assert code == 1 and "cannot unbind vfio-pci" in errors
    assert held.done == [] and nic.driver() == "vfio-pci"
    assert held.restored()


def test_it_cannot_be_bound_again(tool, nic):
    held = Held(nic)
    held.bind.stop()
    nic.sysfs.doers.remove(held.bind)
    held.bind.path.unlink()
    held.capture()
    code, _, errors = tool.run("capture", NIC)
    assert code == 1 and "NOT bound again" in errors


def test_its_override_cannot_be_put_back(tool, nic):
    held = Held(nic)
    override = nic.path / "driver_override"
    bind = held.bind.action

    def bind_and_break():
        bind()
        override.unlink()
        override.mkdir()
    held.bind.action = bind_and_break
    held.capture()
    code, output, errors = tool.run("capture", NIC)
    assert code == 1 and output == f"{NIC}: read it\n"
    assert 'driver_override is NOT as it was, "(null)": Is a dir' in errors
    assert errors.count("NOT") == 1 and nic.driver() == "vfio-pci"


def test_another_driver_has_it(tool, nic):
    held = Held(nic, "e1000")
    held.capture()
    code, _, errors = tool.run("capture", NIC)
    assert code == 5 and "the driver e1000 is bound" in errors
    assert held.done == [] and nic.driver() == "e1000"
    assert (nic.path / "driver_override").read_text() == "(null)\n"


@pytest.mark.parametrize("name", ["vfio-pci", "pci-stub"])
@pytest.mark.parametrize("enable", ["1", "2", ""])
def test_it_is_in_use(tool, nic, name, enable):
    held = Held(nic, name)
    held.capture()
    (nic.path / "enable").write_text(f"{enable}\n")
    code, _, errors = tool.run("capture", NIC)
    assert code == 5 and "in use" in errors
    assert held.done == [] and nic.driver() == name


def test_its_group_is_in_use(tool, nic):
    held = Held(nic)
    held.capture()
    group = nic.sysfs.dev / "vfio/7"
    code, _, errors = tool.run("capture", NIC, under=[
        "strace", "-f", "-qq", "-o", "/dev/null", "-P", str(group),
        "-e", "trace=openat", "-e", "inject=openat:error=EBUSY"])
    assert code == 5 and "group is in use" in errors
    assert held.done == [] and nic.driver() == "vfio-pci"


def test_its_own_node_is_in_use(tool, nic):
    held = Held(nic)
    held.capture()
    (nic.path / "vfio-dev/vfio3").mkdir(parents=True)
    node = nic.sysfs.dev / "vfio/devices/vfio3"
    node.touch()
    with open(node):
        code, _, errors = tool.run("capture", NIC)
    assert code == 5 and f"process {os.getpid()} has" in errors
    assert held.done == [] and nic.driver() == "vfio-pci"
    tool.ok("capture", NIC)
    assert len(held.done) == 3


def test_without_its_group_it_is_not_touched(tool, nic):
    held = Held(nic)
    held.capture()
    (nic.sysfs.dev / "vfio/7").unlink()
    code, _, errors = tool.run("capture", NIC)
    assert code == 1 and "cannot open its VFIO group" in errors
    assert held.done == []
    (nic.sysfs.dev / "vfio/noiommu-7").touch()
    tool.ok("capture", NIC)
    assert len(held.done) == 3


def test_the_group_is_held_until_the_driver_is_gone(tool, nic):
    held = Held(nic)
    capture = held.capture()
    group = nic.sysfs.dev / "vfio/7"
    seen = []

    def held_by_somebody():
        for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
            try:
                if os.readlink(link) == str(group):
                    return True
            except OSError:
                pass
        return False

    for doer in held.unbind, capture:
        action = doer.action
        doer.action = lambda action=action: (
            seen.append(held_by_somebody()), action())
    tool.ok("capture", NIC)
    assert seen == [True, False]


# Interruptions


class Slow(Held):
    """A capture that lasts until end() is called."""

    def __init__(self, nic):
        super().__init__(nic)
        self.may_end = threading.Event()
        self.reading = self.capture(lambda: self.may_end.wait(SECONDS))

    def wait(self):
        assert self.reading.seen.wait(SECONDS)
        assert self.nic.driver() is None

    def end(self):
        self.may_end.set()

    def bound(self):
        assert self.bind.seen.wait(SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("group", [False, True])
def test_a_signal(tool, nic, number, group):
    slow = Slow(nic)
    process = tool.start("capture", NIC, start_new_session=True)
    slow.wait()
    (os.killpg if group else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == -number, errors
    assert "Interrupted" in errors and "Sanitizer" not in errors
    slow.end()
    assert slow.restored()


@pytest.mark.parametrize("moment", ["unbind", "bind"])
def test_a_signal_while_it_changes_drivers(tool, nic, moment):
    """It goes to the parent and to the child that does the work."""
    slow = Slow(nic)
    slow.end()
    doer = getattr(slow, moment)
    action = doer.action
    started = threading.Event()

    def interrupted():
        started.wait(SECONDS)
        os.kill(child_of(process), signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        action()
    doer.action = interrupted
    process = tool.start("capture", NIC)
    started.set()
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGTERM
    assert "cannot unbind" not in errors and "NOT bound" not in errors
    # The signal may end the capture before the module notices it.
    assert [what for what, _ in slow.done
            if what != "capture"] == ["unbind", "bind"]
    assert slow.restored()


def test_a_signal_that_is_ignored(tool, nic):
    """As under nohup: the capture continues."""
    slow = Slow(nic)
    process = tool.start("capture", NIC, preexec_fn=lambda: signal.signal(
        signal.SIGHUP, signal.SIG_IGN))
    slow.wait()
    process.send_signal(signal.SIGHUP)
    slow.end()
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0 and output == f"{NIC}: read it\n"
    assert slow.restored()


def test_nobody_reads_what_it_says(tool, nic):
    held = Held(nic)
    process = tool.start("capture", NIC)
    process.stdout.close()
    process.stderr.close()
    process.wait(SECONDS)
    assert [what for what, _ in held.done] == ["unbind", "bind"]
    assert held.restored()


def child_of(process):
    path = f"/proc/{process.pid}/task/{process.pid}/children"
    (child,) = pathlib.Path(path).read_text().split()
    return int(child)


def test_the_worker_is_killed(tool, nic):
    slow = Slow(nic)
    process = tool.start("capture", NIC)
    slow.wait()
    os.kill(child_of(process), signal.SIGKILL)
    process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    slow.end()
    assert slow.restored()


@pytest.mark.parametrize("group", [False, True])
def test_the_tool_is_killed(tool, nic, group):
    slow = Slow(nic)
    process = tool.start("capture", NIC, start_new_session=True)
    slow.wait()
    (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
    process.wait(SECONDS)
    assert nic.driver() is None
    slow.end()
    slow.bound()
    # The worker holds the pipes until it ends.
    process.communicate(timeout=SECONDS)
    assert slow.restored()


# isolate


def test_isolate(tool, sysfs, nic):
    nic.write(bar2_page="shared", bar2_reason="so is the BAR of another")
    isolate = sysfs.when(
        nic.files / "bar2_isolate",
        lambda: nic.write(bar2_page="exclusive", bar2_reason="moved"))
    assert tool.ok("isolate", NIC, "2") == f"{NIC} BAR 2: exclusive: moved\n"
    assert isolate.path.read_text() == "1\n"


@pytest.mark.parametrize("error, code", [("EBUSY", 5), ("EIO", 1)])
def test_isolate_is_refused(tool, nic, error, code):
    nic.write(bar0_page="shared", bar0_reason="a driver is bound")
    got, _, errors = tool.run("isolate", NIC, "0",
                              under=strace(nic, "bar0_isolate", error))
    assert got == code
    assert "not moved" in errors and "a driver is bound" in errors


def test_isolate_what_cannot_be(tool, nic):
    code, _, errors = tool.run("isolate", NIC, "0")
    assert code == 3 and "no such memory BAR" in errors
    nic.write(bar0_page="shared")
    code, _, errors = tool.run("isolate", NIC, "0")
    assert code == 1 and "this module cannot move it" in errors


class Pages:
    """A function with two BARs to move, and one that stays."""

    def __init__(self, function, *numbers):
        self.moved = []
        function.write(bar0_page="exclusive", bar0_reason="alone",
                       bar0_isolate="")
        for number in numbers:
            function.write(**{f"bar{number}_page": "shared",
                              f"bar{number}_reason": "two are in it"})
            function.sysfs.when(function.files / f"bar{number}_isolate",
                                lambda n=number: self.move(function, n))

    def move(self, function, number):
        self.moved.append(number)
        function.write(**{f"bar{number}_page": "exclusive",
                          f"bar{number}_reason": "moved"})


def test_isolate_all_bars(tool, nic):
    """Start from the last: the first BAR of a page may stay."""
    pages = Pages(nic, 1, 4)
    output = tool.ok("isolate", NIC)
    assert output == (f"{NIC} BAR 4: exclusive: moved\n"
                      f"{NIC} BAR 1: exclusive: moved\n")
    assert pages.moved == [4, 1]
    assert "nothing to do" in tool.ok("isolate", NIC)
    assert pages.moved == [4, 1]


@pytest.mark.parametrize("words", [[NIC], [NIC, "1"], ["--all"]])
def test_isolate_what_is_held(tool, nic, words):
    """An idle vfio-pci is unbound and bound again."""
    pages = Pages(nic, 1)
    held = Held(nic)
    tool.ok("isolate", *words)
    assert pages.moved == [1]
    assert [name for name, _ in held.done] == ["unbind", "bind"]
    assert held.restored()


def test_isolate_leaves_other_drivers_alone(tool, nic):
    pages = Pages(nic, 1)
    nic.bind("rtl8139")
    assert "left alone: the driver rtl8139" in tool.ok("isolate", "--all")
    assert "its driver is bound" in tool.ok("isolate", "-n", NIC)
    code, _, errors = tool.run("isolate", NIC)
    assert code == 5 and "rtl8139" in errors
    assert not pages.moved


def test_isolate_all_goes_on(tool, sysfs, nic):
    """One that is refused does not keep the others from moving."""
    other = sysfs.add("0000:04:00.0")
    Pages(nic, 1)
    pages = Pages(other, 1)
    code, _, _ = tool.run("isolate", "--all",
                          under=strace(nic, "bar1_isolate", "EBUSY"))
    assert code == 5
    assert pages.moved


def test_isolate_all_without_the_module(tool, sysfs, nic):
    shutil.rmtree(sysfs.path / "module/shadowbar")
    code, _, errors = tool.run("isolate", "--all")
    assert code == 3 and "modprobe shadowbar" in errors


@pytest.mark.parametrize("words", [[NIC], ["--all"], [NIC, "1"]])
def test_isolate_dry_run(tool, nic, words):
    pages = Pages(nic, 1)
    held = Held(nic)
    output = tool.ok("isolate", "--dry-run", *words)
    assert f"{NIC} BAR 1: shared: would" in output and "BAR 0" not in output
    assert not pages.moved and not held.done


@pytest.mark.parametrize("words", [[NIC], ["--all"], [NIC, "1"]])
def test_isolate_as_json(tool, sysfs, nic, words):
    """One object with all functions involved; the same with --dry-run."""
    sysfs.add("0000:02:00.0", bar0_page="whole")
    pages = Pages(nic, 1)
    (one,) = tool.json("isolate", "--dry-run", *words)["functions"]
    assert (one["address"], one["bars"][1]["page"]) == (NIC, "shared")
    assert not pages.moved
    (one,) = tool.json("isolate", *words)["functions"]
    assert (one["address"], one["bars"][1]["page"]) == (NIC, "exclusive")
    assert tool.json("isolate", "--all")["functions"] == []


def test_no_process_is_left_behind(tool, nic):
    held = Held(nic)
    held.capture()
    tool.ok("capture", NIC)
    left = subprocess.run(["pgrep", "-f", str(nic.sysfs.path)],
                          stdout=subprocess.PIPE)
    assert left.stdout == b""
