// SPDX-License-Identifier: GPL-2.0-only
/* lab_state.c - see lab.h: the files of sessions. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "base/write.h"
#include "lab.h"
#include "output/json.h"

enum { MAX_SESSION = 64 << 20 };

const char *lab_now(struct pool *pool)
{
	time_t now = time(NULL);
	struct tm utc = { 0 };
	char text[24];

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	return pool_copy(pool, text, strlen(text));
}

/* The directories that a file is in; false with *why. */
static bool make_directories(struct pool *pool, const char *file, const char **why)
{
	char *path = pool_copy(pool, file, strlen(file));
	struct stat st;

	for (char *s = path + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		if (mkdir(path, 0700) && stat(path, &st)) {
			*why = pool_printf(pool, "cannot make the directory %s: %s", path, strerror(errno));
			return false;
		}
		*s = '/';
	}
	return true;
}

bool lab_state_prepare(struct pool *pool, const char *file, const char **why)
{
	const char *lock = pool_printf(pool, "%s.lock", file);
	int fd;

	if (!make_directories(pool, file, why))
		return false;
	/* Open, and thus locked, until the program ends. */
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		*why = pool_printf(pool, "cannot write %s: %s", lock, strerror(errno));
		return false;
	}
	/* Some network file systems have no locks. */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		die("another 'kvas lab' is running and keeps its answers in %s: leave it first", file);
	return true;
}

const char *lab_state_file(struct pool *pool)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* The XDG base directory specification ignores relative ones. */
	if (state && *state == '/')
		return pool_printf(pool, "%s/kvas/lab.json", state);
	if (home && *home == '/')
		return pool_printf(pool, "%s/.local/state/kvas/lab.json", home);
	return NULL;
}

void lab_write(const char *file, struct session *s)
{
	json_t *document;
	char *text, *whole;

	session_prune(s);
	s->written = lab_now(&s->pool);
	document = lab_session_json(s);
	if (strcmp(file, "-") == 0) {
		json_print(stdout, document);
		return;
	}
	text = json_dumps(document, JSON_INDENT(2));
	if (!text)
		die("not enough memory");
	whole = text_printf("%s\n", text);
	write_private(file, whole, strlen(whole));
	free(whole);
	free(text);
	json_decref(document);
}

bool lab_state_load(struct session *s, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why;
	bool fits;
	size_t size;
	char *text;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	text = fd < 0 ? NULL : slurp_fd(fd, MAX_SESSION, &size);
	if (!text)
		die("cannot read %s, which keeps what you have answered: %s; --new begins again, and keeps it as %s.old",
		    file, strerror(errno), file);
	close(fd);
	if (!lab_session_parse(s, text, size, &why, &fits))
		die("%s, which keeps what you have answered: %s; --new begins again, and keeps it as %s.old",
		    file, why, file);
	free(text);
	return true;
}
