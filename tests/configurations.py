# SPDX-License-Identifier: GPL-2.0-only
"""What kvas predicts of configurations that are not our own kernels', against the
kernel's headers (lab/headers.py).

Some are Debian's, of all flavours; the others vary every option that the rules read,
alone and in pairs.
"""

import collections
import itertools
import json
import lzma
import re
import subprocess
import tempfile
from pathlib import Path

import matrix
import predicted
from lab import apt, cache, headers, records

VERSIONS = ("5.10", "6.1", "6.12", "7.2")
# Debian's names, and the releases whose layout there are rules for.
DEBIAN = {"amd64": "x86_64", "i386": "i386", "arm64": "arm64", "armhf": "arm",
          "riscv64": "riscv64", "ppc64el": "ppc64", "loong64": "loongarch64"}
BACKPORTS = {"6.12": ["bookworm-backports"], "7.2": ["trixie-backports"]}
SINCE = {"riscv64": "6.1", "ppc64": "6.1", "loongarch64": "6.12"}


def spots():
    """(release, architecture)"""
    return [(version, name) for version in VERSIONS for name in headers.TARGETS
            if VERSIONS.index(version) >= VERSIONS.index(SINCE.get(name, VERSIONS[0]))]


# --- Debian's ---------------------------------------------------------------------------------------

def packaged(version, name):
    """The configurations of all flavours, by suite and name; of those that the archive
    lacks it is said."""
    suites = [s for s, v in records.VERSION.items() if v == version] + BACKPORTS.get(version, [])
    return {f"{suite}-{flavour}": text for suite in suites
            for flavour, text in packaged_in(suite, version, name).items()}


def packaged_in(suite, version, name):
    debian = next(d for d, n in DEBIAN.items() if n == name)
    package = f"linux-config-{version}"
    try:
        archive = apt.Archive(suite, debian)
        if package not in archive.names("linux-config-.*"):
            return {}
        archive.plan(alone=[package])
    except apt.Gone as gone:
        cache.progress(str(gone))
        return {}

    with tempfile.TemporaryDirectory(prefix="kvas-configurations-") as work:
        for deb in archive.fetch(Path(work) / "debs", alone=[package]):
            apt.unpack(deb, work, ["./usr/src/*"])
        return {re.sub(r"^config\.[^_]*_(none_)?", "", file.stem): lzma.open(file, "rt").read()
                for file in sorted(Path(work).glob("usr/src/*/config.*.xz"))}


# --- Made -------------------------------------------------------------------------------------------

def switch(*names):
    """Each on or off."""
    return [[[f"CONFIG_{name}=y"], [f"# CONFIG_{name} is not set"]] for name in names]


def number(name, *values):
    return [[[f"CONFIG_{name}={value}"] for value in values]]


def choice(*names):
    """One of a choice; a name may have others that it needs, with + between."""
    return [[[f"CONFIG_{one}=y" for one in name.split("+")] for name in names]]


KASAN = [["# CONFIG_KASAN is not set"], ["CONFIG_KASAN=y", "CONFIG_KASAN_GENERIC=y"]]
EXPERT = ["CONFIG_EXPERT=y", "CONFIG_DEBUG_KERNEL=y", "CONFIG_MODULES=y"]
VMSPLIT = choice("VMSPLIT_3G", "VMSPLIT_3G_OPT", "VMSPLIT_2G", "VMSPLIT_2G_OPT", "VMSPLIT_1G")

