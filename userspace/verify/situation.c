// SPDX-License-Identifier: GPL-2.0-only
/*
 * situation.c - see situation.h
 *
 * How many levels of page tables there are, which MMU, how much memory and so on
 * is read from /proc and the configuration.  Only situation_take_published() takes
 * something from the layout that is verified, and marks it as leaning.
 */
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "situation.h"

/* --- The processor ------------------------------------------------------- */

/* The kernel clears the flag la57 where it does not use five levels. */
static void find_x86_64(struct situation *s, struct machine *m)
{
	const char *why, *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &why);
	const char *flags = cpuinfo ? after(cpuinfo, "flags\t\t:") : NULL;

	s->va_bits = flags ? number(line_has_word(flags, "la57") ? 57 : 48, "flag la57") :
		     unknown(cpuinfo ? "/proc/cpuinfo lists no flags" : why);
}

static void find_arm64(struct situation *s, struct machine *m)
{
	const char *why;
	const struct elfcore *core = machine_core(m, &why);
	const char *p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "NUMBER(TCR_EL1_T1SZ)=") : NULL;
	uint64_t n;

	if (p && scan_number(&p, 0, &n) && n <= 64 - 36)
		s->va_bits = number(64 - n, "NUMBER(TCR_EL1_T1SZ)");
}

static void find_riscv64(struct situation *s, struct machine *m)
{
	const char *why, *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &why);
	const char *p = cpuinfo ? after(cpuinfo, "mmu\t\t: sv") : NULL;
	uint64_t bits;

	s->va_bits = p && scan_number(&p, 10, &bits) && (bits == 39 || bits == 48 || bits == 57) ?
		number(bits, "mmu") :
		unknown(cpuinfo ? "/proc/cpuinfo does not tell the mode of the MMU" : why);
}

static void find_ppc64(struct situation *s, struct machine *m)
{
	const char *why, *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &why);
	const char *mmu = cpuinfo ? after(cpuinfo, "MMU\t\t: ") : NULL;

	s->mmu = mmu ? word(strncmp(mmu, "Radix", 5) ? "hash" : "radix", "MMU") :
		 unknown(cpuinfo ? "/proc/cpuinfo does not name the MMU" : why);
}

/* "Address Sizes : 48 bits physical, 48 bits virtual" */
static void find_loongarch64(struct situation *s, struct machine *m)
{
	const char *why, *cpuinfo = machine_file(m, "/proc/cpuinfo", NULL, &why);
	const char *p = cpuinfo ? after(cpuinfo, "Address Sizes\t\t: ") : NULL;
	uint64_t pa_bits, va_bits;

	if (p && scan_number(&p, 10, &pa_bits) && skip(&p, " bits physical, ") &&
	    scan_number(&p, 10, &va_bits)) {
		s->pa_bits = number(pa_bits, "Address Sizes");
		s->va_bits = number(va_bits, "Address Sizes");
		return;
	}
	s->va_bits = s->pa_bits =
		unknown(cpuinfo ? "/proc/cpuinfo tells no address sizes" : why);
}

/* --- Memory -------------------------------------------------------------- */

/* Top-level lines of /proc/iomem; reserved pieces within stand further in. */
static void find_banks(struct situation *s, const char *iomem)
{
	uint64_t start, end;

	s->banks = 0;
	for (const char *line = iomem; line; line = next_line(line)) {
		const char *p = line;

		if (!scan_number(&p, 16, &start) || !skip(&p, "-") ||
		    !scan_number(&p, 16, &end) || !skip(&p, " : System RAM\n") ||
		    end <= start)
			continue;
		if (!s->banks)
			s->memory = number(start, "/proc/iomem");
		if (!s->banks || start != s->memory_end.number)
			s->banks++;
		s->memory_end = number(end + 1, "/proc/iomem");
	}
}

static void find_memory(struct situation *s, struct machine *m)
{
	const char *why, *iomem = machine_file(m, "/proc/iomem", NULL, &why);
	uint64_t end = ram_end(iomem);

	s->memory = s->memory_end = unknown(iomem ? "/proc/iomem lists no RAM" : why);
	if (s->arch->bits == 32) {
		find_banks(s, iomem);
	} else if (end) {
		s->memory = number(0, "/proc/iomem");
		s->memory_end = number(end, "/proc/iomem");
	}
}

