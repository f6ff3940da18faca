# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's machine protocol: events of a guest, and its registers and memory.

What is read here is QEMU's own view of the processor and of memory.  Nothing
of it passes through the guest's kernel, so it is a witness of its own.
"""

import contextlib
import json
import re
import socket
import tempfile
import time
from pathlib import Path


class MonitorError(Exception):
    pass


class Monitor:
    def __init__(self, connection):
        self._socket = connection
        self._buffer = b""
        self._events = []
        self.gone = False
        self._receive(time.monotonic() + 30)  # the greeting
        self.execute("qmp_capabilities")

    def _receive(self, deadline):
        """The next message, or None if QEMU has gone or time is up."""
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(65536)
            except socket.timeout:
                return None
            except ConnectionError:
                data = b""
            if not data:
                self.gone = True
                return None
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def execute(self, command, timeout=60, **arguments):
        request = {"execute": command, "arguments": arguments}
        self._socket.sendall(json.dumps(request).encode())
        deadline = time.monotonic() + timeout
        while (message := self._receive(deadline)) is not None:
            if "event" in message:
                self._events.append(message)
            elif "error" in message:
                raise MonitorError(f"{command}: {message['error']['desc']}")
            elif "return" in message:
                return message["return"]
        raise MonitorError(f"{command}: no answer from QEMU")

    def wait_for(self, name, timeout):
        """The data of an event, or None if it does not come in time."""
        deadline = time.monotonic() + timeout
        while True:
            for event in self._events:
                if event["event"] == name:
                    return event.get("data", {})
            message = self._receive(deadline)
            if message is None:
                return None
            self._events.append(message)

    def human(self, line, processor=0):
        """A command of the monitor that people use."""
        return self.execute("human-monitor-command",
                            **{"command-line": line, "cpu-index": processor})

    def registers(self, processor=0):
        """As QEMU prints them, in capitals; segments by their base.  Which there
        are differs: gdbstub.registers gives more."""
        text = self.human("info registers", processor)
        segments = re.finditer(r"^([A-Z]{2,3}) *=[0-9a-f]{4} ([0-9a-f]{8,16}) ", text, re.M)
        plain = re.finditer(r"\b(?![0-9a-f]{8})([A-Za-z]\w*(?:/\w+)?) *[= ] *"
                            r"(?:0x)?([0-9a-f]{1,16})\b(?!:)", text)
        found = {}
        for match in (*segments, *plain):
            for name in match[1].split("/"):  # riscv: x1/ra
                found.setdefault(name.upper(), int(match[2], 16))
        return found

    def translate(self, address):
        """The physical address behind a virtual one; None where none is mapped."""
        answer = self.human(f"gva2gpa {address:#x}")
        found = re.match(r"gpa: ((?:0x)?[0-9a-f]+)", answer)  # zero is just 0
        return int(found[1], 16) if found else None

    def physical(self, address, size):
        """Bytes of the guest's memory."""
        return self._saved("pmemsave", address, size)

    def virtual(self, address, size):
        return self._saved("memsave", address, size)

    def _saved(self, command, address, size):
        with tempfile.TemporaryDirectory(prefix="kvas-") as directory:
            file = Path(directory, "bytes")
            signed = address - (1 << 64) if address >> 63 else address
            self.execute(command, val=signed, size=size, filename=str(file))
            return file.read_bytes()

    def quit(self):
        with contextlib.suppress(MonitorError, OSError):  # gone already
            self.execute("quit", timeout=10)
