# SPDX-License-Identifier: GPL-2.0-only
"""Whether a mirror holds a file: asked with a HEAD request, nothing is fetched."""

import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from . import cache

PAUSES = (1, 3, 5)  # seconds between the attempts if a mirror gives no answer
PATIENCE = 20  # seconds for one answer
GONE = (404, 410)  # final: the file is not there


class NoAnswer(Exception):
    pass


@cache.once
def holds(uri):
    """Whether the file is there.

    Only a 404 or 410 says that it is not.  How to ask is known for HTTP alone;
    with another scheme, or if the server refuses such questions, apt will find
    out when it fetches the file.
    """
    if urllib.parse.urlsplit(uri).scheme not in ("http", "https"):
        return True
    for pause in (*PAUSES, None):
        try:
            with _opener(uri).open(urllib.request.Request(uri, method="HEAD"), timeout=PATIENCE):
                return True
        except urllib.error.HTTPError as error:
            if error.code in GONE:
                return False
            if error.code < 500 and error.code != 429:
                return True
            failure = error
        except OSError as error:  # no connection, or a timeout
            if isinstance(getattr(error, "reason", None), ssl.SSLError):
                return True  # apt may know other certificates
            failure = error
        if pause is None:
            raise NoAnswer(f"{uri}: {failure}")
        cache.progress(f"{uri}: {failure}; again in {pause} s")
        time.sleep(pause)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Python would go on with GET."""

    def redirect_request(self, *words):
        request = super().redirect_request(*words)
        request.method = "HEAD"
        return request


def _opener(uri):
    parts = urllib.parse.urlsplit(uri)
    chosen = _proxy(parts.scheme, parts.hostname, uri)
    handlers = [_Redirects]
    if chosen:
        direct = chosen == "DIRECT"
        handlers.append(urllib.request.ProxyHandler({} if direct else {parts.scheme: chosen}))
    return urllib.request.build_opener(*handlers)


def _proxy(scheme, host, uri):
    """The proxy that apt would use; empty: what the environment says."""
    settings = _settings()
    for kind in dict.fromkeys((scheme, "http")):
        proxy = settings.get(f"acquire::{kind}::proxy::{host}")
        if proxy:
            return proxy
        program = (settings.get(f"acquire::{kind}::proxy-auto-detect")
                   or settings.get(f"acquire::{kind}::proxyautodetect"))
        if program:
            said = subprocess.run([program, uri], text=True, stdout=subprocess.PIPE).stdout.strip()
            if said:
                return said
        proxy = settings.get(f"acquire::{kind}::proxy")
        if proxy:
            return proxy
    return ""


@cache.once
def _settings():
    """apt's settings; their names are the same in capitals and small letters."""
    listed = subprocess.run(["apt-config", "dump", "--format", "%f %v%n"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    rows = (line.partition(" ") for line in listed.splitlines())
    return {name.lower(): value for name, _, value in rows}
