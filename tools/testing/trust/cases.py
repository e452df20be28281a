# SPDX-License-Identifier: GPL-2.0-only
"""Programs that firmware with Secure Boot runs, and programs that it refuses.

The expected results are not written down here: firmware provides them.
"""
import hashlib
import random
import struct

import efi


class Keys:
    """Signers, named for their state in db and dbx."""

    def __init__(self, directory):
        def key(name, issuer=None, **words):
            made = efi.Key(directory, name, issuer, **words)
            setattr(self, name, made)
            return made

        self.directory = directory
        key("root")  # in db
        key("middle", self.root)
        key("leaf", self.root, ca=False)
        key("deep", self.middle, ca=False)
        key("usage", self.root, ca=False, options=(
            "extendedKeyUsage=serverAuth", "keyUsage=critical,keyAgreement"))
        key("late", self.root, ca=False, expired=True)
        key("nobody")  # in no list
        key("stray", self.nobody, ca=False)  # in db, but its issuer is not
        key("old", expired=True)  # in db
        key("gone", self.root, ca=False)  # in dbx
        key("fallen", self.root)  # an authority in dbx
        key("below", self.fallen, ca=False)
        key("hashed", self.root, ca=False)  # in dbx by its hash
        key("between", self.root)  # an authority in dbx by its hash
        key("under", self.between, ca=False)
        key("half")  # in db, and in dbx by its hash
        key("platform")  # PK and KEK


def x509_sha256(key, when=bytes(16)):
    return hashlib.sha256(key.tbs()).digest() + when


def authenticode(image, name="sha256"):
    """The hash of an unsigned image, in file order and without gaps."""
    at = efi.security_directory(image)
    pe, = struct.unpack_from("<I", image, 0x3c)
    data = image[:pe + 24 + 64] + image[pe + 24 + 68:at] + image[at + 8:]
    return hashlib.new(name, data).digest()


