// SPDX-License-Identifier: GPL-2.0-only
/*
 * texts.c - one text for each name of the contract's vocabulary.
 *
 * Facts are from the kernel's sources, 5.10 to 6.12 and later, above all
 * Documentation/arch/x86/x86_64/mm.rst, Documentation/arch/arm64/memory.rst
 * and the headers named in the module's arch/ directory.
 */
#include <string.h>

#include "../module/kvas_format.h"
#include "texts.h"
#include "util.h"

#define X(id, word) static const char name_##id[] = word;
KVAS_REGIONS(X)
KVAS_SECTIONS(X)
#undef X

#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define BLUE	"\033[34m"
#define MAGENTA	"\033[35m"
#define CYAN	"\033[36m"
#define GREY	"\033[90m"

/* One for each ID of the contract; without it the array at the end of this
 * file does not compile. */
#define TEXT(id) static const struct region_text text_##id

TEXT(USER) = {
	.name = name_USER,
	.color = GREEN,
	.purpose = "user processes",
	.what = "The lower half of the address space. Each process has its own: its program, heap, shared libraries, memory-mapped files and stacks. The same address means different memory in different processes, because each has its own page tables for this half.",
	.users = "The process itself, with execve(), mmap(), brk() and page faults. The kernel reaches in only through copy_from_user() and its kin.",
	.place = "It begins at 0 and ends where user addresses end: with 4-level page tables at 2^47 (128 TiB), with 5-level ones at 2^56 (64 PiB), less one guard page. With 5 levels a process still gets addresses below 2^47 unless it asks mmap() for a higher one.",
	.options = "5-level paging: the CPU's la57, CONFIG_X86_5LEVEL (gone in recent kernels, which always have it), boot parameter no5lvl. The lowest pages are kept free by the sysctl vm.mmap_min_addr.",
	.elsewhere = "On 32-bit x86 and Arm the VM split (CONFIG_VMSPLIT_3G and others) sets PAGE_OFFSET and with it the end of user space, usually 3 GiB. On arm64 it is 2^VA_BITS. s390 has a separate address space for the kernel, so there is no split at all.",
};

TEXT(USER_GUARD) = {
	.name = name_USER_GUARD,
	.color = GREY,
	.purpose = "guard page of the user half",
	.what = "The last page below the non-canonical hole, which no process may map. An instruction that ended exactly at the edge would leave the CPU with a non-canonical return address, and on some CPUs SYSRET would then fault in kernel mode.",
	.users = "Nobody, on purpose.",
	.place = "TASK_SIZE_MAX is one page below the first non-canonical address.",
	.options = "None but those that move the end of the user half.",
};

TEXT(NONCANONICAL) = {
	.name = name_NONCANONICAL,
	.color = GREY,
	.purpose = "no valid addresses",
	.what = "Addresses that the CPU refuses. It translates only the lower 48 bits (57 with 5-level page tables); all bits above must be copies of the highest translated one. Whatever lies between the two halves is therefore no address at all, and using one faults at once.",
	.users = "Nobody can.",
	.place = "From 2^47 to -2^47 with 4-level page tables, from 2^56 to -2^56 with 5-level ones. It is by far the largest part of the 64-bit space.",
	.options = "5-level paging: the CPU's la57, CONFIG_X86_5LEVEL, boot parameter no5lvl.",
	.elsewhere = "arm64 has the same gap between the halves of its two page-table registers, and RISC-V between the sign-extended halves. 32-bit machines have none.",
};

TEXT(GUARD_HOLE) = {
	.name = name_GUARD_HOLE,
	.color = GREY,
	.purpose = "kept free for a hypervisor",
	.what = "The first 16 entries of the top-level page table in the kernel's half. Linux keeps them empty, because the Xen hypervisor lives there when the kernel runs as its paravirtual guest.",
	.users = "Xen, in PV guests; nobody otherwise.",
	.place = "GUARD_HOLE_BASE_ADDR, the lowest kernel address: 8 TiB with 4-level page tables, 4 PiB with 5-level ones.",
	.options = "None but 5-level paging; KASLR does not move it.",
};

