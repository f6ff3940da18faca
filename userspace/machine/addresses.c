// SPDX-License-Identifier: GPL-2.0-only
/* addresses.c - where a machine's symbols are. */
#include "base/text.h"
#include "base/util.h"
#include "elfcore.h"
#include "internal.h"
#include "symtab.h"

const struct symbols *machine_symbols(struct machine *m, const char **why)
{
	const char *text;

	if (!m->symbols_tried) {
		m->symbols_tried = true;
		text = machine_file(m, "/proc/kallsyms", NULL, &m->symbols_why);
		if (text)
			m->symbols = symbols_parse(text, &m->pool);
		if (m->symbols && (m->symbols->all_zero || !m->symbols->n)) {
			m->symbols = NULL;
			m->symbols_why = "/proc/kallsyms shows no addresses: it needs CAP_SYSLOG and kernel.kptr_restrict below 2";
		}
	}
	*why = m->symbols_why;
	return m->symbols;
}

const struct symbols *machine_system_map(struct machine *m, const char **why)
{
	static const struct place places[] = {
		{ "/boot/System.map-", "" },
		{ "/usr/lib/modules/", "/System.map" },
		{ "/lib/modules/", "/System.map" },
		{ "/usr/lib/debug/boot/System.map-", "" },
	};
	const char *text;

	if (!m->map_tried) {
		m->map_tried = true;
		m->map_why = "there is no System.map of this kernel in /boot or /usr/lib/modules; some packages keep it with the debug symbols";
		/* What stands in the dummy of such a package names no symbol. */
		text = machine_find_by_release(m, places, ARRAY_SIZE(places), " _text");
		if (text)
			m->map = symbols_parse(text, &m->pool);
	}
	*why = m->map_why;
	return m->map;
}

/*
 * By the one address that the note VMCOREINFO of every kernel tells.  Symbols of
 * the image move with it; per-CPU ones are offsets, and do not.
 */
static const struct symbols *move_map(struct machine *m,
				      const struct symbols *map)
{
	const struct elfcore *core;
	uint64_t linked, running;
	struct symbols *moved;
	const char *why, *p;

	core = machine_core(m, &why);
	p = core && core->vmcoreinfo ?
		after(core->vmcoreinfo, "SYMBOL(_stext)=") : NULL;
	if (!p || !scan_number(&p, 16, &running) ||
	    !symbols_find(map, "_stext", NULL, &linked))
		return NULL;
	moved = pool_alloc(&m->pool, sizeof(*moved));
	*moved = *map;
	moved->list = pool_alloc(&m->pool, map->n * sizeof(*moved->list));
	for (size_t i = 0; i < map->n; i++) {
		moved->list[i] = map->list[i];
		if (symbol_is_of_image(map, &map->list[i]))
			moved->list[i].addr += running - linked;
	}
	return moved;
}

const struct symbols *machine_addresses(struct machine *m, const char **why)
{
	const struct symbols *symbols = machine_symbols(m, why), *map;
	const char *ignore;

	if (symbols || m->moved_map)
		return symbols ? symbols : m->moved_map;
	map = machine_system_map(m, &ignore);
	if (map)
		m->moved_map = move_map(m, map);
	return m->moved_map;
}
