/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The contract of /sys/kernel/debug/kvas, shared by the module that writes it
 * and the reader that parses it.  No kernel and no libc header is needed.
 *
 * The file is line-oriented text:
 *
 *   kvas 1                                    the format's version
 *   TYPE  key=value key="a value" ...         one record a line
 *   end     records=N                         N = lines between first and last
 *
 * Fields are separated by one or more spaces.  A value with a space in it is
 * enclosed in double quotes; a value never holds a double quote, a control
 * character or a byte above 0x7e.  Addresses are "0x" and 16 hexadecimal
 * digits (8 on a 32-bit kernel, but 16 for physical ones if that kernel's are
 * wider).  Ranges are inclusive.  A size is a decimal
 * number of bytes, exact, shortened by the largest of K M G T P E (powers of
 * 1024) that divides it.  Records and keys that a reader does not know are
 * to be ignored; known ones never change their meaning.
 */
#ifndef KVAS_FORMAT_H
#define KVAS_FORMAT_H

#define KVAS_FORMAT_VERSION	1
#define KVAS_DEBUGFS_NAME	"kvas"

/* X(identifier, "word"): the record types, in the order of the file. */
#define KVAS_RECORD_TYPES(X)						\
	X(KERNEL,	"kernel")	/* one: what runs */		\
	X(CAPTURE,	"capture")	/* at most one, put in by kvas save */ \
	X(FACT,		"fact")		/* a number or word the layout hangs on */ \
	X(CONFIG,	"config")	/* an option, as the module was built */ \
	X(REGION,	"region")	/* a range of virtual addresses */ \
	X(SECTION,	"section")	/* a part of the kernel image */ \
	X(MEMORY,	"memory")	/* device memory that has struct pages */ \
	X(WITNESS,	"witness")	/* a live object in a region */

/*
 * X(identifier, "key"): the keys.
 *
 * kernel:  release machine arch bits endian build_id
 * capture: when (UTC, ISO 8601) cmdline (double quotes as single ones, other bytes
 *          that a value cannot hold as question marks)
 * fact:    name value unit source route, or name absent
 * config:  name value (y, or n if it is not set or this kernel has no such
 *          option, or a number)
 * region:  start end size name parent start_source start_route end_source
 *          end_route, populated_* where the used part is known and smaller
 *          than the reserved window, note; or name absent
 * section: as region; it and the regions image and direct_map have phys
 *          (physical address of start), where the whole of it lies in physical
 *          memory as it does in virtual memory; modulo 2^64, as a direct map
 *          may begin before all memory
 * memory:  start end size phys name (zone_device) kind (fs_dax, generic, p2pdma,
 *          coherent or unknown): a piece of ZONE_DEVICE memory, at its addresses
 *          in the direct map
 * witness: addr name region (the region or section it must lie in) source
 *          content (the bytes at addr, as text); or name absent
 *
 * Units: bytes, bits, levels and count are decimal; address as above; offset
 * is a difference of addresses, 0x... or -0x...; bool is y or n; text.
 */
#define KVAS_KEYS(X)							\
	X(RELEASE,	"release")	/* uname -r */			\
	X(MACHINE,	"machine")	/* uname -m */			\
	X(ARCH,		"arch")		/* the rules that apply: x86_64, ... */ \
	X(BITS,		"bits")		/* of a kernel pointer: 32 or 64 */ \
	X(ENDIAN,	"endian")	/* little or big */		\
	X(BUILD_ID,	"build_id")	/* hexadecimal */		\
	X(WHEN,		"when")		/* the capture was saved */	\
	X(CMDLINE,	"cmdline")	/* of the kernel: /proc/cmdline */ \
	X(NAME,		"name")						\
	X(VALUE,	"value")					\
	X(UNIT,		"unit")		/* see below */ \
	X(SOURCE,	"source")	/* expression as the kernel spells it */ \
	X(ROUTE,	"route")	/* how it was obtained, see KVAS_ROUTES */ \
	X(ABSENT,	"absent")	/* why there is no value */	\
	X(START,	"start")	/* first byte */		\
	X(END,		"end")		/* last byte */			\
	X(SIZE,		"size")						\
	X(PARENT,	"parent")	/* smallest region around it */	\
	X(START_SOURCE,	"start_source")					\
	X(START_ROUTE,	"start_route")					\
	X(END_SOURCE,	"end_source")					\
	X(END_ROUTE,	"end_route")					\
	X(POPULATED_START, "populated_start")	/* first byte in use */	\
	X(POPULATED_END, "populated_end")	/* last byte in use */	\
	X(POPULATED_SOURCE, "populated_source")				\
	X(POPULATED_ROUTE, "populated_route")				\
	X(NOTE,		"note")		/* one fact a reader must know */ \
	X(PHYS,		"phys")		/* physical address of start */	\
	X(ADDR,		"addr")						\
	X(REGION,	"region")					\
	X(CONTENT,	"content")	/* ASCII text found at addr */	\
	X(KIND,		"kind")		/* of device memory */		\
	X(RECORDS,	"records")

