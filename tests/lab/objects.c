// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process with known objects in every part of its address space.
 *
 *   objects DIRECTORY      has all of them; makes its files in DIRECTORY
 *   objects --bare         has those of its files and no others, and uses no heap
 *   objects --fixed ...    the same without ASLR
 *
 * It prints where each object is, and sleeps until it is killed:
 *
 *   object NAME ADDRESS SIZE     the bytes are mapped, but for PROT_NONE
 *   absent NAME WHY              this machine cannot have it
 *   thread NAME TID ADDRESS      a thread, and a variable of the function in which it sleeps
 *   limit ADDRESS                the lowest at which mmap() can map nothing
 *   ready PID
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "objects.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102	/* Linux 6.13 */
#endif

#define LIFETIME	600	/* seconds; whoever looks at us may hang */
#define DEPTH		64
#define FRAME		(32 << 10)

static const char rodata[256] = "rodata";
static const char *const relro[] = { rodata };
static char data[256] = "data";
static char bss[3 << 20];	/* begins where data end, in the same page */

/* Without stdio's buffer, which would be the first use of the heap. */
static void print(const char *format, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	const int length = vsnprintf(line, sizeof(line), format, arguments);

	va_end(arguments);
	if (write(STDOUT_FILENO, line, length) != length)
		_exit(1);
}

void show(const char *name, const void *object, size_t size)
{
	print("object %s 0x%lx 0x%lx\n", name, (unsigned long)object, (unsigned long)size);
}

static void absent(const char *name)
{
	print("absent %s %s\n", name, strerror(errno));
}

static void fail(const char *what)
{
	print("failed %s: %s\n", what, strerror(errno));
	_exit(1);
}

