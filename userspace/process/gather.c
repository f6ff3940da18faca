// SPDX-License-Identifier: GPL-2.0-only
/*
 * gather.c - a process, as /proc/PID shows it; see process.h.
 *
 * The process runs on while it is read.  It may call execve() between two reads, and then
 * the rest of its old mappings is a plain end of file (fs/proc/task_mmu.c): so the last
 * mapping is held against smaps_rollup, and all is read again if it is not there.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "internal.h"
#include "machine/elfcore.h"
#include "machine/machine.h"

#define MAX_SMAPS	(1u << 30)

enum {
	MAX_SMALL = 1 << 16,
	MOST_TRIES = 20,	/* of a process that calls execve() again and again */
	MOST_SUMS = 3,		/* of one that gets and frees memory all the time */
};

enum outcome { DONE, AGAIN, FAILED };

/* Notes why the process cannot be read, and is false. */
__attribute__((format(printf, 2, 3)))
static bool gather_fail(struct gathering *g, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	free(g->why);
	if (vasprintf(&g->why, format, args) < 0)
		die("not enough memory");
	va_end(args);
	return false;
}

static char *slurp(const struct gathering *g, const char *name, size_t limit, size_t *size)
{
	char *path = text_printf("%s/%s", g->dir, name);
	char *text = sysroot_slurp(g->sysroot, path, limit, size);

	free(path);
	return text;
}

/* A process that stands in execve() needs some time for it. */
static void pause_before(unsigned int try)
{
	enum { PAUSE = 1000000 };	/* ns */

	if (try > 1)
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE }, NULL);
}

/* --- What the process is ------------------------------------------------------- */

/* With hidepid /proc shows the processes of others to nobody. */
static bool fail_missing(struct gathering *g)
{
	uint64_t pid = g->p->pid;

	if (!g->sysroot && pid <= INT32_MAX && (!kill((pid_t)pid, 0) || errno == EPERM))
		return gather_fail(g, "process %" PRIu64 " cannot be read: /proc hides it, as it is mounted with hidepid", pid);
	return gather_fail(g, "there is no process %" PRIu64 ": %s/proc shows none of this number, and it shows those of its own PID namespace only",
			   pid, g->sysroot ? g->sysroot : "");
}

static bool fail_restless(struct gathering *g)
{
	return gather_fail(g, "process %" PRIu64 " cannot be read: it starts another program again and again, or ends",
			   g->p->pid);
}

static bool fail_ended(struct gathering *g)
{
	return gather_fail(g, "process %" PRIu64 " ended while it was read", g->p->pid);
}

/* Numbers of a line such as "Uid:\t0\t0\t0\t0"; returns how many. */
static size_t status_numbers(const char *status, const char *key, uint64_t *numbers, size_t most)
{
	const char *line = after(status, key), *word;
	size_t n = 0, length;

	while (line && n < most && (word = next_word(&line, &length)))
		if (!scan_number(&word, 10, &numbers[n++]))
			return 0;
	return n;
}

/* Of the main thread, if it has exited, too. */
static bool read_status(struct gathering *g)
{
	uint64_t uids[4], tgid, pids[32];
	struct process *p = g->p;
	char *path = pool_printf(&p->pool, "/proc/%" PRIu64 "/status", p->pid), *status;
	size_t size, n;

	p->inner_pid = p->pid;
	status = sysroot_slurp(g->sysroot, path, MAX_SMALL, &size);
	if (!status)
		return errno == ENOENT || errno == ESRCH ? fail_ended(g) :
		       gather_fail(g, "%s cannot be read: %s", path, strerror(errno));
	if (status_numbers(status, "Uid:", uids, 4) > 1)
		p->uid = uids[1];
	n = status_numbers(status, "NSpid:", pids, ARRAY_SIZE(pids));
	if (n)
		p->inner_pid = pids[n - 1];
	n = status_numbers(status, "Tgid:", &tgid, 1);
	free(status);
	return !n || tgid == p->pid ||
	       gather_fail(g, "%" PRIu64 " is a thread of process %" PRIu64 ": name the process",
			   p->pid, tgid);
}

static bool has_exited(const struct stat_line *s)
{
	return s->state == 'Z' || s->state == 'X';
}