TEXT(LDT_REMAP) = {
	.name = name_LDT_REMAP,
	.color = MAGENTA,
	.purpose = "LDTs of processes, under PTI",
	.what = "Where the local descriptor table of a process is mapped, so that the CPU can read it while the process runs and the rest of the kernel is unmapped (page-table isolation, the answer to Meltdown).",
	.users = "modify_ldt(), which few programs call: Wine and DOSEMU do. The mapping is in the page tables of that process only.",
	.place = "One entry of the top-level page table: 512 GiB with 4 levels, 256 TiB with 5. The range is reserved always and used rarely.",
	.options = "CONFIG_PAGE_TABLE_ISOLATION (in newer kernels CONFIG_MITIGATION_PAGE_TABLE_ISOLATION), CONFIG_MODIFY_LDT_SYSCALL, boot parameters pti= and nopti.",
	.elsewhere = "On 32-bit x86 it is a single page-directory entry just below the per-CPU entry area.",
};

TEXT(DIRECT_MAP) = {
	.name = name_DIRECT_MAP,
	.color = CYAN,
	.purpose = "lowmem: RAM, in one piece",
	.what = "The direct map (linear map; lowmem in textbooks and on 32-bit machines): physical memory, mapped from its first byte on at a constant distance. So the kernel finds the virtual address of any physical page by an addition, __va(), and back by a subtraction, __pa().",
	.users = "kmalloc() and the slab caches, the page allocator, page tables, the page cache, per-CPU areas: whatever is handed out as whole physical pages. On 64-bit every page that a process owns is visible here too.",
	.place = "It begins at PAGE_OFFSET. Reserved is room for as much physical memory as the kernel can address; mapped is what there is, up to high_memory. That is an end of addresses and not an amount of RAM: holes for devices count.",
	.options = "CONFIG_RANDOMIZE_MEMORY moves it at each boot (nokaslr and CONFIG_KASAN switch that off) and mostly cuts it down to memory plus CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING TiB; since 6.15, and in later releases of older series, not where CONFIG_ZONE_DEVICE is set. 5-level paging moves and widens it. Boot parameters mem= and memmap= limit what is mapped.",
	.elsewhere = "On 32-bit it usually holds the first 700 to 900 MiB of memory only; the rest is highmem and has no permanent address (see pkmap). On arm64 it fills the lower part of the kernel half, on ppc64 it begins at 0xc000000000000000, on RISC-V and s390 at a base that depends on the number of levels and on KASLR.",
};

TEXT(KFENCE) = {
	.name = name_KFENCE,
	.color = YELLOW,
	.purpose = "KFENCE: sampled heap objects",
	.what = "The pool of KFENCE, which catches heap errors in production. Once in a while an object of kmalloc() is placed here instead of in a slab, at the edge of its own page and between two pages that fault. Running over its end or using it after free then stops at once, with a report.",
	.users = "A sample of the slab allocations, by default one every 100 ms.",
	.place = "Taken from the direct map at boot: two pages for each object and two more, 2 MiB for the usual 255 objects.",
	.options = "CONFIG_KFENCE, CONFIG_KFENCE_NUM_OBJECTS, CONFIG_KFENCE_SAMPLE_INTERVAL; boot parameter kfence.sample_interval=, 0 is off.",
	.elsewhere = "LoongArch has a range of its own for it, outside the direct map.",
};

TEXT(PERCPU) = {
	.name = name_PERCPU,
	.color = YELLOW,
	.purpose = "each CPU's own variables",
	.what = "The first chunk of the per-CPU allocator: for each CPU one unit with its own copy of every variable defined with DEFINE_PER_CPU in the kernel, followed by room for modules and for early dynamic ones. On x86 the GS register points into it.",
	.users = "The kernel's static per-CPU variables, and alloc_percpu() until the chunk is full; later chunks lie in vmalloc.",
	.place = "Allocated at boot. Normally embedded in the direct map, one unit behind the other, or in one group for each NUMA node.",
	.options = "Boot parameter percpu_alloc= (embed or page; with page it lies in vmalloc). CONFIG_NR_CPUS and the CPUs found decide the number of units.",
};

