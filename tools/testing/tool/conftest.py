# SPDX-License-Identifier: GPL-2.0-only
"""Fixtures: the tool, built with ASan and UBSan, and a fake sysfs for it."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

import fakesys

TOP = pathlib.Path(__file__).resolve().parents[3]
# Where the files of Debian 12 are; set by scripts/tooltest
DEBIAN_12 = pathlib.Path(os.environ.get("SHADOWBAR_DEBIAN_12", "/"))
BUILD = TOP / "build/tool"
BINARY = BUILD / "shadowbar"
ROMS = BUILD / "roms"
LSAN = pathlib.Path(__file__).with_name("lsan.supp")
SANITIZE = ("-O1 -g -Werror -fsanitize=address,undefined "
            "-fno-sanitize-recover=all")


# Some of them are ignored if the tests run in the background.
for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT:
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


def pytest_sessionstart(session):
    """Build once, before any worker starts, so that none builds it again."""
    if hasattr(session.config, "workerinput"):
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    subprocess.run(["make", "-s", "-j2", "-f",
                    TOP / "tools/shadowbar/Makefile",
                    f"BINARY={BINARY}", f"CFLAGS={SANITIZE}"], check=True)
    subprocess.run([sys.executable, TOP / "scripts/roms", ROMS], check=True)


class Tool:
    """The tool on a fake machine."""

    def __init__(self, sysfs):
        self.sysfs = sysfs
        self.binary = BINARY
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C",
                            # Some libraries are built without frame pointers.
                            "ASAN_OPTIONS": "fast_unwind_on_malloc=0",
                            "LSAN_OPTIONS": "print_suppressions=0:"
                            f"suppressions={LSAN}",
                            "UBSAN_OPTIONS": "print_stacktrace=1"}

    def words(self, *words):
        return [str(word) for word in (
            self.binary, "--sysfs", self.sysfs.path, "--dev", self.sysfs.dev,
            *words)]

    def start(self, *words, **keys):
        return subprocess.Popen(self.words(*words), text=True,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE,
                                env=self.environment, **keys)

    def run(self, *words, under=(), **keys):
        """Run it to completion: exit code, output, errors."""
        environment = dict(self.environment)
        if under:
            # LeakSanitizer does not work under ptrace.
            environment["ASAN_OPTIONS"] = "detect_leaks=0"
        keys.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([*under, *self.words(*words)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment, timeout=60, **keys)
        errors = done.stderr.decode()
        assert "Sanitizer" not in errors and "runtime error" not in errors, \
            errors
        return done.returncode, done.stdout.decode(errors="replace"), errors

    def commands(self):
        """All commands that the help lists."""
        found = re.findall(r"^  ([a-z-]+)  ", self.ok("help"), re.M)
        assert {"list", "help", "version"} <= set(found)
        return found

    def json(self, *words):
        """Its output as JSON."""
        return json.loads(self.ok("-j", *words))

    def function(self, *words):
        """The only function in its JSON output."""
        (one,) = self.json(*words)["functions"]
        return one

    def file(self, path):
        """The report on a ROM file, as JSON."""
        (one,) = self.json("parse", path)["files"]
        return one

    def ok(self, *words):
        """Run it, require exit code 0, and return its output."""
        code, output, errors = self.run(*words)
        assert (code, errors) == (0, ""), (code, output, errors)
        return output


@pytest.fixture
def sysfs(tmp_path):
    tree = fakesys.Sysfs(tmp_path)
    yield tree
    tree.close()


@pytest.fixture
def tool(sysfs):
    return Tool(sysfs)


@pytest.fixture
def rom():
    """The bytes of a ROM from scripts/roms, and those expected in a shadow."""
    def read(name, kind="rom"):
        return (ROMS / f"{name}.{kind}").read_bytes()
    return read
