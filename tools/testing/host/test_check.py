# SPDX-License-Identifier: GPL-2.0-only
"""scripts/check: how it treats a failing step. The steps are fake."""
import datetime
import importlib.machinery
import importlib.util
import shutil
import subprocess

import pytest

from conftest import TOP

STEPS = ("coverage", "cycles", "demo", "firmware", "fuzz", "host", "hunt",
         "kernel-table", "kunit", "lint", "mutants", "packaging", "prove",
         "setup", "tooltest", "vm")
STALL = "build/logs/boot-6.12.log: a lone RCU stall, and nothing else"


class Check:
    """A copy of scripts/check, with steps that print what they are told."""

    def __init__(self, path):
        self.path = path
        self.scripts = path / "scripts"
        self.scripts.mkdir()
        shutil.copy(TOP / "scripts/check", self.scripts)
        for name in STEPS:
            self.step(name, "echo 1 passed, 0 failed")
        self.still("nothing ran for 30 s")

    def step(self, name, *runs):
        """Set what a step does: the first time, the second time, ..."""
        place = self.scripts / name
        script = ["#!/bin/sh", f"n=$(cat {place}.n 2>/dev/null || echo 0)",
                  f"echo $((n + 1)) >{place}.n", "case $n in"]
        script += [f"{n}) {what} ;;" for n, what in enumerate(runs)]
        script += [f"*) {runs[-1]} ;;", "esac"]
        place.write_text("\n".join(script) + "\n")
        place.chmod(0o755)

    def still(self, said):
        place = self.scripts / "stood-still"
        place.write_text("#!/bin/sh\n"
                         f'[ -z "{said}" ] || echo "{said}" >"$1"\n')
        place.chmod(0o755)

    def run(self, *words):
        done = subprocess.run([self.scripts / "check", *words], text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600)
        return done.returncode, done.stdout.splitlines()

    def times(self, name):
        return int((self.scripts / f"{name}.n").read_text())


@pytest.fixture
def check(tmp_path):
    return Check(tmp_path)


def stalled(failed=1, stalls=1):
    lines = [f"echo {n}{STALL}" for n in range(stalls)] * 2
    return "; ".join([*lines, f"echo 3 passed, {failed} failed", "exit 1"])


def test_stall_where_the_machine_stood_still(check):
    check.step("vm", stalled(), "echo 4 passed, 0 failed")
    code, lines = check.run()
    assert code == 0, lines
    assert check.times("vm") == 2
    (said,) = [line for line in lines if "once more" in line]
    assert "lone RCU stall" in said and "nothing ran for 30 s" in said
    assert lines[-1].endswith(" 0 failed")


def test_twice_is_a_failure(check):
    check.step("vm", stalled())
    code, lines = check.run()
    assert code == 1 and lines[-1].endswith(" 1 failed")
    assert check.times("vm") == 2
    assert lines[-2] == f"The logs are in {check.path}/build/logs"


@pytest.mark.parametrize("how, said", [
    (stalled(), ""),
    (stalled(failed=2), "nothing ran for 30 s"),
    ("echo 3 passed, 1 failed; exit 1", "nothing ran for 30 s"),
    ("exit 1", "nothing ran for 30 s"),
])
def test_no_excuse(check, how, said):
    """The machine was not stalled, or something else failed, too."""
    check.still(said)
    check.step("vm", how, "echo 4 passed, 0 failed")
    code, lines = check.run()
    assert code == 1
    assert check.times("vm") == 1
    assert not [line for line in lines if "once more" in line]


def test_why_at_the_end(check):
    """CI shows the end of the output, which says why a step failed."""
    check.step("kunit", "echo no room for a kernel; exit 1")
    code, lines = check.run()
    assert code == 1
    for step in ("kunit um", "kunit 6.12", "kunit 6.12 machines",
                 "kunit 6.12-arm64-64k machines"):
        where = lines.index(f"== {step}: 0 passed, 1 failed; its last lines:")
        assert lines[where + 1] == (step.replace(" ", "-") +
                                    ": no room for a kernel")
        assert where > lines.index("== demo")
    assert len([line for line in lines if "last lines" in line]) == 4


def test_two_stalls(check):
    check.step("vm", stalled(failed=2, stalls=2), "echo 4 passed, 0 failed")
    assert check.run()[0] == 0


OLD = "1 passed, 2001-01-01, 0123456789"


