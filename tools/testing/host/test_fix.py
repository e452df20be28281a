# SPDX-License-Identifier: GPL-2.0-only
"""The logic of `shadowbar fix`, on files."""
import struct
import subprocess

import pytest


def images(rom):
    """Offset, length and PCIR of each image, found by the test itself."""
    at = 0
    while True:
        pcir = at + struct.unpack_from("<H", rom, at + 0x18)[0]
        assert rom[pcir:pcir + 4] in (b"PCIR", b"NPDS")
        units, = struct.unpack_from("<H", rom, pcir + 0x10)
        last = rom[pcir + 0x15] & 0x80
        npde = (pcir + rom[pcir + 0xa] + 15) // 16 * 16
        if rom[npde:npde + 4] == b"NPDE":
            units, last = struct.unpack_from("<HB", rom, npde + 8)
            last &= 0x80
        yield at, 512 * units, pcir
        at += 512 * units
        if last:
            return


def expect_good(rom, ids=None):
    """Everything that SeaBIOS and OVMF check is correct."""
    end = 0
    for at, length, pcir in images(rom):
        end = at + length
        if rom[pcir + 0x14] == 0:
            assert sum(rom[at:end]) & 0xff == 0
            if 512 * rom[at + 2] <= length:
                assert sum(rom[at:at + 512 * rom[at + 2]]) & 0xff == 0
        if ids and rom[at:at + 2] == b"\x55\xaa" and rom[pcir + 0x14] < 0x70:
            assert struct.unpack_from("<HH", rom, pcir + 4) == ids
    return end


@pytest.mark.parametrize("name", ("one", "two", "three", "bad-sum", "amd",
                                  "nvidia", "open-firmware", "trailing",
                                  "init-zero", "init-beyond", "end-pcir"))
def test_ids(name, roms, fix, tmp_path):
    out = tmp_path / "out.rom"
    done = fix(roms / f"{name}.rom", out, "1af4:1050")
    rom = out.read_bytes()
    assert expect_good(rom, (0x1af4, 0x1050)) == len(rom) == done["size"]
    assert done["error"] == "ok"


def test_sums_only(roms, fix, tmp_path):
    """Without IDs, only what is wrong changes, which is one byte."""
    out = tmp_path / "out.rom"
    done = fix(roms / "bad-sum.rom", out)
    before, after = (roms / "bad-sum.rom").read_bytes(), out.read_bytes()
    assert (done["ids"], done["sums"]) == (0, 1)
    assert sum(a != b for a, b in zip(before, after)) == 1
    expect_good(after)


def test_nothing_to_fix(roms, fix, tmp_path):
    out = tmp_path / "out.rom"
    done = fix(roms / "three.rom", out, "1234:5678")
    assert (done["ids"], done["sums"]) == (0, 0)
    assert out.read_bytes() == (roms / "three.rom").read_bytes()


def test_init_sum(roms, fix, tmp_path):
    """SeaBIOS' sum is correct even if that of the image was, too."""
    rom = bytearray((roms / "one.rom").read_bytes())
    rom[100] += 1
    rom[-1] = (rom[-1] - 1) & 0xff
    (tmp_path / "in.rom").write_bytes(rom)
    out = tmp_path / "out.rom"
    assert fix(tmp_path / "in.rom", out)["sums"] == 1
    expect_good(out.read_bytes())


def test_pcir_stays(roms, fix, tmp_path):
    """If PCIR is at the end, its last byte is not used as a checksum."""
    rom = bytearray((roms / "end-pcir.rom").read_bytes())
    rom[3000] ^= 1
    (tmp_path / "in.rom").write_bytes(rom)
    out = tmp_path / "out.rom"
    assert fix(tmp_path / "in.rom", out)["sums"] == 1
    expect_good(out.read_bytes())
    assert out.read_bytes()[-0x1c:] == rom[-0x1c:]


def test_gpu_z(roms, fix, tmp_path):
    """The header is cut off, and so is the rest after the last image."""
    out = tmp_path / "out.rom"
    done = fix(roms / "gpu-z.rom", out)
    assert done["offset"] == 0x600
    assert out.read_bytes() == (roms / "nvidia.rom").read_bytes()


def test_keep_trailing(roms, fix, tmp_path):
    out = tmp_path / "out.rom"
    fix(roms / "trailing.rom", out, "-", "keep")
    assert out.read_bytes() == (roms / "trailing.rom").read_bytes()


def test_nvidias_own_stay(roms, fix, tmp_path):
    """Firmware ignores NVIDIA's own images, so they keep their IDs."""
    out = tmp_path / "out.rom"
    done = fix(roms / "nvidia.rom", out, "1af4:1050")
    assert (done["images"], done["ids"]) == (5, 2)
    before, after = (roms / "nvidia.rom").read_bytes(), out.read_bytes()
    assert before[8192:] == after[8192:]


def test_broken_later(roms, fix, tmp_path):
    """What is whole is fixed; the rest is reported and left out."""
    out = tmp_path / "out.rom"
    done = fix(roms / "second-length-zero.rom", out, "1af4:1050")
    assert (done["images"], done["size"]) == (1, 12288)
    assert done["error"] == "length-zero"


@pytest.mark.parametrize("name", ("broken-no-pcir", "broken-all-ones"))
def test_no_rom(name, roms, fix, tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as error:
        fix(roms / f"{name}.rom", tmp_path / "out.rom", "1af4:1050")
    assert error.value.returncode == 1