/*
 * X(identifier, "word"): how a value was obtained, surest first.  One made
 * from several is named after the least sure; exported bases may help in any.
 */
#define KVAS_ROUTES(X)							\
	X(MACRO,	"macro")	/* a macro or constant of the headers */ \
	X(EXPORTED,	"exported")	/* needs an exported symbol's value */ \
	X(CPU,		"cpu")		/* asked of the processor */	\
	X(IOMEM,	"iomem")	/* the kernel's resource tree */ \
	X(VMCOREINFO,	"vmcoreinfo")	/* the kernel's crash-dump note */ \
	X(KPROBE,	"kprobe")	/* symbol resolved by kprobes, never armed */ \
	X(KALLSYMS,	"kallsyms")	/* reverse look-up of addresses */ \
	X(DERIVED,	"derived")	/* computed from the above */	\
	X(MEASURED,	"measured")	/* seen in a live object */

/*
 * X(identifier, "name"): the one vocabulary of regions and sections for all
 * architectures.  What each is for: kvas explain NAME.
 */
#define KVAS_REGIONS(X)							\
	X(USER,			"user")					\
	X(USER_GUARD,		"user_guard")				\
	X(NONCANONICAL,		"noncanonical")				\
	X(GUARD_HOLE,		"guard_hole")				\
	X(LDT_REMAP,		"ldt_remap")				\
	X(DIRECT_MAP,		"direct_map")				\
	X(KFENCE,		"kfence")				\
	X(KFENCE_AREA,		"kfence_area")				\
	X(PERCPU,		"percpu")				\
	X(VMALLOC_GAP,		"vmalloc_gap")				\
	X(VMALLOC,		"vmalloc")				\
	X(VMEMMAP,		"vmemmap")				\
	X(MEM_MAP,		"mem_map")				\
	X(KASAN_SHADOW,		"kasan_shadow")				\
	X(KMSAN_VMALLOC_SHADOW,	"kmsan_vmalloc_shadow")			\
	X(KMSAN_VMALLOC_ORIGIN,	"kmsan_vmalloc_origin")			\
	X(KMSAN_MODULES_SHADOW,	"kmsan_modules_shadow")			\
	X(KMSAN_MODULES_ORIGIN,	"kmsan_modules_origin")			\
	X(CPU_ENTRY_AREA,	"cpu_entry_area")			\
	X(ESPFIX,		"espfix")				\
	X(EFI_RUNTIME,		"efi_runtime")				\
	X(IMAGE_WINDOW,		"image_window")				\
	X(IMAGE,		"image")				\
	X(MODULES,		"modules")				\
	X(MODULES_TEXT,		"modules_text")				\
	X(BPF_JIT,		"bpf_jit")				\
	X(EXECMEM_TEXT,		"execmem_text")				\
	X(EXECMEM_TEXT_FALLBACK, "execmem_text_fallback")		\
	X(EXECMEM_KPROBES,	"execmem_kprobes")			\
	X(EXECMEM_FTRACE,	"execmem_ftrace")			\
	X(EXECMEM_BPF,		"execmem_bpf")				\
	X(EXECMEM_DATA,		"execmem_data")				\
	X(FIXMAP,		"fixmap")				\
	X(VSYSCALL,		"vsyscall")				\
	X(PKMAP,		"pkmap")				\
	X(KMAP_LOCAL,		"kmap_local")				\
	X(RESERVE_TOP,		"reserve_top")				\
	X(PCI_IO,		"pci_io")				\
	X(DTB,			"dtb")					\
	X(KPTI_TRAMPOLINE,	"kpti_trampoline")			\
	X(VECTORS,		"vectors")				\
	X(ITCM,			"itcm")					\
	X(DTCM,			"dtcm")					\
	X(UNCACHED,		"uncached")				\
	X(WRITE_COMBINE,	"write_combine")			\
	X(XKSSEG,		"xksseg")				\
	X(XKPHYS,		"xkphys")				\
	X(CKSEG0,		"ckseg0")				\
	X(CKSEG1,		"ckseg1")				\
	X(CKSSEG,		"cksseg")				\
	X(CKSEG3,		"ckseg3")				\
	X(KSEG0,		"kseg0")				\
	X(KSEG1,		"kseg1")				\
	X(EJTAG,		"ejtag")				\
	X(KERNEL_IO,		"kernel_io")				\
	X(ISA_IO,		"isa_io")				\
	X(PHB_IO,		"phb_io")				\
	X(IOREMAP,		"ioremap")				\
	X(LOWCORE,		"lowcore")				\
	X(ABS_LOWCORE,		"abs_lowcore")				\
	X(MEMCPY_REAL,		"memcpy_real")				\
	X(AMODE31,		"amode31")