static size_t page(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* --- what the program's own files hold ----------------------------------------------- */

__attribute__((noinline)) static int text(int x)
{
	return library_text(x) + 1;
}

static void show_program(void)
{
	show("text", (const void *)text, 4);
	show("rodata", rodata, sizeof(rodata));
	show("relro", relro, sizeof(relro));
	show("data", data, sizeof(data));
	show("bss", bss, sizeof(bss));
	bss[sizeof(bss) / 2] = (char)text(relro[0][0]);
	show_library();

	const void *const vdso = (const void *)getauxval(AT_SYSINFO_EHDR);

	if (vdso)
		show("vdso", vdso, 64);
	else
		print("absent vdso no AT_SYSINFO_EHDR\n");
}

/* A child looks for it, as some kernels give us more levels of page tables on the way. */
static void show_limit(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
	uintptr_t low = 0, high = UINTPTR_MAX / page();
	const pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	while (high - low > 1) {
		const uintptr_t middle = low + (high - low) / 2;
		void *const at = mmap((void *)(middle * page()), page(), PROT_NONE, flags, -1, 0);

		if (at == MAP_FAILED && errno != EEXIST) {
			high = middle;
			continue;
		}
		low = middle;
		if (at != MAP_FAILED)
			munmap(at, page());
	}
	print("limit 0x%lx\n", (unsigned long)(high * page()));
	_exit(0);
}

/* --- the heap and mappings ----------------------------------------------------------- */

/* Map pages, and use the first of them if they can be written. */
static void *map(const char *name, void *hint, size_t size, int protection, int flags, int fd,
		 off_t offset)
{
	char *const at = mmap(hint, size, protection, flags, fd, offset);

	if (at == MAP_FAILED) {
		absent(name);
		return NULL;
	}
	if (protection & PROT_WRITE)
		at[0] = 1;
	else if (protection & PROT_READ)
		*(volatile char *)at;
	show(name, at, size);
	return at;
}

#define PRIVATE	(MAP_PRIVATE | MAP_ANONYMOUS)

static void use_heap(void)
{
	char *const small = malloc(1000), *large;

	if (!small)
		fail("malloc");
	memset(small, 1, 1000);
	show("heap_malloc", small, 1000);
	large = sbrk(10 * page());
	if (large == (void *)-1)
		fail("sbrk");
	large[3 * page()] = 1;
	show("heap_sbrk", large, 10 * page());
}

static void reserve(void)
{
	const int shifts[] = { 42, 40, 37, 28 };	/* 4 TiB are more than sv39 has */
	void *at;

	for (size_t i = 0; i < sizeof(shifts) / sizeof(*shifts); i++) {
		const size_t size = (size_t)1 << (shifts[i] % (sizeof(size) * CHAR_BIT));

		if (size >> 28 == 0)
			continue;
		at = mmap(NULL, size, PROT_NONE, PRIVATE | MAP_NORESERVE, -1, 0);
		if (at != MAP_FAILED) {
			show("reserved", at, size);
			return;
		}
	}
	absent("reserved");
}

/* Above the addresses that mmap() gives to programs that do not ask for them. */
static void map_high(void)
{
#if UINTPTR_MAX > UINT32_MAX
	const int bits[] = { 55, 51, 50 };
	void *at = MAP_FAILED;

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		at = mmap((void *)(1UL << bits[i]), page(), PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
		if (at != MAP_FAILED && (uintptr_t)at >> 47)
			break;
		if (at != MAP_FAILED)
			munmap(at, page());
	}
	if (at == MAP_FAILED || !((uintptr_t)at >> 47)) {
		print("absent high no address above 47 bits is given\n");
		return;
	}
	*(char *)at = 1;
	show("high", at, page());
#else
	print("absent high a machine of 32 bits\n");
#endif
}

/* At its own size: Linux 7.2 on arm chooses another address, and dies when it is unmapped. */
static void map_hugetlb(size_t size)
{
	char *const at = mmap(NULL, 2 * size, PROT_NONE, PRIVATE, -1, 0);
	char *const aligned = (char *)(((uintptr_t)at + size - 1) / size * size);

	if (at == MAP_FAILED || munmap(at, 2 * size))
		fail("munmap");
	map("hugetlb", aligned, size, PROT_READ | PROT_WRITE, PRIVATE | MAP_HUGETLB | MAP_FIXED,
	    -1, 0);
}

static void map_huge(void)
{
	size_t size = 2 << 20;
	FILE *const f = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "re");
	char *at;

	if (f) {
		unsigned long told;

		if (fscanf(f, "%lu", &told) == 1)
			size = told;
		fclose(f);
	}
	/* At least one page begins at its own size. */
	at = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	if (at == MAP_FAILED || madvise(at, 2 * size, MADV_HUGEPAGE)) {
		absent("transparent_huge");
	} else {
		show("transparent_huge", at, 2 * size);
		at[size] = 1;
	}
	map_hugetlb(size);
}

static void map_guarded(void)
{
	char *const at = mmap(NULL, 8 * page(), PROT_READ | PROT_WRITE, PRIVATE, -1, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	memset(at, 1, 8 * page());
	if (madvise(at + 2 * page(), 2 * page(), MADV_GUARD_INSTALL))
		absent("guarded");
	else
		show("guarded", at, 8 * page());
}

static void map_anonymous(void)
{
	map("anonymous", NULL, 5 * page(), PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	map("executable", NULL, page(), PROT_READ | PROT_WRITE | PROT_EXEC, PRIVATE, -1, 0);
	map("shared_anonymous", NULL, 3 * page(), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	reserve();
	map_high();
	map_huge();
	map_guarded();
}

static void map_segment(void)
{
	const int id = shmget(IPC_PRIVATE, 2 * page(), IPC_CREAT | 0600);
	char *const at = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

	if (at == (void *)-1) {
		absent("system_v");
		return;
	}
	shmctl(id, IPC_RMID, NULL);	/* it goes with us */
	at[0] = 1;
	show("system_v", at, 2 * page());
}

static int make(const char *path)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, 4 * page()))
		fail(path);
	return fd;
}

