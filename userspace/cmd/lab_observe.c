// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_observe.c - see lab.h: what exercises ask of a machine beside its layout.
 *
 * Each answer is noted, so that a teacher computes the exercise again from the result.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "commands.h"
#include "lab.h"
#include "layout/frame.h"
#include "machine/machine.h"
#include "mappings.h"
#include "walk.h"

#define LIVE_WALK	"/sys/kernel/debug/" KVAS_WALK_NAME

/* What is opened when it is first asked for. */
struct lab_observer {
	struct machine *machine;
	struct names names;
	bool has_names, has_walker, has_mappings;
	struct walker walker;
	const char *no_walker;		/* why it cannot be used, or NULL */
	struct mappings *mappings;
	const char *no_mappings;
	struct lab_process *process;
	struct pool pool;
};

static struct lab_observer *observer_of(struct lab_machine *m)
{
	if (!m->observer)
		m->observer = zalloc_array(1, sizeof(*m->observer));
	return m->observer;
}

static struct machine *machine_of(struct lab_machine *m)
{
	struct lab_observer *o = observer_of(m);

	if (!o->machine)
		o->machine = machine_new(m->opt.sysroot, NULL);
	return o->machine;
}

void lab_observer_close(struct lab_machine *m)
{
	struct lab_observer *o = m->observer;

	if (!o)
		return;
	if (o->has_names)
		names_free(&o->names);
	if (o->has_walker && !o->no_walker)
		walker_close(&o->walker);
	if (o->mappings)
		mappings_free(o->mappings);
	if (o->machine)
		machine_free(o->machine);
	lab_process_close(o->process);
	pool_free(&o->pool);
	free(o);
	m->observer = NULL;
}

static bool give(struct lab_value *v, enum lab_look look, uint64_t n)
{
	*v = lab_number(look, n);
	return true;
}

/* --- Symbols ---------------------------------------------------------------------------- */

static struct names *names_of(struct lab_machine *m, const char **why)
{
	struct lab_observer *o = observer_of(m);

	if (!o->has_names)
		names_load(&o->names, &m->opt, m->world.layout);
	o->has_names = true;
	if (!o->names.symbols)
		*why = o->names.missing;
	return o->names.symbols ? &o->names : NULL;
}

static bool observe_symbol(struct lab_machine *m, const char *name, struct lab_value *v,
			   const char **why)
{
	struct names *names = names_of(m, why);
	struct symbol_addresses found;

	if (!names)
		return false;
	found = names_find(names, name, NULL);
	if (found.n != 1) {
		*why = pool_printf(&observer_of(m)->pool, found.n ? "there are several symbols %s" :
				   "there is no symbol %s", name);
		return false;
	}
	return give(v, LOOK_ADDRESS, *found.addr);
}

static bool observe_symbol_at(struct lab_machine *m, uint64_t addr, struct lab_value *v,
			      const char **why)
{
	struct names *names = names_of(m, why);
	struct nearest nearest;

	if (!names)
		return false;
	nearest = names_at(names, addr);
	if (!nearest.symbol) {
		*why = "no symbol is at that address";
		return false;
	}
	*v = lab_word(pool_copy(&observer_of(m)->pool, nearest.symbol->name,
				nearest.symbol->name_length));
	return true;
}

/* --- Page tables ------------------------------------------------------------------------ */

/* Why what walks through a file of the module or /proc/kcore cannot be used; or NULL. */
static const char *open_walker(struct lab_machine *m, struct lab_observer *o)
{
	int fd;

	if (m->opt.file)
		return "a capture alone has no page tables";
	fd = sysroot_open(m->opt.sysroot, LIVE_WALK);
	if (fd < 0 && errno != ENOENT)
		return pool_printf(&o->pool, "%s cannot be read: %s", LIVE_WALK, strerror(errno));
	if (fd >= 0)
		close(fd);
	walker_open(&o->walker, &m->opt, m->world.layout, (struct table_source){ SOURCE_ANY, NULL });
	return NULL;
}