class Cases:
    """All cases: the bytes by name; and the contents of db and dbx."""

    def __init__(self, directory):
        self.directory = directory
        self.keys = Keys(directory)
        self.files = {}
        self.number = 0
        self.good_hashes = []
        self.bad_hashes = []
        self.wide = {"sha384": [], "sha512": []}
        self.make()

    def program(self, **words):
        self.number += 1
        return efi.program(self.number, **words)

    def add(self, name, data):
        assert name not in self.files
        self.files[name] = data

    def sign(self, image, key, with_chain=True):
        return efi.sbsign(image, key, self.directory, with_chain)

    def make(self):
        self.signers()
        self.hashes()
        self.several()
        self.tables()
        self.changes()
        self.shapes()

    def signers(self):
        """One signature by each signer, with two other programs."""
        for name, key in vars(self.keys).items():
            if name == "directory":
                continue
            self.add(f"by-{name}", self.sign(self.program(), key))
            self.add(f"alone-{name}", self.sign(self.program(), key, False))
            self.add(f"ossl-{name}",
                     efi.osslsign(self.program(), key, self.directory))
        for digest in "sha1", "sha384", "sha512":
            for name in "leaf", "nobody", "gone":
                self.add(f"{digest}-{name}", efi.osslsign(
                    self.program(), getattr(self.keys, name), self.directory,
                    digest))

    def hashes(self):
        keys = self.keys
        for name, hashes in (("db", [self.good_hashes]),
                             ("dbx", [self.bad_hashes]),
                             ("both", [self.good_hashes, self.bad_hashes]),
                             ("none", [])):
            for signer in None, keys.leaf, keys.nobody, keys.gone:
                image = self.program()
                for one in hashes:
                    one.append(authenticode(image))
                if signer:
                    image = self.sign(image, signer)
                self.add(f"hash-{name}-"
                         f"{signer.name if signer else 'unsigned'}", image)
        # A longer hash counts if the signature uses it.
        for digest in self.wide:
            image = self.program()
            self.wide[digest].append(authenticode(image, digest))
            self.add(f"hash-{digest}-unsigned", image)
            self.add(f"hash-{digest}-other", self.sign(image, keys.nobody))
            self.add(f"hash-{digest}-signed", efi.osslsign(
                image, keys.nobody, self.directory, digest))

    def several(self):
        """Two signatures, in both orders."""
        names = "leaf", "nobody", "gone", "hashed", "half", "old"
        for first in names:
            for second in names:
                if first == second:
                    continue
                image = self.sign(self.program(), getattr(self.keys, first))
                self.add(f"two-{first}-{second}",
                         self.sign(image, getattr(self.keys, second)))
        many = self.program()
        for _ in range(5):
            many = self.sign(many, self.keys.nobody)
        self.add("many", self.sign(many, self.keys.leaf))

    def tables(self):
        """Handmade certificate tables."""
        keys = self.keys
        bare = self.program()
        good, = efi.entries(self.sign(bare, keys.leaf))
        other, = efi.entries(self.sign(self.program(), keys.leaf))
        entry, attach = efi.entry, efi.attach
        whole = attach(bare, entry(good))
        at, size = efi.table(whole)
        self.add("table-whole", whole)
        self.add("table-guid", attach(bare, entry(good, guid=efi.PKCS7)))
        self.add("table-guid-empty", attach(bare, entry(b"", guid=efi.PKCS7)))
        self.add("table-guid-other",
                 attach(bare, entry(good, guid=efi.SHA256)))
        self.add("table-guid-other-good",
                 attach(bare, entry(good, guid=efi.SHA256), entry(good)))
        self.add("table-kind", attach(bare, entry(good, kind=1)))
        self.add("table-kind-good",
                 attach(bare, entry(b"x" * 40, kind=1), entry(good)))
        self.add("table-good-kind",
                 attach(bare, entry(good), entry(b"x" * 40, kind=1)))
        self.add("table-unpadded", attach(bare, entry(good, pad=False)))
        self.add("table-unpadded-second",
                 attach(bare, entry(good), entry(b"x" * 41, 1, pad=False)))
        self.add("table-noise", attach(bare, entry(b"\x5a" * 400)))
        self.add("table-noise-good",
                 attach(bare, entry(b"\x5a" * 400), entry(good)))
        self.add("table-good-noise",
                 attach(bare, entry(good), entry(b"\x5a" * 400)))
        self.add("table-empty-entry", attach(bare, entry(b"")))
        self.add("table-other", attach(bare, entry(other)))
        self.add("table-other-good", attach(bare, entry(other), entry(good)))
        self.add("table-good-other", attach(bare, entry(good), entry(other)))
        for length in 0, 4, 7, 8, 9, 0x7fffffff, 0xffffffff:
            self.add(f"table-length-{length}",
                     attach(bare, entry(good, length=length)))
            self.add(f"table-second-{length}",
                     attach(bare, entry(good), entry(b"x" * 8, 1,
                                                     length=length)))
        for name, data in (
                ("short", efi.set_table(whole, at, size - 8)),
                ("one-short", efi.set_table(whole, at, size - 1)),
                ("long", efi.set_table(whole + bytes(8), at, size + 8)),
                ("header-left", efi.set_table(whole + bytes(4), at, size + 4)),
                ("beyond", efi.set_table(whole, at, size + 8)),
                ("far", efi.set_table(whole, 0xfffffff0, 0x20)),
                ("far-size", efi.set_table(whole, at, 0xffffffff)),
                ("nowhere", efi.set_table(whole, 0, size)),
                ("zero-size", efi.set_table(whole, at, 0)),
                ("no-size", efi.set_table(bare, len(bare), 0)),
                ("in-code", efi.set_table(bare, 0x200, 0x40)),
                ("cut", whole[:-8])):
            self.add(f"table-{name}", data)
        for behind in 1, 7, 8, 144, 512:
            self.add(f"behind-{behind}", whole + bytes(behind))
            self.add(f"behind-unsigned-{behind}", bare + bytes(behind))
        padded = self.program() + bytes(24)
        self.good_hashes.append(authenticode(padded))
        self.add("behind-in-hash", padded)

    def changes(self):
        """Change one byte of a signed program."""
        keys = self.keys
        image = self.sign(self.program(), keys.leaf)
        at, _ = efi.table(image)
        self.add("changed-not", image)
        for name, where in (
                ("dos", 0x10), ("checksum", 0x58 + 64), ("code", 0x210),
                ("last", at - 1), ("signature-start", at + 9),
                ("signature-end", len(image) - 20),
                ("revision", at + 4), ("type", at + 6)):
            changed = bytearray(image)
            changed[where] ^= 0x10
            self.add(f"changed-{name}", bytes(changed))
        rng = random.Random("trust")
        for n in range(24):
            changed = bytearray(image)
            changed[rng.randrange(at + 8, len(image))] ^= 1 << rng.randrange(8)
            self.add(f"changed-{n}", bytes(changed))

    def shapes(self):
        """Many kinds of headers and sections, signed and unsigned."""
        shapes = {
            "plain": {},
            "application": {"subsystem": 0xa},
            "runtime": {"subsystem": 0xc},
            "pe32": {"machine": 0x14c, "magic": 0x10b},
            "aarch64": {"machine": 0xaa64},
            "ebc": {"machine": 0xebc},
            "riscv64": {"machine": 0x5064},
            "no-machine": {"machine": 0x1234},
            "directories-5": {"directories": 5},
            "headers-400": {"headers": 0x400},
            "tail": {"tail": b"tail of sixteen."},
            "sbat": {"sections": ((b".sbat",
                                   b"sbat,1,SBAT Version,sbat,1,url\n"
                                   b"it,1,It,it,1,url\n"),)},
            "many": {"headers": 0x400,
                     "sections": [(b"s%d" % n, b"x" * 100 * n)
                                  for n in range(1, 12)]},
        }
        for name, words in shapes.items():
            image = self.program(**words)
            self.add(f"shape-{name}-unsigned", image)
            self.add(f"shape-{name}-signed", efi.osslsign(
                image, self.keys.leaf, self.directory))
            image = self.program(**words)
            self.good_hashes.append(authenticode(image))
            self.add(f"shape-{name}-hash", image)
        image = self.program(directories=4)
        self.add("shape-directories-4", image)
        for name, at, form, value in (
                ("directories-17", 0x58 + 108, "<I", 17),
                ("directories-0", 0x58 + 108, "<I", 0),
                ("optional-size", 0x54, "<H", 0xf8),
                ("sections-97", 0x46, "<H", 97),
                ("sections-0", 0x46, "<H", 0),
                ("headers-beyond", 0x58 + 60, "<I", 0x10000),
                ("headers-small", 0x58 + 60, "<I", 0x100),
                ("section-beyond", 0x148 + 16, "<I", 0x10000),
                ("section-overflow", 0x148 + 20, "<I", 0xffffff00),
                ("section-in-headers", 0x148 + 20, "<I", 0x100),
                ("section-low", 0x148 + 12, "<I", 0x100),
                ("magic", 0x58, "<H", 0x107),
                ("no-pe", 0x40, "<I", 0),
                ("no-mz", 0, "<H", 0),
                ("pe-far", 0x3c, "<I", 0xfffffff0)):
            image = bytearray(self.program())
            struct.pack_into(form, image, at, value)
            self.add(f"broken-{name}", bytes(image))
            # If its hash may be valid, db allows it unless it is malformed.
            self.good_hashes.append(authenticode(self.program()))
        self.add("empty", b"")
        self.add("short", b"MZ" + bytes(30))
        self.reordered()

    def reordered(self):
        """Section headers in a different order than the sections."""
        def another():
            return efi.swapped(self.program(sections=((b"a", b"1" * 512),
                                                      (b"b", b"2" * 512))))

        image = another()
        self.good_hashes.append(authenticode(image))
        self.add("reordered-hash", image)
        self.add("reordered-signed", self.sign(another(), self.keys.leaf))
        image = another()
        self.good_hashes.append(authenticode(image))
        self.add("gap-unsigned", image[:0x400] + bytes(64) + image[0x400:])

    def db(self):
        keys = self.keys
        return b"".join(
            efi.esl(efi.X509, key.der)
            for key in (keys.old, keys.root, keys.stray, keys.half)) + \
            efi.esl(efi.SHA256, *self.good_hashes) + \
            efi.esl(efi.SHA384, *self.wide["sha384"]) + \
            efi.esl(efi.SHA512, *self.wide["sha512"])

    def dbx(self):
        keys = self.keys
        return b"".join(
            efi.esl(efi.X509, key.der) for key in (keys.gone, keys.fallen)) + \
            efi.esl(efi.X509_SHA256, x509_sha256(keys.hashed),
                    x509_sha256(keys.between), x509_sha256(keys.half)) + \
            efi.esl(efi.SHA256, *self.bad_hashes)


