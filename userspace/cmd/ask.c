// SPDX-License-Identifier: GPL-2.0-only
/* ask.c - see ask.h */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "base/util.h"
#include "layout/place.h"
#include "load.h"

enum { QUERIES_LIMIT = 16 << 20 };	/* bytes of standard input */

__attribute__((format(printf, 3, 4)))
static void refuse(struct asker *a, const char *query, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	a->refused(a, query, pool_vprintf(&a->names->pool, format, args));
	va_end(args);
}

/* Per-CPU variables are offsets, absolute symbols numbers: no addresses. */
static bool is_place(const struct layout *l, uint64_t addr)
{
	return !is_user_address(l, addr);
}

/*
 * Of several static symbols of one name the size tells which is meant.  If none has
 * it, this is not the kernel or not the module that printed it.
 */
static bool has_size(const struct names *n, uint64_t symbol, const struct query *q)
{
	return query_fits_size(q, names_size(n, symbol));
}

static bool any_has_size(const struct names *n, const struct symbol_addresses *found,
			 const struct query *q)
{
	for (size_t i = 0; i < found->n; i++)
		if (has_size(n, found->addr[i], q))
			return true;
	return false;
}

/* What there is of that name, if it is no symbol. */
static void refuse_symbol(struct asker *a, const char *query, const struct query *q,
			  const char *no_more)
{
	const struct layout *l = a->names->layout;
	const struct region *r = layout_region(l, q->symbol);

	if (no_more && !a->names->missing)
		refuse(a, query, "%s; %s has no such symbol, either", no_more, a->names->list);
	else if (no_more)
		refuse(a, query, "%s; the kernel's symbols were not searched: %s", no_more,
		       a->names->missing);
	else if (a->names->missing)
		refuse(a, query, "%s", a->names->missing);
	else if (q->module)
		refuse(a, query, "there is no symbol '%s' of a module '%s' in %s", q->symbol,
			    q->module, a->names->list);
	else if (r && !r->absent)
		refuse(a, query, "there is no symbol '%s' in %s, but a region, from 0x%0*" PRIx64,
			    q->symbol, a->names->list, (int)l->bits / 4, r->start);
	else
		refuse(a, query, "there is no symbol '%s' in %s; an address is written in hexadecimal, as 0xffffffff81000000",
			    q->symbol, a->names->list);
}

void ask_found(struct asker *a, const char *query, const struct query *q, uint64_t symbol,
	       const char *more)
{
	uint64_t last = a->names->layout->max_addr;

	if (symbol > last || q->offset > last - symbol)
		refuse(a, query, "0x%" PRIx64 " bytes after the symbol is beyond the end of the address space",
		       q->offset);
	else
		a->found(a, query, symbol + q->offset, more);
}

const char *ask_other_size(struct asker *a, const struct query *q, uint64_t size)
{
	return pool_printf(&a->names->pool, "'%s' has 0x%" PRIx64 " bytes here, not 0x%" PRIx64 ": another build",
			   q->symbol, size, q->size);
}

static void ask_symbol(struct asker *a, const char *query, const struct query *q)
{
	const struct layout *l = a->names->layout;
	struct symbol_addresses found = names_find(a->names, q->symbol, q->module);
	bool sized = any_has_size(a->names, &found, q);
	const char *no_more = a->ask_more ? a->ask_more(a, query, q) : NULL;
	bool any = a->ask_more && !no_more;

	for (size_t i = 0; i < found.n; i++) {
		uint64_t addr = found.addr[i];

		if (!is_place(l, addr) || (sized && !has_size(a->names, addr, q)))
			continue;
		any = true;
		ask_found(a, query, q, addr, sized ? NULL :
			  ask_other_size(a, q, names_size(a->names, addr)));
	}
	if (found.n && !any)
		refuse(a, query, "it has no address of its own: the symbol table says 0x%" PRIx64 ", an offset into each CPU's variables or a plain number",
			    found.addr[0]);
	if (!found.n && !any)
		refuse_symbol(a, query, q, no_more);
}

static void ask(struct asker *a, const char *query)
{
	const struct layout *l = a->names->layout;
	struct pool *pool = &a->names->pool;
	const char *digits, *problem;
	struct query q;

	a->queries++;
	if (query_address(l, query, &digits)) {
		if (strlen(digits) > l->bits / 4)
			refuse(a, query, "it is no address of this %u-bit kernel", l->bits);
		else
			a->found(a, query, strtoull(digits, NULL, 16), NULL);
		return;
	}
	problem = query_parse(pool, pool_copy(pool, query, strlen(query)), &q);
	if (problem)
		refuse(a, query, "%s", problem);
	else
		ask_symbol(a, query, &q);
}

static bool is_module_word(const char *word)
{
	return word[0] == '[' && word[1] && word[strlen(word) - 1] == ']';
}

/* Words, of which "[module]" belongs to the symbol before it. */
static void ask_all(struct asker *a, char **words, size_t n)
{
	struct pool *pool = &a->names->pool;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && is_module_word(words[i + 1])) {
			ask(a, pool_printf(pool, "%s %s", words[i], words[i + 1]));
			i++;
		} else {
			ask(a, words[i]);
		}
	}
}

/* Up to the next blank; of "[module build-id]" up to the bracket that ends a word. */
static size_t word_length(const char *word)
{
	const char *blanks = " \t\r\n", *end = word;

	while (*word == '[' && (end = strpbrk(end, "]\r\n")) && *end == ']') {
		end++;
		if (!*end || strchr(blanks, *end))
			return (size_t)(end - word);
	}
	return strcspn(word, blanks);
}

static void read_input(struct asker *a)
{
	const char *name;
	size_t size, length;
	char *text = load_operand("-", QUERIES_LIMIT, "list of addresses and symbols", &size, &name);

	if (strlen(text) != size)
		die("%s has a NUL byte: expected addresses and symbols", name);
	a->input = zalloc_array(size / 2 + 1, sizeof(*a->input));
	for (char *p = text; *(p += strspn(p, " \t\r\n")); p += length) {
		length = word_length(p);
		a->input[a->n_input++] = text_printf("%.*s", (int)length, p);
	}
	if (!a->n_input)
		die("%s holds nothing to look up: expected addresses or symbols, one in each line", name);
	free(text);
}

void ask_close(struct asker *a)
{
	for (size_t i = 0; i < a->n_input; i++)
		free(a->input[i]);
	free(a->input);
}

void ask_check_input(const struct options *opt, int argc, char **argv)
{
	bool asked = opt->file && strcmp(opt->file, "-") == 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "-") != 0)
			continue;
		if (asked)
			die("standard input can be read only once");
		asked = true;
	}
}

void ask_operands(struct asker *a, int argc, char **argv)
{
	for (int i = 0; i < argc; ) {
		int n = 0;

		if (strcmp(argv[i], "-") == 0) {
			if (!a->input)
				read_input(a);
			ask_all(a, a->input, a->n_input);
			i++;
			continue;
		}
		while (i + n < argc && strcmp(argv[i + n], "-") != 0)
			n++;
		ask_all(a, argv + i, (size_t)n);
		i += n;
	}
}
