# SPDX-License-Identifier: GPL-2.0-only
"""Whether kvas verify notices a flipped value: see mutate/mutate.c."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
READER = TESTS.parent / "userspace"


def libraries():
    """What the reader's objects are linked with."""
    found = subprocess.run(["pkg-config", "--libs", "smartcols", "jansson"], check=True,
                           text=True, capture_output=True).stdout
    return [*found.split(), "-lm"]


def build(target, objects, *flags):
    """Link mutate/ with the reader's objects (its build directory); some may be of older sources."""
    parts = [p for p in sorted(Path(objects).rglob("*.o")) if p.name != "kvas.o"
             and (READER / p.relative_to(objects)).with_suffix(".c").exists()]
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-g", "-Wall", "-Wextra", "-Werror",
                    *flags, f"-I{READER}", "-o", target, *sorted((TESTS / "mutate").glob("*.c")), *parts, *libraries()],
                   check=True, timeout=120)
    return target


@dataclass(frozen=True)
class Unseen:
    """Mutations that no source of such a kernel can see, and why.

    Each is a pattern: of what was changed, how, and of what verify then says, which
    proves that the kernel is one without the source.
    """
    what: str
    how: str
    said: str
    why: str


BYTES, PAGES = "a byte (more|less)", "a page (more|less)"
ABSENT = "made absent"
UNSEEN = (
    Unseen(r"witness (kmalloc|kmap|percpu|percpu_dynamic|module_constant)\.addr", f"{PAGES}|a high bit flipped",
           "there is no /proc/kcore", "memory cannot be read, and a page further lies in the same region"),
    Unseen(r"witness module_(constant|data)\.addr", BYTES, "there is no /proc/kcore",
           "memory cannot be read, and a byte further lies in the same section"),
    Unseen(r"witness module_bss\.addr", f"{BYTES}|a page more", "kvas_witness_bss is not listed",
           "without KALLSYMS_ALL it is not listed, and zeroes in BSS look alike"),
    Unseen(r"witness kmap\.addr", f"{PAGES}|a high bit flipped", "nothing is mapped there|memory there was not saved",
           "/proc/kcore has no highmem, and any slot may be the one"),
    Unseen("witness kmap", ABSENT, "it may not have been had", "another open file may have the one slot"),
    Unseen("witness fixmap_slot", f"{ABSENT}|record deleted", "where such objects live|no source misses it",
           "not every kernel of the architecture has such a slot"),
    Unseen(r"section (rodata|init)\.end", f"{BYTES}|{PAGES}|a high bit flipped",
           "is not listed: this kernel is built without KALLSYMS_ALL.*there is no System.map",
           "no resource ends there, and without data symbols nothing else does"),
    Unseen(r"region execmem_\w+", ABSENT, "cannot be found without KALLSYMS_ALL|may be the same as that of execmem_text",
           "such kernels may rightly lack it"),
    Unseen(r"fact pa_bits\.value", "one (more|less)", "CONFIG_ARM64_PA_BITS at most",
           "the processor's register ID_AA64MMFR0_EL1 is in no file"),
    Unseen(r"fact va_bits\.value", "one (more|less)", "SEGBITS of the architecture", "SEGBITS of the processor is in no file"),
    Unseen(r"fact image_kaslr_offset\.value", "one (more|less)|doubled", "note has no KERNELOFFSET.*there is no System.map",
           "nothing tells where the image was linked"),
    Unseen(r"region (fixmap|kpti_trampoline)(\.start|\.end)?", f"{PAGES}|that of the next record|moved, with all that is in it",
           "slots (for|of) ", "how many slots a build has is in no file"),
)


@dataclass
class Score:
    caught: int
    tried: int
    sources: int  # noticed by one that leans on no published value
    consistency: int  # noticed only since published values do not fit together
    parser: int
    values: int
    firm: int  # values of which no flip goes unnoticed
    flips: tuple  # of values, without what is left out: tried, sources, consistency, parser
    escaped: list  # one line for each that did, with the reasons

    @property
    def unseen(self):
        """Those that no source of that kernel can see: the line, and why not."""
        return [(line, why) for line in self.escaped if (why := why_unseen(line))]

    @property
    def seen(self):
        """The share that is caught of what some source can see."""
        return self.caught / (self.tried - len(self.unseen))

    def __str__(self):
        return (f"{self.caught} of {self.tried} mutations caught"
                f" ({100 * self.caught / self.tried:.1f}%; {100 * self.sources / self.tried:.1f}% by"
                f" sources outside, {100 * self.consistency / self.tried:.1f}% by consistency only,"
                f" {100 * self.parser / self.tried:.1f}% by the parser);"
                f" {self.firm} of {self.values} values cannot be flipped unnoticed;"
                f" of {self.flips[0]} flips {self.flips[1]} by sources outside,"
                f" {self.flips[2]} by consistency only, {self.flips[3]} by the parser")


def why_unseen(line):
    """Of a line that mutate prints: why no source could notice, or None."""
    what, how, said = re.fullmatch(r"not caught: (.*?)(?:=.*?)?, ((?:moved, )?[^,:]+): ?(.*)", line).groups()
    return next((u.why for u in UNSEEN if re.fullmatch(u.what, what) and re.fullmatch(u.how, how)
                 and re.search(u.said, said)), None)


def score(program, sysroot, **how):
    done = subprocess.run([program, sysroot], text=True, capture_output=True, timeout=300, **how)
    if done.returncode:
        raise RuntimeError(f"{sysroot}: {done.stderr}")
    first, second, *escaped = done.stdout.splitlines()
    caught, tried, sources, consistency, parser = map(int, re.fullmatch(
        r".*: (\d+) of (\d+) mutations caught \([\d.]+%\): (\d+) by sources that lean on no published"
        r" value, (\d+) by consistency only, (\d+) by the parser", first).groups())
    values, firm = map(int, re.search(r": of (\d+) values, (\d+) cannot", second).groups())
    flips = tuple(map(int, re.search(r"of (\d+) such flips (\d+) are caught from outside,"
                                     r" (\d+) by consistency only, (\d+) by the parser", second).groups()))
    return Score(caught, tried, sources, consistency, parser, values, firm, flips, escaped)
