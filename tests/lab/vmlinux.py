# SPDX-License-Identifier: GPL-2.0-only
"""The kernel inside a bootable image: where its linker put its sections.

Offsets in the image: Documentation/arch/x86/boot.rst in the kernel's sources.
"""

import lzma
import struct
import subprocess


class ImageFormatError(Exception):
    pass


def payload(image):
    """The ELF file that is packed in a bzImage."""
    sectors = image[0x1F1] or 4
    if image[0x202:0x206] != b"HdrS":
        raise ImageFormatError("not a bzImage")
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sectors + 1) * 512 + offset
    return unpacked(image[start:start + length])


def unpacked(data):
    """What is packed; the last four bytes are its size, for the loader."""
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dc"], input=data[:-4], check=True,
                              stdout=subprocess.PIPE).stdout
    raise ImageFormatError(f"packed in an unknown way: {data[:6].hex()}")


class Linked:
    """The sections of a 64-bit ELF file: (first, one past the last) address."""

    def __init__(self, elf):
        if elf[:6] != b"\x7fELF\x02\x01":
            raise ImageFormatError("not a 64-bit little-endian ELF file")
        table, = struct.unpack_from("<Q", elf, 0x28)
        size, count, names = struct.unpack_from("<HHH", elf, 0x3A)
        rows = [struct.unpack_from("<IIQQQQ", elf, table + n * size) for n in range(count)]
        strings = rows[names][4]
        self._elf, self._files, self.sections = elf, {}, {}
        for name, _, _, address, offset, length in rows:
            start = strings + name
            text = elf[start:elf.index(b"\0", start)].decode()
            self._files[text] = (offset, length)
            if address:
                self.sections[text] = (address, address + length)

    def content(self, name):
        offset, length = self._files[name]
        return self._elf[offset:offset + length]

    def before(self, name):
        """Where the section that precedes this one ends."""
        start = self.sections[name][0]
        return max(end for first, end in self.sections.values() if first < start)