@pytest.fixture
def repository(check):
    """The same in a git repository, with the tables that "all" writes."""
    pages = check.path / "Documentation"
    pages.mkdir()
    for name in "commit", "kernel-table":
        shutil.copy(TOP / "scripts" / name, check.scripts)
    (pages / "kernels.md").write_text(
        "| Kernel | Release | KUnit | ROMs and pages |\n|---|---|---|---|\n"
        f"| 6.1 with debugging, x86-64 | 6.1.0 | {OLD} | - |\n"
        f"| 7.3 with debugging, x86-64 | 7.3.0 | {OLD} | {OLD} |\n")
    (pages / "coverage.md").write_text("In all: nothing.\n")
    (check.path / ".gitignore").write_text("build/\n*.n\n")
    git(check.path, "init", "-q")
    return check


def git(path, *words):
    return subprocess.run(["git", "-C", path, "-c", "user.name=a",
                           "-c", "user.email=a@b",
                           "-c", "commit.gpgsign=false", *words], check=True,
                          text=True, stdout=subprocess.PIPE).stdout.strip()


def leaves(kernel, passed, failed=0):
    """A step that leaves a result, as scripts/kunit does."""
    logs = f"build/logs/kunit-{kernel}"
    line = f"{passed} passed, {failed} failed"
    return (f"mkdir -p {logs}; echo {kernel}.1-kt >{logs}/release; "
            f'echo "$KUNIT_MACHINES" >{logs}/machines; '
            f"scripts/commit >{logs}/commit; "
            f"echo {line} | tee {logs}/result; exit {int(failed > 0)}")


def rows(check):
    text = (check.path / "Documentation/kernels.md").read_text()
    return {row.split(" | ")[0][2:]: row.removesuffix(" |").split(" | ")[1:]
            for row in text.splitlines()[2:] if row.startswith("| ")}


def test_tables(repository):
    """Each step's result is in the tables, and the next run does not repeat
    those that have passed."""
    repository.step("kunit", f'case "$1" in 7.3) {leaves("7.3", 5)} ;; '
                    f'6.12) {leaves("6.12", 4, 1)} ;; '
                    f'um) {leaves("um", 7)} ;; esac; echo 1 passed, 0 failed')
    repository.step("coverage", "mkdir -p build/logs/kunit-um-coverage; "
                    "cd build/logs/kunit-um-coverage; echo 6.12 >release; "
                    "../../../scripts/commit >commit; "
                    "echo 96 % of 100 lines >total; echo 1 passed, 0 failed")
    git(repository.path, "add", "-A")
    git(repository.path, "commit", "-q", "-m", "all")
    code, lines = repository.run("all")
    assert code == 1, lines
    head = git(repository.path, "rev-parse", "--short=10", "HEAD")
    today = datetime.date.today().isoformat()
    found = rows(repository)
    # What was not run is as before, in the same line, too.
    assert found["7.3 with debugging, x86-64"] == \
        ["7.3.1-kt", f"5 passed, {today}, {head}", OLD]
    assert found["6.12 with debugging, x86-64"] == \
        ["6.12.1-kt", f"4 passed, 1 FAILED, {today}, {head}", "-"]
    assert found["6.1 with debugging, x86-64"] == ["6.1.0", OLD, "-"]
    assert (repository.path / "Documentation/coverage.md").read_text() == \
        f"In all: 96 % of 100 lines, on User Mode Linux 6.12, {today}, " \
        f"commit {head}.\n"

    # The tables have changed, which is no change.
    tried = repository.times("vm")
    code, lines = repository.run("all")
    assert code == 1 and repository.times("vm") == tried
    assert "== vm: 1 passed, 0 failed before, and no file has changed" in lines
    # A line that nobody generates is one.
    with open(repository.path / "Documentation/kernels.md", "a") as page:
        page.write("More.\n")
    code, lines = repository.run("all")
    assert code == 1 and repository.times("vm") > tried
    assert rows(repository)["7.3 with debugging, x86-64"][1].endswith(head)
    (repository.path / "new").touch()
    repository.run("all")
    assert rows(repository)["7.3 with debugging, x86-64"][1].endswith(
        f"{head}+")
    assert "scripts/kernel-table could not write the tables in " \
        "Documentation/" not in lines

    # Without all machines it is another result.
    before = rows(repository)
    repository.step("kunit", leaves("7.3", 9))
    repository.run()
    subprocess.run([repository.scripts / "kernel-table"], check=True)
    assert rows(repository) == before


