# SPDX-License-Identifier: GPL-2.0-only
"""Packages of any suite and architecture, without touching the machine's apt.

The mirror is the one the machine's own apt uses.  State, lists and archives
are private; nothing is installed, packages are only fetched and unpacked.

An archive may list files that it does not hold.  So each file is asked for
before it is chosen, and an older version is taken where there is one.
"""

import itertools
import json
import os
import re
import subprocess
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from functools import cmp_to_key, lru_cache
from pathlib import Path

from . import cache, mirror, parts

HOST = "amd64"  # the architecture that all compilers run on
FRESH = 24 * 3600  # seconds for which an index is taken as current
RETRY_PAUSES = (3, 10, 30)  # mirrors in the middle of a sync recover in a minute
ASKED_AT_ONCE = 8  # files

# Some serve a suite's indexes of one day with a signed list of them of another,
# but only by one of its names.  What an alias stands for is looked at.
ALIASES = {"bullseye": "oldoldstable", "bookworm": "oldstable", "trixie": "stable",
           "sid": "unstable", "bookworm-backports": "oldstable-backports",
           "trixie-backports": "stable-backports"}


class AptError(Exception):
    pass


class Gone(AptError):
    """The archive does not hold it.  This answer is final."""


NOT_THERE = re.compile(r"^E: Failed to fetch (\S+)  (404|410) ", re.M)


def _run(command):
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        if NOT_THERE.search(done.stderr):
            raise Gone(f"{NOT_THERE.search(done.stderr)[1]} is not there")
        reasons = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise AptError("\n".join((*reasons, f"{' '.join(command)} said:", done.stderr.strip())))
    return done.stdout


def _patiently(what, action):
    """Try again after a failure of the network or of a mirror being synced."""
    for pause in RETRY_PAUSES:
        try:
            return action()
        except Gone:
            raise
        except AptError as error:
            cache.progress(f"{what}: {str(error).splitlines()[0]}; again in {pause} s")
            time.sleep(pause)
    return action()


@lru_cache
def mirrors():
    """Where the machine's apt fetches Debian from, best first."""
    if os.environ.get("KVAS_MIRROR"):
        return [os.environ["KVAS_MIRROR"]]
    listed = _run(["apt-get", "indextargets", "--format",
                   "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"])
    rows = [line.split("|", 3) for line in listed.splitlines()]
    # Origin and label are known once the machine has fetched its own lists.
    rows.sort(key=lambda row: (row[0] != "Debian", row[1] != "Debian"))
    found = list(dict.fromkeys(row[3] for row in rows if row[2] == "main"))
    if not found:
        raise AptError("this machine's apt has no source with a component 'main';"
                       " set KVAS_MIRROR to a Debian mirror")
    return found