static void map_files(const char *directory)
{
	if (chdir(directory))
		fail(directory);

	const int memory = memfd_create("a name", MFD_CLOEXEC), file = make("file"),
		  odd = make("odd \\ \\012\nname"), live = make("live (deleted)"), gone = make("gone");

	if (memory < 0 || ftruncate(memory, 2 * page()))
		fail("memfd_create");
	map("memfd", NULL, 2 * page(), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	map("file_first", NULL, 2 * page(), PROT_READ, MAP_SHARED, file, 0);
	map("file_second", NULL, 3 * page(), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, page());
	map("file_odd", NULL, page(), PROT_READ, MAP_PRIVATE, odd, 0);
	map("file_live", NULL, page(), PROT_READ, MAP_PRIVATE, live, 0);
	map("file_gone", NULL, page(), PROT_READ, MAP_PRIVATE, gone, 0);
	unlink("gone");
}

/* --- stacks -------------------------------------------------------------------------- */

static pthread_barrier_t asleep;

static void show_thread(const char *name, const void *local)
{
	print("thread %s %ld 0x%lx\n", name, (long)syscall(SYS_gettid), (unsigned long)local);
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void *sleep_in_thread(void *name)
{
	char local[16] = "";

	show_thread(name, local);
	pthread_barrier_wait(&asleep);
	sleep_for_ever();
	return local[0] ? NULL : name;
}

static void sleep_in_handler(int signal)
{
	char local[16] = "";

	show_thread("alternate", local);
	pthread_barrier_wait(&asleep);
	while (!local[0] || signal)
		pause();
}

static void *sleep_on_alternate_stack(void *stack)
{
	const stack_t alternate = { .ss_sp = stack, .ss_size = 64 << 10 };
	const struct sigaction action = { .sa_handler = sleep_in_handler, .sa_flags = SA_ONSTACK };
	char local[16] = "";

	if (sigaltstack(&alternate, NULL) || sigaction(SIGUSR1, &action, NULL))
		fail("sigaltstack");
	show("left_stack", local, sizeof(local));
	raise(SIGUSR1);
	return NULL;
}

static void start_threads(void)
{
	pthread_attr_t given;
	pthread_t thread;
	char *const own = mmap(NULL, 256 << 10, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	char *const alternate = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);

	if (own == MAP_FAILED || alternate == MAP_FAILED)
		fail("mmap");
	/* Else the kernel might make one mapping of them and a neighbour. */
	madvise(own, 256 << 10, MADV_DONTFORK);
	madvise(alternate, 64 << 10, MADV_DONTDUMP);
	show("given_stack", own, 256 << 10);
	show("alternate_stack", alternate, 64 << 10);
	pthread_barrier_init(&asleep, NULL, 5);
	pthread_attr_init(&given);
	pthread_attr_setstack(&given, own, 256 << 10);
	if (pthread_create(&thread, NULL, sleep_in_thread, "first") ||
	    pthread_create(&thread, NULL, sleep_in_thread, "second") ||
	    pthread_create(&thread, &given, sleep_in_thread, "given") ||
	    pthread_create(&thread, NULL, sleep_on_alternate_stack, alternate))
		fail("pthread_create");
	pthread_barrier_wait(&asleep);
}

/* So that the stack's mapping is larger than what is in use. */
__attribute__((noinline)) static size_t grow_stack(int depth)
{
	volatile char frame[FRAME];

	frame[0] = (char)depth;
	frame[FRAME - 1] = 1;
	if (!depth) {
		show("stack_grown", (const void *)frame, FRAME);
		return 0;
	}
	return grow_stack(depth - 1) + frame[FRAME - 1];
}

int main(int argc, char **argv)
{
	char local[16] = "";

	alarm(LIFETIME);
	if (argc > 2 && !strcmp(argv[1], "--fixed")) {
		if (personality(ADDR_NO_RANDOMIZE) < 0)
			fail("personality");
		execv("/proc/self/exe", argv + 1);
		fail("exec");
	}
	if (argc != 2) {
		print("usage: objects [--fixed] DIRECTORY|--bare\n");
		return 2;
	}
	show_program();
	show_limit();
	show("stack_arguments", argv[0], strlen(argv[0]));
	if (strcmp(argv[1], "--bare")) {
		use_heap();
		map_anonymous();
		map_segment();
		map_files(argv[1]);
		print("depth %zu\n", grow_stack(DEPTH));
		start_threads();
	}
	show_thread("main", local);
	print("ready %ld\n", (long)getpid());
	sleep_for_ever();
	return local[0];
}
