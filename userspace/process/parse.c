// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - the text of a saved process to struct process; write.c describes it.
 *
 * What a later version may add (records and keys) is skipped.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/text.h"
#include "format.h"
#include "layout/fields.h"

struct reading {
	struct process *p;
	struct frame frame;
	const struct record *record;	/* in hand */
	struct image_segment *segments;	/* of all images */
	size_t n_segments;
	bool has_memory;
	uint64_t highest;		/* address of the kernel */
};

/* --- Values of the record in hand ------------------------------------------------- */

static bool has(const struct reading *r, const char *key)
{
	return record_value(r->record, key);
}

static bool need(struct reading *r, const char *key, const char **value)
{
	return field_text(&r->frame, r->record, key, value);
}

static bool need_number(struct reading *r, const char *key, uint64_t *n)
{
	return field_decimal(&r->frame, r->record, key, 0, UINT64_MAX, n);
}

static bool need_hex(struct reading *r, const char *key, uint64_t *n)
{
	return field_hex(&r->frame, r->record, key, n);
}

static bool need_bits(struct reading *r, unsigned int *bits)
{
	const char *s;

	if (!need(r, "bits", &s))
		return false;
	*bits = strcmp(s, "32") == 0 ? 32 : 64;
	return *bits == 32 || strcmp(s, "64") == 0 ||
	       frame_fail(&r->frame, "bits=%.40s: expected 32 or 64", s);
}

/* y; or n, which is the same as not to have the key. */
static bool may_be(struct reading *r, const char *key, bool *yes)
{
	const char *s = record_value(r->record, key);

	*yes = s && strcmp(s, "y") == 0;
	return !s || *yes || strcmp(s, "n") == 0 ||
	       frame_fail(&r->frame, "%s=%.40s: expected y or n", key, s);
}

static bool need_raw(struct reading *r, const char *key, const char **raw)
{
	return field_escaped(&r->frame, r->record, key, raw);
}

static bool parse_letters(struct reading *r, const char *text, const char *letters,
			  bool *const *set)
{
	for (size_t i = 0; letters[i]; i++) {
		*set[i] = text[i] == letters[i];
		if (!*set[i] && text[i] != '-')
			return frame_fail(&r->frame, "perms=%.40s: expected letters of %s, or a dash for each",
					  text, letters);
	}
	return true;
}

static bool need_range(struct reading *r, uint64_t *start, uint64_t *end)
{
	uint64_t page = r->p->page_size;

	if (!need_hex(r, "start", start) || !need_hex(r, "end", end))
		return false;
	if (*start % page || *end % page != page - 1)
		return frame_fail(&r->frame, "the range is not one of whole pages");
	if (*start > *end)
		return frame_fail(&r->frame, "start is above end");
	return *end <= r->highest ||
	       frame_fail(&r->frame, "it goes beyond the last address of a kernel of %u bits",
			  r->p->kernel_bits);
}

static bool parse_use(struct reading *r, struct memory_use *use)
{
	for (size_t i = 0; i < N_USE_KEYS; i++) {
		if (!has(r, use_keys[i]))
			continue;
		if (!need_number(r, use_keys[i], use_member(use, i)))
			return false;
		if (*use_member(use, i) > INT64_MAX / PROCESS_MOST_LINES)
			return frame_fail(&r->frame, "%s: no machine has that much memory", use_keys[i]);
	}
	return true;
}

/* --- Records ------------------------------------------------------------------------ */

static bool parse_kernel(struct reading *r)
{
	struct process *p = r->p;
	const char *order;

	if (p->release)
		return frame_fail(&r->frame, "a second kernel record");
	if (!need_raw(r, "release", &p->release) || !need_raw(r, "arch", &p->arch) ||
	    !need_bits(r, &p->kernel_bits) || !need(r, "endian", &order) ||
	    !need_number(r, "page_size", &p->page_size))
		return false;
	if (strcmp(order, "big") != 0 && strcmp(order, "little") != 0)
		return frame_fail(&r->frame, "endian=%.40s: expected little or big", order);
	if (!is_power_of_two(p->page_size) || p->page_size > 1 << 20)
		return frame_fail(&r->frame, "page_size=%" PRIu64 ": expected a power of two, at most 1048576",
				  p->page_size);
	p->big_endian = strcmp(order, "big") == 0;
	r->highest = UINT64_MAX >> (64 - p->kernel_bits);
	return !has(r, "mmap_highest") || need_hex(r, "mmap_highest", &p->mmap_highest);
}

static bool parse_process(struct reading *r)
{
	struct process *p = r->p;

	if (p->pid)
		return frame_fail(&r->frame, "a second process record");
	if (!field_decimal(&r->frame, r->record, "pid", 1, INT32_MAX, &p->pid) ||
	    !need_number(r, "inner_pid", &p->inner_pid) || !need_number(r, "uid", &p->uid) ||
	    !need_bits(r, &p->bits) || !need_raw(r, "comm", &p->comm) ||
	    !may_be(r, "use", &p->has_use) || !may_be(r, "changed", &p->changed) ||
	    !may_be(r, "exe_deleted", &p->exe_deleted))
		return false;
	if (p->bits > p->kernel_bits)
		return frame_fail(&r->frame, "bits=%u: the kernel has %u", p->bits, p->kernel_bits);
	return (!has(r, "exe") || need_raw(r, "exe", &p->exe)) &&
	       (!has(r, "read_by") || need_number(r, "read_by", &p->read_by));
}