/* False with *why if nothing can be known of the way to an address. */
static bool walk_to(struct lab_machine *m, uint64_t addr, struct walk *walk, const char **why)
{
	struct lab_observer *o = observer_of(m);

	if (!o->has_walker)
		o->no_walker = open_walker(m, o);
	o->has_walker = true;
	*why = o->no_walker;
	if (*why)
		return false;
	*walk = walker_walk(&o->walker, addr, &o->pool);
	return true;
}

static const struct walk_entry *entry_of_level(const struct walk *w, uint64_t level)
{
	for (size_t i = 0; i < w->n_entries; i++)
		if (w->entries[i].level == level)
			return &w->entries[i];
	return NULL;
}

static bool observe_entry(struct lab_machine *m, uint64_t addr, uint64_t level, bool place,
			  struct lab_value *v, const char **why)
{
	const struct walk_entry *e;
	struct walk walk;

	if (!walk_to(m, addr, &walk, why))
		return false;
	e = entry_of_level(&walk, level);
	if (!e || (place && !e->has_addr)) {
		*why = walk.absent ? walk.absent : "the walk has no entry of this level";
		return false;
	}
	return give(v, place ? LOOK_ADDRESS : LOOK_HEX, place ? e->addr : e->value);
}

enum found { FOUND_LEVEL, FOUND_PHYS, FOUND_BYTES, FOUND_ACCESS };

static bool observe_end(struct lab_machine *m, uint64_t addr, enum found what, struct lab_value *v,
			const char **why)
{
	struct walk walk;
	const struct attributes *attributes;
	char text[ACCESS_TEXT];

	if (!walk_to(m, addr, &walk, why))
		return false;
	if (!walk.mapped || walk.by_window) {
		*why = walk.absent ? walk.absent : "no table maps this address";
		return false;
	}
	switch (what) {
	case FOUND_LEVEL:
		return give(v, LOOK_NUMBER, walk.level);
	case FOUND_PHYS:
		return give(v, LOOK_ADDRESS, walk.phys);
	case FOUND_BYTES:
		return give(v, LOOK_SIZE, walk.size);
	case FOUND_ACCESS:
		break;
	}
	attributes = attributes_of(walk.arch, walk.levels, observer_of(m)->walker.shape.mask);
	if (!attributes) {
		*why = "it is not known what the bits of such an entry mean";
		return false;
	}
	access_text(attributes_access(attributes, walk.level, walk.attr, walk.upper), text);
	text[3] = '\0';
	*v = lab_word(pool_copy(&observer_of(m)->pool, text, strlen(text)));
	return true;
}

/* --- What is mapped -------------------------------------------------------------------- */

static void add_piece(void *bytes, const struct piece *piece)
{
	if (!piece->run->unsettled)
		*(uint64_t *)bytes += (piece->end - piece->start + 1) * piece->times;
}

static const char *open_mappings(struct lab_machine *m, struct lab_observer *o)
{
	int fd;

	if (m->opt.file)
		return "a capture alone does not tell what is mapped";
	fd = sysroot_open(m->opt.sysroot, KVAS_LIVE_MAPPINGS);
	if (fd < 0)
		return pool_printf(&o->pool, "%s cannot be read: %s", KVAS_LIVE_MAPPINGS, strerror(errno));
	close(fd);
	o->mappings = mappings_load(&m->opt, NULL, m->world.layout);
	return o->mappings->absent;
}

static bool observe_mapped(struct lab_machine *m, const char *name, struct lab_value *v,
			   const char **why)
{
	struct lab_observer *o = observer_of(m);
	struct evaluation e = { .world = &m->world, .pool = &o->pool };
	const struct region *r = region_named(&e, name);
	uint64_t bytes = 0;

	*why = e.why;
	if (!r)
		return false;
	if (!o->has_mappings)
		o->no_mappings = open_mappings(m, o);
	o->has_mappings = true;
	*why = o->no_mappings;
	if (*why)
		return false;
	mappings_each(o->mappings, r->start, r->end, add_piece, &bytes);
	return give(v, LOOK_SIZE, bytes);
}