TEXT(VMALLOC) = {
	.name = name_VMALLOC,
	.color = BLUE,
	.purpose = "vmalloc(), ioremap(), stacks",
	.what = "Memory that is contiguous in virtual addresses but may be scattered in physical ones, mapped page by page. Each area is followed by a guard page that faults.",
	.users = "vmalloc() and kvmalloc() for large buffers, ioremap() for device registers, the kernel stacks of processes (CONFIG_VMAP_STACK), BPF maps, later per-CPU chunks. /proc/vmallocinfo lists them.",
	.place = "VMALLOC_START to VMALLOC_END: 32 TiB with 4-level page tables, 12800 TiB with 5-level ones. Physical addresses cannot be computed from it; the page tables have to be asked.",
	.options = "CONFIG_RANDOMIZE_MEMORY moves it at each boot (nokaslr switches that off). CONFIG_KMSAN leaves it a quarter and takes the rest for its metadata.",
	.elsewhere = "On 32-bit it is what remains above lowmem, 8 MiB behind its end, often 128 or 240 MiB; vmalloc= changes that, on s390 too. On arm64 kernel image and modules lie at its edge or inside.",
};

TEXT(KMSAN_VMALLOC_SHADOW) = {
	.name = name_KMSAN_VMALLOC_SHADOW,
	.color = YELLOW,
	.purpose = "KMSAN: set bits of vmalloc",
	.what = "For each byte of vmalloc one byte of KMSAN's shadow: which of its bits have been initialised. KMSAN reports the use of values that nobody ever set.",
	.users = "Code that the compiler instruments; a debugging kernel only.",
	.place = "The second quarter of what is the whole of vmalloc in other kernels, at a constant distance to it.",
	.options = "CONFIG_KMSAN (6.1 and later, built with Clang).",
};

TEXT(KMSAN_VMALLOC_ORIGIN) = {
	.name = name_KMSAN_VMALLOC_ORIGIN,
	.color = YELLOW,
	.purpose = "KMSAN: origins for vmalloc",
	.what = "For each four bytes of vmalloc the identifier of the allocation or variable that their uninitialised bits came from, so that KMSAN's report can name it.",
	.users = "Code that the compiler instruments; a debugging kernel only.",
	.place = "The third quarter of what is the whole of vmalloc in other kernels.",
	.options = "CONFIG_KMSAN (6.1 and later, built with Clang).",
};

TEXT(KMSAN_MODULES_SHADOW) = {
	.name = name_KMSAN_MODULES_SHADOW,
	.color = YELLOW,
	.purpose = "KMSAN: set bits of modules",
	.what = "What kmsan_vmalloc_shadow is, for the modules region.",
	.users = "Code that the compiler instruments; a debugging kernel only.",
	.place = "At the start of the last quarter of what is the whole of vmalloc in other kernels; as large as modules.",
	.options = "CONFIG_KMSAN (6.1 and later, built with Clang).",
};

TEXT(KMSAN_MODULES_ORIGIN) = {
	.name = name_KMSAN_MODULES_ORIGIN,
	.color = YELLOW,
	.purpose = "KMSAN: origins for modules",
	.what = "What kmsan_vmalloc_origin is, for the modules region.",
	.users = "Code that the compiler instruments; a debugging kernel only.",
	.place = "Right behind kmsan_modules_shadow; as large as modules.",
	.options = "CONFIG_KMSAN (6.1 and later, built with Clang).",
};

TEXT(VMEMMAP) = {
	.name = name_VMEMMAP,
	.color = BLUE,
	.purpose = "a struct page for each page",
	.what = "One array with a struct page (64 bytes) for every page frame of physical memory, indexed by the frame's number. So page_to_pfn() and pfn_to_page() are one subtraction or addition. It takes 1/64 of the memory it describes, when pages have 4 KiB.",
	.users = "The page allocator, the page cache, reverse mapping: whoever handles a struct page. Only the parts that describe existing memory are mapped.",
	.place = "VMEMMAP_START (vmemmap_base). Its size follows from that of the direct map. With KASLR it is the third of the randomised regions, after the direct map and vmalloc.",
	.options = "CONFIG_SPARSEMEM_VMEMMAP. CONFIG_RANDOMIZE_MEMORY moves it; nokaslr switches that off. Options that grow struct page grow it.",
	.elsewhere = "32-bit kernels mostly have a plain array in lowmem instead (mem_map, CONFIG_FLATMEM).",
};

