// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads kvas_mappings again and again, and looks at each record.
 *
 *   rereader SECONDS ADDRESS IMPOSSIBLE FIRST
 *
 * No attribute may have a bit of IMPOSSIBLE; the record of ADDRESS is the same each
 * time.  All readers end when there is a file /tmp/done, and with FIRST 1 at the first
 * strange record.  The last line sums up:
 *
 *   passes=N runs=N strange=N lost=N broken=N unsettled=N again=N refused=N
 *
 * A walk is refused while memory is removed again and again: that is no failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATH	"/sys/kernel/debug/kvas_mappings"
#define ROOM	(32 << 20)
#define SHOWN	20
#define FOUND	"/tmp/strange"		/* where another reader found one */
#define DONE	"/tmp/done"

static struct {
	unsigned long passes, runs, strange, lost, broken, unsettled, again, refused;
} sums;

static unsigned long long impossible;
static char fixed[64], fixed_line[256];

static char *value_of(char *line, const char *key)
{
	char *at = strstr(line, key);

	return at ? at + strlen(key) : NULL;
}

static bool is_strange(char *line)
{
	char *attr = value_of(line, " attr=");

	return !attr || strtoull(attr, NULL, 16) & impossible;
}

/* Strange ones are shown, up to a number. */
static void look_at_mapping(char *line)
{
	sums.runs++;
	if (strstr(line, " unsettled=")) {
		sums.unsettled++;
		return;
	}
	if (!is_strange(line))
		return;
	close(open(FOUND, O_CREAT | O_WRONLY, 0600));
	if (++sums.strange <= SHOWN)
		printf("strange: %s\n", line);
}

/* Whether the record is that of the fixed area, and is as before. */
static bool is_fixed(const char *line)
{
	if (!strstr(line, fixed))
		return false;
	if (!*fixed_line)
		snprintf(fixed_line, sizeof(fixed_line), "%s", line);
	return !strcmp(line, fixed_line);
}

static void look_at(char *text)
{
	bool found = false, ended = false;
	char *rest = NULL, *again;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!strncmp(line, "mapping", 7)) {
			look_at_mapping(line);
			found |= is_fixed(line);
		}
		if (!strncmp(line, "end ", 4)) {
			ended = true;
			again = value_of(line, " again=");
			sums.again += again ? strtoul(again, NULL, 10) : 0;
		}
	}
	sums.passes++;
	sums.lost += !found;
	sums.broken += !ended;
}

static void read_once(char *text)
{
	int fd = open(PATH, O_RDONLY | O_CLOEXEC);
	ssize_t got, length = 0;

	if (fd < 0) {
		sums.refused += errno == EAGAIN;
		sums.broken += errno != EAGAIN;
		usleep(1000);
		return;
	}
	while ((got = read(fd, text + length, ROOM - 1 - length)) > 0)
		length += got;
	text[length] = 0;
	close(fd);
	if (got < 0)
		sums.broken++;
	else
		look_at(text);
}

int main(int argc, char **argv)
{
	char *text = malloc(ROOM);
	struct timespec now;
	time_t end;
	bool first;

	if (argc != 5 || !text)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + atoi(argv[1]);
	snprintf(fixed, sizeof(fixed), "start=0x%016llx ", strtoull(argv[2], NULL, 10));
	impossible = strtoull(argv[3], NULL, 16);
	first = atoi(argv[4]);
	do {
		read_once(text);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end && access(DONE, F_OK) && !(first && !access(FOUND, F_OK)));
	printf("fixed: %s\n", fixed_line);
	printf("passes=%lu runs=%lu strange=%lu lost=%lu broken=%lu unsettled=%lu again=%lu"
	       " refused=%lu\n",
	       sums.passes, sums.runs, sums.strange, sums.lost, sums.broken, sums.unsettled,
	       sums.again, sums.refused);
	return 0;
}