@cache.once
class Archive:
    """One suite, seen for one architecture."""

    def __init__(self, suite, arch):
        self.suite, self.arch = suite, arch
        self.name = f"{suite}-{arch}"
        self.dir = cache.root() / "apt" / self.name
        self._options = self._private_options()
        with cache.lock(f"apt-{self.name}"):
            self._refresh()

    def _remembered(self, question, answer):
        """What apt said since the index was last fetched; asking takes seconds."""
        memory = self.dir / "answers.json"
        with cache.lock(f"apt-{self.name}"):
            known = json.loads(memory.read_text()) if memory.exists() else {}
            if question not in known:
                known[question] = answer()
                partial = memory.with_suffix(".partial")
                partial.write_text(json.dumps(known, indent=1))
                partial.rename(memory)
        return known[question]

    def _show(self, package):
        return self._remembered(f"show {package}", lambda: _run(
            ["apt-cache", *self._options, "show", "--no-all-versions", package]))

    def _private_options(self):
        settings = {
            "Dir::State": self.dir / "state",
            "Dir::State::status": self.dir / "status",
            "Dir::Cache": self.dir / "cache",
            # Some machines switch them off; without, each question takes a second.
            "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
            "Dir::Etc::sourcelist": self.dir / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": self.dir / "preferences",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Architecture": self.arch,
            "APT::Architectures": self.arch,
            "APT::Sandbox::User": "",
            "APT::Get::List-Cleanup": "false",
            "Acquire::Languages": "none",
            "Acquire::PDiffs": "false",
            "Acquire::Check-Valid-Until": "false",
            "Acquire::Retries": "3",
            "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
        }
        return [word for k, v in settings.items() for word in ("-o", f"{k}={v}")]

    def _get(self, *words):
        return _run(["apt-get", "-q", "-y", *self._options, *words])

    def _refresh(self):
        stamp, gone = self.dir / "fresh", self.dir / "gone"
        if not stamp.exists() or time.time() - stamp.stat().st_mtime > FRESH:
            self._renew(had=stamp.exists() and not gone.exists())
            stamp.touch()
        (self.dir / "preferences").touch()
        if gone.exists():
            raise Gone(gone.read_text())

    def _renew(self, had):
        """Fetch the index, and forget what was answered about the one before."""
        for sub in ("state/lists/partial", "cache/archives/partial"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        (self.dir / "status").touch()
        try:
            with parts.part(f"fetching the package index of {self.name}"):
                _patiently(f"index of {self.name}", self._update)
        except AptError as error:
            if had:
                cache.progress(f"index of {self.name}: keeping the old one ({error})")
                return
            if not isinstance(error, Gone):
                raise
            (self.dir / "gone").write_text(str(error))
            cache.progress(f"{self.name}: {error}")
            return
        for file in ("answers.json", "preferences", "gone"):
            (self.dir / file).unlink(missing_ok=True)

    def _update(self):
        """Take the first of the machine's sources that carries this suite."""
        failures, gone = [], []
        for name, uri in itertools.product((self.suite, ALIASES[self.suite]), mirrors()):
            (self.dir / "sources.list").write_text(f"deb {uri} {name} main\n")
            try:
                self._get("update", "-o", "APT::Update::Error-Mode=any")
                return self._check_name(name)
            except AptError as error:
                failures.append(str(error))
                gone.append(_is_gone(f"{uri.rstrip('/')}/dists/{name}"))
        if all(gone):
            raise Gone(f"no mirror of this machine has the suite {self.suite}")
        raise AptError("\n".join(failures))

    def _check_name(self, name):
        """That what was fetched by this name is the suite, which its signed list tells."""
        signed = [list_ for list_ in (self.dir / "state/lists").glob("*Release")
                  if f"_dists_{name}_" in list_.name]
        if not all(re.search(rf"^Codename: {self.suite}$", list_.read_text(), re.M)
                   for list_ in signed) or not signed:
            raise AptError(f"E: {name} is not {self.suite}")

    def depends(self, package):
        """The words of a package's Depends: field, versions left out."""
        found = re.search(r"^Depends: (.*)$", self._show(package), re.M)
        return re.findall(r"(?:^|[,|]) *([a-z0-9][^ ,|:(]+)", found[1]) if found else []

    def names(self, pattern):
        """Packages of the index whose whole names match, in no order."""
        listed = self._remembered("names", lambda: _run(
            ["apt-cache", *self._options, "pkgnames", "linux-"]).split())
        return [name for name in listed if re.fullmatch(pattern, name)]

    def plan(self, alone=(), closure=()):
        """File names of packages: some alone, some with all they depend on.

        The archive holds them all.  Gone is raised if there are no such files.
        """
        answer = self._remembered(" ".join(("files", *alone, "|", *closure)),
                                  lambda: self._plan(alone, closure))
        if "gone" in answer:
            raise Gone(answer["gone"])
        return answer["files"]

    def _plan(self, alone, closure):
        refused = []
        while True:
            try:
                files = self._uris(alone, closure)
            except AptError:
                if not refused:
                    raise
                return {"gone": f"{self.name} lists {' and '.join(refused)},"
                                " but the archive does not hold it"}
            with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
                held = pool.map(_held, files.values())
            absent = [name for name, there in zip(files, held) if not there]
            if not absent:
                if refused:
                    cache.progress(f"{self.name}: the archive does not hold"
                                   f" {' and '.join(refused)}; taking older versions")
                return {"files": sorted(files)}
            for name in absent:
                package, version = urllib.parse.unquote(name).split("_")[:2]
                refused.append(f"{package} {version}")
                with open(self.dir / "preferences", "a") as f:
                    f.write(f"Package: {package}\nPin: version {version}\nPin-Priority: -1\n\n")

    def _uris(self, alone, closure):
        """Where apt would fetch packages from, by the names of their files."""
        printed = ""
        if alone:
            printed += self._get("download", "--print-uris", *alone)
        if closure:
            printed += self._get("install", "--no-install-recommends",
                                 "--print-uris", *closure)
        return {name: uri for uri, name
                in re.findall(r"^'([^']+)' (\S+\.deb) ", printed, re.M)}

    def fetch(self, into, alone=(), closure=()):
        """Download packages into a directory; their signatures are checked."""
        what = f"packages of {self.name}"
        into.joinpath("partial").mkdir(parents=True, exist_ok=True)
        place = ["-o", f"Dir::Cache::archives={into}"]
        try:
            if closure:
                _patiently(what, lambda: self._get(
                    *place, "install", "--download-only", "--no-install-recommends", *closure))
            if alone:
                _patiently(what, lambda: _run_in(
                    into, ["apt-get", "-q", *self._options, "download", *alone]))
        except Gone:
            # It was there when it was asked for: the next run asks again.
            (self.dir / "fresh").unlink(missing_ok=True)
            raise
        return sorted(into.glob("*.deb"))


def _held(uri):
    try:
        return mirror.holds(uri)
    except mirror.NoAnswer as error:
        raise AptError(f"E: {error}") from error


def _is_gone(suite):
    """Whether the mirror says that there is no such suite, and not only fails to answer."""
    try:
        return not mirror.holds(f"{suite}/InRelease") and not mirror.holds(f"{suite}/Release")
    except mirror.NoAnswer:
        return False


def newest_first(versions):
    """Sorted as dpkg sorts them."""
    def compare(a, b):
        return 1 if subprocess.run(["dpkg", "--compare-versions", a, "lt", b]).returncode == 0 else -1
    return sorted(versions, key=cmp_to_key(compare))


def _run_in(directory, command):
    return _run(["env", "-C", str(directory), *command])


def unpack(deb, root, members=(), leave=()):
    """Extract a package, or some of its members, into a directory.

    Links to directories in the root stay links, as they are in a merged /usr.
    """
    chosen = ["--wildcards", *(f"--exclude={pattern}" for pattern in leave), *members]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)],
                          stdout=subprocess.PIPE) as source:
        done = subprocess.run(
            ["tar", "-x", "-f", "-", "-C", str(root), "--keep-directory-symlink",
             "--no-same-owner", *chosen],
            stdin=source.stdout, stderr=subprocess.PIPE, text=True)
        source.stdout.read()
    missing = "Not found in archive" in done.stderr
    if source.returncode or (done.returncode and not missing):
        raise AptError(f"cannot unpack {Path(deb).name}: {done.stderr}")
