// SPDX-License-Identifier: GPL-2.0-only
/* forms.c - the words around the addresses in an oops, of all architectures; see forms.h */
#include <ctype.h>
#include <string.h>

#include "base/util.h"
#include "forms.h"

/* --- Names ----------------------------------------------------------------------- */

/*
 * The words before a value, as arch/ARCH/kernel/{process,traps,dumpstack}.c print them.
 * "x#" is x0, x1 and so on.  What is in no row is no address: flags, page tables,
 * error codes.
 */
static const struct {
	const char *name;
	enum trace_role role;
} labels[] = {
	/* x86 */
	{ "RIP", TRACE_CODE }, { "EIP", TRACE_CODE }, { "RSP", TRACE_STACK },
	{ "ESP", TRACE_STACK }, { "RAX", TRACE_DATA }, { "RBX", TRACE_DATA },
	{ "RCX", TRACE_DATA }, { "RDX", TRACE_DATA }, { "RSI", TRACE_DATA },
	{ "RDI", TRACE_DATA }, { "RBP", TRACE_DATA }, { "R#", TRACE_DATA },
	{ "EAX", TRACE_DATA }, { "EBX", TRACE_DATA }, { "ECX", TRACE_DATA },
	{ "EDX", TRACE_DATA }, { "ESI", TRACE_DATA }, { "EDI", TRACE_DATA },
	{ "EBP", TRACE_DATA }, { "GS", TRACE_DATA }, { "CR2", TRACE_DATA },
	/* arm, arm64, riscv, loongarch */
	{ "pc", TRACE_CODE }, { "PC", TRACE_CODE }, { "lr", TRACE_CODE },
	{ "LR", TRACE_CODE }, { "sp", TRACE_STACK }, { "fp", TRACE_DATA },
	{ "ip", TRACE_DATA }, { "r#", TRACE_DATA }, { "x#", TRACE_DATA },
	{ "epc", TRACE_CODE }, { "ra", TRACE_CODE }, { "gp", TRACE_DATA },
	{ "tp", TRACE_DATA }, { "t#", TRACE_DATA }, { "s#", TRACE_DATA },
	{ "a#", TRACE_DATA }, { "u#", TRACE_DATA }, { "badaddr", TRACE_FAULT },
	{ "era", TRACE_CODE }, { "ERA", TRACE_CODE }, { "BADV", TRACE_FAULT },
	/* powerpc, s390, mips.  CTR holds the target of a call, or counts a loop. */
	{ "NIP", TRACE_CODE }, { "CTR", TRACE_DATA }, { "CFAR", TRACE_CODE },
	{ "DAR", TRACE_FAULT }, { "REGS", TRACE_STACK }, { "GPR#", TRACE_DATA },
	{ "PSW", TRACE_CODE }, { "GPRS", TRACE_DATA }, { "$", TRACE_DATA },
	{ "BadVA", TRACE_FAULT },
};

static bool is_label(const char *name, const char *word, size_t length)
{
	size_t n = strlen(name);

	if (name[n - 1] != '#')
		return n == length && memcmp(name, word, n) == 0;
	return length >= n && length <= n + 1 && memcmp(name, word, n - 1) == 0 &&
	       isdigit((unsigned char)word[n - 1]) &&
	       (length == n || isdigit((unsigned char)word[n]));
}

bool trace_role_of(const char *word, size_t length, enum trace_role *role)
{
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (!is_label(labels[i].name, word, length))
			continue;
		*role = labels[i].role;
		return true;
	}
	return false;
}

/* Lines that name the address of the access. */
static const char *const fault_lines[] = {
	"nable to handle", "Unhandled fault", "Unhandled prefetch abort", "NULL pointer",
	"Failing address", "general protection fault", "guard page was hit", "of size ",
	"page fault for address", "kernel paging request", "Kernel data access",
	"kernel data access", "memory-access in range", "in range [",
};

bool trace_line_is_access(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(fault_lines); i++)
		if (strstr(line, fault_lines[i]))
			return true;
	return false;
}

bool trace_line_is_passed_over(const char *line)
{
	static const char *const starts[] = {
		"Code:", "Krnl Code:", "User Code:", "PGD ", "Hardware name:", "AS:", "pstate:",
		"Control:", "Register r", "Process ", "user pgtable:", "swapper pgtable:", "*pde",
		"*pdpt", "Mem abort info", "Data abort info", "Instruction dump:", "DR0:", "DR3:",
		"Insn:", "ORIG_RAX:",
	};

	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	/* "[00000010] *pgd=00000000", "[0000000000000010] pgd=0800000041f12003, ..." */
	return line[0] == '[' && isxdigit((unsigned char)line[1]) && strstr(line, "pgd=");
}

/* --- The prefix of a log ------------------------------------------------------------ */

/* "[   12.345678]", "[  T123]", "[    C0]", and both in one: "[ 12.345678][ T1]". */
static const char *skip_stamp(const char *p)
{
	const char *q = p;

	if (*q++ != '[')
		return p;
	q += strspn(q, " ");
	if (*q == 'T' || *q == 'C')
		q++;
	else if (!strchr(q, '.') || strchr(q, '.') > q + 12)
		return p;
	if (!isdigit((unsigned char)*q))
		return p;
	q += strspn(q, "0123456789.");
	return *q == ']' ? q + 1 : p;
}

const char *trace_skip_prefix(const char *line)
{
	const char *p = line, *found, *before;

	while (*p == '>' && (p[1] == ' ' || p[1] == '>'))
		p++;
	found = strstr(p, " kernel: ");
	if (found && strchr(p, ':') < found && found - p < 80)
		p = found + strlen(" kernel: ");
	do {
		before = p;
		found = p + strspn(p, " ");
		if (found[0] == '<' && isdigit((unsigned char)found[1]) && found[2] == '>')
			p = found + 3;
		found = p + strspn(p, " ");
		if (skip_stamp(found) != found) {
			p = skip_stamp(found);
			p += *p == ' ';
		}
	} while (p != before);
	return p;
}