static bool parse_memory(struct reading *r)
{
	struct process *p = r->p;

	if (r->has_memory)
		return frame_fail(&r->frame, "a second memory record");
	r->has_memory = true;
	for (size_t i = 0; i < N_ADDRESS_KEYS; i++)
		if (!need_hex(r, address_keys[i], address_member(p, i)))
			return false;
	if (!need_number(r, "stack_gap", &p->stack_gap))
		return false;
	return p->stack_gap % p->page_size == 0 ||
	       frame_fail(&r->frame, "stack_gap is not one of whole pages");
}

static bool parse_total(struct reading *r)
{
	if (r->p->has_total)
		return frame_fail(&r->frame, "a second total record");
	r->p->has_total = true;
	return parse_use(r, &r->p->total);
}

static bool parse_file(struct reading *r, struct vma *v)
{
	uint64_t major, minor;
	const char *dev;

	if (!need_hex(r, "offset", &v->offset) || !need_number(r, "inode", &v->inode) ||
	    !need(r, "dev", &dev) || !may_be(r, "deleted", &v->deleted))
		return false;
	if (!scan_number(&dev, 16, &major) || !skip(&dev, ":") || !scan_number(&dev, 16, &minor) ||
	    *dev || major > UINT32_MAX || minor > UINT32_MAX)
		return frame_fail(&r->frame, "dev: expected two hexadecimal numbers with a colon between");
	v->major = (unsigned int)major;
	v->minor = (unsigned int)minor;
	v->path = "";
	v->flags = record_value(r->record, "flags");
	return !has(r, "path") || need_raw(r, "path", &v->path);
}

static bool parse_mapping(struct reading *r)
{
	struct vma *v = &r->p->vmas[r->p->n_vmas];
	bool *const set[] = { &v->readable, &v->writable, &v->executable };
	const char *perms;

	if (!need_range(r, &v->start, &v->end) || !need(r, "perms", &perms) ||
	    !parse_letters(r, perms, "rwx", set) || !parse_file(r, v))
		return false;
	v->shared = perms[3] == 's';
	if (strlen(perms) != 4 || (!v->shared && perms[3] != 'p'))
		return frame_fail(&r->frame, "perms=%.40s: expected p or s as the last of four letters",
				  perms);
	if (r->p->n_vmas && v[-1].end >= v->start)
		return frame_fail(&r->frame, "it begins before the end of the mapping before it");
	r->p->n_vmas++;
	return parse_use(r, &v->use);
}

/* What tells the file from others; a kvas that saved neither was an older one. */
static bool parse_identity(struct reading *r, struct image *image)
{
	const char *id = image->build_id = record_value(r->record, "build_id");

	if (id && (!*id || id[strspn(id, "0123456789abcdef")]))
		return frame_fail(&r->frame, "build_id=%.40s: expected hexadecimal digits", id);
	return !has(r, "size") || (need_number(r, "size", &image->size) &&
				   need_number(r, "mtime", &image->mtime));
}

static bool parse_image(struct reading *r)
{
	struct process *p = r->p;
	struct image *image = &p->images[p->n_images++];

	image->segments = &r->segments[r->n_segments];
	return need_raw(r, "path", &image->path) && may_be(r, "program", &image->is_program) &&
	       parse_identity(r, image);
}

static bool parse_segment(struct reading *r)
{
	struct process *p = r->p;
	struct image *image = p->n_images ? &p->images[p->n_images - 1] : NULL;
	struct image_segment *s = &r->segments[r->n_segments++];
	bool *const set[] = { &s->readable, &s->writable, &s->executable };
	const char *perms;
	uint64_t last;

	if (!image)
		return frame_fail(&r->frame, "a segment without an image before it");
	if (!need_hex(r, "start", &s->start) || !need_number(r, "file", &s->in_file) ||
	    !field_decimal(&r->frame, r->record, "memory", 1, UINT64_MAX, &s->in_memory) ||
	    !need(r, "perms", &perms) || !parse_letters(r, perms, "rwx", set))
		return false;
	if (s->in_file > s->in_memory)
		return frame_fail(&r->frame, "more of it is in the file than in memory");
	if (__builtin_add_overflow(s->start, s->in_memory - 1, &last) ||
	    last > r->highest - p->page_size)
		return frame_fail(&r->frame, "it goes beyond the last address");
	if (image->n_segments && s[-1].start + (s[-1].in_memory - 1) >= s->start)
		return frame_fail(&r->frame, "it begins before the end of the segment before it");
	image->n_segments++;
	return true;
}

