// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records as text.  The many short fields are copied rather than formatted, so
 * that reading the file stays cheap.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "format.h"

/* So many columns hold the longest type, so that the first keys line up. */
#define TYPE_WIDTH	7

/* Room for so many bytes, which are then written; NULL if there is none. */
static char *take_room(struct kvas_writer *w, size_t size)
{
	char *room;

	if (seq_get_buf(w->m, &room) < size) {
		seq_commit(w->m, -1);
		return NULL;
	}
	seq_commit(w->m, size);
	return room;
}

static void put_spaces(struct kvas_writer *w, size_t length, size_t width)
{
	for (; length < width; length++)
		seq_putc(w->m, ' ');
}

static void put_type(struct kvas_writer *w, const char *type)
{
	seq_puts(w->m, type);
	put_spaces(w, strlen(type), TYPE_WIDTH);
}

/* " key=", and room for a value of so many bytes, or NULL. */
static char *begin_value(struct kvas_writer *w, const char *key, size_t size)
{
	size_t length = strlen(key);
	char *at = take_room(w, 1 + length + 1 + size);

	if (!at)
		return NULL;
	*at++ = ' ';
	memcpy(at, key, length);
	at += length;
	*at++ = '=';
	return at;
}

/* Eight hexadecimal digits, all at once: a file has ten thousands of them. */
static void put_digits(char *at, u32 value)
{
	const u64 ones = 0x0101010101010101ULL;
	u64 digits = value;
	__be64 text;

	digits = (digits | digits << 16) & 0x0000ffff0000ffffULL;
	digits = (digits | digits << 8) & 0x00ff00ff00ff00ffULL;
	digits = (digits | digits << 4) & 15 * ones;
	/* One byte for each digit now; 6 more make bit 4 of those from 10 on. */
	digits += '0' * ones + (((digits + 6 * ones) >> 4) & ones) * ('a' - '0' - 10);
	text = cpu_to_be64(digits);
	memcpy(at, &text, sizeof(text));
}

/**
 * kvas_begin_file() - write the first line
 * @w:		a writer that has counted no record yet
 * @name:	of the file
 * @version:	of its format
 */
void kvas_begin_file(struct kvas_writer *w, const char *name, int version)
{
	seq_printf(w->m, "%s %d\n", name, version);
}

/**
 * kvas_end_file() - write the last line, which tells how many records there were
 * @w:	the writer
 */
void kvas_end_file(struct kvas_writer *w)
{
	kvas_begin_end(w);
	kvas_end_record(w);
}

/**
 * kvas_begin_end() - begin the last line of a file that has totals in it
 * @w:	the writer, which has counted the records
 *
 * More keys may follow, and then kvas_end_record().
 */
void kvas_begin_end(struct kvas_writer *w)
{
	put_type(w, "end");
	kvas_put_number(w, "records", w->records);
}

/**
 * kvas_begin_record() - write the type of a record
 * @w:		the writer
 * @type:	a word of KVAS_RECORD_TYPES
 */
void kvas_begin_record(struct kvas_writer *w, const char *type)
{
	put_type(w, type);
	w->records++;
}

/**
 * kvas_end_record() - end the line of a record
 * @w:	the writer
 */
void kvas_end_record(struct kvas_writer *w)
{
	seq_putc(w->m, '\n');
}

/**
 * kvas_put_text() - write a key with a word or a sentence
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	printable ASCII without a double quote; quoted if it has a space
 */
void kvas_put_text(struct kvas_writer *w, const char *key, const char *value)
{
	bool quoted = strchr(value, ' ');
	size_t length = strlen(value);
	char *at = begin_value(w, key, length + 2 * quoted);

	if (!at)
		return;
	if (quoted)
		*at++ = '"';
	memcpy(at, value, length);
	if (quoted)
		at[length] = '"';
}

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

/**
 * kvas_put_escaped() - write a key with any text
 * @w:		the writer
 * @key:	a word of kvas_format.h
 * @value:	any bytes; those that a value cannot hold, and backslashes, become \xNN
 */
void kvas_put_escaped(struct kvas_writer *w, const char *key, const char *value)
{
	begin_value(w, key, 0);
	if (!*value)
		seq_puts(w->m, "\"\"");
	for (; *value; value++) {
		if (is_plain(*value))
			seq_putc(w->m, *value);
		else
			seq_printf(w->m, "\\x%02x", (unsigned char)*value);
	}
}

