# SPDX-License-Identifier: GPL-2.0-only
"""Registers of a standing guest by the names that QEMU has for debuggers.

QEMU's monitor leaves out many system registers, such as arm64's TTBR1_EL1;
its server for gdb has them, and says itself what they are called.  The
protocol: "Remote Protocol" and "Target Descriptions" in gdb's manual.
"""

import re
import socket
import tempfile
from pathlib import Path


class GdbError(Exception):
    pass


def registers(monitor, arch):
    """All registers of the first processor, of both: numbers by name, in capitals."""
    if arch.kernel == "x86":  # which QEMU 7.2 numbers otherwise than it describes
        return monitor.registers()
    with tempfile.TemporaryDirectory(prefix="kvas-") as directory:
        path = Path(directory, "gdb")
        monitor.human(f"gdbserver unix:{path},server=on,wait=off")
        try:
            with Connection(path) as connection:
                return monitor.registers() | connection.registers(arch.endian)
        finally:
            monitor.human("gdbserver none")


class Connection:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def registers(self, endian):
        found = {}
        for name, number in self._description().items():
            answer = self._ask(f"p{number:x}")
            if re.fullmatch(r"([0-9a-f]{2})+", answer):  # else unavailable
                found[name.upper()] = int.from_bytes(bytes.fromhex(answer), endian)
        return found

    def _description(self):
        """Register numbers; they count on where an element does not say one."""
        self._ask("qSupported:xmlRegisters=i386")
        numbers, following = {}, 0
        # For mips QEMU has none.
        for file in re.findall(r'<xi:include href="([^"]+)"', self._file("target.xml")):
            for element in re.findall(r"<reg\s[^>]*>", self._file(file)):
                words = dict(re.findall(r'(\w+)="([^"]*)"', element))
                following = int(words.get("regnum", following))
                if int(words["bitsize"]) <= 64:
                    numbers.setdefault(words["name"], following)
                following += 1
        return numbers

    def _file(self, name):
        text = ""
        while True:
            answer = self._ask(f"qXfer:features:read:{name}:{len(text):x},ffb")
            text += answer[1:]
            if answer[:1] != "m":  # l is the last part; nothing, if there is none
                return text

    def _ask(self, request):
        body = request.encode()
        self._socket.sendall(b"$%s#%02x" % (body, sum(body) & 0xFF))
        while not (found := re.search(rb"\$([^#]*)#..", self._buffer, re.S)):
            data = self._socket.recv(65536)
            if not data:
                raise GdbError(f"no answer to {request}")
            self._buffer += data
        self._buffer = self._buffer[found.end():]
        self._socket.sendall(b"+")
        return _plain(found[1]).decode("latin-1")


def _plain(data):
    """Without escapes ("}" and a character) and runs ("*" and a count)."""
    out = bytearray()
    position = 0
    while position < len(data):
        byte = data[position]
        if byte == ord("}"):
            position += 1
            out.append(data[position] ^ 0x20)
        elif byte == ord("*"):
            position += 1
            out += out[-1:] * (data[position] - 29)
        else:
            out.append(byte)
        position += 1
    return bytes(out)
