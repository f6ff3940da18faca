// SPDX-License-Identifier: GPL-2.0-only
/*
 * smaps.c - the text of maps, smaps and smaps_rollup; see internal.h.
 *
 * Of a process with 10,000 mappings smaps has 8 MB, so each line is looked at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "internal.h"

/* A line of numbers begins with a capital letter. */
static bool is_header(const char *line)
{
	return (*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f');
}

static const char *end_of_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end : line + strlen(line);
}

static bool parse_range(const char **p, uint64_t *start, uint64_t *end)
{
	if (!scan_number(p, 16, start) || !skip(p, "-") || !scan_number(p, 16, end) ||
	    !skip(p, " ") || *end <= *start)
		return false;
	--*end;
	return true;
}

static bool parse_letter(const char **p, char letter, bool *is_set)
{
	*is_set = **p == letter;
	return *(*p)++ == letter || (*p)[-1] == '-';
}

static bool parse_permissions(const char **p, struct vma *v)
{
	if (!parse_letter(p, 'r', &v->readable) || !parse_letter(p, 'w', &v->writable) ||
	    !parse_letter(p, 'x', &v->executable))
		return false;
	v->shared = **p == 's';
	return *(*p)++ == 's' || (*p)[-1] == 'p';
}

static bool parse_header(struct process *p, const char *line, struct vma *v)
{
	uint64_t major, minor;

	if (!parse_range(&line, &v->start, &v->end) || !parse_permissions(&line, v) ||
	    !skip(&line, " ") || !scan_number(&line, 16, &v->offset) ||
	    !skip(&line, " ") || !scan_number(&line, 16, &major) ||
	    !skip(&line, ":") || !scan_number(&line, 16, &minor) ||
	    !skip(&line, " ") || !scan_number(&line, 10, &v->inode))
		return false;
	v->major = (unsigned int)major;
	v->minor = (unsigned int)minor;
	line += strspn(line, " ");
	v->path = *line && *line != '\n' ?
		  pool_copy(&p->pool, line, (size_t)(end_of_line(line) - line)) : "";
	return true;
}

/* "   12 kB" */
static bool parse_kilobytes(const char *p, uint64_t *bytes)
{
	uint64_t n;

	p += strspn(p, " \t");
	if (!scan_number(&p, 10, &n) || !skip(&p, " kB") || n > UINT64_MAX >> 10)
		return false;
	*bytes = n << 10;
	return true;
}

/* Lines that are not named here are those of later kernels, or say nothing of use. */
static bool parse_use(const char *line, struct memory_use *use)
{
	static const struct {
		const char *key;
		size_t member;
	} keys[] = {
		{ "Rss:", offsetof(struct memory_use, rss) },
		{ "Pss:", offsetof(struct memory_use, pss) },
		{ "Shared_Clean:", offsetof(struct memory_use, shared) },
		{ "Shared_Dirty:", offsetof(struct memory_use, shared) },
		{ "Private_Clean:", offsetof(struct memory_use, private) },
		{ "Private_Dirty:", offsetof(struct memory_use, private) },
		{ "Swap:", offsetof(struct memory_use, swap) },
		{ "AnonHugePages:", offsetof(struct memory_use, huge) },
		{ "ShmemPmdMapped:", offsetof(struct memory_use, huge) },
		{ "FilePmdMapped:", offsetof(struct memory_use, huge) },
		{ "Shared_Hugetlb:", offsetof(struct memory_use, hugetlb) },
		{ "Private_Hugetlb:", offsetof(struct memory_use, hugetlb) },
	};
	uint64_t bytes;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = line;

		if (*line != *keys[i].key || !skip(&value, keys[i].key))
			continue;
		if (!parse_kilobytes(value, &bytes))
			return false;
		*(uint64_t *)((char *)use + keys[i].member) += bytes;
		return true;
	}
	return true;
}

static bool parse_flags(struct process *p, const char *line, struct vma *v)
{
	const char *end;

	if (!skip(&line, "VmFlags:"))
		return false;
	line += strspn(line, " ");
	end = end_of_line(line);
	while (end > line && end[-1] == ' ')
		end--;
	v->flags = pool_copy(&p->pool, line, (size_t)(end - line));
	return true;
}

static size_t count_headers(const char *text)
{
	size_t n = 0;

	for (const char *line = *text ? text : NULL; line; line = next_line(line))
		n += is_header(line);
	return n;
}

/*
 * Adds the mapping that was parsed into the place after the last.  Each read continues after
 * the last mapping.  If the next one grew down meanwhile, the kernel prints it whole: it
 * replaces what it covers.
 */
static bool add_mapping(struct process *p)
{
	struct vma *v = &p->vmas[p->n_vmas];
	size_t n = p->n_vmas;

	if (n && v[-1].end >= v->end)
		return false;
	while (n && p->vmas[n - 1].end >= v->start)
		n--;
	p->vmas[n] = *v;
	p->n_vmas = n + 1;
	return true;
}

unsigned int smaps_parse(struct process *p, const char *text)
{
	struct vma *v = NULL;
	unsigned int number = 0;

	free(p->vmas);
	p->vmas = zalloc_array(count_headers(text), sizeof(*p->vmas));
	p->n_vmas = 0;
	p->has_use = false;
	for (const char *line = *text ? text : NULL; line; line = next_line(line)) {
		number++;
		if (is_header(line)) {
			p->vmas[p->n_vmas] = (struct vma){ 0 };
			if (!parse_header(p, line, &p->vmas[p->n_vmas]) || !add_mapping(p))
				return number;
			v = &p->vmas[p->n_vmas - 1];
			continue;
		}
		p->has_use = true;
		if (!v || (!parse_flags(p, line, v) && !parse_use(line, &v->use)))
			return number;
	}
	return 0;
}

bool smaps_has_ranges(const struct process *p, const char *maps)
{
	uint64_t start, end;
	size_t n = 0;

	for (const char *line = *maps ? maps : NULL; line; line = next_line(line), n++) {
		const char *at = line;

		if (n == p->n_vmas || !parse_range(&at, &start, &end) ||
		    start != p->vmas[n].start || end != p->vmas[n].end)
			return false;
	}
	return n == p->n_vmas;
}

bool rollup_parse(const char *text, struct memory_use *total, struct address_range *range)
{
	*total = (struct memory_use){ 0 };
	if (!parse_range(&text, &range->start, &range->end) || !line_has(text, "[rollup]"))
		return false;
	for (const char *line = next_line(text); line; line = next_line(line))
		if (!parse_use(line, total))
			return false;
	return true;
}