/* Kernels without highmem do not count it. */
static enum question find_highmem(const char *meminfo)
{
	const char *p = meminfo ? after(meminfo, "HighTotal:") : NULL;
	uint64_t pages;

	if (!p)
		return meminfo && after(meminfo, "MemTotal:") ? NO : OPEN;
	p += strspn(p, " ");
	if (!scan_number(&p, 10, &pages))
		return OPEN;
	return pages ? YES : NO;
}

/* --- /proc/kcore --------------------------------------------------------- */

static void find_core(struct situation *s, struct machine *m)
{
	const char *why, *p;
	const struct elfcore *core = machine_core(m, &why);
	uint64_t last = 0, addr;

	s->stext = s->mapped_end = unknown(why);
	for (size_t i = 0; core && i < core->n_segments; i++) {
		const struct segment *segment = &core->segments[i];

		if (segment->vaddr + (segment->size - 1) > last)
			last = segment->vaddr + (segment->size - 1);
	}
	if (core)
		s->mapped_end = number(last, "the segments of /proc/kcore");
	s->maps_modules = core && core->modules;
	p = core && core->vmcoreinfo ? after(core->vmcoreinfo, "SYMBOL(_stext)=") : NULL;
	if (p && scan_number(&p, 16, &addr))
		s->stext = number(addr, "SYMBOL(_stext)");
}

/* --- All of it ----------------------------------------------------------- */

void situation_for_arch(struct situation *s, struct machine *m, const struct arch *arch)
{
	static const struct {
		const char *arch;
		void (*find)(struct situation *s, struct machine *m);
	} processors[] = {
		{ "x86_64", find_x86_64 },	{ "arm64", find_arm64 },
		{ "riscv64", find_riscv64 },	{ "ppc64", find_ppc64 },
		{ "loongarch64", find_loongarch64 },
	};

	s->arch = arch;
	s->va_bits = s->pa_bits = s->mmu = s->memory = s->memory_end = unknown("nothing tells");
	if (!arch)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(processors); i++) {
		if (!strcmp(processors[i].arch, arch->name))
			processors[i].find(s, m);
	}
	find_memory(s, m);
}

void situation_of_machine(struct situation *s, struct machine *m, const struct arch *arch)
{
	const char *config = machine_config_file(m, &s->why_no_options), *ignore;
	uint64_t page = machine_page_size(m);

	*s = (struct situation) { .why_no_options = s->why_no_options };
	s->release_name = machine_measured(m, "release");
	s->release = release_number(s->release_name);
	if (config)
		s->options = kernel_options_parse(config, machine_pool(m));
	s->cmdline = machine_file(m, "/proc/cmdline", NULL, NULL);
	s->page_size = page ? number(page, "AT_PAGESZ") : unknown("it was not measured");
	s->is_machine = machine_file(m, "/proc/cpuinfo", NULL, NULL);
	s->by_efi = machine_file(m, "/sys/firmware/efi/fw_platform_size", NULL, &ignore) ? YES : NO;
	s->highmem = find_highmem(machine_file(m, "/proc/meminfo", NULL, NULL));
	s->struct_page = s->image_size = s->page_levels = unknown("no layout tells");
	find_core(s, m);
	situation_for_arch(s, m, arch);
}

static struct known published(const struct verification *v, enum record_type type,
			      const char *name, const char *key)
{
	const struct value *value = value_of(v, type, name, key);

	return value && value->is_number ? leaning(number(value->number, "as published")) :
	       unknown("not published");
}

void situation_take_published(struct situation *s, const struct verification *v)
{
	const struct region *image = layout_region(v->layout, "image");

	s->struct_page = published(v, RECORD_FACT, "struct_page_size", "value");
	s->page_levels = published(v, RECORD_FACT, "page_levels", "value");
	s->image_size = image && !image->absent ?
		leaning(number(image->end - image->start + 1, "as published")) :
		unknown("not published");
}
