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
	.elsewhere = "arm64 has the same gap between the halves of its two page-table registers, and RISC-V between the sign-extended halves. s390 has no upper half: what is not translated are all addresses from 2^42 with three levels of page tables, from 2^53 with four, to the last one. On ppc64 with a radix MMU it is from 2^52 to 0xbfffffffffffffff, below the kernel's addresses; with a hash MMU there are none. 32-bit machines have none.",
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
	.what = "The first chunk of the per-CPU allocator: for each CPU one unit with its own copy of every variable defined with DEFINE_PER_CPU in the kernel, followed by room for modules and for early dynamic ones. On x86 the segment register GS points into it, on 32-bit x86 FS.",
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

TEXT(MEM_MAP) = {
	.name = name_MEM_MAP,
	.color = BLUE,
	.purpose = "all struct pages, one array",
	.what = "One array with a struct page for every page frame of physical memory, from the first to the last. page_to_pfn() and pfn_to_page() are an index into it. It is what vmemmap is elsewhere, but it takes real memory for holes too, and so suits machines whose memory is one piece.",
	.users = "The page allocator, the page cache, reverse mapping: whoever handles a struct page.",
	.place = "Allocated at boot near the end of lowmem. On 32-bit machines struct page has 32 to 40 bytes, so the array takes about 1/100 of all memory, highmem included: that is what limits how much highmem is of use.",
	.options = "CONFIG_FLATMEM. Options that grow struct page grow it.",
	.elsewhere = "64-bit kernels have vmemmap instead (CONFIG_SPARSEMEM_VMEMMAP).",
};

TEXT(VMALLOC_GAP) = {
	.name = name_VMALLOC_GAP,
	.color = GREY,
	.purpose = "guard behind lowmem",
	.what = "Nothing is mapped here on purpose: a pointer that runs over the end of lowmem faults at once instead of hitting somebody's vmalloc() area.",
	.users = "Nobody.",
	.place = "From high_memory, the end of lowmem, to VMALLOC_START: VMALLOC_OFFSET (8 MiB) on x86; on Arm up to as much, as VMALLOC_START is rounded down to a multiple of it.",
	.options = "None but those that move the end of lowmem: the amount of memory, and boot parameters vmalloc=, highmem= and mem=.",
};

