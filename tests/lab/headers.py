# SPDX-License-Identifier: GPL-2.0-only
"""The layout as the kernel's own headers have it, for any configuration.

A small C file, tests/headers/ARCH.c, defines the variables that the kernel sets
at boot as the numbers that they have in each mode, and prints the headers' macros.
The kernel's own compiler computes them; nothing is run, and nothing is built.

The headers are those of a tree, of which all architectures and the whole of
Kconfig are kept, or those that a distribution's kernel was built with.
"""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import apt, cache, parts, records, source, toolchain

HERE = Path(__file__).parent.parent / "headers"


@dataclass(frozen=True)
class Target:
    """An architecture, as kvas calls it, and how a kernel for it is compiled."""

    name: str
    kernel: str  # arch/ in the kernel's sources
    make: str  # ARCH=
    triplet: str
    flags: tuple[str, ...]


TARGETS = {target.name: target for target in (
    Target("x86_64", "x86", "x86_64", "", ("-m64", "-mno-sse", "-mno-red-zone", "-mcmodel=kernel")),
    Target("i386", "x86", "i386", "", ("-m32", "-march=i686", "-mregparm=3", "-mno-sse")),
    Target("arm64", "arm64", "arm64", "aarch64-linux-gnu", ("-mgeneral-regs-only",)),
    Target("arm", "arm", "arm", "arm-linux-gnueabihf",
           ("-marm", "-mabi=aapcs-linux", "-mfloat-abi=soft", "-march=armv7-a",
            "-D__LINUX_ARM_ARCH__=7", "-Uarm")),
    Target("riscv64", "riscv", "riscv", "riscv64-linux-gnu",
           ("-mabi=lp64", "-march=rv64imac", "-mcmodel=medany")),
    Target("ppc64", "powerpc", "powerpc", "powerpc64le-linux-gnu",
           ("-m64", "-mcpu=power8", "-msoft-float", "-mno-vsx", "-mno-altivec")),
    Target("loongarch64", "loongarch", "loongarch", "loongarch64-linux-gnu",
           ("-mabi=lp64s", "-msoft-float")),
)}
KERNEL_FLAGS = ("-D__KERNEL__", "-O2", "-w", "-std=gnu11", "-fno-strict-aliasing", "-fno-pic",
                "-fno-pie", "-fno-asynchronous-unwind-tables", "-fshort-wchar", "-fms-extensions",
                *(f'-DKBUILD_{name}="probe"' for name in ("MODNAME", "BASENAME", "MODFILE")))

# Of a tree: headers, what they are generated from, and all of Kconfig.
KEPT = ("*/Makefile", "*/Kconfig*", "*/include/*", "*/scripts/*", "*/arch/*/tools/*",
        "*/kernel/bounds.c", "*/kernel/time/timeconst.bc", "*/init/Kconfig")


@dataclass(frozen=True)
class Tree:
    version: str
    suite: str
    dir: Path


@cache.once
def tree(version):
    """Debian's source of a release, as far as it is needed."""
    suite = next(s for s, v in records.VERSION.items() if v == version)
    archive = apt.Archive(suite, apt.HOST)
    package = f"linux-source-{version}"
    files = archive.plan(alone=[package])

    def make(directory):
        with tempfile.TemporaryDirectory(prefix=".unpack-", dir=directory) as work:
            with parts.part(f"fetching and unpacking {package}"):
                for deb in archive.fetch(Path(work) / "debs", alone=[package]):
                    apt.unpack(deb, work, ["./usr/src/linux-source-*.tar.xz"])
                (directory / "src").mkdir()
                # A pattern that nothing is left for makes tar fail.
                subprocess.run(
                    ["tar", "-x", "-C", directory / "src", "--strip-components=1",
                     "--no-same-owner", "--wildcards", "--exclude=*/tools/testing/*",
                     "--exclude=*/dts/*", "--exclude=*/dt-bindings/*",
                     "-f", next(Path(work).glob("usr/src/*.tar.xz")), *KEPT],
                    stderr=subprocess.DEVNULL)
        if not (directory / "src/kernel/bounds.c").exists():
            raise toolchain.BuildError(f"{package} does not hold what is expected of it")

    return Tree(version, suite, cache.entry("trees", version, cache.digest("1", *files), make) / "src")


def tools(suite, target):
    """The compiler of a suite for an architecture, and what kbuild's own programs need."""
    gcc = records.GCC[suite]
    package = f"{gcc}-{target.triplet}" if target.triplet else gcc
    return toolchain.plain(suite, package, (gcc, *source.TOOLS))


def autoconf(config):
    """include/generated/autoconf.h, as syncconfig writes it."""
    lines = []
    for name, value in re.findall(r"^(CONFIG_\w+)=(.*)$", config, re.M):
        lines.append(f"#define {name}_MODULE 1" if value == "m" else
                     f"#define {name} {1 if value == 'y' else value}")
    return "\n".join(lines) + "\n"


