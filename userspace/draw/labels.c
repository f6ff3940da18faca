// SPDX-License-Identifier: GPL-2.0-only
/* labels.c - see pictures.h: how addresses, sizes, kernels and dates are written. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "pictures.h"
#include "texts/words.h"

char *label_address(uint64_t addr, unsigned int bits)
{
	if (bits == 32)
		return text_printf("%04x %04x", (unsigned int)(addr >> 16 & 0xffff),
				   (unsigned int)(addr & 0xffff));
	return text_printf("%04x %04x %04x %04x", (unsigned int)(addr >> 48),
			   (unsigned int)(addr >> 32 & 0xffff), (unsigned int)(addr >> 16 & 0xffff),
			   (unsigned int)(addr & 0xffff));
}

/* Ends a number here, such as the 4.8 of "4.8G"?  *unit is its letter. */
static bool ends_size(const char *text, char *unit)
{
	*unit = *text;
	return *text && strchr("BKMGTPE", *text) && !isalnum((unsigned char)text[1]);
}

char *label_sizes(const char *text)
{
	char *spelled = zalloc_array(4 * strlen(text) + 1, 1), *end = spelled;
	bool in_number = false;

	for (; *text; text++) {
		char unit;

		if (in_number && ends_size(text, &unit)) {
			end += unit == 'B' ? sprintf(end, " bytes") : sprintf(end, " %ciB", unit);
			in_number = false;
			continue;
		}
		/* A number begins a word; a dot goes on with it. */
		in_number = isdigit((unsigned char)*text) ?
			in_number || end == spelled || !isalnum((unsigned char)end[-1]) :
			in_number && *text == '.';
		*end++ = *text;
	}
	return spelled;
}

char *label_size(uint64_t less_one)
{
	char *human = size_human(less_one);
	char *spelled = less_one ? label_sizes(human) : text_printf("1 byte");

	free(human);
	return spelled;
}

char *label_kernel(const struct layout *l, const char *more)
{
	char *kernel = word_with(WORD_ON_MACHINE, l->release, l->machine);
	char *title = text_printf("%s%s%s%s%s", kernel, l->process ? ", " : "",
				  l->process ? l->process : "", more ? ": " : "", more ? more : "");

	free(kernel);
	return title;
}

/* SOURCE_DATE_EPOCH is what makes a picture the same each time. */
static time_t drawn_at(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long seconds;

	if (!epoch || !*epoch)
		return time(NULL);
	errno = 0;
	seconds = strtoll(epoch, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*epoch))
		die("SOURCE_DATE_EPOCH is '%s': expected the number of seconds since 1970", epoch);
	return (time_t)seconds;
}

/* As kvas save writes it: 2026-11-29T17:03:11Z */
static bool begins_with_date(const char *text)
{
	static const char pattern[] = "0000-00-00";

	for (size_t i = 0; pattern[i]; i++)
		if (pattern[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != pattern[i])
			return false;
	return true;
}

char *label_date(const struct layout *l)
{
	time_t now;
	struct tm tm;
	char date[32];

	if (l->when && begins_with_date(l->when)) {
		snprintf(date, sizeof(date), "%.10s", l->when);
		return word_with(WORD_CAPTURED_ON, date);
	}
	now = drawn_at();
	if (!gmtime_r(&now, &tm) || !strftime(date, sizeof(date), "%Y-%m-%d", &tm))
		die("SOURCE_DATE_EPOCH is '%s': this is no date", getenv("SOURCE_DATE_EPOCH"));
	return word_with(WORD_DRAWN_ON, date);
}

char *label_subtitle(const struct layout *l)
{
	char *text = picture_subtitle(l), *spelled = label_sizes(text);

	free(text);
	return spelled;
}