/* The main thread may have exited: others show what it no longer does. */
static bool choose_thread(struct gathering *g)
{
	struct process *p = g->p;
	char *path = text_printf("/proc/%" PRIu64 "/task", p->pid);
	DIR *tasks = sysroot_opendir(g->sysroot, path);
	struct dirent *e;

	p->read_by = 0;
	while (tasks && !p->read_by && (e = readdir(tasks))) {
		const char *name = e->d_name;
		char *dir = pool_printf(&p->pool, "%s/%s", path, name);
		struct stat_line s;
		uint64_t tid;

		if (scan_number(&name, 10, &tid) && stat_read(&p->pool, g->sysroot, dir, &s) &&
		    !has_exited(&s)) {
			p->read_by = tid;
			g->dir = dir;
		}
	}
	if (tasks)
		closedir(tasks);
	free(path);
	return p->read_by;
}

/* Is there something to read, and of which thread? */
static bool look_at(struct gathering *g, struct stat_line *s)
{
	enum { KERNEL_THREAD = 0x200000 };	/* PF_KTHREAD */
	struct process *p = g->p;

	g->dir = pool_printf(&p->pool, "/proc/%" PRIu64, p->pid);
	if (!stat_read(&p->pool, g->sysroot, g->dir, s)) {
		if (errno == ENOENT || errno == ESRCH)
			return fail_missing(g);
		return gather_fail(g, "%s/stat cannot be read: %s", g->dir, strerror(errno));
	}
	p->comm = s->comm;
	if (s->flags & KERNEL_THREAD)
		return gather_fail(g, "process %" PRIu64 " (%s) is a thread of the kernel: it has no user half",
				   p->pid, s->comm);
	if (!has_exited(s))
		return true;
	if (!choose_thread(g))
		return gather_fail(g, "process %" PRIu64 " (%s) has exited and is a zombie: it has given back its memory",
				   p->pid, s->comm);
	return stat_read(&p->pool, g->sysroot, g->dir, s) || fail_ended(g);
}

/* --- Its memory -------------------------------------------------------------------- */

static bool fail_to_read(struct gathering *g, const char *name)
{
	const struct process *p = g->p;

	g->gone = errno == ESRCH || errno == ENOENT;
	if (g->gone)
		return fail_ended(g);
	if (errno == EACCES || errno == EPERM)
		return gather_fail(g, "the mappings of process %" PRIu64 " cannot be read: no right to ptrace it, which is user %" PRIu64 "'s; %s",
				   p->pid, p->uid, geteuid() ? "try as root" :
				   "root needs CAP_SYS_PTRACE, and a security module may forbid it");
	return gather_fail(g, "%s/%s cannot be read: %s", g->dir, name, strerror(errno));
}

/* A kernel without PROC_PAGE_MONITOR has maps only. */
static bool read_mappings(struct gathering *g)
{
	const char *name = "smaps";
	unsigned int line;
	size_t size;
	char *text = slurp(g, name, MAX_SMAPS, &size);

	if (!text && errno == ENOENT) {
		name = "maps";
		text = slurp(g, name, MAX_SMAPS, &size);
	}
	if (!text)
		return fail_to_read(g, name);
	line = smaps_parse(g->p, text);
	free(text);
	return !line || gather_fail(g, "%s%s/%s:%u: expected a mapping as proc(5) describes it",
				    g->sysroot ? g->sysroot : "", g->dir, name, line);
}

static const struct vma *highest(const struct process *p)
{
	size_t n = p->n_vmas;

	if (n && is_in_kernel_half(p, &p->vmas[n - 1]))
		n--;
	return n ? &p->vmas[n - 1] : NULL;
}

static bool same_sums(const struct memory_use *a, const struct memory_use *b)
{
	return a->rss == b->rss && a->shared == b->shared && a->private == b->private &&
	       a->swap == b->swap && a->huge == b->huge && a->hugetlb == b->hugetlb;
}

/*
 * smaps is no snapshot: what is moved down while it is read is in none of its lines.
 * maps, which is read in a tenth of the time, shows whether anything was.
 */
static bool read_changes(struct gathering *g)
{
	size_t size;
	char *maps = slurp(g, "maps", MAX_SMAPS, &size);

	if (!maps)
		return fail_to_read(g, "maps");
	g->p->changed = !smaps_has_ranges(g->p, maps);
	free(maps);
	return true;
}