# What every configuration of an architecture has, and what is varied: a list of
# alternatives for each factor, and of lines for each alternative.
FACTORS = {
    "x86_64": (["CONFIG_64BIT=y", "CONFIG_SMP=y", "CONFIG_X86_16BIT=y", "CONFIG_ACPI=y"], [
        [*KASAN, ["CONFIG_KMSAN=y"]],
        *switch("RANDOMIZE_BASE", "RANDOMIZE_MEMORY", "X86_5LEVEL", "EFI",
                       "X86_VSYSCALL_EMULATION", "X86_ESPFIX64", "MODIFY_LDT_SYSCALL",
                       "DEBUG_KMAP_LOCAL_FORCE_MAP", "VMAP_STACK", "MEMCG", "KFENCE", "NUMA"),
        *number("PHYSICAL_START", "0x1000000", "0x2100000"),
        *number("PHYSICAL_ALIGN", "0x200000", "0x1000000"), *number("NR_CPUS", 8, 512),
        *number("RANDOMIZE_MEMORY_PHYSICAL_PADDING", "0x0", "0xa", "0x20"),
    ]),
    "i386": (["# CONFIG_64BIT is not set", "CONFIG_M686=y", "CONFIG_ACPI=y", "CONFIG_PCI=y"], [
        *VMSPLIT, *choice("NOHIGHMEM", "HIGHMEM4G", "HIGHMEM64G+X86_PAE"),
        *switch("SMP", "X86_PAE", "X86_UP_APIC", "PCI_MMCONFIG", "DEBUG_KMAP_LOCAL",
                "DEBUG_HIGHMEM", "ACPI_APEI_GHES", "INTEL_TXT", "PROVIDE_OHCI1394_DMA_INIT",
                "RELOCATABLE", "PARAVIRT"),
        *number("NR_CPUS", 2, 8, 32),
    ]),
    "arm64": (["CONFIG_VIRTUALIZATION=y", "CONFIG_NUMA=y"], [
        [[f"CONFIG_ARM64_{pages}_PAGES=y", f"CONFIG_ARM64_VA_BITS_{bits}=y"]
         for pages, bits in (("4K", 39), ("4K", 48), ("4K", 52), ("16K", 36), ("16K", 47),
                             ("16K", 48), ("16K", 52), ("64K", 42), ("64K", 48), ("64K", 52))],
        [*KASAN, ["CONFIG_KASAN=y", "CONFIG_KASAN_SW_TAGS=y"],
         ["CONFIG_KASAN=y", "CONFIG_KASAN_HW_TAGS=y"]],
        *choice("ARM64_PA_BITS_48", "ARM64_PA_BITS_52"),
        *switch("NUMA_BALANCING", "KVM", "RANDOMIZE_BASE",
                "RANDOMIZE_MODULE_REGION_FULL", "RELOCATABLE", "UNMAP_KERNEL_AT_EL0",
                "SPARSEMEM_VMEMMAP", "VMAP_STACK", "ACPI", "ACPI_APEI_GHES"),
        *number("NR_CPUS", 8, 256),
    ]),
    "arm": (["CONFIG_MMU=y", "CONFIG_ARCH_MULTIPLATFORM=y", "CONFIG_ARCH_MULTI_V7=y",
             "CONFIG_ARCH_VIRT=y", "CONFIG_USE_OF=y"], [
        *choice("VMSPLIT_3G", "VMSPLIT_3G_OPT", "VMSPLIT_2G", "VMSPLIT_1G"), KASAN,
        *switch("HIGHMEM", "ARM_LPAE", "THUMB2_KERNEL", "SMP", "DEBUG_KMAP_LOCAL", "VMAP_STACK"),
        *number("NR_CPUS", 4, 16),
    ]),
    "riscv64": (["CONFIG_64BIT=y", "CONFIG_MMU=y", "CONFIG_ARCH_RV64I=y"], [
        KASAN, *switch("SPARSEMEM_VMEMMAP", "SPARSEMEM_MANUAL", "RANDOMIZE_BASE", "RELOCATABLE",
                       "SMP", "VMAP_STACK", "COMPAT", "MEMCG"),
    ]),
    "ppc64": (["CONFIG_PPC64=y", "CONFIG_PPC_BOOK3S_64=y", "CONFIG_CPU_LITTLE_ENDIAN=y",
               "CONFIG_PPC_PSERIES=y"], [
        KASAN, *choice("PPC_4K_PAGES", "PPC_64K_PAGES"),
        *switch("PPC_RADIX_MMU", "SPARSEMEM_VMEMMAP", "RELOCATABLE", "VMAP_STACK", "SMP"),
        *number("THREAD_SHIFT", 13, 14, 15),
    ]),
    "loongarch64": (["CONFIG_64BIT=y", "CONFIG_MACH_LOONGSON64=y"], [
        [[f"CONFIG_{size}_{levels}LEVEL=y"] for size, levels in
         (("4KB", 3), ("4KB", 4), ("16KB", 2), ("16KB", 3), ("64KB", 2), ("64KB", 3))],
        KASAN, *switch("SPARSEMEM_VMEMMAP", "RANDOMIZE_BASE", "KFENCE", "CRASH_DUMP", "SMP",
                       "NUMA", "MEMCG"),
        *number("KFENCE_NUM_OBJECTS", 16, 255),
    ]),
}


def pairs_covered(factors):
    """Rows of indexes, so that any two alternatives of any two factors are in one."""
    sizes = [len(alternatives) for alternatives in factors]
    open_pairs = {((f, a), (g, b)) for f, g in itertools.combinations(range(len(sizes)), 2)
                  for a in range(sizes[f]) for b in range(sizes[g])}
    while open_pairs:
        row = dict([*min(open_pairs)])
        # Each factor takes the alternative with which most pairs are new.
        for factor in sorted(set(range(len(sizes))) - set(row), key=lambda f: -sizes[f]):
            row[factor] = max(range(sizes[factor]), key=lambda a: (sum(
                tuple(sorted(((factor, a), other))) in open_pairs for other in row.items()), -a))
        open_pairs -= set(itertools.combinations(sorted(row.items()), 2))
        yield [row[factor] for factor in range(len(sizes))]


