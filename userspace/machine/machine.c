// SPDX-License-Identifier: GPL-2.0-only
/* machine.c - see machine.h */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "base/write.h"
#include "internal.h"
#include "layout/frame.h"

/* The largest of all. */
#define MAX_FILE	MAPPINGS_MOST_BYTES

struct machine *machine_new(const char *sysroot, const char *save_to)
{
	struct machine *m = zalloc_array(1, sizeof(*m));

	m->sysroot = sysroot;
	m->save_to = save_to;
	m->core_fd = -1;
	return m;
}

struct machine *machine_new_dump(const char *dump)
{
	struct machine *m = machine_new(NULL, NULL);

	m->dump = dump;
	return m;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	for (struct file *f = m->files; f; f = f->next)
		free((void *)f->text);
	if (m->core_fd >= 0)
		close(m->core_fd);
	free(m->chunks);
	pool_free(&m->pool);
	free(m);
}

const char *machine_root(const struct machine *m)
{
	return m->sysroot ? m->sysroot : "";
}

bool machine_is_live(const struct machine *m)
{
	return !m->sysroot && !m->save_to && !m->dump;
}

struct pool *machine_pool(struct machine *m)
{
	return &m->pool;
}

/* --- Saving -------------------------------------------------------------- */

void machine_share(struct machine *m)
{
	m->shareable = true;
}

bool machine_is_private(const char *path)
{
	static const char *const paths[] = {
		"/sys/kernel/debug/kvas_mappings",
		"/sys/kernel/debug/kvas_threads",
		"/sys/kernel/debug/page_tables/kernel",
		"/sys/kernel/debug/kernel_page_tables",
		MACHINE_WORDS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

static bool make_parents(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

/* ".." as a part of a path. */
static bool leads_up(const char *path)
{
	for (const char *p = strstr(path, ".."); p; p = strstr(p + 2, "..")) {
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	}
	return false;
}

/* What is saved tells where the kernel lies: for the owner's eyes only. */
void machine_save(struct machine *m, const char *path, const void *data,
		  size_t size)
{
	char *full;
	int fd;

	if (!m->save_to || m->save_failed || (m->shareable && machine_is_private(path)))
		return;
	if (leads_up(path)) {
		m->save_failed = true;
		m->save_errno = EINVAL;
		return;
	}
	full = pool_printf(&m->pool, "%s%s", m->save_to, path);
	errno = 0;
	fd = make_parents(full) ?
		open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		     0600) : -1;
	m->save_failed = fd < 0 || !write_fd(fd, data, size);
	m->save_errno = errno;
	if (fd >= 0 && close(fd) && !m->save_failed) {
		m->save_failed = true;
		m->save_errno = errno;
	}
}

/* --- Files --------------------------------------------------------------- */

const char *machine_reason(struct machine *m, const char *path)
{
	if (errno == ENOENT)
		return pool_printf(&m->pool, "there is no %s", path);
	return pool_printf(&m->pool, "%s cannot be read: %s", path,
			   strerror(errno));
}

static struct file *find_file(struct machine *m, const char *path)
{
	struct file *f;

	for (f = m->files; f; f = f->next) {
		if (!strcmp(f->path, path))
			return f;
	}
	f = pool_alloc(&m->pool, sizeof(*f));
	f->path = pool_copy(&m->pool, path, strlen(path));
	f->next = m->files;
	m->files = f;
	return f;
}

const char *machine_file(struct machine *m, const char *path, size_t *size,
			 const char **why)
{
	struct file *f = find_file(m, path);

	if (m->dump)
		f->why = "a crash dump holds no files";
	if (!f->text && !f->why) {
		f->text = sysroot_slurp(m->sysroot, path, MAX_FILE, &f->size);
		if (f->text)
			machine_save(m, path, f->text, f->size);
		else
			f->why = machine_reason(m, path);
	}
	if (size)
		*size = f->size;
	if (why)
		*why = f->why;
	return f->text;
}

const char *machine_line(struct machine *m, const char *path, const char **why)
{
	const char *text = machine_file(m, path, NULL, why);

	return text ? pool_copy(&m->pool, text, strcspn(text, "\n")) : NULL;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *const *machine_list(struct machine *m, const char *path,
				const char **why)
{
	DIR *dir = m->dump ? NULL : sysroot_opendir(m->sysroot, path);
	size_t n = 0, room = 0;
	char **names = NULL;
	const char **result;
	struct dirent *e;

	if (!dir) {
		*why = m->dump ? "a crash dump holds no files" : machine_reason(m, path);
		return NULL;
	}
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (n == room) {
			room = room ? room * 2 : 64;
			names = realloc(names, room * sizeof(*names));
			if (!names)
				die("not enough memory");
		}
		names[n++] = pool_copy(&m->pool, e->d_name, strlen(e->d_name));
	}
	closedir(dir);
	if (n)
		qsort(names, n, sizeof(*names), compare_names);
	result = pool_alloc(&m->pool, (n + 1) * sizeof(*result));
	for (size_t i = 0; i < n; i++)
		result[i] = names[i];
	free(names);
	return result;
}

const char *machine_measured(struct machine *m, const char *key)
{
	struct file *f = find_file(m, MACHINE_MEASURED);
	size_t length = strlen(key);

	if (!f->text && !f->why && !m->sysroot && !m->dump) {
		f->text = strdup(measure(&m->pool));
		if (!f->text)
			die("not enough memory");
		f->size = strlen(f->text);
		machine_save(m, MACHINE_MEASURED, f->text, f->size);
	}
	if (!machine_file(m, MACHINE_MEASURED, NULL, NULL))
		return NULL;
	for (const char *p = f->text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, key, length) && p[length] == '=')
			return pool_copy(&m->pool, p + length + 1,
					 strcspn(p + length + 1, "\n"));
	}
	return NULL;
}

