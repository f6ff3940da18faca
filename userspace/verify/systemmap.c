// SPDX-License-Identifier: GPL-2.0-only
/*
 * systemmap.c - System.map of the kernel's package: where symbols were linked,
 * before KASLR moved them all by one distance.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "machine/elfcore.h"
#include "machine/symtab.h"
#include "verify.h"

struct systemmap {
	const struct symbols *map;
	const char *why;		/* there is none */
	struct known slide;
	struct known noted;		/* the same, as VMCOREINFO has it */
};

/* One distance must explain every symbol that both lists have. */
static void find_slide(struct systemmap *k, struct machine *m)
{
	const char *why;
	const struct symbols *live = machine_symbols(m, &why);
	uint64_t linked, running, slide;
	size_t alike = 0;

	k->slide = unknown(live ? "_text is not in both lists" : why);
	if (!live || !symbols_find(k->map, "_text", NULL, &linked) ||
	    !symbols_find(live, "_text", NULL, &running))
		return;
	slide = running - linked;
	for (size_t i = 0; i < k->map->n; i++) {
		const struct symbol *s = &k->map->list[i];
		char name[256];

		if (!symbol_is_of_image(k->map, s) ||
		    s->name_length >= sizeof(name))
			continue;
		memcpy(name, s->name, s->name_length);
		name[s->name_length] = '\0';
		if (!symbols_find(k->map, name, NULL, &linked) ||
		    !symbols_find(live, name, NULL, &running))
			continue;
		if (running - linked != slide) {
			k->slide = unknown(pool_printf(machine_pool(m),
				"%s is not as far from its place in System.map as _text is: another kernel's map",
				name));
			k->map = NULL;
			return;
		}
		alike++;
	}
	k->slide = number(slide, pool_printf(machine_pool(m),
		"distance of %zu symbols to System.map", alike));
}

/* For where there are no symbols that run. */
static struct known noted_slide(struct machine *m, const struct symbols *map)
{
	const struct elfcore *core;
	uint64_t linked, running;
	const char *p, *why;

	core = machine_core(m, &why);
	p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "SYMBOL(_stext)=") : NULL;
	return p && scan_number(&p, 16, &running) && map &&
	       symbols_find(map, "_stext", NULL, &linked) ?
		number(running - linked, "_stext in the note VMCOREINFO") :
		unknown("");
}

static const void *load(struct machine *m)
{
	struct systemmap *k = pool_alloc(machine_pool(m), sizeof(*k));

	k->map = machine_system_map(m, &k->why);
	k->slide = unknown(k->why);
	if (k->map)
		find_slide(k, m);
	k->noted = noted_slide(m, k->map);
	return k;
}

/* At worst by the offset that kvas publishes: link addresses are known here. */
static void check(const void *evidence, struct verification *v)
{
	const struct systemmap *k = evidence;
	const struct value *offset = value_of(v, RECORD_FACT,
					      "image_kaslr_offset", "value");
	struct known slide = k->slide;
	uint64_t linked;

	expect(v, RECORD_FACT, "image_kaslr_offset", "value", slide);
	if (slide.kind != NUMBER && k->map && k->noted.kind == NUMBER)
		slide = k->noted;
	else if (slide.kind != NUMBER && k->map && offset && offset->is_number)
		slide = leaning(number(offset->number, "moved by image_kaslr_offset"));
	for (size_t i = 0; i < n_marks; i++) {
		const char *symbol = mark_symbol(&marks[i], v->layout);
		struct known at = slide;

		if (!mark_applies(&marks[i], v->layout->arch))
			continue;
		if (slide.kind == NUMBER) {
			if (!symbols_find(k->map, symbol, NULL, &linked))
				continue;
			at.number = wrap(v, at.number + linked +
					 (uint64_t)marks[i].add);
			at.how = symbol;
		}
		expect(v, marks[i].type, marks[i].name, marks[i].key, at);
	}
}

const struct source source_systemmap = {
	.name = "System.map",
	.title = "System.map of the kernel's package",
	.load = load,
	.check = check,
};