def _wrappers(src, target, into):
    """As scripts/Makefile.asm-generic: what an architecture has of the generic headers."""
    for place in ("asm", "uapi/asm"):
        own = src / "arch" / target.kernel / "include" / place
        kbuild = own / "Kbuild"
        text = kbuild.read_text() if kbuild.exists() else ""
        names = set(re.findall(r"^generic-y\s*\+=\s*(\S+\.h)", text, re.M))
        generic = src / "include" / place.replace("asm", "asm-generic") / "Kbuild"
        wanted = re.findall(r"^mandatory-y\s*\+=\s*(\S+\.h)", generic.read_text(), re.M)
        names |= {name for name in wanted if not (own / name).exists()}
        (into / place).mkdir(parents=True, exist_ok=True)
        for name in names:
            (into / place / name).write_text(f"#include <asm-generic/{name}>\n")


def _shadow_scale(target, config):
    """Which arch/arm64/Makefile gives to the compiler."""
    if target.name != "arm64":
        return []
    return [f"-DKASAN_SHADOW_SCALE_SHIFT={4 if 'CONFIG_KASAN_SW_TAGS=y' in config else 3}"]


# Headers that kbuild makes of tables, and after that, for each configuration, of it.
# What is only for assembler is left empty.
SCRIPT = r"""
cc=$1 arch=$2 probe=$3
shift 3
made=/headers/made
mkdir -p $made/generated $made/asm
: >$made/generated/asm-offsets.h
echo '#define RQ_nr_pinned 0' >$made/generated/rq-offsets.h
: >$made/asm/unistd-nr.h
for name in unistd_64 unistd_32 unistd_x32 unistd_32_ia32 unistd_64_x32 unistd-eabi \
	unistd-oabi unistd-common; do
	for call in read write exit sigreturn rt_sigreturn; do
		echo "#define __NR_$call 1"
		echo "#define __NR_ia32_$call 1"
	done >$made/asm/$name.h
done
tables=/src/arch/$arch/tools
case $arch in
arm64)
	for name in cpucaps cpucap-defs; do
		[ ! -e $tables/cpucaps ] || [ -e /src/arch/arm64/include/asm/$name.h ] ||
			awk -f $tables/gen-cpucaps.awk $tables/cpucaps >$made/asm/$name.h
	done
	[ ! -e $tables/sysreg ] || awk -f $tables/gen-sysreg.awk $tables/sysreg >$made/asm/sysreg-defs.h
	[ ! -e $tables/gen-kernel-hwcaps.sh ] || sh $tables/gen-kernel-hwcaps.sh \
		/src/arch/arm64/include/uapi/asm/hwcap.h >$made/asm/kernel-hwcap.h ;;
arm)
	awk -f $tables/gen-mach-types $tables/mach-types >$made/asm/mach-types.h ;;
esac
version=/src/include/linux/compiler-version.h
[ -e $version ] && version="-include $version" || version=
for dir in /headers/configs/*/; do
	[ ! -e $tables/cpufeaturemasks.awk ] || awk -f $tables/cpufeaturemasks.awk \
		/src/arch/x86/include/asm/cpufeatures.h $dir/config >$dir/asm/cpufeaturemasks.h
	flags="-nostdinc -I$dir -I$made -I/src/arch/$arch/include -I/headers/wrappers -I/src/include
		-I/src/arch/$arch/include/uapi -I/headers/wrappers/uapi -I/src/include/uapi
		-isystem $($cc -print-file-name=include)
		$version -include /src/include/linux/kconfig.h
		-include /src/include/linux/compiler_types.h $(cat $dir/flags)"
	hz=$(sed -n 's/^#define CONFIG_HZ //p' $dir/generated/autoconf.h)
	echo ${hz:-100} | bc -q /src/kernel/time/timeconst.bc >$dir/generated/timeconst.h
	$cc $flags "$@" -S -o $dir/bounds.s /src/kernel/bounds.c 2>$dir/errors || continue
	sed -n 's/^[[:space:]]*\.ascii "->\([A-Z_0-9]*\) [$#]*\([-0-9]*\) .*/#define \1 \2/p' \
		$dir/bounds.s >$dir/generated/bounds.h
	$cc $flags -I/probe "$@" -S -o $dir/values.s /probe/$probe 2>$dir/errors || rm -f $dir/values.s
done
"""