bool machine_measured_number(struct machine *m, const char *key, uint64_t *n)
{
	const char *text = machine_measured(m, key);

	return text && scan_number(&text, 0, n) && !*text;
}

/* What uname(2) calls it, up to what follows there. */
const char *machine_arch(struct machine *m)
{
	static const char *const names[][2] = {
		{ "x86_64", "x86_64" },		{ "i686", "i386" },
		{ "aarch64", "arm64" },		{ "armv", "arm" },
		{ "riscv64", "riscv64" },	{ "ppc64", "ppc64" },
		{ "s390x", "s390x" },		{ "loongarch64", "loongarch64" },
		{ "mips64", "mips64" },
	};
	const char *machine = machine_measured(m, "machine");

	for (size_t i = 0; machine && i < ARRAY_SIZE(names); i++)
		if (!strncmp(machine, names[i][0], strlen(names[i][0])))
			return names[i][1];
	return NULL;
}

uint64_t machine_page_size(struct machine *m)
{
	const char *text = machine_measured(m, "page_size");
	uint64_t size;

	return text && scan_number(&text, 10, &size) && size <= 1 << 20 ?
		size : 0;
}

const char *machine_find_by_release(struct machine *m, const struct place *places,
				   size_t n, const char *piece)
{
	const char *release = machine_measured(m, "release");

	/* uname(2) has none such, but a saved machine may say anything. */
	if (release && (!*release || strchr(release, '/') || strstr(release, "..")))
		return NULL;
	for (size_t i = 0; release && i < n; i++) {
		const char *path = pool_printf(&m->pool, "%s%s%s",
					       places[i].before, release,
					       places[i].behind);
		const char *text = machine_file(m, path, NULL, NULL);

		if (text && strstr(text, piece))
			return text;
	}
	return NULL;
}

const char *machine_config_file(struct machine *m, const char **why)
{
	static const struct place places[] = {
		{ "/boot/config-", "" },
		{ "/usr/lib/modules/", "/config" },
		{ "/lib/modules/", "/config" },
		{ "/usr/lib/kernel/config-", "" },
	};

	*why = "there is no configuration file of this kernel in /boot or /usr/lib/modules";
	return machine_find_by_release(m, places, ARRAY_SIZE(places), "CONFIG_");
}