TEXT(KASAN_SHADOW) = {
	.name = name_KASAN_SHADOW,
	.color = YELLOW,
	.purpose = "KASAN: what may be used",
	.what = "One byte for each eight bytes of kernel address space says how many of them may be accessed now. The compiler puts a check of it before each load and store, which finds overruns and uses after free.",
	.users = "Code that the compiler instruments; a debugging kernel only. Where nothing is tracked one single read-only page is mapped again and again.",
	.place = "One eighth of the kernel's half: 16 TiB with 4-level page tables, 8 PiB with 5-level ones. The shadow of an address is (address >> 3) + KASAN_SHADOW_OFFSET.",
	.options = "CONFIG_KASAN, CONFIG_KASAN_GENERIC, CONFIG_KASAN_VMALLOC. With KASAN, x86_64 does not randomise the memory regions.",
	.elsewhere = "arm64 can also use tags in the pointers: CONFIG_KASAN_SW_TAGS has one shadow byte for 16 bytes, CONFIG_KASAN_HW_TAGS needs no shadow.",
};

TEXT(CPU_ENTRY_AREA) = {
	.name = name_CPU_ENTRY_AREA,
	.color = MAGENTA,
	.purpose = "what a CPU needs on entry",
	.what = "For each CPU what must be mapped even while a process runs with the kernel's page tables taken away: descriptor table (GDT), task state (TSS), entry stack, exception stacks, debug store; and once for all the interrupt table (IDT), read-only.",
	.users = "The CPU itself on interrupts, exceptions and system calls, and the first instructions of the kernel.",
	.place = "Fixed at -2 TiB. Since 6.2 it is 512 GiB long, and each CPU's part is at a random place in it. Before, the parts stood in a row, one for each of CONFIG_NR_CPUS: some 1.8 GiB for 8192.",
	.options = "nokaslr puts the CPUs' parts in a row again; before 6.2 CONFIG_NR_CPUS sizes it. Page-table isolation (pti=) is why the area exists, but it is there always.",
	.elsewhere = "32-bit x86 has it below the fixmap, sized for CONFIG_NR_CPUS.",
};

TEXT(ESPFIX) = {
	.name = name_ESPFIX,
	.color = MAGENTA,
	.purpose = "stacks for 16-bit returns",
	.what = "Tiny stacks, mapped many times over. A return to a 16-bit stack segment restores only half of the stack pointer and would leak bits 16 to 31 of the kernel's. Returning by way of one of these aliases leaks nothing of use.",
	.users = "The return path to 16-bit user code (Wine, DOSEMU).",
	.place = "At -1 TiB, 512 GiB long; each stack has 64 bytes.",
	.options = "CONFIG_X86_ESPFIX64, which is set wherever CONFIG_X86_16BIT is; that depends on CONFIG_MODIFY_LDT_SYSCALL.",
	.elsewhere = "32-bit x86 has another trick (CONFIG_X86_ESPFIX32) without a range of its own.",
};

TEXT(EFI_RUNTIME) = {
	.name = name_EFI_RUNTIME,
	.color = MAGENTA,
	.purpose = "services of the EFI firmware",
	.what = "Code and data of the firmware that remain callable after boot: reading and setting EFI variables, the clock, reset. The kernel switches to page tables of their own for each call, so this range is empty in all others.",
	.users = "efi_call_virt() and, behind it, efivarfs and efibootmgr.",
	.place = "A window of 64 GiB from -4 GiB down to -68 GiB, filled from the top.",
	.options = "CONFIG_EFI; boot parameters noefi and efi=noruntime. A kernel that is not booted by EFI leaves it empty.",
	.elsewhere = "arm64 and RISC-V map the services in the lower half, in page tables of their own.",
};

TEXT(IMAGE_WINDOW) = {
	.name = name_IMAGE_WINDOW,
	.color = CYAN,
	.purpose = "room for the kernel image",
	.what = "The range the kernel image lies in. It is in the last 2 GiB of the address space, so that the compiler can use short, sign-extended 32-bit addresses (-mcmodel=kernel). KASLR chooses a place within it.",
	.users = "The kernel image alone; what is left is unmapped.",
	.place = "It begins at __START_KERNEL_map (-2 GiB) and is KERNEL_IMAGE_SIZE long: 1 GiB with KASLR built in, 512 MiB without.",
	.options = "CONFIG_RANDOMIZE_BASE for its size.",
};