def fragments(name):
    shared, factors = FACTORS[name]
    rows = pairs_covered(factors)
    return {f"{n:03}": [*EXPERT, *shared, *(line for alternatives, chosen in zip(factors, row)
                                             for line in alternatives[chosen])]
            for n, row in enumerate(rows)}


def made(version, name, most=None):
    """Of those that Kconfig makes the same of, only one."""
    chosen = dict(itertools.islice(fragments(name).items(), most))
    texts = headers.olddefconfig(headers.tree(version), headers.TARGETS[name], chosen)
    first = {text: config for config, text in reversed(texts.items())}
    return {f"made-{config}": text for text, config in sorted(first.items(), key=lambda row: row[1])}


# --- Held against the headers --------------------------------------------------------------------

def options_read():
    """By the rules, and by what refuses a configuration."""
    files = [*matrix.TOP.glob("userspace/rules/*.[ch]"), matrix.TOP / "userspace/machine/kconfig.c"]
    return sorted({name for file in files for name in re.findall(r"CONFIG_\w+", file.read_text())})


def reduced(config, names):
    """The lines that say what it is for, and those of some options."""
    wanted = set(names)
    return "".join(line for line in config.splitlines(keepends=True)
                   if line.startswith("# Linux/")
                   or (found := re.match(r"(?:# )?(CONFIG_\w+)", line)) and found[1] in wanted)


def proof(version, name, most=None):
    """Of each configuration what the rules read of it, and what is right, by mode.

    Without most these are all that Debian has and that are made; else so many of
    the latter.  What kvas predicts is no part of it, so it is kept.
    """
    where, target, names = headers.tree(version), headers.TARGETS[name], options_read()

    def make(directory):
        configs = made(version, name, most) | ({} if most else packaged(version, name))
        rows = {config: [reduced(configs[config], names), modes]
                for config, modes in headers.read(where, target, configs).items()}
        (directory / "proof.json").write_text(json.dumps(rows))

    key = cache.digest("2", str(where.dir), *names, json.dumps(fragments(name)),
                       headers.HERE / "values.h", headers.HERE / f"{name}.c")
    label = f"{version}-{name}" + (f"-{most}" if most else "")
    return json.loads((cache.entry("configurations", label, key, make) / "proof.json").read_text())

def options(mode):
    """Of kvas predict, for a machine in that mode on which KASLR is off."""
    words = [word.split("=") for word in mode.split()]
    given = [part for name, value in words for part in (f"--{name.replace('_', '-')}", value)]
    return ["--cmdline", "nokaslr", *given]


def predict(config, *given):
    """By "name.key"."""
    done = subprocess.run([matrix.reader(), "predict", "-J", *given, "-"],
                          input=config, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr)
    return {f"{p['name']}.{p['key']}": p for p in json.loads(done.stdout)["predictions"]}


def judge(value, prediction):
    """As predicted.judge(), of a number, or of None for a region that there is not."""
    if not prediction:
        return predicted.NOT_PREDICTED
    record = {"absent": ""} if value is None else {"value": hex(value)}
    return predicted.judge(record, "value", prediction)


def with_sizes(values):
    """Start and end give a size."""
    found = dict(values)
    for name in values:
        region, _, key = name.rpartition(".")
        if key == "end" and f"{region}.start" in values:
            found[f"{region}.size"] = values[name] - values[f"{region}.start"] + 1
    return found


def hold(version, name, most=None):
    """(configuration, mode, value) -> what became of it, what was predicted, what is right.

    Of what is predicted with nothing given, only what is wrong: it must hold of any
    machine, and with KASLR, which may move nothing.
    """
    outcomes = {}
    for config, (text, modes) in proof(version, name, most).items():
        of_any = predict(text)
        for mode, values in modes.items():
            predictions = predict(text, *options(mode))
            for value, right in with_sizes(values).items():
                prediction = predictions.get(value)
                outcomes[config, mode, value] = judge(right, prediction), prediction, right
                if judge(right, of_any.get(value)) == predicted.WRONG:
                    outcomes[config, f"{mode}, of any machine", value] = (
                        predicted.WRONG, of_any[value], right)
    return outcomes


def counts(outcomes):
    """How many configurations, and how many values of each outcome."""
    counted = collections.Counter(outcome for outcome, _, _ in outcomes.values())
    return {"configurations": len({config for config, _, _ in outcomes}),
            **{outcome: counted[outcome] for outcome in predicted.OUTCOMES}}
