// SPDX-License-Identifier: GPL-2.0-only
/*
 * paths.c - the names of mapped files; see internal.h.
 *
 * maps writes a newline as \012 and leaves backslashes alone, so that a name may be read
 * in two ways; and it puts " (deleted)" after the name of a file that has none any more,
 * which may as well be a part of a name (fs/seq_file.c, fs/d_path.c).
 */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "internal.h"

static const char suffix[] = " (deleted)";

const char *link_read(const struct gathering *g, const char *path)
{
	char *full = text_printf("%s%s", g->sysroot ? g->sysroot : "", path);
	char target[PATH_MAX];
	ssize_t n = readlink(full, target, sizeof(target));

	free(full);
	return n > 0 ? pool_copy(&g->p->pool, target, (size_t)n) : NULL;
}

/* The link of the mapping has the name as it is. */
static void read_raw(const struct gathering *g, struct vma *v)
{
	char *path = text_printf("/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64,
				 g->p->pid, v->start, v->end + 1);
	const char *raw = link_read(g, path);

	if (raw)
		v->path = raw;
	free(path);
}

/* Is there a file of the whole name, suffix included, with this inode? */
static bool is_live(const struct gathering *g, const char *name, uint64_t inode)
{
	char *path = text_printf("%s%s/root%s", g->sysroot ? g->sysroot : "", g->dir, name);
	struct stat st;
	bool live = !lstat(path, &st) && st.st_ino == inode;

	free(path);
	return live;
}

static bool ends_with_suffix(const char *path)
{
	size_t n = strlen(path), length = strlen(suffix);

	return n > length && strcmp(path + n - length, suffix) == 0;
}

/* Takes the suffix off the name of a file that has none any more, and is true then. */
static bool strip_suffix(const struct gathering *g, const char **name, uint64_t inode)
{
	if (!ends_with_suffix(*name) || is_live(g, *name, inode))
		return false;
	*name = pool_copy(&g->p->pool, *name, strlen(*name) - strlen(suffix));
	return true;
}

/* The inode is that of what is mapped there: the link itself may lead to no file. */
void exe_resolve(struct gathering *g, uint64_t start_code)
{
	struct process *p = g->p;
	const struct vma *v = process_vma(p, start_code);

	p->exe = link_read(g, pool_printf(&p->pool, "%s/exe", g->dir));
	p->exe_deleted = p->exe && strip_suffix(g, &p->exe, v ? v->inode : 0);
}

static bool same_file(const struct vma *a, const struct vma *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor &&
	       strcmp(a->path, b->path) == 0;
}

void paths_resolve(struct gathering *g)
{
	const struct vma *last = NULL;	/* as it was before it was changed */
	struct vma unchanged;

	for (size_t i = 0; i < g->p->n_vmas; i++) {
		struct vma *v = &g->p->vmas[i];

		if (*v->path != '/')
			continue;
		/* Of a file that is mapped often the same is not asked again. */
		if (last && same_file(&unchanged, v)) {
			v->path = last->path;
			v->deleted = last->deleted;
			continue;
		}
		unchanged = *v;
		if (strstr(v->path, "\\012"))
			read_raw(g, v);
		v->deleted = strip_suffix(g, &v->path, v->inode);
		last = v;
	}
}
