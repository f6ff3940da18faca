// SPDX-License-Identifier: GPL-2.0-only
/* terminal.c - see terminal.h */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/util.h"
#include "terminal.h"

/* --- terminal-colors.d --------------------------------------------------- */

enum { DISABLE, ENABLE, N_TYPES };

/* How well a file named [[name][@term].]type fits; 0: not at all. */
static int score_of(const char *file, const char *term, int *type)
{
	static const char *const types[N_TYPES] = { "disable", "enable" };
	const char *dot = strrchr(file, '.'), *word = dot ? dot + 1 : file;
	const char *end = dot ? dot : file;
	const char *at = memchr(file, '@', (size_t)(end - file));
	size_t name = (size_t)((at ? at : end) - file);
	int score = 1;

	for (*type = 0; *type < N_TYPES && strcmp(word, types[*type]); ++*type)
		;
	if (*type == N_TYPES)
		return 0;
	if (name) {
		if (name != strlen("kvas") || strncmp(file, "kvas", name) != 0)
			return 0;
		score += 20;
	}
	if (at) {
		size_t n = (size_t)(end - at - 1);

		if (n != strlen(term) || strncmp(at + 1, term, n) != 0)
			return 0;
		score += 10;
	}
	return score;
}

/* False, with errno, if there is no such directory. */
static bool read_directory(const char *path, const char *term, int best[N_TYPES])
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		int type, score = score_of(entry->d_name, term, &type);

		if (score && score > best[type])
			best[type] = score;
	}
	closedir(dir);
	return true;
}

/* Did the user, or the administrator, switch the colours off? */
static bool is_disabled(const char *term)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int best[N_TYPES] = { 0 };
	char *path = config && *config ? text_printf("%s/terminal-colors.d", config) :
		     home && *home ? text_printf("%s/.config/terminal-colors.d", home) : NULL;

	/* The user's directory stands in the place of the system's. */
	if (!path || !read_directory(path, term, best))
		read_directory("/etc/terminal-colors.d", term, best);
	free(path);
	return best[DISABLE] > best[ENABLE];
}

/* --- Both questions ------------------------------------------------------ */

bool terminal_color(const char *when, bool terminal)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when && strcmp(when, "always") == 0)
		return true;
	if (when && strcmp(when, "never") == 0)
		return false;
	if (when && strcmp(when, "auto") != 0)
		die("--color=%s: expected auto, always or never", when);
	return terminal && !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb") != 0 && !is_disabled(term);
}

void terminal_width(struct options *opt)
{
	const char *columns = getenv("COLUMNS");
	unsigned long n = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize size;

	if (n == 0 && opt->terminal &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	opt->width_known = n > 0 && n <= 10000;
	opt->width = opt->width_known ? (unsigned int)n : 80;
}