/* Are all mappings there?  And do they add up, as long as that can be hoped for? */
static enum outcome read_total(struct gathering *g, const struct stat_line *s, unsigned int try)
{
	struct process *p = g->p;
	const struct vma *last = highest(p);
	struct address_range range;
	struct memory_use sum;
	size_t size;
	char *text = slurp(g, "smaps_rollup", MAX_SMALL, &size);

	p->has_total = text && last && rollup_parse(text, &p->total, &range);
	free(text);
	if (!last)
		return AGAIN;
	if (!p->has_total)
		return !s->start_stack || process_vma(p, s->start_stack) ? DONE : AGAIN;
	if (range.start != p->vmas[0].start || range.end != last->end)
		return AGAIN;
	sum = process_sum(p);
	return try >= MOST_SUMS || (!p->changed && same_sums(&sum, &p->total)) ? DONE : AGAIN;
}

/* Those of a 32-bit program have words of 4 bytes, also on a 64-bit kernel. */
static bool auxv_fits(const struct process *p, const char *auxv, size_t size, size_t word)
{
	enum { PAGE_SIZE_ENTRY = 6 };	/* AT_PAGESZ */

	for (size_t at = 0; at + 2 * word <= size; at += 2 * word) {
		uint64_t type = load_word(auxv + at, word, p->big_endian);

		if (type == PAGE_SIZE_ENTRY)
			return load_word(auxv + at + word, word, p->big_endian) == p->page_size;
		if (!type)
			break;
	}
	return false;
}

static bool read_word_size(struct gathering *g)
{
	struct process *p = g->p;
	size_t size;
	char *auxv = slurp(g, "auxv", MAX_SMALL, &size);

	if (!auxv)
		return fail_to_read(g, "auxv");
	p->bits = auxv_fits(p, auxv, size, 4) ? 32 : auxv_fits(p, auxv, size, 8) ? 64 : 0;
	free(auxv);
	return true;
}

static void take_addresses(struct process *p, const struct stat_line *s)
{
	p->start_time = s->start_time;
	p->start_code = s->start_code;
	p->end_code = s->end_code;
	p->start_data = s->start_data;
	p->end_data = s->end_data;
	p->start_brk = s->start_brk;
	p->start_stack = s->start_stack;
}

static bool same_program(const struct stat_line *a, const struct stat_line *b)
{
	return a->start_code == b->start_code && a->start_stack == b->start_stack &&
	       a->start_brk == b->start_brk;
}

static enum outcome read_parts(struct gathering *g, const struct stat_line *s, unsigned int try)
{
	g->gone = false;
	if (!read_mappings(g) || !read_changes(g) || !read_word_size(g))
		return g->gone ? AGAIN : FAILED;
	exe_resolve(g, s->start_code);
	return g->p->bits ? read_total(g, s, try) : AGAIN;
}

/* All that belongs together is read between two looks at stat. */
static enum outcome read_memory(struct gathering *g, const struct stat_line *before,
				unsigned int try)
{
	enum outcome outcome = read_parts(g, before, try);
	struct process *p = g->p;
	struct stat_line now;

	/* Of threads others may be left. */
	if (!stat_read(&p->pool, g->sysroot, g->dir, &now) && p->read_by)
		return AGAIN;
	if (now.start_time != before->start_time)
		return fail_ended(g), FAILED;
	take_addresses(p, &now);
	return outcome == DONE && (!same_program(before, &now) || has_exited(&now)) ? AGAIN : outcome;
}

static bool read_until_whole(struct gathering *g)
{
	struct process *p = g->p;
	enum outcome outcome = AGAIN;
	struct stat_line s;

	for (unsigned int try = 1; outcome == AGAIN && try <= MOST_TRIES; try++) {
		pause_before(try);
		if (!look_at(g, &s))
			return false;
		outcome = read_memory(g, &s, try);
	}
	if (outcome != AGAIN)
		return outcome == DONE;
	if (!p->n_vmas)
		return gather_fail(g, "process %" PRIu64 " (%s) has no mappings: it is about to end, or to begin",
				   p->pid, p->comm);
	if (!p->bits)
		return gather_fail(g, "%s/auxv has no page size of %" PRIu64 ": the word size of process %" PRIu64 " is not known",
				   g->dir, p->page_size, p->pid);
	return fail_restless(g);
}

/* --- Its kernel ----------------------------------------------------------------------- */