/* --- Options ----------------------------------------------------------------------------- */

static bool observe_option(struct lab_machine *m, const char *option, struct lab_value *v,
			   const char **why)
{
	const char *value;

	*why = "a capture alone does not hold it";
	value = m->opt.file ? NULL : value_of_option(machine_of(m), option, why);
	if (value)
		*v = lab_word(value);
	return value != NULL;
}

/* --- All of them --------------------------------------------------------------------------- */

/* The arguments of a query: NAME("word", 0x10). */
struct arguments {
	char word[120];
	uint64_t number[2];
};

static void split_query(const char *query, struct arguments *a)
{
	const char *s = strchr(query, '(');
	size_t numbers = 0, n;

	*a = (struct arguments){ 0 };
	for (s = s ? s + 1 : ""; *s && *s != ')'; s += strspn(s, ", ")) {
		if (*s == '"') {
			n = strcspn(++s, "\"");
			snprintf(a->word, sizeof(a->word), "%.*s", (int)n, s);
			s += n + (s[n] == '"');
			continue;
		}
		n = strcspn(s, ",)");
		if (strncmp(s, "0x", 2) == 0 && numbers < ARRAY_SIZE(a->number))
			a->number[numbers++] = strtoull(s, NULL, 16);
		else if (!*a->word)
			snprintf(a->word, sizeof(a->word), "%.*s", (int)n, s);
		s += n;
	}
}

static bool is_call(const char *query, const char *name)
{
	size_t n = strlen(name);

	return strncmp(query, name, n) == 0 && query[n] == '(';
}

static bool observe(struct lab_machine *m, const char *query, struct pool *pool, struct lab_value *v,
		    const char **why)
{
	struct arguments a;
	const char *comma;

	split_query(query, &a);
	if (is_call(query, "symbol"))
		return observe_symbol(m, a.word, v, why);
	if (is_call(query, "symbol_at"))
		return observe_symbol_at(m, a.number[0], v, why);
	if (is_call(query, "entry") || is_call(query, "entry_at"))
		return observe_entry(m, a.number[0], a.number[1], is_call(query, "entry_at"), v, why);
	if (is_call(query, "walk_level"))
		return observe_end(m, a.number[0], FOUND_LEVEL, v, why);
	if (is_call(query, "walk_phys"))
		return observe_end(m, a.number[0], FOUND_PHYS, v, why);
	if (is_call(query, "page_bytes"))
		return observe_end(m, a.number[0], FOUND_BYTES, v, why);
	if (is_call(query, "access"))
		return observe_end(m, a.number[0], FOUND_ACCESS, v, why);
	if (is_call(query, "mapped"))
		return observe_mapped(m, a.word, v, why);
	if (is_call(query, "process") || is_call(query, "thread"))
		return lab_process_key(m, &observer_of(m)->process, is_call(query, "thread"), a.word,
				       pool, v, why);
	if (is_call(query, "predicted")) {
		comma = strrchr(query, ',');
		return lab_predicted(m, a.word, pool_copy(pool, comma + 2, strcspn(comma + 2, ")")), v,
				     why);
	}
	return observe_option(m, query, v, why);
}

bool lab_observe(void *data, const char *query, struct pool *pool, struct lab_value *v,
		 const char **why)
{
	struct lab_machine *m = data;
	struct lab *lab = m->lab;
	struct observation one = { .query = query };
	const struct observation *before = NULL;

	*why = NULL;
	if (lab->notes) {
		one.machine = session_machine(&lab->session, &m->who);
		before = observations_find(lab->notes, one.machine, query);
	}
	if (before) {
		*v = before->value;
		*why = before->why;
		return before->known;
	}
	one.known = observe(m, query, pool, v, why);
	if (one.known)
		one.value = *v;
	else
		one.why = *why ? *why : "it is not known";
	if (lab->notes)
		observations_add(lab->notes, &lab->session.pool, one);
	return one.known;
}
