// SPDX-License-Identifier: GPL-2.0-only
/*
 * write.c - the text of a saved process; see process.h.
 *
 *   kvas_process 1
 *   kernel   release arch bits endian page_size [mmap_highest]
 *   process  pid inner_pid uid bits comm use [changed=y] [exe] [exe_deleted=y]
 *            [read_by]
 *   memory   start_code end_code start_data end_data start_brk start_stack stack_gap
 *   total    USE			of smaps_rollup, if that could be read
 *   mapping  start end perms offset dev inode [path] [deleted=y] [flags] [USE]
 *   image    path [program=y] [build_id | size mtime]	and below it its segments
 *   segment  start file memory perms
 *   guard    start end			pages that MADV_GUARD_INSTALL guards
 *   thread   tid state comm sp | no_sp
 *   end      records=N
 *
 * Addresses and offsets are hexadecimal, sizes are decimal, in bytes.  USE is rss pss
 * shared private swap huge hugetlb, without those that are 0; use=n says that there are
 * none, because the kernel has no smaps.  The build id is in hexadecimal; of a file that has
 * none there are size and mtime, in nanoseconds since 1970.  In comm, exe and path a byte
 * below 0x21 or above 0x7e, a double quote and a backslash are written as \xNN.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "format.h"

struct writing {
	FILE *out;
	const struct process *p;
	size_t n;			/* records */
};

static void begin(struct writing *w, const char *word)
{
	fputs(word, w->out);
	w->n++;
}

static void put_text(struct writing *w, const char *key, const char *text)
{
	fprintf(w->out, " %s=", key);
	if (!*text)
		fputs("\"\"", w->out);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		fprintf(w->out, *c < 0x21 || *c > 0x7e || *c == '"' || *c == '\\' ?
			"\\x%02x" : "%c", *c);
}

static void put_quoted(struct writing *w, const char *key, const char *text)
{
	char *plain = printable(text_printf("%s", text));

	for (char *p = plain; (p = strchr(p, '"'));)
		*p = '\'';
	fprintf(w->out, " %s=\"%s\"", key, plain);
	free(plain);
}

static void put_hex(struct writing *w, const char *key, uint64_t n)
{
	fprintf(w->out, " %s=0x%" PRIx64, key, n);
}

static void put_number(struct writing *w, const char *key, uint64_t n)
{
	fprintf(w->out, " %s=%" PRIu64, key, n);
}

static void put_use(struct writing *w, const struct memory_use *use)
{
	for (size_t i = 0; i < N_USE_KEYS; i++) {
		uint64_t n = *use_member((struct memory_use *)use, i);

		if (n)
			put_number(w, use_keys[i], n);
	}
}

static void end(struct writing *w)
{
	fputc('\n', w->out);
}

/* --- Records ------------------------------------------------------------------------ */

static void put_process(struct writing *w)
{
	const struct process *p = w->p;

	begin(w, "kernel  ");
	put_text(w, "release", p->release);
	put_text(w, "arch", p->arch);
	put_number(w, "bits", p->kernel_bits);
	put_text(w, "endian", p->big_endian ? "big" : "little");
	put_number(w, "page_size", p->page_size);
	if (p->mmap_highest)
		put_hex(w, "mmap_highest", p->mmap_highest);
	end(w);
	begin(w, "process ");
	put_number(w, "pid", p->pid);
	put_number(w, "inner_pid", p->inner_pid);
	put_number(w, "uid", p->uid);
	put_number(w, "bits", p->bits);
	put_text(w, "comm", p->comm);
	put_text(w, "use", p->has_use ? "y" : "n");
	if (p->changed)
		put_text(w, "changed", "y");
	if (p->exe)
		put_text(w, "exe", p->exe);
	if (p->exe_deleted)
		put_text(w, "exe_deleted", "y");
	if (p->read_by)
		put_number(w, "read_by", p->read_by);
	end(w);
}

static void put_memory(struct writing *w)
{
	const struct process *p = w->p;

	begin(w, "memory  ");
	for (size_t i = 0; i < N_ADDRESS_KEYS; i++)
		put_hex(w, address_keys[i], *address_member((struct process *)p, i));
	put_number(w, "stack_gap", p->stack_gap);
	end(w);
	if (!p->has_total)
		return;
	begin(w, "total   ");
	if (!p->total.rss)	/* no line ends with the blanks of its first word */
		put_number(w, "rss", 0);
	put_use(w, &p->total);
	end(w);
}

static void put_mapping(struct writing *w, const struct vma *v)
{
	begin(w, "mapping ");
	put_hex(w, "start", v->start);
	put_hex(w, "end", v->end);
	fprintf(w->out, " perms=%c%c%c%c", v->readable ? 'r' : '-', v->writable ? 'w' : '-',
		v->executable ? 'x' : '-', v->shared ? 's' : 'p');
	put_hex(w, "offset", v->offset);
	fprintf(w->out, " dev=%x:%x", v->major, v->minor);
	put_number(w, "inode", v->inode);
	if (*v->path)
		put_text(w, "path", v->path);
	if (v->deleted)
		put_text(w, "deleted", "y");
	if (v->flags)
		put_quoted(w, "flags", v->flags);
	put_use(w, &v->use);
	end(w);
}

static void put_image(struct writing *w, const struct image *image)
{
	begin(w, "image   ");
	put_text(w, "path", image->path);
	if (image->is_program)
		put_text(w, "program", "y");
	if (image->build_id)
		put_text(w, "build_id", image->build_id);
	if (image->size) {
		put_number(w, "size", image->size);
		put_number(w, "mtime", image->mtime);
	}
	end(w);
	for (size_t i = 0; i < image->n_segments; i++) {
		const struct image_segment *s = &image->segments[i];

		begin(w, "segment ");
		put_hex(w, "start", s->start);
		put_number(w, "file", s->in_file);
		put_number(w, "memory", s->in_memory);
		fprintf(w->out, " perms=%c%c%c", s->readable ? 'r' : '-',
			s->writable ? 'w' : '-', s->executable ? 'x' : '-');
		end(w);
	}
}

static void put_guard(struct writing *w, const struct address_range *guard)
{
	begin(w, "guard   ");
	put_hex(w, "start", guard->start);
	put_hex(w, "end", guard->end);
	end(w);
}

static void put_thread(struct writing *w, const struct process_thread *t)
{
	begin(w, "thread  ");
	put_number(w, "tid", t->tid);
	fprintf(w->out, " state=%c", t->state);
	put_text(w, "comm", t->comm);
	if (t->has_sp)
		put_hex(w, "sp", t->sp);
	else
		put_quoted(w, "no_sp", t->no_sp);
	end(w);
}

char *process_text(const struct process *p, size_t *size)
{
	char *text;
	struct writing w = { .out = open_memstream(&text, size), .p = p };

	if (!w.out)
		die("not enough memory");
	fprintf(w.out, "%s %d\n", PROCESS_WORD, PROCESS_VERSION);
	put_process(&w);
	put_memory(&w);
	for (size_t i = 0; i < p->n_vmas; i++)
		put_mapping(&w, &p->vmas[i]);
	for (size_t i = 0; i < p->n_images; i++)
		put_image(&w, &p->images[i]);
	for (size_t i = 0; i < p->n_guards; i++)
		put_guard(&w, &p->guards[i]);
	for (size_t i = 0; i < p->n_threads; i++)
		put_thread(&w, &p->threads[i]);
	fprintf(w.out, "end      records=%zu\n", w.n);
	if (fclose(w.out))
		die("not enough memory");
	return text;
}
