// SPDX-License-Identifier: GPL-2.0-only
/*
 * refusal.c - why there is no layout to read, and the command that helps.
 *
 * Everything is looked up below the sysroot, as the file itself was, except
 * what this process may do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "load.h"

#define DEBUGFS_PLACE	"/sys/kernel/debug"

enum {
	SMALL_FILE = 1 << 16,
	LARGE_FILE = 16 << 20,
	CAP_SYS_RAWIO_BIT = 17,	/* include/uapi/linux/capability.h */
	CAP_SYS_PTRACE_BIT = 19,
	CAP_SYSLOG_BIT = 34,
};

/* --- Reading ----------------------------------------------------------------- */

/* NULL if it cannot be read; to be freed. */
static char *read_file(const char *sysroot, const char *path, size_t limit)
{
	size_t size;

	return sysroot_slurp(sysroot, path, limit, &size);
}

/* Does the file's text contain this?  False where there is no file. */
static bool file_has(const char *sysroot, const char *path, const char *piece)
{
	char *text = read_file(sysroot, path, SMALL_FILE);
	bool found = text && strstr(text, piece);

	free(text);
	return found;
}

static bool exists(const char *sysroot, const char *path)
{
	int fd = sysroot_open(sysroot, path);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void read_release(struct refusal *r, const char *sysroot)
{
	char *text = read_file(sysroot, "/proc/sys/kernel/osrelease", SMALL_FILE);
	struct utsname name;

	r->is_machine = text || !sysroot;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	else if (!sysroot && uname(&name) == 0)
		text = text_printf("%s", name.release);
	r->release = text ? text : text_printf("this kernel");
}

/* Lines are "DEVICE PLACE TYPE OPTIONS 0 0". */
static void find_debugfs(struct refusal *r, const char *sysroot)
{
	char *mounts = read_file(sysroot, "/proc/mounts", LARGE_FILE);
	char *types = read_file(sysroot, "/proc/filesystems", SMALL_FILE);

	r->debugfs = mounts ? DEBUGFS_NOT_MOUNTED : DEBUGFS_UNKNOWN;
	if (types && !strstr(types, "\tdebugfs\n"))
		r->debugfs = DEBUGFS_MISSING;
	for (const char *line = mounts; line; line = next_line(line)) {
		const char *rest = line, *place, *type;
		size_t length, n;

		if (!next_word(&rest, &n) || !(place = next_word(&rest, &length)) ||
		    !(type = next_word(&rest, &n)) || n != strlen("debugfs") ||
		    strncmp(type, "debugfs", n) != 0)
			continue;
		r->debugfs = DEBUGFS_ELSEWHERE;
		free(r->debugfs_place);
		r->debugfs_place = text_printf("%.*s", (int)length, place);
		if (strcmp(r->debugfs_place, DEBUGFS_PLACE) == 0) {
			r->debugfs = DEBUGFS_MOUNTED;
			break;
		}
	}
	free(mounts);
	free(types);
}

static void find_loaded(struct refusal *r, const char *sysroot)
{
	char *modules = read_file(sysroot, "/proc/modules", LARGE_FILE);

	r->takes_modules = modules != NULL;
	for (const char *line = modules; line && !r->loaded; line = next_line(line))
		r->loaded = strncmp(line, "kvas ", strlen("kvas ")) == 0;
	free(modules);
	r->modules_disabled = file_has(sysroot, "/proc/sys/kernel/modules_disabled", "1");
}

/* The last bytes of a module that sign-file has signed (scripts/sign-file.c). */
static bool is_signed(const char *sysroot, const char *path)
{
	static const char mark[] = "~Module signature appended~\n";
	size_t length = strlen(mark), size;
	char *text = sysroot_slurp(sysroot, path, LARGE_FILE, &size);
	bool found = text && size > length && !memcmp(text + size - length, mark, length);

	free(text);
	return found;
}

/* Where depmod, or else a look at the usual places, finds the module; or NULL. */
static char *find_module(const char *sysroot, const char *release, bool *listed)
{
	static const char *const names[] = {
		"updates/kvas.ko", "updates/dkms/kvas.ko", "extra/kvas.ko",
	};
	static const char *const endings[] = { "", ".xz", ".zst", ".gz" };
	char *path = text_printf("/lib/modules/%s/modules.dep", release);
	char *list = read_file(sysroot, path, LARGE_FILE);

	free(path);
	*listed = false;
	for (size_t i = 0; i < ARRAY_SIZE(names) * ARRAY_SIZE(endings); i++) {
		char *name = text_printf("%s%s", names[i / ARRAY_SIZE(endings)],
					 endings[i % ARRAY_SIZE(endings)]);
		char *entry = text_printf("%s:", name);

		path = text_printf("/lib/modules/%s/%s", release, name);
		for (const char *line = list; line && !*listed; line = next_line(line))
			*listed = strncmp(line, entry, strlen(entry)) == 0;
		free(name);
		free(entry);
		if (exists(sysroot, path)) {
			free(list);
			return path;
		}
		free(path);
	}
	free(list);
	return NULL;
}

/* A release other than the running one that has the module, or NULL. */
static char *find_other_release(const char *sysroot, const char *release)
{
	DIR *dir = sysroot_opendir(sysroot, "/lib/modules");
	char *found = NULL;
	struct dirent *entry;

	while (dir && !found && (entry = readdir(dir))) {
		bool listed;
		char *module;

		if (*entry->d_name == '.' || strcmp(entry->d_name, release) == 0)
			continue;
		module = find_module(sysroot, entry->d_name, &listed);
		if (module)
			found = text_printf("%s", entry->d_name);
		free(module);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool has_dkms_source(const char *sysroot)
{
	DIR *dir = sysroot_opendir(sysroot, "/usr/src");
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = strncmp(entry->d_name, "kvas-", strlen("kvas-")) == 0;
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Below a sysroot the link to the headers is not followed: where they are not
 * there it leads nowhere, which ends the program.
 */
static bool has_headers(const char *sysroot, const char *release)
{
	char *path = text_printf("/lib/modules/%s%s", release, sysroot ? "" : "/build/Makefile");
	DIR *dir = sysroot ? sysroot_opendir(sysroot, path) : NULL;
	struct stat st;
	bool found = dir ? fstatat(dirfd(dir), "build", &st, AT_SYMLINK_NOFOLLOW) == 0 :
			   !sysroot && access(path, R_OK) == 0;

	if (dir)
		closedir(dir);
	free(path);
	return found;
}

static void find_built(struct refusal *r, const char *sysroot)
{
	r->module = find_module(sysroot, r->release, &r->module_listed);
	r->module_signed = r->module && is_signed(sysroot, r->module);
	r->module_packed = r->module && !strstr(r->module + strlen(r->module) - 3, ".ko");
	r->other_release = r->module ? NULL : find_other_release(sysroot, r->release);
	r->dkms = has_dkms_source(sysroot);
	r->headers = has_headers(sysroot, r->release);
	r->debian = exists(sysroot, "/etc/debian_version");
}

static void find_policy(struct refusal *r, const char *sysroot)
{
	char *text = read_file(sysroot, "/sys/kernel/security/lockdown", SMALL_FILE);
	char *mode = text ? strchr(text, '[') : NULL;

	/* The mode in force is the one in brackets. */
	if (mode && mode[strcspn(mode, "]")])
		mode[strcspn(mode, "]")] = '\0';
	if (mode && strcmp(mode + 1, "none") != 0)
		r->lockdown = text_printf("%s", mode + 1);
	free(text);
	r->signatures_enforced = file_has(sysroot, "/sys/module/module/parameters/sig_enforce", "Y");
	text = read_file(sysroot, "/proc/sys/kernel/kptr_restrict", SMALL_FILE);
	r->kptr_restrict = text && *text ? atoi(text) : -1;
	free(text);
}

/* Of this process, whatever is looked at. */
static void find_rights(struct refusal *r)
{
	char *status = read_file(NULL, "/proc/self/status", SMALL_FILE);
	const char *line = status ? strstr(status, "\nCapEff:") : NULL;
	uint64_t caps = line ? strtoull(line + strlen("\nCapEff:"), NULL, 16) : UINT64_MAX;

	r->superuser = geteuid() == 0;
	r->has_syslog = caps >> CAP_SYSLOG_BIT & 1;
	r->has_ptrace = caps >> CAP_SYS_PTRACE_BIT & 1;
	r->has_rawio = caps >> CAP_SYS_RAWIO_BIT & 1;
	free(status);
	/* The first user namespace maps all users to themselves. */
	r->in_user_namespace = exists(NULL, "/proc/self/uid_map") &&
			       !file_has(NULL, "/proc/self/uid_map", " 4294967295");
}

void refusal_investigate(struct refusal *r, const char *sysroot, int error)
{
	*r = (struct refusal) { .error = error };
	read_release(r, sysroot);
	find_debugfs(r, sysroot);
	find_loaded(r, sysroot);
	find_built(r, sysroot);
	find_policy(r, sysroot);
	find_rights(r);
}

void refusal_free(struct refusal *r)
{
	free(r->release);
	free(r->debugfs_place);
	free(r->module);
	free(r->other_release);
	free(r->lockdown);
}

/* --- Saying ------------------------------------------------------------------ */

static char *unbuilt_advice(const struct refusal *r, const char *sudo)
{
	char *advice, *why = r->other_release ?
		text_printf("the module kvas is built for Linux %s, and not for %s, which is running",
			    r->other_release, r->release) :
		text_printf("the module kvas is not loaded, and not installed for Linux %s", r->release);

	if (!r->headers && r->debian)
		advice = text_printf("%s; to build it, get the kernel's headers first: '%sapt-get install linux-headers-%s'",
				     why, sudo, r->release);
	else if (!r->headers)
		advice = text_printf("%s; to build it, install the kernel's headers first (/lib/modules/%s/build), then 'make load' in the sources of kvas",
				     why, r->release);
	else if (r->dkms)
		advice = text_printf("%s: build it with '%sdkms autoinstall -k %s'", why, sudo, r->release);
	else
		advice = text_printf("%s: build and load it with 'make load' in the sources of kvas", why);
	free(why);
	return advice;
}

static char *unsigned_advice(const struct refusal *r, const char *sudo)
{
	char *advice, *who = r->lockdown ?
		text_printf("the kernel is locked down (%s, usually by Secure Boot)", r->lockdown) :
		text_printf("the kernel enforces signatures (module.sig_enforce)");

	if (r->module_signed || r->module_packed)
		advice = text_printf("the module kvas is not loaded, and %s: '%smodprobe kvas' works only if the module is signed with a key that the kernel knows; DKMS signs with a key that '%smokutil --import /var/lib/dkms/mok.pub' and a reboot make known",
				     who, sudo, sudo);
	else
		advice = text_printf("the module kvas is not loaded, and %s, so it refuses a module without a signature: sign it with '%s/lib/modules/%s/build/scripts/sign-file sha256 KEY CERT %s'; kvas(1) says how to get a key",
				     who, sudo, r->release, r->module);
	free(who);
	return advice;
}

static char *unloaded_advice(const struct refusal *r, const char *sudo)
{
	if (!r->takes_modules)
		return text_printf("Linux %s takes no modules (CONFIG_MODULES is not set), and kvas needs its own", r->release);
	if (r->modules_disabled)
		return text_printf("the module kvas is not loaded, and kernel.modules_disabled=1 forbids to load any until the next boot: reboot, then '%smodprobe kvas'",
				   sudo);
	if (!r->module)
		return unbuilt_advice(r, sudo);
	if (r->lockdown || r->signatures_enforced)
		return unsigned_advice(r, sudo);
	return text_printf("the module kvas is not loaded: load it with '%s%smodprobe kvas'",
			   sudo, r->module_listed ? "" : *sudo ? "depmod && sudo " : "depmod && ");
}

static char *missing_advice(const struct refusal *r, const char *sudo)
{
	if (r->debugfs == DEBUGFS_MISSING)
		return text_printf("Linux %s has no debugfs, in which kvas publishes the layout: CONFIG_DEBUG_FS is not set, or a boot parameter debugfs= switches it off",
				   r->release);
	if (!r->loaded)
		return unloaded_advice(r, sudo);
	if (r->debugfs == DEBUGFS_ELSEWHERE)
		return text_printf("debugfs is mounted at %s: read the file there, with '%skvas -f %s/kvas'",
				   r->debugfs_place, sudo, r->debugfs_place);
	if (r->debugfs == DEBUGFS_NOT_MOUNTED)
		return text_printf("debugfs is not mounted: mount it with '%smount -t debugfs none " DEBUGFS_PLACE "'", sudo);
	return text_printf("the module kvas is loaded but has made no file: its reason is in '%sdmesg | grep kvas'", sudo);
}

static char *forbidden_advice(const struct refusal *r, const char *sudo)
{
	/* Whoever may not look into debugfs can still see what is loaded. */
	if (r->takes_modules && !r->loaded)
		return unloaded_advice(r, sudo);
	if (r->kptr_restrict == 2)
		return text_printf("the sysctl kernel.kptr_restrict is 2, which hides the kernel's addresses from everybody: lower it with '%ssysctl kernel.kptr_restrict=1'%s",
				   sudo, r->superuser ? "" : ", then 'sudo kvas'");
	if (!r->superuser)
		return text_printf("only root may read the kernel's addresses: 'sudo kvas'");
	if (!r->has_syslog)
		return text_printf("this process is root, but lacks the capability CAP_SYSLOG, as in most containers: run kvas outside, or give it the capability, as 'docker run --cap-add SYSLOG' does");
	if (r->in_user_namespace)
		return text_printf("this process is root of a user namespace only, and needs CAP_SYSLOG outside it: run kvas as root of the machine");
	return text_printf("the module refuses, although this process has CAP_SYSLOG: it cannot tell what kernel.kptr_restrict is");
}

char *refusal_advice(const struct refusal *r)
{
	const char *sudo = r->superuser ? "" : "sudo ";

	switch (r->error) {
	case ENOENT:
	case ENOTDIR:
		return missing_advice(r, sudo);
	case EPERM:
	case EACCES:
		return forbidden_advice(r, sudo);
	default:
		return text_printf("%s", strerror(r->error));
	}
}

char *refusal_threads_advice(const struct refusal *r)
{
	if (r->has_ptrace && r->has_rawio && r->lockdown)
		return text_printf("the kernel is locked down (%s), and one that is so for confidentiality shows no threads and no page tables",
				   r->lockdown);
	if (r->has_ptrace && r->has_rawio && r->in_user_namespace)
		return text_printf("this process has its capabilities in a user namespace only: run kvas as root of the machine");
	if (r->has_ptrace && r->has_rawio)
		return text_printf("%s", strerror(r->error));
	return text_printf("this process lacks the capability %s, which it takes to see all threads and their page tables: run kvas as root, outside of a container",
			   r->has_ptrace ? "CAP_SYS_RAWIO" : "CAP_SYS_PTRACE");
}
