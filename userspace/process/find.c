// SPDX-License-Identifier: GPL-2.0-only
/* find.c - the number of a process, by its name or as this program's own; see process.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysroot.h"
#include "base/text.h"
#include "base/util.h"
#include "internal.h"

uint64_t process_self(const char *sysroot, char **why)
{
	struct pool pool = { 0 };
	struct stat_line s;
	bool found = stat_read(&pool, sysroot, "/proc/self", &s);

	pool_free(&pool);
	if (found)
		return s.pid;
	*why = text_printf("%s/proc does not show kvas itself: it is that of another PID namespace, or no /proc at all",
			   sysroot ? sysroot : "");
	return 0;
}

uint64_t process_named(const char *sysroot, const char *comm, char **why)
{
	DIR *proc = sysroot_opendir(sysroot, "/proc");
	struct pool pool = { 0 };
	uint64_t pid, found = 0, other = 0;
	struct dirent *e;

	while (proc && !other && (e = readdir(proc))) {
		const char *name = e->d_name;
		char *dir = text_printf("/proc/%s", name);
		struct stat_line s;

		if (scan_number(&name, 10, &pid) && !*name &&
		    stat_read(&pool, sysroot, dir, &s) && strcmp(s.comm, comm) == 0) {
			other = found;
			found = pid;
		}
		free(dir);
	}
	if (!proc)
		*why = text_printf("%s/proc cannot be read: %s", sysroot ? sysroot : "",
				   strerror(errno));
	else if (!found)
		*why = text_printf("there is no process named '%s': expected the number or the name of a process, self, or a file that 'kvas save -p' wrote",
				   comm);
	else if (other)
		*why = text_printf("more than one process is named '%s': give the number of one, such as %" PRIu64 " or %" PRIu64,
				   comm, other < found ? other : found,
				   other < found ? found : other);
	if (proc)
		closedir(proc);
	pool_free(&pool);
	return other ? 0 : found;
}