/**
 * kvas_put_padded() - write a key with a word, and spaces up to a column
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	printable ASCII without a space
 * @width:	how many columns the value takes at least
 */
void kvas_put_padded(struct kvas_writer *w, const char *key, const char *value,
		     unsigned int width)
{
	kvas_put_text(w, key, value);
	put_spaces(w, strlen(value), width);
}

/**
 * kvas_put_number() - write a key with a decimal number
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	the number
 */
void kvas_put_number(struct kvas_writer *w, const char *key, unsigned long long value)
{
	begin_value(w, key, 0);
	seq_put_decimal_ull(w->m, "", value);
}

/**
 * kvas_put_offset() - write a key with the difference of two addresses
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	the difference, in bytes
 */
void kvas_put_offset(struct kvas_writer *w, const char *key, long long value)
{
	begin_value(w, key, 0);
	seq_printf(w->m, value < 0 ? "-0x%llx" : "0x%llx", abs(value));
}

/**
 * kvas_put_word() - write a key with as many hexadecimal digits as a number has
 * @w:		the writer
 * @key:	a word of kvas_format.h
 * @value:	the number
 * @bytes:	its size: 4 or 8
 */
void kvas_put_word(struct kvas_writer *w, const char *key, unsigned long long value,
		   size_t bytes)
{
	char *at = begin_value(w, key, 2 + 2 * bytes);

	if (!at)
		return;
	*at++ = '0';
	*at++ = 'x';
	for (; bytes; bytes -= 4, at += 8)
		put_digits(at, value >> (8 * (bytes - 4)));
}

/**
 * kvas_put_address() - write a key with a virtual address
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	the address
 */
void kvas_put_address(struct kvas_writer *w, const char *key, unsigned long value)
{
	kvas_put_word(w, key, value, sizeof(value));
}

/**
 * kvas_put_physical() - write a key with a physical address
 * @w:		the writer
 * @key:	a word of KVAS_KEYS
 * @value:	the address, which may be wider than those that this kernel calculates with
 */
void kvas_put_physical(struct kvas_writer *w, const char *key, unsigned long long value)
{
	kvas_put_word(w, key, value, value >> 32 ? 8 : sizeof(phys_addr_t));
}

/**
 * kvas_put_size() - write a key with a size
 * @w:		the writer
 * @key:	a word of kvas_format.h
 * @value:	bytes; 0 stands for 2^64
 */
void kvas_put_size(struct kvas_writer *w, const char *key, unsigned long long value)
{
	unsigned int unit = 0;

	if (!value) {
		kvas_put_text(w, key, "16E");
		return;
	}
	while (unit < 6 && !(value & 1023)) {
		value >>= 10;
		unit++;
	}
	kvas_put_number(w, key, value);
	if (unit)
		seq_putc(w->m, "KMGTPE"[unit - 1]);
}

/**
 * kvas_put_range() - write the keys start, end and size
 * @w:		the writer
 * @start:	first byte
 * @end:	last byte
 */
void kvas_put_range(struct kvas_writer *w, unsigned long start, unsigned long end)
{
	kvas_put_address(w, "start", start);
	kvas_put_address(w, "end", end);
	kvas_put_size(w, "size", (__u64)end - start + 1);
}

/**
 * kvas_put_padded_range() - the same, and spaces up to a column
 * @w:		the writer
 * @start:	first byte
 * @end:	last byte
 */
void kvas_put_padded_range(struct kvas_writer *w, unsigned long start, unsigned long end)
{
	const size_t addresses = strlen(" start=0x end=0x") + 2 * 2 * sizeof(start);
	size_t at = w->m->count;

	kvas_put_range(w, start, end);
	put_spaces(w, w->m->count - at, addresses + strlen(" size=") + 13);
}

/**
 * kvas_put_absent() - write what a record holds of something that is not there
 * @w:		the writer
 * @name:	which
 * @why:	the reason
 */
void kvas_put_absent(struct kvas_writer *w, const char *name, const char *why)
{
	kvas_put_text(w, "name", name);
	kvas_put_text(w, "absent", why);
}