static bool parse_guard(struct reading *r)
{
	struct address_range *guard = &r->p->guards[r->p->n_guards];

	if (!need_range(r, &guard->start, &guard->end))
		return false;
	if (r->p->n_guards++ && guard[-1].end >= guard->start)
		return frame_fail(&r->frame, "it begins before the end of the guard before it");
	return true;
}

static bool parse_thread(struct reading *r)
{
	struct process_thread *t = &r->p->threads[r->p->n_threads];
	const char *state;

	if (!field_decimal(&r->frame, r->record, "tid", 1, INT32_MAX, &t->tid) ||
	    !need(r, "state", &state) || !need_raw(r, "comm", &t->comm))
		return false;
	if (r->p->n_threads++ && t[-1].tid >= t->tid)
		return frame_fail(&r->frame, "its tid is not above that of the thread before it");
	if (strlen(state) != 1)
		return frame_fail(&r->frame, "state=%.40s: expected one letter", state);
	t->state = *state;
	t->has_sp = has(r, "sp");
	return t->has_sp ? need_hex(r, "sp", &t->sp) : need(r, "no_sp", &t->no_sp);
}

/* --- All records ----------------------------------------------------------------------- */

static bool parse_record(struct reading *r)
{
	static const struct {
		const char *word;
		bool (*parse)(struct reading *r);
	} kinds[] = {
		{ "kernel", parse_kernel }, { "process", parse_process },
		{ "memory", parse_memory }, { "total", parse_total },
		{ "mapping", parse_mapping }, { "image", parse_image },
		{ "segment", parse_segment }, { "guard", parse_guard },
		{ "thread", parse_thread },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(r->record->word, kinds[i].word) != 0)
			continue;
		if (kinds[i].parse != parse_kernel && !r->p->release)
			return frame_fail(&r->frame, "expected the kernel record here, before all others");
		return kinds[i].parse(r);
	}
	return true;
}

/* The lines of images and segments are no longer at hand: no line is named. */
static bool check_whole(struct reading *r)
{
	const struct process *p = r->p;

	r->frame.line = 0;
	if (!p->release || !p->pid || !r->has_memory)
		return frame_fail(&r->frame, "there is no %s record",
				  !p->release ? "kernel" : !p->pid ? "process" : "memory");
	if (!p->n_vmas)
		return frame_fail(&r->frame, "there is no mapping record, and each process has mappings");
	for (size_t i = 0; i < p->n_images; i++) {
		if (!p->images[i].n_segments)
			return frame_fail(&r->frame, "image %zu has no segments", i + 1);
		if (i && image_last(p, &p->images[i - 1]) >= image_first(p, &p->images[i]))
			return frame_fail(&r->frame, "image %zu begins before the end of the one before it",
					  i + 1);
	}
	return true;
}

static void *alloc(void *owner, size_t count, size_t size)
{
	return pool_alloc(owner, count * size);
}

/* Room for as many of each kind as there are records. */
static bool make_room(struct reading *r)
{
	struct process *p = r->p;
	size_t n[4] = { 1, 1, 1, 1 };
	static const char *const words[] = { "image", "segment", "guard", "thread" };
	size_t mappings = 1;

	for (size_t i = 0; i < r->frame.n_records; i++) {
		mappings += strcmp(r->frame.records[i].word, "mapping") == 0;
		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
			n[j] += strcmp(r->frame.records[i].word, words[j]) == 0;
	}
	p->vmas = calloc(mappings, sizeof(*p->vmas));
	p->images = pool_alloc(&p->pool, n[0] * sizeof(*p->images));
	r->segments = pool_alloc(&p->pool, n[1] * sizeof(*r->segments));
	p->guards = pool_alloc(&p->pool, n[2] * sizeof(*p->guards));
	p->threads = pool_alloc(&p->pool, n[3] * sizeof(*p->threads));
	return p->vmas || frame_no_memory(&r->frame);
}

static bool parse_all(struct reading *r, const char *text, size_t size)
{
	if (!frame_parse(&r->frame, text, size) || !make_room(r))
		return false;
	for (size_t i = 0; i < r->frame.n_records; i++) {
		r->record = &r->frame.records[i];
		r->frame.line = r->record->line;
		if (!parse_record(r))
			return false;
	}
	return check_whole(r);
}

struct process *process_parse(const char *text, size_t size, struct parse_error *error)
{
	struct reading r = {
		.frame = {
			.word = PROCESS_WORD, .newest = PROCESS_VERSION, .kind = "saved process",
			.most_lines = PROCESS_MOST_LINES, .alloc = alloc, .error = error,
		},
	};

	r.p = calloc(1, sizeof(*r.p));
	if (!r.p) {
		frame_no_memory(&r.frame);
		return NULL;
	}
	r.frame.owner = &r.p->pool;
	if (parse_all(&r, text, size))
		return r.p;
	process_free(r.p);
	return NULL;
}

bool is_saved_process(const char *text, size_t size)
{
	size_t n = strlen(PROCESS_WORD);

	return size > n && memcmp(text, PROCESS_WORD, n) == 0 && text[n] == ' ';
}