static bool read_kernel(struct gathering *g)
{
	struct machine *m = machine_new(g->sysroot, NULL);
	const char *release = machine_measured(m, "release");
	const char *order = machine_measured(m, "byte_order");
	struct process *p = g->p;
	uint64_t word_bits = 0;

	p->arch = machine_arch(m);
	p->arch = p->arch ? p->arch : "unknown";
	p->release = release ? pool_copy(&p->pool, release, strlen(release)) : NULL;
	p->big_endian = order && strcmp(order, "big") == 0;
	p->page_size = machine_page_size(m);
	machine_measured_number(m, "word_bits", &word_bits);
	p->kernel_bits = !strcmp(p->arch, "i386") || !strcmp(p->arch, "arm") ? 32 :
			 strcmp(p->arch, "unknown") ? 64 : (unsigned int)word_bits;
	if (word_bits == p->kernel_bits)
		machine_measured_number(m, "mmap_highest", &p->mmap_highest);
	machine_free(m);
	if (release && p->page_size && (p->kernel_bits == 32 || p->kernel_bits == 64))
		return true;
	return gather_fail(g, "%s%s says neither the kernel's release nor its page size",
			   g->sysroot ? g->sysroot : "", MACHINE_MEASURED);
}

/* The kernel keeps so many pages free below what grows down; mm/mmap.c, from 4.12 on. */
static void read_stack_gap(struct gathering *g)
{
	char *cmdline = sysroot_cmdline(g->sysroot);
	uint64_t pages = 256;

	if (cmdline)
		cmdline_size(cmdline, "stack_guard_gap=", &pages);
	g->p->stack_gap = cmdline ? pages * g->p->page_size : 0;
	free(cmdline);
}

/* --- All of it -------------------------------------------------------------------------- */

static bool runs_as_read(const struct process *p, const struct stat_line *now)
{
	return now->start_code == p->start_code && now->start_stack == p->start_stack &&
	       now->start_brk == p->start_brk;
}

/* The memory, and what can be told of it only as long as the process has it. */
static enum outcome read_all(struct gathering *g)
{
	struct process *p = g->p;
	struct stat_line now;

	if (!read_until_whole(g))
		return FAILED;
	paths_resolve(g);
	images_find(g);
	guards_find(g);
	tasks_read(g);
	if (!stat_read(&p->pool, g->sysroot, g->dir, &now) || has_exited(&now) || !p->n_threads)
		return AGAIN;
	return now.start_time == p->start_time && runs_as_read(p, &now) ? DONE : AGAIN;
}

/* What has ended by then says so when it is looked at again. */
static bool gather(struct gathering *g)
{
	enum outcome outcome = AGAIN;

	if (!read_kernel(g) || !look_at(g, &(struct stat_line){ 0 }) || !read_status(g))
		return false;
	read_stack_gap(g);
	for (unsigned int try = 0; outcome == AGAIN && try < MOST_TRIES; try++)
		outcome = read_all(g);
	return outcome == AGAIN ? fail_restless(g) : outcome == DONE;
}

struct process *process_gather(const char *sysroot, uint64_t pid, char **why)
{
	struct gathering g = { .p = zalloc_array(1, sizeof(*g.p)), .sysroot = sysroot };

	g.p->pid = pid;
	if (gather(&g)) {
		free(g.why);
		return g.p;
	}
	process_free(g.p);
	*why = g.why;
	return NULL;
}

const char *process_dir(const struct process *p, struct pool *pool)
{
	return p->read_by ? pool_printf(pool, "/proc/%" PRIu64 "/task/%" PRIu64, p->pid, p->read_by) :
			    pool_printf(pool, "/proc/%" PRIu64, p->pid);
}

enum process_now process_now(const struct process *p, const char *sysroot)
{
	struct pool pool = { 0 };
	struct stat_line now;
	bool is_there = stat_read(&pool, sysroot, process_dir(p, &pool), &now) &&
			now.start_time == p->start_time;

	pool_free(&pool);
	/* Other threads than the one that was asked may be left. */
	if (!is_there || (has_exited(&now) && now.threads <= 1))
		return p->read_by ? NOW_CHANGED : NOW_ENDED;
	return !has_exited(&now) && runs_as_read(p, &now) ? NOW_SAME : NOW_CHANGED;
}
