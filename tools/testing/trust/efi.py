# SPDX-License-Identifier: GPL-2.0-only
"""Building blocks for the trust tests: EFI programs, signatures, variables
and ROMs.

Keys are generated each time; other projects' programs sign with them.
"""
import datetime
import heapq
import pathlib
import re
import struct
import subprocess
import uuid

GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
SECURITY = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
OWNER = uuid.UUID("6dc9f5a0-22b0-4f4c-8a53-4d5c0b7cbb21")
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
SHA256 = uuid.UUID("c1c41626-504c-4092-aca9-41f936934328")
SHA384 = uuid.UUID("ff3e5307-9fd0-48c9-85f1-8ad56c701e01")
SHA512 = uuid.UUID("093e0fae-a6c4-4f50-9f1b-d41e2b89c19a")
X509_SHA256 = uuid.UUID("3bd2a492-96c0-4079-b420-fcf98ef103ed")
PKCS7 = uuid.UUID("4aafd29d-68df-49ee-8aa9-347d375665a7")
PORT = 0x403		# as in scripts/roms


def command(*words, **keys):
    return subprocess.run([str(word) for word in words], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **keys).stdout


# Programs

def program(number, machine=0x8664, subsystem=0xb, magic=0x20b, sections=(),
            tail=b"", directories=16, headers=0x200, letter=b"E"):
    """A PE image that writes a letter and a byte to a port.

    A different number makes a different program.

    sections are additional ones, each a name and its bytes.
    """
    code = (b"\x66\xba" + struct.pack("<H", PORT) + b"\xb0" + letter +
            b"\xee\xb0" +
            bytes([number & 0xff]) + b"\xee\x31\xc0\xc3" +
            struct.pack("<I", number))
    parts = [(b".text", code.ljust(0x200, b"\xcc"), 0x60000020)]
    parts += [(name, data.ljust(-(-len(data) // 0x200) * 0x200, b"\0"),
               0x40000040) for name, data in sections]
    plus = magic == 0x20b
    fixed = 112 if plus else 96
    image = bytearray(headers)
    struct.pack_into("<2s58xI", image, 0, b"MZ", 0x40)
    struct.pack_into("<4sHHIIIHH", image, 0x40, b"PE", machine, len(parts), 0,
                     0, 0, fixed + 8 * directories, 0x2e)
    size = 0x1000 * (len(parts) + 1)
    struct.pack_into("<HBBIIIII", image, 0x58, magic, 0, 0, 0x200, 0, 0,
                     0x1000, 0x1000)
    if plus:
        struct.pack_into("<Q", image, 0x58 + 24, 0)
    struct.pack_into("<IIHHHHHHIIIIHH", image, 0x58 + 32, 0x1000, 0x200, 0, 0,
                     0, 0, 0, 0, 0, size, headers, 0, subsystem, 0)
    struct.pack_into("<I", image, 0x58 + fixed - 4, directories)
    at = 0x58 + fixed + 8 * directories
    data = b""
    for nr, (name, body, flags) in enumerate(parts):
        struct.pack_into("<8s6I2HI", image, at + 40 * nr, name, len(body),
                         0x1000 * (nr + 1), len(body), headers + len(data), 0,
                         0, 0, 0, flags)
        data += body
    return bytes(image) + data + tail


def swapped(image, at=0x148 + 40):
    """A program with its second and third section swapped."""
    image = bytearray(image)
    first, second = image[at + 16:at + 24], image[at + 56:at + 64]
    image[at + 16:at + 24], image[at + 56:at + 64] = second, first
    return bytes(image)


def security_directory(image):
    """The offset of the directory entry for the certificate table."""
    pe, = struct.unpack_from("<I", image, 0x3c)
    magic, = struct.unpack_from("<H", image, pe + 24)
    return pe + 24 + (112 if magic == 0x20b else 96) + 4 * 8


def table(image):
    """The certificate table: its offset and its size."""
    return struct.unpack_from("<II", image, security_directory(image))


def set_table(image, offset, size):
    image = bytearray(image)
    struct.pack_into("<II", image, security_directory(image), offset, size)
    return bytes(image)


def attach(image, *entries):
    """A program with a certificate table of entries made by entry()."""
    image = image.ljust(-(-len(image) // 8) * 8, b"\0")
    body = b"".join(entries)
    return set_table(image, len(image), len(body)) + body


def entries(image):
    """The PKCS #7 data of each entry of the certificate table."""
    at, size = table(image)
    end = at + size
    found = []
    while at < end:
        length, = struct.unpack_from("<I", image, at)
        found.append(image[at + 8:at + length])
        at += -(-length // 8) * 8
    return found


def entry(data, kind=2, guid=None, pad=True, length=None):
    """An entry of a certificate table."""
    if guid:
        kind, data = 0x0ef1, guid.bytes_le + data
    if pad:
        data = data.ljust(-(-len(data) // 8) * 8, b"\0")
    if length is None:
        length = len(data) + 8
    return struct.pack("<IHH", length, 0x200, kind) + data


def certificates(pkcs7):
    """The certificates in PKCS #7 data."""
    pem = command("openssl", "pkcs7", "-inform", "der", "-print_certs",
                  input=pkcs7).decode()
    return [command("openssl", "x509", "-outform", "der",
                    input=f"{begin}{part}".encode())
            for begin in ["-----BEGIN CERTIFICATE-----"]
            for part in pem.split(begin)[1:]]


# Keys

class Key:
    """A key and its certificate."""

    def __init__(self, directory, name, issuer=None, days=3650, ca=True,
                 expired=False, options=()):
        self.name = name
        self.key = pathlib.Path(directory) / f"{name}.key"
        self.pem = self.key.with_suffix(".pem")
        self.issuer = issuer
        command("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes",
                "-sha256", "-subj", f"/O=shadowbar/CN={name}", "-keyout",
                self.key, "-out", self.key.with_suffix(".csr"))
        extensions = self.key.with_suffix(".ext")
        extensions.write_text(
            f"basicConstraints=critical,CA:{'TRUE' if ca else 'FALSE'}\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" +
            "\n".join(options))
        start = datetime.datetime(2012 if expired else 2024, 1, 1)
        end = start + datetime.timedelta(365 if expired else days)
        index = self.key.with_suffix(".index")
        index.write_text("")
        config = self.key.with_suffix(".cnf")
        config.write_text(
            "[ca]\ndefault_ca=it\n[it]\npolicy=any\n"
            f"database={index}\nnew_certs_dir={directory}\n"
            "rand_serial=yes\ndefault_md=sha256\n"
            "[any]\norganizationName=optional\ncommonName=supplied\n")
        signer = ["-cert", issuer.pem, "-keyfile", issuer.key] if issuer \
            else ["-selfsign", "-keyfile", self.key]
        command("openssl", "ca", "-batch", "-notext", "-config", config,
                "-startdate", f"{start:%Y%m%d%H%M%SZ}",
                "-enddate", f"{end:%Y%m%d%H%M%SZ}", "-extfile", extensions,
                "-in", self.key.with_suffix(".csr"), "-out", self.pem, *signer)
        self.der = command("openssl", "x509", "-in", self.pem, "-outform",
                           "der")

    def chain(self):
        """The certificates above it, starting with its issuer."""
        return [self.issuer] + self.issuer.chain() if self.issuer else []

    def tbs(self):
        """The signed part of the certificate."""
        at = 4
        length = 4 + struct.unpack_from(">H", self.der, at + 2)[0]
        assert self.der[0] == self.der[at] == 0x30
        assert self.der[1] == self.der[at + 1] == 0x82
        return self.der[at:at + length]


def sbsign(image, key, directory, with_chain=True):
    """Sign with sbsigntool; a signed program gets another signature."""
    path = pathlib.Path(directory) / "sbsign"
    path.write_bytes(image)
    chain = pathlib.Path(directory) / "chain.pem"
    chain.write_text("".join(one.pem.read_text() for one in key.chain()))
    added = ["--addcert", chain] if with_chain and key.chain() else []
    command("sbsign", "--key", key.key, "--cert", key.pem, *added, "--output",
            f"{path}.signed", path)
    return pathlib.Path(f"{path}.signed").read_bytes()


def osslsign(image, key, directory, digest="sha256", with_chain=True):
    """Sign with osslsigncode."""
    path = pathlib.Path(directory) / "osslsign"
    out = pathlib.Path(f"{path}.signed")
    out.unlink(missing_ok=True)
    path.write_bytes(image)
    chain = pathlib.Path(directory) / "all.pem"
    chain.write_text("".join(one.pem.read_text() for one in
                             [key] + (key.chain() if with_chain else [])))
    command("osslsigncode", "sign", "-h", digest, "-certs", chain, "-key",
            key.key, "-in", path, "-out", out)
    return out.read_bytes()


def pesign_hash(image, directory):
    """The Authenticode hash according to pesign."""
    path = pathlib.Path(directory) / "pesign"
    path.write_bytes(image)
    # Some versions print the file name first, others the hash.
    words = command("pesign", "-h", "-i", path).decode().split()
    return next(word for word in words if re.fullmatch("[0-9a-f]{64}", word))


# Variables

def esl(kind, *data):
    """A signature list; all data must have the same size."""
    size, = {len(one) for one in data}
    body = b"".join(OWNER.bytes_le + one for one in data)
    return struct.pack("<16sIII", kind.bytes_le, 28 + len(body), 0,
                       16 + size) + body


def efivarfs(directory, **variables):
    """Files as in efivarfs."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in variables.items():
        guid = SECURITY if name in ("db", "dbx") else GLOBAL
        (directory / f"{name}-{guid}").write_bytes(
            struct.pack("<I", 0x27) + data)


def variable_store(flash, *variables):
    """Put variables into an empty variable store of OVMF's flash.

    Each has a name, a GUID, attributes and data.
    """
    flash = bytearray(flash)
    store = flash.index(
        uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le)
    at = store + 28
    assert flash[at:at + 2] == b"\xff\xff", "it is not empty"
    for name, guid, attributes, data in variables:
        text = name.encode("utf-16le") + b"\0\0"
        when = struct.pack("<HBBBBB9x", 2024, 1, 1, 0, 0, 0) \
            if attributes & 0x20 else bytes(16)
        one = struct.pack("<HBBIQ16sIII16s", 0x55aa, 0x3f, 0, attributes, 0,
                          when, 0, len(text), len(data), guid.bytes_le)
        one += text + data
        flash[at:at + len(one)] = one
        at += -(-len(one) // 4) * 4
    return bytes(flash)


def secure_boot(flash, key, db, dbx):
    """Flash with Secure Boot on: these lists, and a key for PK and KEK."""
    signed = 0x27		# non-volatile, boot and runtime, time-based
    mine = esl(X509, key.der)
    variables = [("PK", GLOBAL, signed, mine), ("KEK", GLOBAL, signed, mine),
                 ("db", SECURITY, signed, db)]
    if dbx:
        variables.append(("dbx", SECURITY, signed, dbx))
    variables.append(("SecureBootEnable", uuid.UUID(
        "f0a30bc7-af08-4556-99c4-001009c93a44"), 3, b"\1"))
    return variable_store(flash, *variables)


# Compression (UEFI 2.10, 19): the inverse of the tool's code

class Bits:
    """Bits, most significant bit of each byte first."""

    def __init__(self):
        self.value, self.count = 0, 0

    def put(self, value, count):
        self.value = self.value << count | value
        self.count += count

    def bytes(self):
        short = -self.count % 8
        return (self.value << short).to_bytes((self.count + short) // 8,
                                              "big")


def lengths_of(counts, most=16):
    """Lengths of a Huffman code; {} for a single symbol."""
    used = {symbol: count for symbol, count in counts.items() if count}
    if len(used) < 2:
        return {}
    while True:
        heap = [(count, n, (symbol,)) for n, (symbol, count) in
                enumerate(sorted(used.items()))]
        heapq.heapify(heap)
        length = dict.fromkeys(used, 0)
        n = len(heap)
        while len(heap) > 1:
            first, second = heapq.heappop(heap), heapq.heappop(heap)
            for symbol in first[2] + second[2]:
                length[symbol] += 1
            n += 1
            heapq.heappush(heap, (first[0] + second[0], n,
                                  first[2] + second[2]))
        if max(length.values()) <= most:
            return length
        # Flatten, and try again.
        used = {symbol: count // 2 + 1 for symbol, count in used.items()}


def words_of(length):
    """The words of a code: value and length for each symbol."""
    words, code, before = {}, 0, 0
    for symbol, bits in sorted(length.items(), key=lambda one: one[::-1]):
        code <<= bits - before
        words[symbol] = code, bits
        code, before = code + 1, bits
    return words


def put_small(out, length, single, width, gap):
    """Write the lengths of a small code."""
    if not length:
        out.put(0, width)
        out.put(single, width)
        return {single: (0, 0)}
    number = max(length) + 1
    out.put(number, width)
    at = 0
    while at < number:
        bits = length.get(at, 0)
        if bits < 7:
            out.put(bits, 3)
        else:
            out.put((1 << bits - 4) - 1 << 1, bits - 3)
        at += 1
        if gap and at == 3:
            zeroes = 0
            while zeroes < 3 and at < number and not length.get(at, 0):
                zeroes, at = zeroes + 1, at + 1
            out.put(zeroes, 2)
    return words_of(length)


def put_main(out, length, single):
    """Write the lengths of the main code, preceded by a code for them."""
    if not length:
        put_small(out, {}, 0, 5, True)
        out.put(0, 9)
        out.put(single, 9)
        return {single: (0, 0)}
    number = max(length) + 1
    steps, at = [], 0
    while at < number:
        run = 0
        while at + run < number and not length.get(at + run, 0):
            run += 1
        if not run:
            steps.append((length[at] + 2, 0, 0))
            at += 1
            continue
        run = min(run, 511 + 20)
        if run < 3:
            steps += [(0, 0, 0)] * run
        elif run <= 18:
            steps.append((1, run - 3, 4))
        elif run == 19:
            steps += [(0, 0, 0), (1, 15, 4)]
        else:
            steps.append((2, run - 20, 9))
        at += run
    counts = {}
    for symbol, _, _ in steps:
        counts[symbol] = counts.get(symbol, 0) + 1
    inner = put_small(out, lengths_of(counts), steps[0][0], 5, True)
    out.put(number, 9)
    for symbol, extra, bits in steps:
        out.put(*inner[symbol])
        out.put(extra, bits)
    return words_of(length)


def symbols_of(data):
    """Literals, and copies as (length, distance)."""
    seen, at = {}, 0
    while at < len(data):
        best = 0
        for start in reversed(seen.get(data[at:at + 3], [])[-8:]):
            if at - start > 8192:
                break
            length = 3
            while length < 256 and at + length < len(data) and \
                    data[start + length] == data[at + length]:
                length += 1
            if length > best:
                best, distance = length, at - start
        for n in range(at, at + max(best, 1)):
            seen.setdefault(data[n:n + 3], []).append(n)
        if best and at + 3 <= len(data):
            yield best, distance
            at += best
        else:
            yield data[at], 0
            at += 1


def distance_symbol(distance):
    """The symbol of a distance, and the bits that follow it."""
    value = distance - 1
    bits = value.bit_length()
    return bits, value - (1 << bits - 1) if bits > 1 else 0, max(bits - 1, 0)


def compress(data, block=4000):
    """A stream in blocks of a given number of symbols."""
    out = Bits()
    symbols = list(symbols_of(data))
    for start in range(0, len(symbols), block):
        part = symbols[start:start + block]
        main, distances = {}, {}
        for value, distance in part:
            symbol = value + 253 if distance else value
            main[symbol] = main.get(symbol, 0) + 1
            if distance:
                symbol, _, _ = distance_symbol(distance)
                distances[symbol] = distances.get(symbol, 0) + 1
        out.put(len(part), 16)
        words = put_main(out, lengths_of(main), next(iter(main)))
        far = put_small(out, lengths_of(distances),
                        next(iter(distances), 0), 4, False)
        for value, distance in part:
            out.put(*words[value + 253 if distance else value])
            if distance:
                symbol, extra, bits = distance_symbol(distance)
                out.put(*far[symbol])
                out.put(extra, bits)
    packed = out.bytes()
    return struct.pack("<II", len(packed), len(data)) + packed


# ROMs

def rom_image(pe, compressed=False, last=True, machine=0x8664, ids=(0x1b36, 5),
              packed=None):
    """An EFI image of an option ROM, with a program in it."""
    data = packed or (compress(pe) if compressed else pe)
    units = -(-(0x40 + len(data)) // 512)
    image = bytearray(units * 512)
    struct.pack_into("<2sHIHHH8sHH", image, 0, b"\x55\xaa", units, 0xef1, 0xb,
                     machine, int(compressed), bytes(8), 0x40, 0x1c)
    struct.pack_into("<4sHHHHB3sHHBBHH", image, 0x1c, b"PCIR", *ids, 0, 0x1c,
                     3, bytes((0, 0, 2)), units, 0, 3, 0x80 if last else 0,
                     0, 0)
    image[0x40:0x40 + len(data)] = data
    return bytes(image)
