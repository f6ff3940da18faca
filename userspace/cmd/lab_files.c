// SPDX-License-Identifier: GPL-2.0-only
/* lab_files.c - see lab.h: the exercises and saved machines that are installed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/util.h"
#include "lab.h"

#define ENVIRONMENT "KVAS_DATA"

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* The names in a directory that end so, sorted; NULL if it cannot be read. */
static char **names_in(const char *path, const char *end, size_t *n)
{
	size_t room = 0, length = strlen(end);
	DIR *dir = opendir(path);
	char **names = NULL;
	struct dirent *entry;

	*n = 0;
	while (dir && (entry = readdir(dir))) {
		size_t name = strlen(entry->d_name);

		if (*entry->d_name == '.' || name <= length ||
		    strcmp(entry->d_name + name - length, end) != 0)
			continue;
		if (*n == room) {
			room = room ? 2 * room : 64;
			names = realloc(names, room * sizeof(*names));
			if (!names)
				die("not enough memory");
		}
		names[(*n)++] = text_printf("%s/%s", path, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return names;
}

/* --- Exercises ----------------------------------------------------------------------------- */

struct exercise *lab_exercise_load(const char *file, struct mistakes *mistakes)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct exercise *ex = NULL;
	size_t size;
	char *text;

	text = fd < 0 ? NULL : slurp_fd(fd, EXERCISE_MOST_BYTES, &size);
	if (text)
		ex = exercise_parse(file, text, size, mistakes);
	else if (errno == EFBIG)
		mistakes_add(mistakes, 0, "it is larger than %d KiB: expected an exercise",
			     EXERCISE_MOST_BYTES >> 10);
	else
		mistakes_add(mistakes, 0, "it cannot be read: %s", strerror(errno));
	free(text);
	if (fd >= 0)
		close(fd);
	return ex;
}

static int compare_exercises(const void *a, const void *b)
{
	const struct exercise *x = *(struct exercise *const *)a, *y = *(struct exercise *const *)b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The first of them; all are told by --check. */
static void refuse_mistakes(const char *file, const struct mistakes *mistakes)
{
	if (mistakes->n && mistakes->list[0].line)
		die("%s:%u: %s; 'kvas lab --check' tells all that is wrong", file,
		    mistakes->list[0].line, mistakes->list[0].message);
	if (mistakes->n)
		die("%s: %s; 'kvas lab --check' tells all that is wrong", file,
		    mistakes->list[0].message);
}

/* One answer cannot be for two exercises. */
void lab_files_find_doubles(const struct lab_files *f, size_t i, struct mistakes *mistakes)
{
	const struct exercise *ex = f->exercises[i];

	for (size_t j = 0; j < i; j++) {
		const struct exercise *other = f->exercises[j];

		if (lab_same_word(ex->name, other->name))
			mistakes_add(mistakes, 0,
				     "it has the same name as %s: the number before it does not tell exercises apart",
				     other->file);
		else if (ex->number && ex->number == other->number)
			mistakes_add(mistakes, 0, "it has the same number as %s", other->file);
	}
}

static void refuse_doubles(const struct lab_files *f)
{
	for (size_t i = 0; i < f->n_exercises; i++) {
		struct mistakes mistakes = { 0 };

		lab_files_find_doubles(f, i, &mistakes);
		refuse_mistakes(f->exercises[i]->file, &mistakes);
		mistakes_free(&mistakes);
	}
}

static bool load_exercises(struct lab_files *f, const char *dir)
{
	size_t n;
	char **names = names_in(dir, ".txt", &n);

	f->exercises = zalloc_array(n + 1, sizeof(*f->exercises));
	for (size_t i = 0; i < n; i++) {
		struct mistakes mistakes = { 0 };

		f->exercises[i] = lab_exercise_load(names[i], &mistakes);
		if (!f->lenient || !f->exercises[i])
			refuse_mistakes(names[i], &mistakes);
		mistakes_free(&mistakes);
		free(names[i]);
	}
	free(names);
	f->n_exercises = n;
	if (n > 1)
		qsort(f->exercises, n, sizeof(*f->exercises), compare_exercises);
	if (!f->lenient)
		refuse_doubles(f);
	return n != 0;
}

const struct exercise *lab_files_find(const struct lab_files *f, const char *word)
{
	size_t digits = strspn(word, "0123456789");
	unsigned long number = digits < 9 ? strtoul(word, NULL, 10) : 0;

	for (size_t i = 0; i < f->n_exercises; i++) {
		const struct exercise *ex = f->exercises[i];

		if (lab_same_word(ex->name, word))
			return ex;
		if (digits && !word[digits] && number && ex->number == number)
			return ex;
	}
	return NULL;
}

const struct exercise *lab_files_need(const struct lab_files *f, const char *word)
{
	const struct exercise *ex = lab_files_find(f, word);
	const char **names, *similar;

	if (ex)
		return ex;
	names = zalloc_array(f->n_exercises + 1, sizeof(*names));
	for (size_t i = 0; i < f->n_exercises; i++)
		names[i] = f->exercises[i]->name;
	similar = similar_word(word, strlen(word), names, f->n_exercises);
	if (similar)
		die("there is no exercise '%s'; did you mean %s?", word, similar);
	die("there is no exercise '%s': 'kvas lab' lists them", word);
}

/* --- Saved machines ------------------------------------------------------------------------- */

/* Is it like the one that this program runs on, which students know best? */
static bool is_like_here(const char *path)
{
	static const struct {
		const char *machine, *name;	/* of uname(2); how the directory's name begins */
	} names[] = {
		{ "i386", "i386-" }, { "i486", "i386-" }, { "i586", "i386-" }, { "i686", "i386-" },
		{ "aarch64", "arm64" }, { "armv7l", "arm-" }, { "armv6l", "arm-" },
	};
	const char *base = strrchr(path, '/') + 1, *wanted = "x86_64";
	struct utsname here;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !uname(&here); i++)
		if (strcmp(names[i].machine, here.machine) == 0)
			wanted = names[i].name;
	return strncmp(base, wanted, strlen(wanted)) == 0;
}

/* Those like this machine come first. */
static int compare_names(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	bool x_first = is_like_here(x), y_first = is_like_here(y);

	return x_first != y_first ? y_first - x_first : strcmp(x, y);
}

static bool load_machines(struct lab_files *f, const char *dir)
{
	size_t n;
	char **names = names_in(dir, "", &n);

	f->machines = pool_alloc(&f->pool, (n + 1) * sizeof(*f->machines));
	for (size_t i = 0; i < n; i++) {
		char *capture = text_printf("%s%s", names[i], KVAS_LIVE_FILE);

		if (!access(capture, F_OK))
			f->machines[f->n_machines++] = pool_copy(&f->pool, names[i], strlen(names[i]));
		free(capture);
		free(names[i]);
	}
	free(names);
	if (f->n_machines > 1)
		qsort(f->machines, f->n_machines, sizeof(*f->machines), compare_names);
	return f->n_machines != 0;
}

/* --- Where they are ------------------------------------------------------------------------- */

/* The directory of this program, or NULL. */
static const char *program_directory(struct pool *pool)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	return slash ? pool_copy(pool, path, (size_t)(slash - path)) : NULL;
}

