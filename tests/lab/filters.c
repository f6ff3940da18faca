// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the kernel translate programs for filtering packets, of many sizes, and give
 * them back, until it is killed: their code comes and goes in the kernel's memory.
 *
 *   filters COUNTER		a file with how many there were
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST	4096

int main(int argc, char **argv)
{
	static struct sock_filter code[MOST];
	struct sock_fprog program = { .filter = code };
	unsigned long done = 0;
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (argc != 2 || s < 0)
		return 2;
	for (int n = 0; n < MOST; n++)
		code[n] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, (unsigned int)n);
	for (;;) {
		FILE *f;

		program.len = 1 + rand() % MOST;
		code[program.len - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
		if (setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
			return 1;
		code[program.len - 1] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 1);
		if (++done % 16)
			continue;
		f = fopen(argv[1], "we");
		if (!f || fprintf(f, "%lu\n", done) < 0 || fclose(f))
			return 1;
		usleep(1000);
	}
}
