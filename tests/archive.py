# SPDX-License-Identifier: GPL-2.0-only
"""A small archive of Debian's form, served on the loopback.

Its index lists what a test wants it to list.  The archive holds the listed
files, except those that the test takes away.
"""

import collections
import hashlib
import http.server
import threading
import urllib.parse

STANZA = """\
Package: {name}
Version: {version}
Architecture: {arch}
Maintainer: nobody
{depends}Description: {name}
Filename: {place}
Size: {size}
SHA256: {sha256}

"""


class Archive:
    """The files by their paths, what was asked, and what is answered instead."""

    def __init__(self):
        self.files = {}
        self.packages = collections.defaultdict(str)  # stanzas by suite and architecture
        self.asked = []  # method and path, in order
        # Statuses to answer before the file, or where the client shall look for it.
        self.instead = collections.defaultdict(list)

    def add(self, suite, arch, name, version, depends=()):
        """A package of this version; its file is no package, as none is unpacked."""
        place = f"pool/{name}_{version}_{arch}.deb"
        content = f"{name} {version} {arch}".encode()
        self.files[f"/{place}"] = content
        self.packages[suite, arch] += STANZA.format(
            name=name, version=version, arch=arch,
            depends=f"Depends: {', '.join(depends)}\n" if depends else "",
            place=place, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        self._index(suite)

    def add_kernel(self, suite, arch, release, flavour):
        """Image and headers, and what the headers share, which is for amd64."""
        version, name = release.split("+")[0], f"{release}-{flavour}"
        shared = (f"linux-headers-{release}-common", f"linux-kbuild-{release}")
        self.add(suite, arch, f"linux-image-{name}", version)
        self.add(suite, arch, f"linux-headers-{name}", version, shared)
        for package in shared:
            self.add(suite, "amd64", package, version)

    def remove(self, *words):
        """The files whose names have one of these words in them; they stay listed."""
        gone = [path for path in self.files if any(word in path for word in words)]
        assert gone
        for path in gone:
            del self.files[path]

    def count(self, *words):
        """How often a file whose name has these words in it was asked for."""
        return sum(all(word in path for word in words) for _, path in self.asked)

    def _index(self, suite):
        arches = [arch for named, arch in self.packages if named == suite]
        sums = ""
        for arch in arches:
            content = self.packages[suite, arch].encode()
            place = f"main/binary-{arch}/Packages"
            self.files[f"/dists/{suite}/{place}"] = content
            sums += f" {hashlib.sha256(content).hexdigest()} {len(content)} {place}\n"
        self.files[f"/dists/{suite}/Release"] = (
            f"Codename: {suite}\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
            f"Architectures: {' '.join(arches)}\nComponents: main\nSHA256:\n{sums}").encode()


class Server:
    """Serves an archive while the with statement's body runs; url is its address."""

    def __init__(self, archive):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(archive))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()


def _handler(archive):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = urllib.parse.unquote(self.path)
            archive.asked.append((self.command, path))
            others = archive.instead[path]
            status = others.pop(0) if others else 200 if path in archive.files else 404
            content = archive.files[path] if status == 200 else b""
            if isinstance(status, str):
                self.send_response(302)
                self.send_header("Location", status)
            else:
                self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, *words):
            pass

    return Handler
