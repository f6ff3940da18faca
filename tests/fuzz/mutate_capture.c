// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate_capture.c - the mutator of the targets whose input is a capture.
 *
 * Most mutations of a capture are refused at the first count or size that does
 * not match, so this one works on lines and repairs both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { MAX_LINES = 512 };

struct lines {
	const char *text[MAX_LINES];
	size_t length[MAX_LINES];
	size_t n;
};

static void split(struct lines *lines, const char *text, size_t size)
{
	lines->n = 0;
	while (size && lines->n < MAX_LINES) {
		const char *end = memchr(text, '\n', size);
		size_t n = end ? (size_t)(end - text) : size;

		lines->text[lines->n] = text;
		lines->length[lines->n++] = n;
		n += end != NULL;
		text += n;
		size -= n;
	}
}

/* Moves, repeats or drops lines, but for the first and the last. */
static void shuffle(struct lines *lines, unsigned int seed)
{
	size_t inner = lines->n - 2;
	size_t from = 1 + seed % inner, to = 1 + seed / 7 % inner;
	const char *text = lines->text[from];
	size_t length = lines->length[from];

	switch (seed / 3 % 3) {
	case 0:
		lines->text[to] = text;
		lines->length[to] = length;
		break;
	case 1:
		lines->text[from] = lines->text[to];
		lines->length[from] = lines->length[to];
		lines->text[to] = text;
		lines->length[to] = length;
		break;
	default:
		memmove(&lines->text[from], &lines->text[from + 1],
			(lines->n - from - 1) * sizeof(*lines->text));
		memmove(&lines->length[from], &lines->length[from + 1],
			(lines->n - from - 1) * sizeof(*lines->length));
		lines->n--;
	}
}

/* A hexadecimal digit somewhere in the text becomes another. */
static void turn_digit(uint8_t *data, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++) {
		size_t at = (seed + i) % size;

		if (strchr("0123456789abcdef", data[at]) && data[at]) {
			data[at] = (uint8_t)"0123456789abcdef"[seed / 5 % 16];
			return;
		}
	}
}

/* The size that belongs to the start and the end on a line; NULL if none. */
static char *right_size(const char *line, char *text, size_t room)
{
	static const char letters[] = "\0KMGTPE";
	const char *start = strstr(line, " start=0x"), *end = strstr(line, " end=0x");
	uint64_t size;
	int unit = 0;

	if (!start || !end)
		return NULL;
	size = strtoull(end + 5, NULL, 16) - strtoull(start + 7, NULL, 16) + 1;
	if (size == 0)
		return strcpy(text, "16E");
	for (; size % 1024 == 0 && unit < 6; unit++)
		size /= 1024;
	snprintf(text, room, "%" PRIu64 "%.1s", size, &letters[unit]);
	return text;
}

static void put_line(FILE *out, const char *line, size_t length)
{
	char *copy = strndup(line, length);
	char *size = strstr(copy, " size="), right[32];

	if (size && right_size(copy, right, sizeof(right)))
		fprintf(out, "%.*s size=%s%s", (int)(size - copy), copy, right,
			size + 6 + strcspn(size + 6, " "));
	else
		fputs(copy, out);
	fputc('\n', out);
	free(copy);
}

static size_t put_lines(const struct lines *lines, uint8_t *data, size_t max_size)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i + 1 < lines->n; i++)
		put_line(out, lines->text[i], lines->length[i]);
	fprintf(out, "end     records=%zu\n", lines->n - 2);
	fclose(out);
	if (size > max_size)
		size = max_size;
	memcpy(data, text, size);
	free(text);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	static struct lines lines;
	char *copy;

	if (seed % 4 == 0)
		size = LLVMFuzzerMutate(data, size, max_size);
	else if (seed % 4 == 1 && size)
		turn_digit(data, size, seed / 4);
	if (seed / 4 % 8 == 0)		/* damaged as it is */
		return size;
	copy = malloc(size + 1);
	memcpy(copy, data, size);
	split(&lines, copy, size);
	if (lines.n > 3 && seed % 4 > 1)
		shuffle(&lines, seed / 32);
	if (lines.n >= 2)
		size = put_lines(&lines, data, max_size);
	free(copy);
	return size;
}
