// SPDX-License-Identifier: GPL-2.0-only
/*
 * common.c - rules for every architecture: where objects live, and ranges for
 * code.
 */
#include <string.h>

#include "arch.h"
#include "base/util.h"

/* --- Where witnesses live ------------------------------------------------ */

/* The second is where the first is not there. */
static const struct {
	const char *witness, *region, *otherwise;
} homes[] = {
	{ "page", "direct_map", NULL },
	{ "vmalloc", "vmalloc", NULL },
	{ "module_function", "modules", "vmalloc" },
	{ "module_constant", "modules", "vmalloc" },
	{ "module_data", "modules", "vmalloc" },
	{ "module_bss", "modules", "vmalloc" },
	{ "fixmap_slot", "fixmap", NULL },
};

static const char where[] = "where such objects live";

/* Either place is right; which one, nothing but the object tells. */
static void find_moving(const struct situation *s, struct expected_list *e)
{
	if (ask_option(s, "CONFIG_SMP") == YES) {
		may_live(e, "percpu", "vmalloc", "the first chunk is there if it was made of pages");
		may_live(e, "percpu_dynamic", "vmalloc", "all chunks but the first are there");
	}
	for (size_t i = 0; s->arch->modules_move && i < ARRAY_SIZE(homes); i++) {
		if (!strncmp(homes[i].witness, "module_", 7))
			may_live(e, homes[i].witness, "vmalloc",
				 "KASLR may put modules near the image");
	}
	if (s->arch->boot_stack_moves)
		may_live(e, "swapper_stack", "vmalloc", "boot may have left the stack in data");
}

/* A page of highmem needs a window; where there is some, others serve, too. */
static void find_kmap(const struct situation *s, struct expected_list *e)
{
	if (s->highmem == OPEN) {
		must_live(e, "kmap", NULL, NULL,
			  "/proc/meminfo does not tell whether there is highmem");
	} else if (s->highmem == NO) {
		must_live(e, "kmap", "direct_map", NULL, "there is no highmem");
	} else {
		may_live(e, "kmap", "direct_map", "memory for processes need not be highmem");
		must_live(e, "kmap", "pkmap", NULL, "HighTotal is not 0");
	}
}

/*
 * A kernel for one processor keeps no copies for others, and makes all chunks but
 * the first of pages.  The first has what is static, and after it dynamic objects.
 */
static void find_percpu(const struct situation *s, struct expected_list *e)
{
	const char *unsure = "needs the configuration, to tell one processor from many";
	enum question smp = ask_option(s, "CONFIG_SMP");

	if (smp == OPEN)
		must_live(e, "percpu", NULL, NULL, unsure);
	else if (smp == YES)
		must_live(e, "percpu", "percpu", "direct_map", where);
	else
		must_live(e, "percpu", "data", s->arch->image_home, where);

	if (smp == OPEN)
		must_live(e, "percpu_dynamic", NULL, NULL, unsure);
	if (smp == NO)
		may_live(e, "percpu_dynamic", "direct_map", "a chunk made of pages")->leaning = true;
	if (smp != OPEN)
		must_live(e, "percpu_dynamic", "percpu", "direct_map", "the first chunk");
}

static void find_stacks(const struct situation *s, struct expected_list *e)
{
	static const char *const stacks[] = { "reader_stack", "init_stack" };
	enum question mapped = ask_option(s, "CONFIG_VMAP_STACK");

	for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
		if (mapped == OPEN)
			must_live(e, stacks[i], NULL, NULL,
				  "needs the configuration, to tell where stacks are");
		else
			must_live(e, stacks[i], mapped == YES ? "vmalloc" : "direct_map", NULL,
				  mapped == YES ? "CONFIG_VMAP_STACK" : "CONFIG_VMAP_STACK is not set");
	}
}

static void find_homes(const struct situation *s, struct expected_list *e)
{
	find_moving(s, e);
	/* KFENCE takes a sample of all objects; on LoongArch outside the direct map. */
	must_live(e, "kmalloc", "direct_map", NULL, where)->apart = "kfence";
	/* Kernels without vmemmap have an array. */
	must_live(e, "struct_page", "vmemmap", "direct_map", where)->instead = "mem_map";
	must_live(e, "kernel_function", "text", s->arch->image_home, where);
	must_live(e, "swapper_stack", "data", s->arch->image_home, where);
	find_percpu(s, e);
	find_stacks(s, e);
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
		must_live(e, homes[i].witness, homes[i].region, homes[i].otherwise, where);
	find_kmap(s, e);
}

/* --- Ranges for code ----------------------------------------------------- */

/*
 * Ranges for code that are those of a region, or that of text, which is not
 * published twice: execmem_arch_setup() and execmem_init_missing(), since 6.10.
 */
static void find_execmem(const struct situation *s, struct expected_list *e)
{
	static const struct {
		const char *archs, *name, *region;
	} same[] = {
		{ "riscv64 arm i386", "execmem_text", "modules" },
		{ "ppc64", "execmem_text", "vmalloc" },
		{ "arm", "execmem_text_fallback", "vmalloc" },
		{ "riscv64 arm64", "execmem_kprobes", "vmalloc" },
		{ "arm64", "execmem_bpf", "vmalloc" },
		{ "riscv64", "execmem_bpf", "bpf_jit" },
	};
	static const struct {
		const char *archs, *name;
	} none[] = {
		{ "riscv64 s390x ppc64", "execmem_text_fallback" },
		{ "arm s390x ppc64", "execmem_kprobes" },
		{ "arm arm64 riscv64 s390x ppc64", "execmem_ftrace" },
		{ "arm s390x ppc64", "execmem_bpf" },
		{ "arm arm64 riscv64 s390x ppc64", "execmem_data" },
	};

	for (size_t i = 0; s->release >= 6010 && i < ARRAY_SIZE(none); i++) {
		if (situation_is_arch(s, none[i].archs))
			must_be(e, RECORD_REGION, none[i].name, "start",
				nothing("the same as that of text, or there is none"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		if (!situation_is_arch(s, same[i].archs))
			continue;
		/* i386 has had that one alone before, too. */
		if (s->release < 6010 && !situation_is_arch(s, "i386"))
			continue;
		must_be_from(e, RECORD_REGION, same[i].name, "start",
			     REGION_START(same[i].region), if_any(number(0, same[i].region)));
		must_be_from(e, RECORD_REGION, same[i].name, "end",
			     REGION_END(same[i].region), if_any(number(0, same[i].region)));
	}
}

void rules_of_arch(const struct situation *s, struct expected_list *e)
{
	s->arch->expect(s, e);
	/* Rules without a machine to apply them to confirm nothing. */
	e->weak = !s->is_machine;
	find_homes(s, e);
	find_execmem(s, e);
	e->weak = false;
}