def test_no_tables(repository):
    repository.step("kernel-table", "echo no room; exit 1")
    git(repository.path, "add", "-A")
    git(repository.path, "commit", "-q", "-m", "all")
    code, lines = repository.run("all")
    assert code == 1 and lines[-1].endswith(" 1 failed")
    assert "scripts/kernel-table could not write the tables in " \
        "Documentation/" in lines


@pytest.mark.parametrize("signal, left", [("TERM", False), ("", True)])
def test_interrupted_kunit(tmp_path, signal, left):
    """A run of kunit that a signal ends has no result, a broken one has."""
    script = (TOP / "scripts/kunit").read_text()
    start = script.index("root=$(mktemp -d)")
    end = script.index("devices=()", start)
    how = f"kill -{signal} $$; sleep 60 & wait $!" if signal else "false"
    run = tmp_path / "run"
    run.write_text(f"#!/bin/bash\nset -eu\nlogs={tmp_path}\n"
                   f"{script[start:end]}\n{how}\n")
    run.chmod(0o755)
    done = subprocess.run([run], timeout=60)
    assert done.returncode == (143 if signal else 1)
    assert (tmp_path / "result").exists() == left


VM_TESTS = f"""
import pathlib
import sys

import pytest

sys.path.insert(0, "{TOP}/tools/testing/vm")
import harness

pytestmark = pytest.mark.xdist_group("one")


class VM(harness.VM):
    def __init__(self, console):
        self.console, self.crashed = console, 0


@pytest.fixture(scope="module")
def machine():
    yield
    VM(pathlib.Path(__file__).with_name("console.log")).check_console()


def test_one(machine):
    pass


def test_two(machine):
    pass
"""


@pytest.mark.parametrize("more, times", [("", 2), ("BUG: KASAN: oops", 1)])
def test_stall_in_a_vm(check, tmp_path, more, times):
    """As the VM tests report it: when the fixture of a group ends."""
    tests = tmp_path / "tests"
    tests.mkdir()
    shutil.copy(TOP / "tools/testing/vm/pytest.ini", tests)
    (tests / "test_group.py").write_text(VM_TESTS)
    run = f"exec {TOP}/scripts/pytest build/logs/vm {tests}"
    stall = "rcu: INFO: rcu_preempt self-detected stall on CPU"
    console = tests / "console.log"
    check.step("vm", f"printf '{stall}\\n{more}\\n' >{console}; {run}",
               f"echo >{console}; {run}")
    code, lines = check.run()
    assert check.times("vm") == times
    assert code == (times == 1), lines
    (said,) = [line for line in lines if line.startswith("== vm short: ")
               and "last lines" not in line and "once more" not in line]
    assert said.startswith("== vm short: 2 passed, "
                           f"{'0' if times == 2 else '1'} failed")


@pytest.fixture(scope="module")
def stood_still():
    path = str(TOP / "scripts/stood-still")
    loader = importlib.machinery.SourceFileLoader("stood_still", path)
    spec = importlib.util.spec_from_loader("stood_still", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_stood_still(stood_still):
    def said(clock=105.0, steal=1.0, load=2.0):
        return stood_still.stood_still(
            stood_still.Sample(100.0, 1.0, 2.0, 2),
            stood_still.Sample(clock, steal, load, 2), 5)
    assert said() == ""
    assert said(clock=114.9) == ""
    assert said(clock=115.0) == "nothing ran for 10 s"
    assert said(clock=160.0) == "nothing ran for 55 s"
    assert said(steal=2.9) == ""
    assert "30% of its time" in said(steal=4.0)
    assert said(load=7.9) == ""
    assert "9 processes wanted to run on 2 CPUs" in said(load=9.0)


def test_sample(stood_still, tmp_path):
    """The fields of /proc, as in proc(5)."""
    (tmp_path / "stat").write_text("cpu  1 2 3 4 5 6 7 800 9 10\n")
    (tmp_path / "loadavg").write_text("3.25 1.0 0.5 2/300 4711\n")
    got = stood_still.sample(tmp_path)
    assert (got.load, got.steal) == (3.25, 800 / 100)
    assert stood_still.sample().clock >= got.clock > 0
