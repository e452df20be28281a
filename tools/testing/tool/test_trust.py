# SPDX-License-Identifier: GPL-2.0-only
"""trust: who signed a ROM's EFI images, and whether firmware runs them.

Other programs sign, hash and verify; tools/testing/firmware asks OVMF.
"""
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys

import pytest

from conftest import TOP

sys.path.insert(0, str(TOP / "tools/testing/trust"))
import cases  # noqa: E402 # shared with the firmware's tests
import efi  # noqa: E402

GPU = "0000:01:00.0"
SHIM = pathlib.Path(os.environ.get("SHADOWBAR_SHIM", "/nowhere"))
OVMF = pathlib.Path("/usr/share/OVMF")


class Signers:
    def __init__(self, path):
        self.path = path
        self.root = efi.Key(path, "root")
        self.leaf = efi.Key(path, "leaf", self.root, ca=False)
        self.nobody = efi.Key(path, "nobody")
        self.late = efi.Key(path, "late", self.root, ca=False, expired=True)
        self.db = path / "db.esl"
        self.db.write_bytes(efi.esl(efi.X509, self.root.der))

    def sign(self, image, key):
        return efi.sbsign(image, key, self.path)


@pytest.fixture(scope="session")
def signers(tmp_path_factory):
    return Signers(tmp_path_factory.mktemp("signers"))


@pytest.fixture
def ask(tool, tmp_path, signers):
    """The tool's answer for one file: exit status, and the image in JSON."""
    def run(data, *words):
        path = tmp_path / "asked"
        path.write_bytes(data)
        words = words or ("--db", signers.db)
        code, output, errors = tool.run("trust", "-j", *words, path)
        assert errors == ""
        (one,) = json.loads(output)["files"]
        (image,) = one["trust"]
        return code, image
    return run


def unfolded(output):
    return " ".join(output.split())


def dbx(path, *lists):
    path.write_bytes(b"".join(lists))
    return path


# Hashes and signatures, compared with other programs

@pytest.mark.parametrize("words", [
    {}, {"machine": 0x14c, "magic": 0x10b}, {"tail": b"tail of sixteen."},
    {"headers": 0x400, "sections": [(b"s", b"x" * 700)] * 7},
], ids=["plain", "pe32", "tail", "sections"])
def test_hash_is_what_pesign_says(ask, tmp_path, words):
    image = efi.program(1, **words)
    code, seen = ask(image)
    assert (code, seen["verdict"]) == (6, "unsigned")
    assert seen["sha256"] == efi.pesign_hash(image, tmp_path)


def test_sections_are_hashed_in_their_order(ask):
    """In file order, not in header order as pesign does it."""
    image = efi.swapped(efi.program(1, sections=((b"a", b"1" * 512),
                                                 (b"b", b"2" * 512))))
    _, seen = ask(image)
    assert seen["sha256"] == cases.authenticode(image).hex()


