// SPDX-License-Identifier: GPL-2.0-only
/* The text of kvas_format.h, from a snapshot. */
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "format.h"

/*
 * Reading is to cost no more than reading /proc/iomem, so the many short
 * fields are copied, not put through printf.  A key comes with the space
 * before it and the equals sign behind it.
 */
static void put(struct seq_file *m, const char *text)
{
	seq_write(m, text, strlen(text));
}

/* A value with a space is quoted; none of ours holds a quote. */
static void put_text(struct seq_file *m, const char *key, const char *value)
{
	bool quoted = strchr(value, ' ');

	put(m, key);
	if (quoted)
		seq_putc(m, '"');
	put(m, value);
	if (quoted)
		seq_putc(m, '"');
}

/* As many digits as a number of so many bytes has. */
static void put_digits(struct seq_file *m, const char *key, u64 value,
		       size_t bytes)
{
	char text[2 + 2 * sizeof(value)] = "0x";
	char *at = text + 2 + 2 * bytes;

	for (; at > text + 2; value >>= 4)
		*--at = "0123456789abcdef"[value & 15];
	put(m, key);
	seq_write(m, text, 2 + 2 * bytes);
}

static void put_hex(struct seq_file *m, const char *key, unsigned long value)
{
	put_digits(m, key, value, sizeof(value));
}

/* A field of at least so many columns, for those who read with cat. */
static void put_padded(struct seq_file *m, const char *key, const char *value,
		       size_t width)
{
	static const char spaces[] = "                ";
	size_t length = strlen(value);

	put(m, key);
	seq_write(m, value, length);
	if (length < width)
		seq_write(m, spaces, min(width - length, sizeof(spaces) - 1));
}

static void put_bound(struct seq_file *m, const char *source_key,
		      const char *route_key, const struct kvas_bound *bound)
{
	put_text(m, source_key, bound->source);
	put(m, route_key);
	put(m, kvas_nth_name(kvas_route_names, bound->route));
}

static void put_kernel(struct seq_file *m)
{
	seq_printf(m, "kernel  release=%s machine=%s arch=%s bits=%d endian=%s",
		   init_utsname()->release, init_utsname()->machine,
		   kvas_arch_name, BITS_PER_LONG,
		   IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ? "big" : "little");
	if (kvas_build_id[0])
		put_text(m, " build_id=", kvas_build_id);
	seq_putc(m, '\n');
}

static void put_fact_value(struct seq_file *m, const struct kvas_fact *fact)
{
	switch (fact->unit) {
	case KVAS_UNIT_ADDRESS:
		put_hex(m, " value=", fact->value);
		break;
	case KVAS_UNIT_OFFSET:
		seq_printf(m, (long long)fact->value < 0 ?
			   " value=-0x%llx" : " value=0x%llx",
			   abs((long long)fact->value));
		break;
	case KVAS_UNIT_BOOL:
		put_text(m, " value=", fact->value ? "y" : "n");
		break;
	case KVAS_UNIT_TEXT:
		put_text(m, " value=", fact->text);
		break;
	default:
		seq_printf(m, " value=%llu", fact->value);
	}
	put_text(m, " unit=", kvas_nth_name(kvas_unit_names, fact->unit));
}

static void put_fact(struct seq_file *m, const struct kvas_fact *fact)
{
	put(m, "fact   ");
	put_text(m, " name=", fact->name);
	if (fact->absent) {
		put_text(m, " absent=", fact->absent);
	} else {
		put_fact_value(m, fact);
		put_text(m, " source=", fact->source);
		put_text(m, " route=", kvas_nth_name(kvas_route_names, fact->route));
	}
	seq_putc(m, '\n');
}

static void put_populated(struct seq_file *m, const struct kvas_area *area)
{
	put_hex(m, " populated_start=", area->populated_start);
	put_hex(m, " populated_end=", area->populated_end.addr);
	put_bound(m, " populated_source=", " populated_route=", &area->populated_end);
}

static void put_area(struct seq_file *m, const struct kvas_area *area)
{
	const char *name = kvas_nth_name(kvas_area_names, area->id);
	char size[24];

	put(m, area->id < KVAS_FIRST_SECTION ? "region " : "section");
	if (area->absent) {
		put_text(m, " name=", name);
		put_text(m, " absent=", area->absent);
		seq_putc(m, '\n');
		return;
	}
	kvas_size_text(size, sizeof(size), area->start.addr, area->end.addr);
	put_hex(m, " start=", area->start.addr);
	put_hex(m, " end=", area->end.addr);
	put_padded(m, " size=", size, 13);
	put_padded(m, " name=", name, 14);
	if (area->parent != KVAS_NO_AREA)
		put_text(m, " parent=", kvas_nth_name(kvas_area_names, area->parent));
	if (area->has_phys)
		put_digits(m, " phys=", area->phys, sizeof(phys_addr_t));
	put_bound(m, " start_source=", " start_route=", &area->start);
	put_bound(m, " end_source=", " end_route=", &area->end);
	if (area->has_populated)
		put_populated(m, area);
	if (area->note)
		put_text(m, " note=", area->note);
	seq_putc(m, '\n');
}

/* Regions, then sections. */
static void put_areas(struct seq_file *m, const struct kvas_layout *l,
		      bool sections)
{
	const struct kvas_area *area;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		bool is_section = area->id >= KVAS_FIRST_SECTION;

		if (is_section == sections)
			put_area(m, area);
	}
}

static void put_witness(struct seq_file *m, const struct kvas_witness *w)
{
	put(m, "witness");
	if (w->absent) {
		put_text(m, " name=", w->name);
		put_text(m, " absent=", w->absent);
	} else {
		put_hex(m, " addr=", w->addr);
		put_padded(m, " name=", w->name, 15);
		put_text(m, " region=", kvas_nth_name(kvas_area_names, w->home));
		put_text(m, " source=", w->source);
		if (w->content)
			put_text(m, " content=", w->content);
	}
	seq_putc(m, '\n');
}

/**
 * kvas_format() - print a snapshot as the contract wants it
 * @m:	where to
 * @s:	the snapshot, complete
 *
 * Printing the same snapshot again gives the same bytes.
 */
void kvas_format(struct seq_file *m, const struct kvas_snapshot *s)
{
	const struct kvas_layout *l = &s->layout;
	const struct kvas_witness *witness;
	const struct kvas_fact *fact;
	unsigned int options;

	seq_printf(m, "kvas %d\n", KVAS_FORMAT_VERSION);
	put_kernel(m);
	for (fact = l->facts; fact < l->facts + l->n_facts; fact++)
		put_fact(m, fact);
	options = kvas_config_show(m);
	put_areas(m, l, false);
	put_areas(m, l, true);
	for (witness = s->witnesses; witness < s->witnesses + s->n_witnesses; witness++)
		put_witness(m, witness);
	seq_printf(m, "end     records=%u\n",
		   1 + l->n_facts + options + l->n_areas + s->n_witnesses);
}
