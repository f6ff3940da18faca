/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the files of the contract (kvas_format.h), one record after another:
 *
 *	struct kvas_writer w = { m };
 *
 *	kvas_begin_file(&w, "kvas", KVAS_FORMAT_VERSION);
 *	kvas_begin_record(&w, "fact");
 *	kvas_put_text(&w, "name", "page_size");
 *	kvas_put_number(&w, "value", PAGE_SIZE);
 *	kvas_end_record(&w);
 *	kvas_end_file(&w);
 *
 * A file that streams keeps the writer from one show() to the next, as it
 * counts the records.
 */
#ifndef KVAS_FORMAT_WRITER_H
#define KVAS_FORMAT_WRITER_H

#include <linux/types.h>

#include "layout.h"

struct seq_file;

/**
 * struct kvas_writer - a file of the contract that is being written
 * @m:		where to
 * @records:	how many records there are so far
 */
struct kvas_writer {
	struct seq_file *m;
	unsigned int records;
};

void kvas_begin_file(struct kvas_writer *w, const char *name, int version);
void kvas_begin_end(struct kvas_writer *w);
void kvas_end_file(struct kvas_writer *w);
void kvas_begin_record(struct kvas_writer *w, const char *type);
void kvas_end_record(struct kvas_writer *w);
void kvas_put_text(struct kvas_writer *w, const char *key, const char *value);
void kvas_put_escaped(struct kvas_writer *w, const char *key, const char *value);
void kvas_put_padded(struct kvas_writer *w, const char *key, const char *value,
		     unsigned int width);
void kvas_put_number(struct kvas_writer *w, const char *key, unsigned long long value);
void kvas_put_offset(struct kvas_writer *w, const char *key, long long value);
void kvas_put_address(struct kvas_writer *w, const char *key, unsigned long value);
void kvas_put_physical(struct kvas_writer *w, const char *key, unsigned long long value);
void kvas_put_word(struct kvas_writer *w, const char *key, unsigned long long value,
		   size_t bytes);
void kvas_put_size(struct kvas_writer *w, const char *key, unsigned long long value);
void kvas_put_range(struct kvas_writer *w, unsigned long start, unsigned long end);
void kvas_put_padded_range(struct kvas_writer *w, unsigned long start, unsigned long end);
void kvas_put_absent(struct kvas_writer *w, const char *name, const char *why);

#endif /* KVAS_FORMAT_WRITER_H */
