// SPDX-License-Identifier: GPL-2.0-only
/* Takes a snapshot, and writes it as the records of kvas_format.h. */
#include <linux/slab.h>
#include <linux/utsname.h>

#include "arch/arch.h"
#include "config.h"
#include "format.h"
#include "kvas.h"
#include "snapshot.h"

/**
 * kvas_snapshot_take() - look at the kernel as it is now
 *
 * Context: process; allocates.
 * Return: the snapshot, for kvas_snapshot_release(); NULL if there is no memory.
 */
struct kvas_snapshot *kvas_snapshot_take(void)
{
	struct kvas_snapshot *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	if (!s)
		return NULL;
	kvas_layout_take(&s->layout, &s->memory);
	WARN_ONCE(s->layout.is_full, "kvas: an area or a fact is left out");
	kvas_witnesses_collect(&s->witnesses, &s->layout);
	return s;
}

/**
 * kvas_snapshot_release() - free a snapshot and what was allocated for it
 * @s:	the snapshot
 */
void kvas_snapshot_release(struct kvas_snapshot *s)
{
	kvas_witnesses_release(&s->witnesses);
	kfree(s);
}

static void write_kernel(struct kvas_writer *w)
{
	kvas_begin_record(w, "kernel");
	kvas_put_text(w, "release", init_utsname()->release);
	kvas_put_text(w, "machine", init_utsname()->machine);
	kvas_put_text(w, "arch", kvas_arch.name);
	kvas_put_number(w, "bits", BITS_PER_LONG);
	kvas_put_text(w, "endian", IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ? "big" : "little");
	if (kvas_build_id[0])
		kvas_put_text(w, "build_id", kvas_build_id);
	kvas_end_record(w);
}

static void write_fact_value(struct kvas_writer *w, const struct kvas_fact *fact)
{
	switch (fact->unit) {
	case KVAS_UNIT_ADDRESS:
		kvas_put_address(w, "value", fact->value);
		break;
	case KVAS_UNIT_OFFSET:
		kvas_put_offset(w, "value", fact->value);
		break;
	case KVAS_UNIT_BOOL:
		kvas_put_text(w, "value", fact->value ? "y" : "n");
		break;
	case KVAS_UNIT_TEXT:
		kvas_put_text(w, "value", fact->text);
		break;
	default:
		kvas_put_number(w, "value", fact->value);
	}
	kvas_put_text(w, "unit", kvas_unit_names[fact->unit]);
}

static void write_fact(struct kvas_writer *w, const struct kvas_fact *fact)
{
	kvas_begin_record(w, "fact");
	if (fact->absent) {
		kvas_put_absent(w, fact->name, fact->absent);
	} else {
		kvas_put_text(w, "name", fact->name);
		write_fact_value(w, fact);
		kvas_put_text(w, "source", fact->source);
		kvas_put_text(w, "route", kvas_route_names[fact->route]);
	}
	kvas_end_record(w);
}

static void write_provenance(struct kvas_writer *w, const char *source_key,
			     const char *route_key, const struct kvas_bound *bound)
{
	kvas_put_text(w, source_key, bound->source);
	kvas_put_text(w, route_key, kvas_route_names[bound->route]);
}

static void write_present_area(struct kvas_writer *w, const struct kvas_area *area)
{
	const struct kvas_row *row = &area->row;

	kvas_put_padded_range(w, row->start.addr, row->end.addr);
	kvas_put_padded(w, "name", kvas_area_names[row->id], 14);
	if (area->parent != KVAS_NO_AREA)
		kvas_put_text(w, "parent", kvas_area_names[area->parent]);
	if (area->has_phys)
		kvas_put_physical(w, "phys", area->phys);
	write_provenance(w, "start_source", "start_route", &row->start);
	write_provenance(w, "end_source", "end_route", &row->end);
	if (area->has_populated) {
		kvas_put_address(w, "populated_start", area->populated_start);
		kvas_put_address(w, "populated_end", area->populated_end.addr);
		write_provenance(w, "populated_source", "populated_route",
				 &area->populated_end);
	}
	if (row->note)
		kvas_put_text(w, "note", row->note);
}

static bool is_section(const struct kvas_area *area)
{
	return area->row.id >= KVAS_FIRST_SECTION;
}

static void write_area(struct kvas_writer *w, const struct kvas_area *area)
{
	kvas_begin_record(w, is_section(area) ? "section" : "region");
	if (area->row.absent)
		kvas_put_absent(w, kvas_area_names[area->row.id], area->row.absent);
	else
		write_present_area(w, area);
	kvas_end_record(w);
}

static void write_areas(struct kvas_writer *w, const struct kvas_layout *l, bool sections)
{
	const struct kvas_area *area;

	for (area = l->areas; area < l->areas + l->n_areas; area++) {
		if (is_section(area) == sections)
			write_area(w, area);
	}
}

static void write_device(struct kvas_writer *w, const struct kvas_device_memory *device)
{
	kvas_begin_record(w, "memory");
	kvas_put_padded_range(w, device->start, device->end);
	kvas_put_padded(w, "name", "zone_device", 14);
	kvas_put_physical(w, "phys", device->phys);
	kvas_put_text(w, "kind", device->kind);
	kvas_end_record(w);
}

static void write_memory(struct kvas_writer *w, const struct kvas_memory *memory)
{
	unsigned int n;

	for (n = 0; n < memory->n_devices; n++)
		write_device(w, memory->devices + n);
	if (memory->devices_left_out) {
		kvas_begin_record(w, "memory");
		kvas_put_absent(w, "zone_device", "there are more pieces than kvas lists");
		kvas_end_record(w);
	}
}

static void write_witness(struct kvas_writer *w, const struct kvas_witness *witness)
{
	kvas_begin_record(w, "witness");
	if (witness->absent) {
		kvas_put_absent(w, witness->name, witness->absent);
	} else {
		kvas_put_address(w, "addr", witness->addr);
		kvas_put_padded(w, "name", witness->name, 15);
		kvas_put_text(w, "region", kvas_area_names[witness->area]);
		kvas_put_text(w, "source", witness->source);
		if (witness->content)
			kvas_put_text(w, "content", witness->content);
	}
	kvas_end_record(w);
}

/**
 * kvas_snapshot_write() - write a snapshot as text
 * @s:	the snapshot
 * @w:	where to
 *
 * The same snapshot gives the same bytes each time.
 */
void kvas_snapshot_write(const struct kvas_snapshot *s, struct kvas_writer *w)
{
	const struct kvas_layout *l = &s->layout;
	unsigned int n;

	kvas_begin_file(w, KVAS_DEBUGFS_NAME, KVAS_FORMAT_VERSION);
	write_kernel(w);
	for (n = 0; n < l->n_facts; n++)
		write_fact(w, l->facts + n);
	kvas_config_write(w, kvas_common_options);
	kvas_config_write(w, kvas_arch.options);
	write_areas(w, l, false);
	write_areas(w, l, true);
	write_memory(w, &s->memory);
	for (n = 0; n < s->witnesses.n; n++)
		write_witness(w, s->witnesses.list + n);
	kvas_end_file(w);
}
