// SPDX-License-Identifier: GPL-2.0-only
/* procmap.c - see procmap.h */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/util.h"
#include "procmap.h"

/* As include/uapi/linux/fs.h has them since 6.11; headers may be older than the kernel. */
struct query {
	uint64_t size, flags, addr;
	uint64_t start, end;		/* the answer begins here; end is exclusive */
	uint64_t rights, page_size, offset, inode;
	uint32_t major, minor, name_size, build_id_size;
	uint64_t name, build_id;
};

_Static_assert(sizeof(struct query) == 104, "the kernel's struct procmap_query has 104 bytes");

enum { READABLE = 1, WRITABLE = 2, EXECUTABLE = 4, SHARED = 8 };

#define ASK	_IOWR('f', 17, struct query)

static enum procmap_answer answer_of(int error)
{
	switch (error) {
	case ENOENT:
		return PROCMAP_HOLE;
	case ESRCH:
		return PROCMAP_ENDED;
	default:
		return PROCMAP_UNKNOWN;
	}
}

enum procmap_answer procmap_ask(const char *dir, uint64_t addr, struct procmap *map)
{
	struct query q = { .size = sizeof(q), .addr = addr };
	char *path = text_printf("%s/maps", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;

	free(path);
	if (fd < 0)
		return errno == ENOENT ? PROCMAP_ENDED : answer_of(errno);
	error = ioctl(fd, ASK, &q) ? errno : 0;
	close(fd);
	if (error)
		return answer_of(error);
	*map = (struct procmap){
		.start = q.start, .end = q.end - 1,
		.readable = q.rights & READABLE, .writable = q.rights & WRITABLE,
		.executable = q.rights & EXECUTABLE, .shared = q.rights & SHARED,
		.offset = q.offset, .major = q.major, .minor = q.minor, .inode = q.inode,
	};
	return PROCMAP_MAPPED;
}
