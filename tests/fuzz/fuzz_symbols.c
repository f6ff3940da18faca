// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_symbols.c - whatever bytes an ELF file has, the reader must neither crash nor leak
 * nor take long, and what it believes of its symbols must hold together.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process/internal.h"
#include "process/symbols.h"
#include "fuzz.h"

enum { PAGE = 4096, MOST_CHECKED = 256 };

static bool is_in(const struct image_symbol *symbol, uint64_t addr)
{
	return addr == symbol->addr || (addr > symbol->addr && addr - symbol->addr < symbol->size);
}

static void check_symbol(const struct image_symbols *all, const struct image_symbol *symbol)
{
	const struct image_symbol *found = image_symbol_at(all, symbol->addr);

	require(*symbol->name && strlen(symbol->name) < 1 << 20, "a symbol has a name");
	require(symbol == all->list || symbol[-1].addr <= symbol->addr, "symbols are in order");
	require(found && found->addr == symbol->addr, "there is a symbol where one begins");
	require(!symbol->around || is_in(symbol->around, symbol->addr), "one lies in another");
	if (!symbol->size || symbol->addr > UINT64_MAX - symbol->size)
		return;
	found = image_symbol_at(all, symbol->addr + (symbol->size - 1));
	require(found && found->addr >= symbol->addr, "a symbol reaches to its end");
	require(is_in(found, symbol->addr + (symbol->size - 1)), "what is found is there");
}

static void check_name(struct process_symbols *s, const struct image_symbol *symbol)
{
	const struct image_symbol *const *named;
	size_t n = symbols_named(s, s->p->images, symbol->name, &named);
	bool is_there = false;

	for (size_t i = 0; i < n; i++) {
		require(strcmp(named[i]->name, symbol->name) == 0, "what is found has the name");
		is_there = is_there || named[i] == symbol;
	}
	require(is_there, "each symbol is found by its name");
}

/* A process that has mapped the file at the addresses that its headers say. */
static void check_file(const struct elf *e, int fd, struct pool *pool)
{
	char path[] = "/proc/self/fd/0123456789";
	struct image image = { .path = path, .n_segments = e->n_loads };
	struct vma vma = { .path = path, .end = UINT64_MAX };
	struct process p = {
		.page_size = PAGE, .images = &image, .n_images = 1, .vmas = &vma, .n_vmas = 1,
	};
	struct process_symbols s;
	const struct image_symbols *symbols;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	image.segments = pool_alloc(pool, e->n_loads * sizeof(*image.segments));
	for (size_t i = 0; i < e->n_loads; i++)
		image.segments[i] = (struct image_segment){
			.start = e->loads[i].vaddr, .in_file = e->loads[i].in_file,
			.in_memory = e->loads[i].in_memory,
		};
	image_identify(&image, e, fd);
	process_symbols_open(&s, NULL, &p, true);
	symbols = symbols_of_image(&s, &image);
	require(!symbols->n == !!symbols->why, "there are symbols, or there is a reason");
	for (size_t i = 0; i < symbols->n && i < MOST_CHECKED; i++) {
		check_symbol(symbols, &symbols->list[i]);
		check_name(&s, &symbols->list[i]);
	}
	process_symbols_close(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool pool = { 0 };
	int fd = memfd_create("program", MFD_CLOEXEC);
	struct elf e;

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size, "there is room for the file");
	if (elf_read(&e, &pool, fd, 0, PAGE))
		check_file(&e, fd, &pool);
	pool_free(&pool);
	close(fd);
	return 0;
}