TEXT(KMAP_LOCAL) = {
	.name = name_KMAP_LOCAL,
	.color = MAGENTA,
	.purpose = "kmap_local_page()",
	.what = "The slots in which a thread maps highmem pages for a short time. Each CPU has its own, used like a stack; a thread that is scheduled away takes its mappings along. It needs no lock and no search, unlike pkmap.",
	.users = "kmap_local_page() and kmap_atomic(): copying and clearing pages of processes, file systems, the block layer.",
	.place = "Slots FIX_KMAP_BEGIN to FIX_KMAP_END of the fixmap, counted downward: KM_MAX_IDX pages (16; KM_TYPE_NR, 20, before 5.11) for each of CONFIG_NR_CPUS.",
	.options = "CONFIG_HIGHMEM, CONFIG_NR_CPUS.",
	.elsewhere = "64-bit kernels need none: every page has its address in the direct map.",
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

TEXT(DTB) = {
	.name = name_DTB,
	.color = MAGENTA,
	.purpose = "device tree of the firmware",
	.what = "The flattened device tree: the description of the machine that the boot loader or the firmware hands over. The kernel maps it here before it knows where memory is, because the tree is what says so.",
	.users = "early_init_dt_scan() at boot. What the running system uses is a copy in ordinary memory; /sys/firmware/fdt shows the original.",
	.place = "On arm64 and RISC-V slots of the fixmap (FIX_FDT), 2 MiB for the tree and something to spare for its alignment; on 32-bit Arm a range of its own, FDT_FIXED_BASE.",
	.options = "None. A machine with ACPI has a small tree, too, made by the EFI stub.",
	.elsewhere = "x86 rarely has a device tree and no fixed place for it.",
};

TEXT(BPF_JIT) = {
	.name = name_BPF_JIT,
	.color = GREEN,
	.purpose = "compiled BPF programs",
	.what = "Machine code that the kernel's compiler made from BPF programs. It has a range of its own so that such code reaches the kernel's functions by short calls, and does not take the room of modules.",
	.users = "The BPF JIT (bpf_jit_alloc_exec()).",
	.place = "128 MiB: on RISC-V the last ones before the kernel image, shared with modules; on arm64 before 5.17 those right below modules. Since then arm64 has BPF programs in vmalloc.",
	.options = "CONFIG_BPF_JIT; sysctl net.core.bpf_jit_enable.",
	.elsewhere = "On x86 such programs lie among the modules.",
};

TEXT(KPTI_TRAMPOLINE) = {
	.name = name_KPTI_TRAMPOLINE,
	.color = MAGENTA,
	.purpose = "exception entry, under KPTI",
	.what = "The only kernel code that stays mapped while a process runs with page-table isolation, the answer to Meltdown: exception vectors that switch to the kernel's page tables and jump to the real ones, and that switch back on return.",
	.users = "The CPU on each system call, interrupt and fault, if isolation is on.",
	.place = "Slots of the fixmap from TRAMP_VALIAS on. At the same address in the kernel's page tables and in those that stay for the process.",
	.options = "CONFIG_UNMAP_KERNEL_AT_EL0, boot parameter kpti=. Without the parameter it is used on CPUs that Meltdown concerns, and with KASLR on those that let processes find out what is mapped.",
	.elsewhere = "x86 has the per-CPU entry area for this.",
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

TEXT(PCI_IO) = {
	.name = name_PCI_IO,
	.color = MAGENTA,
	.purpose = "I/O ports of PCI",
	.what = "On x86 the I/O ports of devices are an address space of their own, with instructions of its own. Other processors have none: there the bridge to the PCI bus shows the ports as physical memory, which is mapped here, so that inb() and outb() are a load and a store.",
	.users = "Drivers that call inb(), outb() and their kin, or pci_iomap() for a region of ports.",
	.place = "Set by the architecture: 32 MiB behind the lowest mapped address on LoongArch, 16 MiB below vmemmap on RISC-V, near the end of the address space on arm64 and 32-bit Arm. Port 0 is its first byte; only what a bridge offers is mapped.",
	.options = "None but those that move the regions around it.",
};

TEXT(UNCACHED) = {
	.name = name_UNCACHED,
	.color = CYAN,
	.purpose = "all memory, past the caches",
	.what = "A window of the processor: the lower bits of an address in it are the physical address, without any page table, and the access goes past the caches. Registers of devices must be reached that way; ordinary memory can be, and is then much slower.",
	.users = "ioremap(), and early boot code before the caches are set up.",
	.place = "LoongArch: UNCACHE_BASE, 256 TiB. 64-bit MIPS: UNCAC_BASE, 512 PiB, one of the windows of xkphys. Only addresses that something answers to may be used.",
	.options = "None: the processor's architecture has it so. On LoongArch the kernel sets the window up at boot.",
	.elsewhere = "Other processors have no such window; there the page tables say for each page how it is cached.",
};

TEXT(WRITE_COMBINE) = {
	.name = name_WRITE_COMBINE,
	.color = CYAN,
	.purpose = "all memory, writes gathered",
	.what = "A window of the processor like uncached, but writes are gathered in a buffer and sent on together. That is good for memory of a graphics card, into which much is written and from which little is read.",
	.users = "ioremap_wc(), where CONFIG_ARCH_IOREMAP is set and the processor can do it (boot parameter writecombine=).",
	.place = "WRITECOMBINE_BASE, 256 TiB: the third window of LoongArch, behind uncached and the direct map.",
	.options = "CONFIG_ARCH_WRITECOMBINE, CONFIG_ARCH_IOREMAP; boot parameter writecombine=on or off.",
};

TEXT(MODULES_TEXT) = {
	.name = name_MODULES_TEXT,
	.color = GREEN,
	.purpose = "code of modules",
	.what = "The first 256 MiB of modules, which take the code. Data of modules goes behind it. Calls from one to another function reach 128 MiB in one instruction, so code is kept together.",
	.users = "The module loader.",
	.place = "MODULES_VADDR and 256 MiB from there on.",
	.options = "CONFIG_MODULES. Older kernels had 256 MiB for code and data of modules together.",
};

TEXT(KFENCE_AREA) = {
	.name = name_KFENCE_AREA,
	.color = YELLOW,
	.purpose = "room for KFENCE's pool",
	.what = "LoongArch's direct map has no page tables, so no page in it can be made to fault. KFENCE needs that, and has a range of its own here, into which its pool is mapped once more.",
	.users = "KFENCE, at boot: see kfence.",
	.place = "KFENCE_AREA_START, right behind vmemmap: the pool and two pages.",
	.options = "CONFIG_KFENCE, CONFIG_KFENCE_NUM_OBJECTS.",
};

TEXT(XKPHYS) = {
	.name = name_XKPHYS,
	.color = CYAN,
	.purpose = "windows onto all memory",
	.what = "A quarter of the address space in which the processor translates nothing: bits 59 to 61 say how an access is cached, and those below are the physical address. So it is eight windows onto the same memory. The kernel uses one as its direct map and one for devices (uncached).",
	.users = "The kernel only, see direct_map and uncached.",
	.place = "XKPHYS to XKSEG, 0x8000000000000000 to 0xbfffffffffffffff: 4 EiB. Addresses beyond the processor's physical ones fault.",
	.options = "None: the processor's architecture has it so.",
	.elsewhere = "LoongArch has such windows, too, but the kernel chooses their place.",
};

TEXT(CKSEG0) = {
	.name = name_CKSEG0,
	.color = CYAN,
	.purpose = "first 512 MiB, cached",
	.what = "The segment KSEG0 of 32-bit MIPS at its old place: the first 512 MiB of memory, without page tables, cached. The kernel image lies here although the direct map is elsewhere, because addresses in it fit into 32 bits, which makes code shorter (-msym32).",
	.users = "The kernel image.",
	.place = "0xffffffff80000000, as far as ckseg1.",
	.options = "None: the processor's architecture has it so. Where the image lies in it is a matter of CONFIG_RANDOMIZE_BASE.",
	.elsewhere = "On 32-bit MIPS it is the direct map, and memory behind its end is highmem.",
};

TEXT(CKSEG1) = {
	.name = name_CKSEG1,
	.color = CYAN,
	.purpose = "first 512 MiB, uncached",
	.what = "The segment KSEG1 of 32-bit MIPS at its old place: the same 512 MiB as ckseg0, but accesses go past the caches. A MIPS processor starts here after reset, at 0xffffffffbfc00000, when its caches hold nothing of use yet.",
	.users = "Boot code, and drivers of devices whose registers lie in the first 512 MiB.",
	.place = "0xffffffffa0000000, 512 MiB.",
	.options = "None: the processor's architecture has it so.",
};

TEXT(KERNEL_IO) = {
	.name = name_KERNEL_IO,
	.color = GREY,
	.purpose = "devices, on ppc64",
	.what = "Where ppc64 maps devices: the legacy I/O ports, the I/O space of each PCI host bridge, and whatever drivers ask ioremap() for. Other architectures have most of that inside vmalloc; here it is a region of its own, so that hash translation can give it segments of its own.",
	.users = "isa_io, phb_io, ioremap and fixmap, which fill it in this order.",
	.place = "From KERN_IO_START (behind vmalloc) to the vmemmap. vmalloc, this and vmemmap are of one size: 512 TiB, with hash and 4 KiB pages 1 TiB.",
	.options = "CONFIG_PPC_64K_PAGES; boot parameter disable_radix.",
};

TEXT(ISA_IO) = {
	.name = name_ISA_IO,
	.color = MAGENTA,
	.purpose = "ports of an ISA bridge",
	.what = "The 64 KiB of legacy I/O ports. ppc64 has no in and out instructions: inb(port) is a load from isa_io_base plus the port.",
	.users = "inb(), outb() and their kin for an ISA or LPC bridge, where a machine has one.",
	.place = "The first 64 KiB of kernel_io: ISA_IO_BASE to ISA_IO_END.",
	.options = "None.",
};

TEXT(PHB_IO) = {
	.name = name_PHB_IO,
	.color = MAGENTA,
	.purpose = "ports of PCI host bridges",
	.what = "The I/O space of each PCI host bridge (PHB), so that a port of a PCI device is an offset from ISA_IO_BASE too.",
	.users = "pci_iomap() of an I/O BAR, inb() and outb() of PCI drivers.",
	.place = "Behind isa_io up to 2 GiB after the start of kernel_io: PHB_IO_BASE to PHB_IO_END.",
	.options = "CONFIG_PCI.",
};

TEXT(IOREMAP) = {
	.name = name_IOREMAP,
	.color = MAGENTA,
	.purpose = "registers of devices",
	.what = "Registers and memory of devices that drivers have mapped. Pages here are cache-inhibited: each load and store goes to the device.",
	.users = "ioremap(); /proc/vmallocinfo lists the mappings and who made them.",
	.place = "From IOREMAP_BASE, 2 GiB into kernel_io, to the fixmap. Mappings made early in boot stand at its start; ioremap_bot is where the others begin.",
	.options = "None.",
	.elsewhere = "On most architectures ioremap() takes its addresses from vmalloc.",
};

TEXT(LOWCORE) = {
	.name = name_LOWCORE,
	.color = YELLOW,
	.purpose = "shared with the CPU",
	.what = "The first 8 KiB of an s390 CPU's view of memory. The CPU stores there why it was interrupted and what it was doing, and loads from there where to go on; the kernel keeps the CPU's own variables in it: the current task, stacks, page tables. Prefixing makes it another piece of memory on each CPU, at the same address.",
	.users = "The CPU on each interrupt; get_lowcore() in the kernel, current and smp_processor_id() among its users.",
	.place = "Address 0. On newer machines newer kernels can have it at 0x70000 (boot parameter relocate_lowcore), so that null pointers fault.",
	.options = "None.",
};

TEXT(ABS_LOWCORE) = {
	.name = name_ABS_LOWCORE,
	.color = YELLOW,
	.purpose = "the lowcores of all CPUs",
	.what = "A window onto the lowcore of each CPU, by number, for when one must be reached without prefixing: that of another CPU, or the one at absolute zero, which dump tools read.",
	.users = "get_abs_lowcore(): CPUs that come and go, restart after a crash, and the address of VMCOREINFO for dumpers.",
	.place = "ABS_LOWCORE_MAP_SIZE (8 KiB for each of CONFIG_NR_CPUS) from __abs_lowcore: below vmalloc, in older kernels above the modules.",
	.options = "CONFIG_NR_CPUS.",
};

TEXT(MEMCPY_REAL) = {
	.name = name_MEMCPY_REAL,
	.color = MAGENTA,
	.purpose = "a page to look through",
	.what = "One page whose entry in the page tables memcpy_real() sets to whatever memory it is to read, so that also what the identity mapping lacks can be copied.",
	.users = "memcpy_real(): /proc/vmcore after a crash, stand-alone dumps, /dev/mem.",
	.place = "At __memcpy_real_area, next to abs_lowcore.",
	.options = "None.",
};

TEXT(AMODE31) = {
	.name = name_AMODE31,
	.color = GREEN,
	.purpose = "code for 31-bit addresses",
	.what = "The few pages of code and data that must lie below 2 GiB: some instructions of the hypervisor's interface (diagnose) take addresses of 31 bits only. Linked into the image and copied out of it at boot.",
	.users = "diag_amode31_ops, for diagnose 0c, 14, 8c, 210, 26c and 308; the control-register tables of the CPU.",
	.place = "__samode31 to __eamode31, 12 KiB, virtual and physical addresses equal.",
	.options = "None.",
};

TEXT(ITCM) = {
	.name = name_ITCM,
	.color = YELLOW,
	.purpose = "fast memory for code",
	.what = "Tightly coupled memory for instructions: a few KiB inside the processor that are as fast as a cache but never miss.",
	.users = "Functions marked __tcmfunc; what is left, tcm_alloc().",
	.place = "ITCM_OFFSET (0xfffe0000), up to 32 KiB.",
	.options = "CONFIG_HAVE_TCM, which a few older machines select; the processor must have it.",
};

TEXT(DTCM) = {
	.name = name_DTCM,
	.color = YELLOW,
	.purpose = "fast memory for data",
	.what = "Tightly coupled memory for data: a few KiB inside the processor that are as fast as a cache but never miss.",
	.users = "Variables marked __tcmdata; what is left, tcm_alloc().",
	.place = "DTCM_OFFSET (0xfffe8000), up to 32 KiB.",
	.options = "CONFIG_HAVE_TCM, which a few older machines select; the processor must have it.",
};

TEXT(VECTORS) = {
	.name = name_VECTORS,
	.color = GREEN,
	.purpose = "where exceptions enter",
	.what = "The exception vectors: the processor jumps here on system calls, interrupts, aborts and undefined instructions. The second page holds the stubs that the vectors branch to. At the end of the first page stand the helpers that user programs may call (kuser helpers).",
	.users = "The processor, and through the helpers every process: reading the thread pointer, compare and exchange.",
	.place = "VECTORS_BASE, 0xffff0000 (high vectors), two pages. Processors that look for them at 0 have them there too.",
	.options = "CONFIG_KUSER_HELPERS lets processes see the first page.",
	.elsewhere = "Elsewhere a register says where the vectors are, and they lie in the kernel image; x86 has its table in cpu_entry_area.",
};

TEXT(TEXT) = {
	.name = name_TEXT,
	.color = GREEN,
	.purpose = "machine code",
	.what = "The kernel's instructions. Mapped read-only and executable; patching (static keys, ftrace, live patches) goes through a temporary alias.",
	.users = "All functions but those that are needed at boot only.",
	.place = "First in the image: _text to _etext. Mapped with large pages, hence the alignment to 2 MiB.",
	.options = "Whatever is built in and not a module makes it longer. CONFIG_STRICT_KERNEL_RWX protects it.",
	.elsewhere = "On LoongArch and mips64 the image stands in a window that needs no page tables: nothing is read-only there.",
};

TEXT(RODATA) = {
	.name = name_RODATA,
	.color = BLUE,
	.purpose = "constants",
	.what = "Constants: strings, tables such as the system calls, the symbol table of kallsyms, type information for BPF; and data marked __ro_after_init, which is written at boot and protected afterwards.",
	.users = "const objects of the kernel.",
	.place = "__start_rodata to __end_rodata, behind text and aligned to 2 MiB. Mapped read-only, not executable.",
	.options = "CONFIG_KALLSYMS_ALL and CONFIG_DEBUG_INFO_BTF make it longer. CONFIG_STRICT_KERNEL_RWX protects it.",
	.elsewhere = "On LoongArch and mips64 the image stands in a window that needs no page tables: constants can be written there.",
};

TEXT(DATA) = {
	.name = name_DATA,
	.color = YELLOW,
	.purpose = "initialised variables",
	.what = "Variables that start with a value other than zero, and the stack and task of the very first thread (init_task).",
	.users = "Initialised globals and statics of the kernel.",
	.place = "_sdata to _edata. Readable and writable, not executable.",
	.options = "What is built in. CONFIG_LOCKDEP and other debugging options grow it.",
	.elsewhere = "On LoongArch and mips64 the image stands in a window that needs no page tables: all of it can be executed there.",
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