def verifies(*words):
    return subprocess.run([str(word) for word in words],
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


@pytest.mark.parametrize("by", ["root", "leaf", "nobody"])
@pytest.mark.parametrize("change", [None, "code", "signature"])
def test_others_agree(ask, signers, tmp_path, by, change):
    """allowed: whether sbverify and osslsigncode accept it."""
    image = bytearray(signers.sign(efi.program(1), getattr(signers, by)))
    if change:
        image[0x210 if change == "code" else -100] ^= 1
    path = tmp_path / "image"
    path.write_bytes(image)
    code, seen = ask(bytes(image))
    good = by != "nobody" and not change
    assert (code == 0) == (seen["verdict"] == "allowed") == good
    assert verifies("sbverify", "--cert", signers.root.pem, path) == good
    assert verifies("osslsigncode", "verify", "-CAfile", signers.root.pem,
                    "-in", path) == good
    assert seen["signatures"][0]["state"] == \
        {None: "good", "code": "other-image", "signature": "bad"}[change]


# ROMs

@pytest.mark.parametrize("compressed", [False, True])
def test_a_rom(ask, signers, compressed):
    image = signers.sign(efi.program(1), signers.leaf)
    code, seen = ask(efi.rom_image(image, compressed))
    if compressed:
        assert (code, seen["verdict"]) == (0, "allowed")
        assert seen["by"]["list"] == "db" and seen["by"]["entry"] == 1
        assert seen["size"] == len(image)
    else:
        # The ROM pads it, and firmware hashes the padding, too.
        assert (code, seen["verdict"]) == (6, "damaged")
        assert seen["behind"] == -(len(image) + 0x40) % 512
    assert (seen["image"], seen["compressed"]) == (1, compressed)


def test_each_image_counts(tool, signers, tmp_path):
    path = tmp_path / "rom"
    signed = signers.sign(efi.program(1), signers.leaf)
    path.write_bytes(efi.rom_image(signed, True, last=False) +
                     efi.rom_image(efi.program(2), True))
    code, output, _ = tool.run("trust", "-j", "--db", signers.db, path)
    assert code == 6
    (one,) = json.loads(output)["files"]
    assert [image["verdict"] for image in one["trust"]] == ["allowed",
                                                            "unsigned"]


def test_no_efi_image(tool, rom, tmp_path):
    path = tmp_path / "rom"
    path.write_bytes(rom("one"))
    code, output, errors = tool.run("trust", path)
    assert (code, errors) == (4, "")
    assert "There is no EFI image in it" in output


@pytest.mark.parametrize("data, words", [
    (struct.pack("<II", 99999, 10), "more compressed bytes than there are"),
    (struct.pack("<II", 20, 0xffffffff) + bytes(20), "more than 16 MiB"),
    (struct.pack("<II", 20, 100) + b"\xff" * 20, "damaged Huffman code"),
])
def test_damaged_compression(ask, data, words):
    code, seen = ask(efi.rom_image(b"", packed=data, compressed=True))
    assert (code, seen["verdict"]) == (6, "damaged")
    assert words in seen["words"] and seen["sha256"] is None


def test_bombs(tool, signers, tmp_path):
    """A few bytes that unpack to 16 MiB each: there is a limit."""
    bomb = efi.rom_image(b"", True, False,
                         packed=struct.pack("<II", 0, 0x1000000))
    path = tmp_path / "rom"
    path.write_bytes(bomb * 70)
    code, output, _ = tool.run("trust", "-j", "--db", signers.db, path)
    (one,) = json.loads(output)["files"]
    assert code == 6 and len(one["trust"]) == 70
    words = [image["words"] for image in one["trust"]]
    assert sum("more than any ROM does" in said for said in words) == 60
    assert sum("one of more than any ROM has" in said for said in words) == 6


def test_sbat(ask):
    text = b"sbat,1,SBAT Version,sbat,1,url\nit,1,\x1b[31mIt,it,1,url\n"
    _, seen = ask(efi.program(1, sections=((b".sbat", text),)))
    assert seen["sbat"] == text.decode().replace("\x1b", "?")


# db and dbx

def test_this_machine(tool, sysfs, signers, tmp_path):
    """The machine's own lists, and a function's shadow."""
    signed = signers.sign(efi.program(1), signers.leaf)
    rom = efi.rom_image(signed, True)
    function = sysfs.add(GPU, rom_status="captured", rom_reason="read it")
    function.rom(rom)
    code, output, _ = tool.run("trust", GPU)
    assert code == 6 and "there is no db to look into" in unfolded(output)

    variables = sysfs.path / "firmware/efi/efivars"
    efi.efivarfs(variables, db=efi.esl(efi.X509, signers.root.der),
                 SecureBoot=b"\1")
    code, output, _ = tool.run("trust", GPU)
    said = unfolded(output)
    assert code == 0 and "allowed: this machine's db has" in said
    assert "Secure Boot is on" in said and "OVMF runs the option ROMs" in said

    efi.efivarfs(variables, dbx=efi.esl(efi.X509, signers.leaf.der),
                 SecureBoot=b"\0")
    for words in (GPU,), ():
        code, output, _ = tool.run("trust", "-j", *words)
        assert code == 6
        seen = json.loads(output)
        (one,) = seen["functions"]
        assert one["address"] == GPU
        assert one["trust"][0]["verdict"] == "revoked"
        assert one["trust"][0]["by"]["list"] == "dbx"
        assert seen["secure_boot"]["enabled"] is False
        assert seen["secure_boot"]["db"]["entries"] == 1
    function.rom(efi.rom_image(signed, True, machine=0x1c2))
    _, output, _ = tool.run("trust", GPU)
    assert "another kind of machine" in unfolded(output)
    function.rom(rom)
    code, output, _ = tool.run("trust", "--db", signers.db, GPU)
    assert "another kind of machine" not in unfolded(output)
    assert code == 0 and "allowed: that db has" in unfolded(output)


@pytest.mark.parametrize("form", ["esl", "efivarfs", "auth"])
def test_forms_of_a_list(ask, signers, tmp_path, form):
    before = {"esl": b"", "efivarfs": struct.pack("<I", 0x27),
              "auth": bytes(16) + struct.pack("<IHH", 40, 0x200, 0xef1) +
              bytes(32)}[form]
    path = tmp_path / "db"
    path.write_bytes(before + signers.db.read_bytes())
    image = signers.sign(efi.program(1), signers.leaf)
    assert ask(image, "--db", path)[0] == 0


def test_what_is_no_list(tool, signers, tmp_path):
    for data in signers.root.der, b"x", signers.db.read_bytes()[:-1]:
        path = tmp_path / "db"
        path.write_bytes(data)
        code, output, errors = tool.run("trust", "--db", path, path)
        assert (code, output) == (1, "")
        assert "not a file of EFI signature lists" in errors


def test_dbx(ask, signers, tmp_path):
    image = signers.sign(efi.program(1), signers.leaf)
    _, seen = ask(image)
    tbs = hashlib.sha256(signers.leaf.tbs()).digest()
    for entry in (efi.esl(efi.SHA256, bytes.fromhex(seen["sha256"])),
                  efi.esl(efi.X509, signers.root.der),
                  efi.esl(efi.X509, signers.leaf.der),
                  efi.esl(efi.X509_SHA256, tbs + bytes(16))):
        path = dbx(tmp_path / "dbx", efi.esl(efi.SHA256, bytes(32)), entry)
        code, seen = ask(image, "--db", signers.db, "--dbx", path)
        assert (code, seen["verdict"]) == (6, "revoked")
        assert (seen["by"]["list"], seen["by"]["entry"]) == ("dbx", 2)
    path = dbx(tmp_path / "dbx", efi.esl(efi.SHA256, bytes(32)),
               efi.esl(efi.X509, signers.nobody.der))
    assert ask(image, "--db", signers.db, "--dbx", path)[0] == 0


def test_a_longer_hash_in_dbx(ask, tmp_path):
    """Some firmware ignores it, but some does not."""
    image = efi.program(1)
    db = dbx(tmp_path / "db",
             efi.esl(efi.SHA256, cases.authenticode(image)))
    assert ask(image, "--db", db)[0] == 0
    for kind, name in (efi.SHA384, "sha384"), (efi.SHA512, "sha512"):
        path = dbx(tmp_path / "dbx",
                   efi.esl(kind, cases.authenticode(image, name)))
        code, seen = ask(image, "--db", db, "--dbx", path)
        assert (code, seen["verdict"]) == (6, "revoked")
        assert seen["by"]["type"] == name


def test_not_known(ask, signers):
    code, seen = ask(signers.sign(efi.program(1), signers.nobody))
    assert (code, seen["verdict"]) == (6, "not-known")
    (signature,) = seen["signatures"]
    assert signature["certificates"][0]["subject"] == \
        "O = shadowbar, CN = nobody"
    assert signature["certificates"][0]["signer"]
    assert signature["certificates"][0]["not_before"] == "2024-01-01T00:00:00Z"


def test_expired(tool, ask, signers, tmp_path):
    """Firmware has no clock that it could trust."""
    image = signers.sign(efi.program(1), signers.late)
    code, seen = ask(image)
    assert (code, seen["verdict"]) == (0, "allowed")
    assert seen["signatures"][0]["certificates"][0]["not_after"] < "2013-01-02"
    path = tmp_path / "late"
    path.write_bytes(image)
    assert "firmware does not check this" in \
        unfolded(tool.ok("trust", "--db", signers.db, path))


def test_two_signatures(ask, signers, tmp_path):
    """One known signer is enough to allow, one revoked enough to refuse."""
    image = signers.sign(efi.program(1), signers.nobody)
    code, seen = ask(signers.sign(image, signers.leaf))
    assert code == 0 and len(seen["signatures"]) == 2
    path = dbx(tmp_path / "dbx", efi.esl(efi.X509, signers.nobody.der))
    code, seen = ask(signers.sign(image, signers.leaf), "--db", signers.db,
                     "--dbx", path)
    assert (code, seen["verdict"]) == (6, "revoked")


def test_damaged_table(ask, signers):
    image = signers.sign(efi.program(1), signers.leaf)
    at, size = efi.table(image)
    for damaged in (efi.set_table(image, at, size - 8),
                    efi.set_table(image + bytes(8), at, size + 8)):
        code, seen = ask(damaged)
        assert (code, seen["verdict"]) == (6, "damaged")
        assert seen["table_damaged"]
    assert seen["signatures"][0]["state"] == "good"


# --emit

def test_emit(tool, ask, signers, tmp_path):
    """The output is a db that allows the input."""
    image = efi.program(1)
    paths = []
    for name, data in (("one", image), ("two", efi.rom_image(image, True)),
                       ("three", efi.program(3))):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    done = subprocess.run(tool.words("trust", "--emit", "esl", *paths),
                          stdout=subprocess.PIPE, check=True)
    assert len(done.stdout) == 28 + 2 * 48
    path = tmp_path / "esl"
    path.write_bytes(done.stdout)
    for one in paths:
        assert ask(one.read_bytes(), "--db", path)[0] == 0
    assert ask(efi.program(4), "--db", path)[0] == 6
    lines = tool.ok("trust", "--emit", "hash", *paths).splitlines()
    digest = efi.pesign_hash(image, tmp_path)
    assert lines[:2] == [f"{digest}  {paths[0]}#0", f"{digest}  {paths[1]}#1"]
    # Revoked images are left out.
    code, output, errors = tool.run("trust", "--dbx", path, "--emit", "hash",
                                    *paths)
    assert (code, output) == (6, "") and "it is revoked" in errors


def test_usage(tool, tmp_path):
    assert tool.run("trust", "--emit", "xml", tmp_path)[0] == 2
    assert tool.run("trust", "-j", "--emit", "hash", tmp_path)[0] == 2
    code, output, errors = tool.run("trust", tmp_path / "none")
    assert (code, output) == (1, "") and "No such file" in errors
    code, output, errors = tool.run("trust", "none.rom")
    assert (code, output) == (1, "") and "No such file" in errors
    assert tool.run("trust", "0000:7f:1f.7")[0] == 3
    code, output, errors = tool.run("trust", "--db", tmp_path / "none")
    assert code == 1 and "No such file" in errors


# Microsoft's authorities, and what they signed

@pytest.fixture
def shim():
    """Debian's shim, signed by Microsoft's CAs of 2011 and 2023."""
    return (SHIM / "usr/lib/shim/shimx64.efi.signed").read_bytes()


def microsoft_db(*authorities):
    """The certificates of these authorities, from the shim's signatures."""
    return b"".join(efi.esl(efi.X509, one) for one in authorities)


def test_microsoft(ask, shim, tmp_path):
    code, seen = ask(shim)
    assert (code, seen["verdict"]) == (6, "not-known")
    by = {one["authority"]: one for one in seen["signatures"]}
    assert set(by) == {"Microsoft Corporation UEFI CA 2011",
                       "Microsoft UEFI CA 2023"}
    assert all(one["authority_proved"] and one["state"] == "good"
               for one in by.values())
    assert "shim,4,UEFI shim" in seen["sbat"]


def test_sentences(tool, shim, tmp_path):
    """Which machines run what one of Microsoft's authorities signed."""
    bare = shim[:efi.table(shim)[0]]
    signatures = efi.entries(shim)
    certs = [efi.certificates(one)[-1] for one in signatures]
    names = [subprocess.run(["openssl", "x509", "-inform", "der", "-noout",
                             "-subject"], input=one, check=True,
                            stdout=subprocess.PIPE).stdout.decode()
             for one in certs]
    assert "UEFI CA 2011" in names[0] and "UEFI CA 2023" in names[1]
    db = {"2011": microsoft_db(certs[0]), "2023": microsoft_db(certs[1]),
          "both": microsoft_db(*certs)}
    for number, year, other in ((0, "2011", "2023"), (1, "2023", "2011")):
        path = tmp_path / year
        path.write_bytes(efi.attach(bare, efi.entry(signatures[number])))
        for name, end in ((year, "that machine has no other"),
                          (other, "that machine does not have it"),
                          ("both", "that machine has both")):
            lists = tmp_path / "db"
            lists.write_bytes(db[name])
            code, output, _ = tool.run("trust", "--db", lists, path)
            said = unfolded(output)
            assert code == (6 if name == other else 0)
            assert f"Signed by Microsoft's CA of {year} only; {end}" in said
            assert (f"has only that of {other} it will not run" in said)
    lists.write_bytes(db["2011"])
    path.write_bytes(shim)
    code, output, _ = tool.run("trust", "--db", lists, path)
    assert code == 0
    assert "it runs on machines that have either" in unfolded(output)