def read(where, target, configs):
    """The values of each configuration, by name, in each mode of the machine.

    A value is a number, or None for a region that there is not.
    """
    compiler = tools(where.suite, target)
    with tempfile.TemporaryDirectory(prefix="kvas-headers-") as place:
        work = Path(place)
        _wrappers(where.dir, target, work / "wrappers")
        for name, config in configs.items():
            generated = work / "configs" / name / "generated"
            generated.mkdir(parents=True)
            (generated.parent / "asm").mkdir()
            (generated.parent / "config").write_text(config)
            (generated / "autoconf.h").write_text(autoconf(config))
            (generated.parent / "flags").write_text(" ".join(_shadow_scale(target, config)))
        done = compiler.run(
            ["nice", "sh", "-c", SCRIPT, "sh", compiler.compiler.command,
             target.kernel, f"{target.name}.c", *target.flags, *KERNEL_FLAGS],
            {"/src": where.dir, "/headers": work, "/probe": HERE},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise toolchain.BuildError(done.stdout)
        found = {}
        for name in configs:
            values = work / "configs" / name / "values.s"
            if not values.exists():
                errors = (work / "configs" / name / "errors").read_text()
                raise toolchain.BuildError(f"{where.version} {target.name} {name}:\n{errors[:2000]}")
            found[name] = parse(values.read_text(), target)
        return found


def parse(text, target):
    modes, values = {}, None
    for sign, line in re.findall(r'^\s*\.ascii\s+"(=>|->) ([^"]*)"', text, re.M):
        if sign == "=>":
            values = modes[line] = {}
            continue
        name, value = line.split(" ")
        bits = 32 if target.name in ("i386", "arm") else 64
        values[name] = None if value == "absent" else int(value.lstrip("$#")) % (1 << bits)
    return modes


# --- Kconfig ---------------------------------------------------------------------------------------

# What Kconfig asks a shell, most of it whether the compiler takes some option, is so:
# it changes no layout but by what it lets one choose, and asking takes longer than
# all the rest.  Only versions are asked for.
ASKS = re.compile(r"^if-success = .*$", re.M)
FAILS = re.compile(r"^\$\((error|warning)-if,.*$", re.M)

OLDDEFCONFIG = r"""
cd /out
cc=$1 prefix=$2
export srctree=/src CC=$cc LD=${prefix}ld AR=${prefix}ar NM=${prefix}nm \
	OBJCOPY=${prefix}objcopy OBJDUMP=${prefix}objdump HOSTCC=cc HOSTCXX=c++ PYTHON3=python3 \
	RUSTC=false RUSTC_BOOTSTRAP=1 BINDGEN=false PAHOLE=false CLANG_FLAGS= \
	KERNELVERSION=$3 ARCH=$4 SRCARCH=$5 CC_VERSION_TEXT="$($cc --version | head -n 1)" \
	RUSTC_VERSION_TEXT= PAHOLE_VERSION=0 RUSTC_LLVM_VERSION=0 RUSTC_VERSION=0
for dir in /headers/configs/*/; do
	KCONFIG_CONFIG=$dir/.config scripts/kconfig/conf --olddefconfig Kconfig >$dir/log 2>&1 || {
		cat $dir/log; exit 1; }
done
"""


@cache.once
def _conf(where):
    """A directory with scripts/kconfig/conf."""
    compiler = tools(where.suite, TARGETS["x86_64"])

    def make(directory):
        with parts.part(f"building Kconfig of {where.version}"):
            done = compiler.run(
                ["make", "-C", "/src", "O=/out", "ARCH=x86_64",
                 f"HOSTCC={records.GCC[where.suite]}", "allnoconfig"],
                {"/src": where.dir, "/out": directory}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise toolchain.BuildError(f"Kconfig of {where.version} does not build:\n{done.stdout}")

    return cache.entry("trees", f"kconfig-{where.version}", cache.digest("1", str(where.dir)), make)


def kernel_version(where):
    found = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL) = (\d+)",
                            (where.dir / "Makefile").read_text(), re.M))
    return ".".join(found.values())


def olddefconfig(where, target, fragments):
    """What `make olddefconfig` makes of the lines of each fragment, by name."""
    compiler = tools(where.suite, target)
    with tempfile.TemporaryDirectory(prefix="kvas-kconfig-") as place:
        work = Path(place)
        for name, lines in fragments.items():
            (work / "configs" / name).mkdir(parents=True)
            (work / "configs" / name / ".config").write_text("\n".join(lines) + "\n")
        # Kconfig looks into the directory where it runs first.
        shutil.copytree(_conf(where) / "scripts", work / "out/scripts", symlinks=True)
        include, n = ASKS.subn("if-success = $(2)", (where.dir / "scripts/Kconfig.include").read_text())
        assert n == 1
        (work / "out/scripts/Kconfig.include").write_text(FAILS.sub("", include))
        prefix = f"{target.triplet}-" if target.triplet else ""
        done = compiler.run(
            ["nice", "sh", "-c", OLDDEFCONFIG, "sh", compiler.compiler.command, prefix,
             kernel_version(where), target.make, target.kernel],
            {"/src": where.dir, "/headers": work, "/out": work / "out"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise toolchain.BuildError(done.stdout)
        return {name: (work / "configs" / name / ".config").read_text() for name in fragments}