TEXT(IMAGE) = {
	.name = name_IMAGE,
	.color = CYAN,
	.purpose = "the kernel itself",
	.what = "The running kernel as it was linked: code, constants, data, zeroed data. The same physical memory is also visible in the direct map, there not executable.",
	.users = "vmlinux. Nothing is allocated here at run time.",
	.place = "_text to _end. Without KASLR it stands at __START_KERNEL_map + CONFIG_PHYSICAL_START, usually 16 MiB into its window; with KASLR it is moved by multiples of CONFIG_PHYSICAL_ALIGN. The physical place is randomised independently.",
	.options = "CONFIG_RANDOMIZE_BASE and boot parameter nokaslr, CONFIG_PHYSICAL_START, CONFIG_PHYSICAL_ALIGN, CONFIG_RELOCATABLE.",
	.elsewhere = "On 32-bit machines it is part of lowmem. On arm64 it lies inside vmalloc, on RISC-V and newer s390 at a place of its own near the top, on LoongArch and ppc64 in the direct map.",
};

TEXT(MODULES) = {
	.name = name_MODULES,
	.color = GREEN,
	.purpose = "loadable modules",
	.what = "Code and data of loaded modules, kvas.ko among them. They must be near the kernel image, because calls and jumps reach 2 GiB at most.",
	.users = "The module loader, and with it BPF and kprobe and ftrace trampolines. lsmod says which; kvas where ADDR names the module at an address.",
	.place = "From the end of the image window to MODULES_END: 1008 MiB with KASLR built in, 1520 MiB without. The first module is moved by a random number of pages, up to 1024.",
	.options = "CONFIG_MODULES, CONFIG_RANDOMIZE_BASE, boot parameter nokaslr. CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP takes 16 MiB off its end.",
	.elsewhere = "On arm64 it lies below vmalloc and has 128 MiB, 2 GiB in newer kernels; on 32-bit Arm 16 MiB below lowmem; on 32-bit x86 and on ppc64 modules are in vmalloc.",
};

TEXT(FIXMAP) = {
	.name = name_FIXMAP,
	.color = MAGENTA,
	.purpose = "fixed virtual addresses",
	.what = "Slots of one page each whose virtual address is a constant of the build, while what is mapped there is decided at boot or later. Code can use them without any look-up, and before there is an allocator.",
	.users = "The registers of the local APIC and the I/O APICs, the legacy vsyscall page, early_ioremap(), firmware error records, and on 32-bit and debugging kernels kmap_local_page().",
	.place = "It grows down from FIXADDR_TOP as a list of slots (enum fixed_addresses), so its start depends on what is configured.",
	.options = "CONFIG_X86_LOCAL_APIC, CONFIG_X86_IO_APIC, CONFIG_ACPI_APEI_GHES, CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP, CONFIG_NR_CPUS where kmap_local needs slots.",
	.elsewhere = "Every architecture has one. On arm64 and RISC-V the device tree is mapped there during boot.",
};

TEXT(VSYSCALL) = {
	.name = name_VSYSCALL,
	.color = GREEN,
	.purpose = "legacy system-call page",
	.what = "A page in the kernel's half that processes may call: gettimeofday(), time() and getcpu() of old binaries. Its address never changes, which helped attackers; today a call into it traps and is emulated, and modern programs use the vDSO at a random address.",
	.users = "Old statically linked programs.",
	.place = "0xffffffffff600000, one page, for ever.",
	.options = "CONFIG_X86_VSYSCALL_EMULATION, CONFIG_LEGACY_VSYSCALL_XONLY, CONFIG_LEGACY_VSYSCALL_NONE; boot parameter vsyscall=emulate, xonly or none.",
};

TEXT(PKMAP) = {
	.name = name_PKMAP,
	.color = BLUE,
	.purpose = "kmap() of highmem pages",
	.what = "Highmem is memory beyond what lowmem can map, so it has no permanent kernel address. kmap() gives such a page an address in this window until kunmap(). Only 32-bit kernels need it.",
	.users = "kmap(). kmap_local_page() uses slots of the fixmap instead, and new code should use that.",
	.place = "LAST_PKMAP pages from PKMAP_BASE: on 32-bit x86 4 MiB, 2 MiB with PAE; on 32-bit Arm 2 MiB just below lowmem.",
	.options = "CONFIG_HIGHMEM (CONFIG_HIGHMEM4G, CONFIG_HIGHMEM64G), CONFIG_X86_PAE, the VM split; boot parameters mem= and highmem=.",
};

