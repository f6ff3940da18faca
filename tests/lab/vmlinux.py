# SPDX-License-Identifier: GPL-2.0-only
"""The kernel inside a bootable image: where its linker put its sections.

Offsets in the images: Documentation/arch/x86/boot.rst and
drivers/firmware/efi/libstub/zboot-header.S in the kernel's sources.
"""

import lzma
import re
import struct
import subprocess
import zlib


# Starts of packed files, among them what images unpack.
PACKED = (b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
VDSO = 1 << 17  # no vDSO is larger; there are templates of headers, too
ZIMAGE = b"\x18\x28\x6f\x01"  # arm's, Documentation/arch/arm/booting.rst
BUILD_ID = re.compile(rb"(?:\x04\0\0\0\x14\0\0\0\x03\0\0\0|\0\0\0\x04\0\0\0\x14\0\0\0\x03)"
                      rb"GNU\0(.{20})", re.S)


class ImageFormatError(Exception):
    pass


def kernel(image):
    """What the linker left, out of whatever unpacks it when it starts."""
    image = bootable(image)
    if image[0x202:0x206] == b"HdrS":
        return Linked(payload(image))
    if image[:2] == b"MZ" and image[0x24:0x28] != ZIMAGE:
        return Flat(image)
    whole = next(_packed(image), image)
    return Linked(whole) if whole[:4] == b"\x7fELF" else Flat(whole)


def _packed(image):
    """Files that are packed in a file and larger than it."""
    for start in sorted(m.start() for magic in PACKED for m in re.finditer(re.escape(magic), image)):
        try:
            data = unpacked(image[start:])
        except (ImageFormatError, lzma.LZMAError, zlib.error):
            continue
        if len(data) > len(image):
            yield data


def payload(image):
    """The ELF file that is packed in a bzImage."""
    sectors = image[0x1F1] or 4
    if image[0x202:0x206] != b"HdrS":
        raise ImageFormatError("not a bzImage")
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sectors + 1) * 512 + offset
    # The last four bytes are the unpacked size, for the loader.
    return unpacked(image[start:start + length - 4])


def bootable(image):
    """What QEMU starts: it does not know images that unpack themselves for EFI."""
    if image[:2] != b"MZ" or image[4:8] != b"zimg":
        return image
    offset, length = struct.unpack_from("<II", image, 8)
    return unpacked(image[offset:offset + length])


def unpacked(data):
    if data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31).decompress(data)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        # What follows the packed file does not belong to it, and is complained of.
        return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
    raise ImageFormatError(f"packed in an unknown way: {data[:6].hex()}")


class Flat:
    """What is to be in memory, byte for byte, with no table of what it is."""

    sections = {}

    def __init__(self, data):
        self.content = data

    @property
    def size(self):
        """In memory, BSS included, where the file begins with a header that all
        kernels started by EFI share (Documentation/arch/arm64/booting.rst)."""
        return struct.unpack_from("<Q", self.content, 16)[0] if self.content[:2] == b"MZ" else 0

    @property
    def notes(self):
        """From where in the file on, and what they are; just the build id's."""
        found = self._build_id
        return found.start(), found[0]

    @property
    def build_id(self):
        return self._build_id[1].hex()

    @property
    def _build_id(self):
        """The one that is not of a vDSO, which is an ELF file in the file."""
        starts = (m.start() for m in re.finditer(rb"\x7fELF[\x01\x02][\x01\x02]\x01",
                                                 self.content))
        inner = [range(start, start + min(elf_size(self.content, start), VDSO)) for start in starts]
        return next(m for m in BUILD_ID.finditer(self.content)
                    if not any(m.start() in elf for elf in inner))


def elf_layout(elf, start=0):
    """Byte order, letter of a word, and where the section headers are: from
    where on, bytes of each, their number, and which of them has the names."""
    order = "<" if elf[start + 5] == 1 else ">"
    table_at, word, counts_at = (0x20, "I", 0x2E) if elf[start + 4] == 1 else (0x28, "Q", 0x3A)
    return order, word, (*struct.unpack_from(order + word, elf, start + table_at),
                         *struct.unpack_from(order + "HHH", elf, start + counts_at))


def elf_size(data, start):
    """Of an ELF file that ends with its section headers, as linkers write them."""
    _, _, (table, size, count, _) = elf_layout(data, start)
    return table + size * count


class Linked:
    """The sections of an ELF file: (first, one past the last) address."""

    size = 0

    def __init__(self, elf):
        if elf[:4] != b"\x7fELF" or elf[4] not in (1, 2) or elf[5] not in (1, 2):
            raise ImageFormatError("not an ELF file")
        order, word, (table, size, count, names) = elf_layout(elf)
        # Both classes: name, type, flags, address, offset, size.
        rows = [struct.unpack_from(f"{order}II4{word}", elf, table + n * size)
                for n in range(count)]
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

    @property
    def notes(self):
        """Their link address, and what they are."""
        return self.sections[".notes"][0], self.content(".notes")

    @property
    def build_id(self):
        return BUILD_ID.search(self.content(".notes"))[1].hex()

    def before(self, name):
        """Where the section that precedes this one ends."""
        start = self.sections[name][0]
        return max(end for first, end in self.sections.values() if first < start)