/* Parts of the kernel image: records of type "section". */
#define KVAS_SECTIONS(X)						\
	X(TEXT,			"text")					\
	X(RODATA,		"rodata")				\
	X(DATA_BSS,		"data_bss")	/* where data and bss are not told apart */ \
	X(DATA,			"data")					\
	X(INIT,			"init")					\
	X(INIT_PERCPU,		"init_percpu")				\
	X(BSS,			"bss")					\
	X(BRK,			"brk")

/* X(identifier, "name"): the facts of all architectures. */
#define KVAS_FACTS(X)							\
	X(PAGE_SIZE,		"page_size")				\
	X(PAGE_LEVELS,		"page_levels")				\
	X(PMD_SIZE,		"pmd_size")				\
	X(PGDIR_SIZE,		"pgdir_size")				\
	X(VA_BITS,		"va_bits")				\
	X(PA_BITS,		"pa_bits")				\
	X(MAX_PHYSMEM_BITS,	"max_physmem_bits")			\
	X(SECTION_SIZE,		"section_size")				\
	X(STRUCT_PAGE_SIZE,	"struct_page_size")			\
	X(THREAD_SIZE,		"thread_size")				\
	X(USER_LIMIT,		"user_limit")				\
	X(USER_KERNEL_SPLIT,	"user_kernel_split")			\
	X(CPUS,			"cpus")					\
	X(RAM,			"ram")					\
	X(HIGH_MEMORY,		"high_memory")				\
	X(HIGHMEM,		"highmem")				\
	X(MMU,			"mmu")					\
	X(PTI,			"pti")					\
	X(KPTI,			"kpti")					\
	X(PHYS_BASE,		"phys_base")				\
	X(PHYS_OFFSET,		"phys_offset")				\
	X(PHYS_RAM_BASE,	"phys_ram_base")			\
	X(KIMAGE_VOFFSET,	"kimage_voffset")			\
	X(VA_PA_OFFSET,		"va_pa_offset")				\
	X(VA_KERNEL_PA_OFFSET,	"va_kernel_pa_offset")			\
	X(VM_MAP_BASE,		"vm_map_base")				\
	X(MEMORY_KASLR,		"memory_kaslr")				\
	X(IMAGE_KASLR_OFFSET,	"image_kaslr_offset")			\
	X(IMAGE_KASLR_OFFSET_PHYS,	"image_kaslr_offset_phys")	\
	X(DIRECT_MAP_KASLR_OFFSET,	"direct_map_kaslr_offset")	\
	X(VMALLOC_KASLR_OFFSET,	"vmalloc_kaslr_offset")			\
	X(VMEMMAP_KASLR_OFFSET,	"vmemmap_kaslr_offset")

/* X(identifier, "name"): the live objects that may be shown. */
#define KVAS_WITNESSES(X)						\
	X(KMALLOC,		"kmalloc")				\
	X(VMALLOC,		"vmalloc")				\
	X(PAGE,			"page")					\
	X(STRUCT_PAGE,		"struct_page")				\
	X(KMAP,			"kmap")					\
	X(PERCPU,		"percpu")				\
	X(PERCPU_DYNAMIC,	"percpu_dynamic")			\
	X(KERNEL_FUNCTION,	"kernel_function")			\
	X(MODULE_FUNCTION,	"module_function")			\
	X(MODULE_CONSTANT,	"module_constant")			\
	X(MODULE_DATA,		"module_data")				\
	X(MODULE_BSS,		"module_bss")				\
	X(READER_STACK,		"reader_stack")				\
	X(INIT_STACK,		"init_stack")				\
	X(SWAPPER_STACK,	"swapper_stack")			\
	X(FIXMAP_SLOT,		"fixmap_slot")