TEXT(TEXT) = {
	.name = name_TEXT,
	.color = GREEN,
	.purpose = "machine code",
	.what = "The kernel's instructions. Mapped read-only and executable; patching (static keys, ftrace, live patches) goes through a temporary alias.",
	.users = "All functions but those that are needed at boot only.",
	.place = "First in the image: _text to _etext. Mapped with large pages, hence the alignment to 2 MiB.",
	.options = "Whatever is built in and not a module makes it longer. CONFIG_STRICT_KERNEL_RWX protects it.",
};

TEXT(RODATA) = {
	.name = name_RODATA,
	.color = BLUE,
	.purpose = "constants",
	.what = "Constants: strings, tables such as the system calls, the symbol table of kallsyms, type information for BPF; and data marked __ro_after_init, which is written at boot and protected afterwards.",
	.users = "const objects of the kernel.",
	.place = "__start_rodata to __end_rodata, behind text and aligned to 2 MiB. Mapped read-only, not executable.",
	.options = "CONFIG_KALLSYMS_ALL and CONFIG_DEBUG_INFO_BTF make it longer. CONFIG_STRICT_KERNEL_RWX protects it.",
};

TEXT(DATA) = {
	.name = name_DATA,
	.color = YELLOW,
	.purpose = "initialised variables",
	.what = "Variables that start with a value other than zero, and the stack and task of the very first thread (init_task).",
	.users = "Initialised globals and statics of the kernel.",
	.place = "_sdata to _edata. Readable and writable, not executable.",
	.options = "What is built in. CONFIG_LOCKDEP and other debugging options grow it.",
};

TEXT(INIT) = {
	.name = name_INIT,
	.color = GREY,
	.purpose = "boot code and data, freed",
	.what = "Functions and data marked __init. When the kernel has started they are freed (dmesg says 'Freeing unused kernel image (initmem) memory') and the pages are used like any other, so what is found there later has nothing to do with the kernel image.",
	.users = "The kernel during boot; afterwards anybody, by way of the direct map.",
	.place = "__init_begin to __init_end, behind data on x86. Only its place is known after boot; the content is gone. With page-table isolation these addresses are then unmapped, without it they stay mapped.",
	.options = "What is built in. Boot parameter initcall_debug shows it at work.",
	.elsewhere = "On Arm, arm64, RISC-V and LoongArch it lies between code and data.",
};

TEXT(INIT_PERCPU) = {
	.name = name_INIT_PERCPU,
	.color = GREY,
	.purpose = "per-CPU originals, freed",
	.what = "The original of the per-CPU variables. At boot each CPU gets its copy (see percpu), then this one is freed with the rest of init.",
	.users = "setup_per_cpu_areas(), once.",
	.place = "__per_cpu_load, since 6.15 __per_cpu_start, within the freed part of the image.",
	.options = "CONFIG_SMP. Debugging options grow it.",
};

TEXT(BSS) = {
	.name = name_BSS,
	.color = YELLOW,
	.purpose = "variables that start as zero",
	.what = "Variables whose initial value is zero. They take no room in the kernel's file, only in memory.",
	.users = "Zero-initialised globals and statics of the kernel.",
	.place = "__bss_start to __bss_stop, near the end of the image. Readable and writable, not executable.",
	.options = "CONFIG_NR_CPUS, CONFIG_LOCKDEP and other options that size static arrays.",
};

TEXT(BRK) = {
	.name = name_BRK,
	.color = YELLOW,
	.purpose = "early allocations",
	.what = "Room for the few things that must be allocated before there is any allocator: extend_brk() cuts pieces off, for instance for early page tables. What is not used is given back.",
	.users = "Early x86 boot code (RESERVE_BRK).",
	.place = "Behind BSS, the last part of the image.",
	.options = "Set by what is built in.",
};

const struct region_text *const region_texts[] = {
#define X(id, word) &text_##id,
	KVAS_REGIONS(X)
	KVAS_SECTIONS(X)
#undef X
};

const size_t n_region_texts = ARRAY_SIZE(region_texts);

const struct region_text *region_text(const char *name)
{
	for (size_t i = 0; i < n_region_texts; i++)
		if (strcmp(region_texts[i]->name, name) == 0)
			return region_texts[i];
	return NULL;
}

const char *region_name(const char *name)
{
	return strcmp(name, "lowmem") == 0 ? name_DIRECT_MAP : name;
}