def streams():
    """Compressed bytes, intact and damaged, by name."""
    rng = random.Random("compressed")
    text = b"".join(rng.choice((b"option ", b"ROM ", b"of ", b"some ",
                                b"device ")) for _ in range(3000))
    plain = {
        "empty": b"", "one": b"x", "same": b"\0" * 5000,
        "text": text, "noise": rng.randbytes(3000),
        "program": efi.program(1), "all": bytes(range(256)) * 8,
        "far": text[:300] + rng.randbytes(7800) + text[:300],
    }
    found = {name: (efi.compress(data), data) for name, data in plain.items()}
    found["blocks"] = (efi.compress(text, 97), text)
    for name in "text", "program", "far", "blocks":
        packed = found[name][0]
        for n in range(20):
            bad = bytearray(packed)
            bad[rng.randrange(8, len(bad))] ^= 1 << rng.randrange(8)
            found[f"{name}-bad-{n}"] = bytes(bad), None
        for n in range(4):
            length = rng.randrange(8, len(packed))
            found[f"{name}-cut-{n}"] = (struct.pack("<I", length - 8) +
                                        packed[4:length], None)
    whole = found["text"][0]
    found["behind"] = whole + bytes(40), text
    found["beyond"] = whole[:-1], None
    found["short"] = whole[:7], None
    return found