/*
 * The files of page tables: "kvas_mappings 1" and "kvas_walk 1", each framed as
 * the first file.  An entry is written as the number that the processor reads.
 *
 * Levels count from the entries of single pages, level 1, up to the top table.
 *
 * kvas_mappings: what the kernel's page tables map, by address.
 *
 * tables:  arch levels root (physical address of the top table), or arch absent
 * level:   level size (what an entry stands for) entries (in a table) mask (the
 *          bits of an entry that count as its attributes: no address, nothing
 *          that the processor sets, nothing that only software reads)
 * register: name value: what decides on access beside the entries, as the
 *          processor had it when the file was opened
 * window:  start end size: addresses that the processor translates without asking any
 *          table, so that no mapping tells of them
 * mapping: start end size level attr: neighbouring entries of one level with the
 *          same attributes; upper, if an upper level changes the effect of some
 *          (the effect of the bits is that of attr ^ upper; bit 32, of arm's short
 *          descriptors: the kernel does not execute it); group, the bytes that
 *          one translation may cover, if entries are marked as a group; or start
 *          end size unsettled, where the tables could not be read, or changed each
 *          time they were read
 * repeat:  start end size times stride: so often all that is mapped from start to
 *          end is mapped, at each stride from start on (the first is that which
 *          was written).  Repeats nest: one may hold earlier ones.
 * end:     records runs (mappings, as written) tables (pages of tables that were
 *          read) again (entries that changed and were read again) ns (walking
 *          alone, nanoseconds)
 *
 * kvas_walk: the walk of one address.  The file's position is the address
 * divided by the page size; one read() returns one whole walk.
 *
 * walk:    addr (first byte of the page) half (kernel or user) arch levels root
 * entry:   level index addr (physical, of the entry) value kind (table, page or
 *          none)
 * page:    start end size phys (of start) level attr upper group: what maps the
 *          address, as in a mapping; or absent, and why.  Then nothing maps it,
 *          unless the walk has no root, its last entry leads to a table, or
 *          unsettled=y says that the tables could not be read, or changed each time
 *          they were read: whether something maps it is not known
 * end:     records again
 */

/*
 * The threads: "kvas_threads 1", framed as the first file.  Numbers of threads and
 * processes are those of the PID namespace of the task that opened the file.
 *
 * A value that may hold any bytes (comm) has \xNN, with two hexadecimal digits, for each
 * byte that a value cannot hold, a blank, and a backslash.
 *
 * tables:  arch levels root (physical address of the kernel's top table) first entries
 *          (the kernel half has the entries from first on, of so many in the table)
 *          user_root (of the table that stands for the kernel half while a processor
 *          is in user mode, for all processes: arm64 with KPTI), or in its place
 *          user_root_absent, and why it is not known; or arch absent
 * stack:   start end size cpu kind: a stack that a processor takes for interrupts or
 *          exceptions in place of the thread's; or absent in place of the range, without
 *          cpu if no processor's is known
 * thread:  by tid:
 *          tid pid (of its process) kind comm running=y (it was on a processor)
 *          start end size: its kernel stack; region: the innermost one around that;
 *          or stack_absent, and why
 *          sp: the user stack pointer as it was when the thread last entered the kernel,
 *          also if it has left it since (running=y); or sp_absent, and why
 *          root: physical address of its process's top table
 *          kernel_half: see below; same copied missing own: how many entries of the
 *          kernel half, of those that the kernel or the process uses; other: which are
 *          not the same ("3-7,509", at most 8 ranges, then "...")
 *          user_root user_same user_copied user_missing user_own: with page-table
 *          isolation, of the table that user mode runs on
 *          unsettled=y, user_unsettled=y: the tables could not be read, or changed each
 *          time they were read: there are no numbers of entries of that root
 * end:     records
 *
 * A thread's kind is process (it has a user half), kernel (it has none, though it may
 * borrow a process's for a while), or exited (it has no memory any more, and soon no
 * stack).  The idle threads are not listed.  Without root in tables no thread has one.
 *
 * kernel_half is root (it has a root of its own, the same for all processes; on arm with
 * LPAE modules and PKMAP lie below it, in entries of each process), space (it is an
 * address space of its own), or, of the entries of the process's table: same (equal to
 * the kernel's), copied (all are equal, some in tables of its own), lazy (some of the
 * kernel's are not there yet, and all others are equal), own (some are the process's
 * own).  What the processor sets in an entry makes no difference.
 */
#define KVAS_THREADS_VERSION	1
#define KVAS_THREADS_NAME	"kvas_threads"

/* In upper, of arm's short descriptors: the table's PXN. */
#define KVAS_ARM_TABLE_PXN	(1ULL << 32)

#define KVAS_MAPPINGS_VERSION	1
#define KVAS_MAPPINGS_NAME	"kvas_mappings"
#define KVAS_WALK_VERSION	1
#define KVAS_WALK_NAME		"kvas_walk"

#endif /* KVAS_FORMAT_H */