/* A part of what is installed, in the first place that has it. */
static bool load_from(struct lab_files *f, const char *place, const char *const *parts,
		      bool (*load)(struct lab_files *f, const char *dir))
{
	bool loaded = false;

	for (; *parts && !loaded; parts++) {
		const char *dir = pool_printf(&f->pool, "%s%s", place, *parts);
		char *real = is_directory(dir) ? realpath(dir, NULL) : NULL;

		loaded = real && load(f, real);
		free(real);
	}
	return loaded;
}

static bool load_installed(struct lab_files *f, bool (*load)(struct lab_files *f, const char *dir),
			   const char *part, const char *part_of_build)
{
	const char *const parts[] = { part, NULL }, *const built[] = { part_of_build, NULL };
	const char *given = getenv(ENVIRONMENT), *program = program_directory(&f->pool);

	if (given && *given)
		return load_from(f, given, parts, load);
	if (program &&
	    (load_from(f, pool_printf(&f->pool, "%s/../share/kvas", program), parts, load) ||
	     load_from(f, pool_printf(&f->pool, "%s/..", program), built, load)))
		return true;
	return load_from(f, KVAS_DATA_DIR, parts, load) || load_from(f, "/usr/share/kvas", parts, load);
}

void lab_files_load(struct lab_files *f, const char *lab_dir, bool lenient)
{
	static const char *const parts[] = { "/lab", "/exercises", "", NULL };
	static const char *const machines[] = { "/machines", NULL };

	*f = (struct lab_files){ .lenient = lenient };
	if (lab_dir && !is_directory(lab_dir))
		die("--lab-dir %s: there is no such directory", lab_dir);
	if (lab_dir && !load_from(f, lab_dir, parts, load_exercises))
		die("--lab-dir %s: expected exercises, in files that end with .txt", lab_dir);
	if (!lab_dir && !load_installed(f, load_exercises, "/lab", "/lab/exercises"))
		die("there are no exercises: 'make install' puts them into %s/lab; --lab-dir=DIR names another place",
		    KVAS_DATA_DIR);
	if (!lab_dir || !load_from(f, lab_dir, machines, load_machines))
		load_installed(f, load_machines, "/machines", "/machines");
}

void lab_files_free(struct lab_files *f)
{
	for (size_t i = 0; i < f->n_exercises; i++)
		exercise_free(f->exercises[i]);
	free(f->exercises);
	pool_free(&f->pool);
}
