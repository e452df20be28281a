# SPDX-License-Identifier: GPL-2.0-only
"""Installed files: the binary, its man page, its completions."""
import os
import pty
import re
import stat
import subprocess

import pytest

from conftest import TOP

SOURCE = TOP / "tools/shadowbar"


@pytest.fixture
def page():
    """The rendered man page, in one line."""
    done = subprocess.run(
        ["man", "--warnings", "-l", SOURCE / "shadowbar.8"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "1000",
             "MAN_KEEP_FORMATTING": ""})
    assert done.stderr == ""
    return re.sub(r"\s+", " ", done.stdout)


def test_install(tmp_path):
    binary = tmp_path / "shadowbar"
    subprocess.run(["make", "-s", "-j2", "-f", SOURCE / "Makefile",
                    "CFLAGS=-O0", f"BINARY={binary}",
                    f"DESTDIR={tmp_path}/root",
                    "PREFIX=/usr", "install"], check=True)
    modes = {str(path.relative_to(tmp_path / "root")):
             stat.S_IMODE(path.stat().st_mode)
             for path in (tmp_path / "root").rglob("*") if path.is_file()}
    assert modes == {
        "usr/bin/shadowbar": 0o755,
        "usr/lib/systemd/system/shadowbar-check.service": 0o644,
        "usr/share/man/man4/shadowbar.4": 0o644,
        "usr/share/man/man8/shadowbar.8": 0o644,
        "usr/share/bash-completion/completions/shadowbar": 0o644,
        "usr/share/zsh/site-functions/_shadowbar": 0o644,
        "usr/share/fish/vendor_completions.d/shadowbar.fish": 0o644}
    unit = (tmp_path / "root/usr/lib/systemd/system/shadowbar-check.service")
    assert "\nExecStart=/usr/bin/shadowbar check\n" in unit.read_text()
    done = subprocess.run([tmp_path / "root/usr/bin/shadowbar", "--help"],
                          stdout=subprocess.PIPE, check=True)
    assert done.stdout.startswith(b"usage: shadowbar")


def test_the_man_page_has_every_option(tool, page):
    for command in tool.commands():
        assert f"shadowbar {command}" in page, command
        for option in re.findall(r"--[a-z-]+", tool.ok(command, "--help")):
            assert option in page, (command, option)
    for option in re.findall(r"--[a-z-]+", tool.ok("--help")):
        assert option in page, option


def test_the_man_page_has_every_exit_code(page):
    codes = re.findall(r"SB_EXIT_\w+ = (\d)",
                       (SOURCE / "tool.h").read_text())
    assert len(codes) == 7
    status = page.partition("EXIT STATUS")[2].partition("ENVIRONMENT")[0]
    assert re.findall(r" (\d) [A-Z]", status) == codes


def complete(*words):
    """The completions of the last word."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); '
              '_shadowbar; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(
        ["bash", "-c", script, "bash", SOURCE / "shadowbar.bash-completion",
         "shadowbar", *words], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()


def test_completion(tool):
    commands = tool.commands()
    assert set(commands) <= set(complete(""))
    for command in commands:
        assert command in complete(command[:-1])
        options = set(re.findall(r"--[a-z-]+", tool.ok(command, "--help")))
        assert set(complete(command, "--")) == options, command
    assert set(commands) <= set(complete("help", ""))
    assert complete("install", "--for", "l") == ["libvirt"]
    assert complete("dump", "-s", "vga") == ["vga-shadow"]
    addresses = os.listdir("/sys/bus/pci/devices")
    assert set(addresses) <= set(complete("explain", ""))
    assert str(SOURCE / "main.c") in complete("parse", f"{SOURCE}/ma")


def fish(line, tmp_path):
    """The completions that fish offers at the end of a line."""
    done = subprocess.run(
        ["fish", "--no-config", "-c",
         f"source {SOURCE}/shadowbar.fish; complete -C '{line}'"],
        stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "HOME": str(tmp_path)})
    return [one.split("\t")[0] for one in done.stdout.splitlines()]


# An interactive zsh that writes down its completions and exits.
ZSHRC = r"""
fpath=({dir} $fpath)
autoload -Uz compinit && compinit -C -u -d {dir}/dump
compadd() {{
    local -a kept hits
    zparseopts -E O:=kept A:=kept D:=kept
    (($#kept)) || {{
        builtin compadd -O hits "$@"
        print -rl -- $hits >>{dir}/offered
    }}
    builtin compadd "$@"
}}
offer() {{ zle complete-word; exit }}
zle -N offer
bindkey '^I' offer
"""


def zsh(line, tmp_path):
    """The completions that zsh offers at the end of a line."""
    offered = tmp_path / "offered"
    offered.write_text("")
    if not (tmp_path / "_shadowbar").exists():
        (tmp_path / "_shadowbar").symlink_to(SOURCE /
                                             "shadowbar.zsh-completion")
        (tmp_path / ".zshrc").write_text(ZSHRC.format(dir=tmp_path))
    pid, terminal = pty.fork()
    if not pid:
        os.execvpe("zsh", ["zsh", "-d", "-i"], {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path),
            "ZDOTDIR": str(tmp_path), "TERM": "dumb"})
    os.write(terminal, f"{line}\t".encode())
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:     # it has exited
        pass
    os.close(terminal)
    os.waitpid(pid, 0)
    return offered.read_text().split()


@pytest.mark.parametrize("shell", [fish, zsh])
def test_other_shells_offer_the_same(tool, tmp_path, shell):
    """Ask the shell itself, with its completion system."""
    commands = tool.commands()
    assert set(shell("shadowbar ", tmp_path)) == set(commands)
    for command in commands:
        options = set(re.findall(r"--[a-z-]+", tool.ok(command, "--help")))
        assert set(shell(f"shadowbar {command} --", tmp_path)) == options, \
            command
    assert shell("shadowbar install --for l", tmp_path) == ["libvirt"]
    assert shell("shadowbar dump -s vga", tmp_path) == ["vga-shadow"]
    assert "0000:00:00.0" in shell("shadowbar explain 0000:00:00",
                                   tmp_path) or not os.path.exists(
        "/sys/bus/pci/devices/0000:00:00.0")
    (tmp_path / "card.rom").touch()
    (offered,) = shell(f"shadowbar parse {tmp_path}/card", tmp_path)
    assert offered.endswith("card.rom")
