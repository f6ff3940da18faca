// SPDX-License-Identifier: GPL-2.0-only
/* Symbols and variables that the kernel does not export. */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "symbols.h"

/**
 * kvas_read() - copy kernel memory that may not be there
 * @to:		where to
 * @from:	kernel address, mapped or not
 * @size:	bytes
 *
 * A kernel without an MMU cannot tell what is there: the copy is a plain one.
 *
 * Return: whether all of it was read.
 */
bool kvas_read(void *to, const void *from, size_t size)
{
	return !copy_from_kernel_nofault(to, from, size);
}

/**
 * kvas_why_no_symbols() - why this kernel's symbols may not be found
 *
 * Return: the option that is missing; NULL if none is.
 */
const char * __init kvas_why_no_symbols(void)
{
	if (!IS_ENABLED(CONFIG_KPROBES))
		return "needs KALLSYMS_ALL and KPROBES: CONFIG_KPROBES is not set";
	if (!IS_ENABLED(CONFIG_KALLSYMS_ALL))
		return "needs KALLSYMS_ALL and KPROBES: CONFIG_KALLSYMS_ALL is not set";
	return NULL;
}

#ifdef CONFIG_KALLSYMS
/* Enough for any symbol; static, so that no look-up can fail for lack of memory. */
static char symbol_text[KSYM_SYMBOL_LEN] __initdata;

/**
 * kvas_symbol_at() - the kernel's own symbol that starts at an address
 * @addr:	a kernel address
 *
 * Return: its address and size; absent if none starts there, or a module's does.
 */
struct kvas_symbol __init kvas_symbol_at(unsigned long addr)
{
	struct kvas_symbol found = { .absent = "kallsyms does not confirm its address" };
	unsigned long offset, size;
	const char *plus;

	sprint_symbol(symbol_text, addr);
	plus = strrchr(symbol_text, '+');
	if (!plus || strchr(symbol_text, '[') ||
	    sscanf(plus, "+%lx/%lx", &offset, &size) != 2 || offset)
		return found;
	return (struct kvas_symbol) { .addr = addr, .size = size };
}

/**
 * kvas_is_kernel_symbol() - whether kallsyms gives an address to the kernel
 * @addr:	a kernel address
 *
 * With CONFIG_KALLSYMS_ALL it does so for the whole image, from _stext to _end;
 * without it, for text alone.
 *
 * Return: whether a symbol of the kernel itself covers @addr.
 */
bool __init kvas_is_kernel_symbol(unsigned long addr)
{
	sprint_symbol_no_offset(symbol_text, addr);
	/* An unknown address is printed as a number, a module's with [name]. */
	return strncmp(symbol_text, "0x", 2) && !strchr(symbol_text, '[');
}
#else
struct kvas_symbol __init kvas_symbol_at(unsigned long addr)
{
	return (struct kvas_symbol) { .absent = "CONFIG_KALLSYMS is not set" };
}

bool __init kvas_is_kernel_symbol(unsigned long addr)
{
	return false;
}
#endif

#ifdef CONFIG_KPROBES
static const char * __init why_refused(int error)
{
	const char *why = kvas_why_no_symbols();

	if (error != -ENOENT)
		return "the kernel refuses to look at its address";
	return why ? why : "this kernel has no such symbol";
}

/**
 * kvas_symbol() - look up a symbol that is not exported
 * @name:	a variable or a marker of the kernel
 * @distance:	ask for the byte so far after the symbol
 *
 * register_kprobe() resolves a name before it refuses an address that is not
 * text, and leaves the address in the probe.  The flag keeps the probe from
 * being armed if the address is accepted.  On x86 the kernel reads the word at
 * the symbol that covers the address.  Before the fix for CVE-2024-26946
 * (commit 4e51653d5d87) that read may fault; @distance leads it to a symbol
 * whose memory the caller has read safely.  ppc64 reads the first word, too,
 * and may fault, but only if it is asked for the first byte.
 *
 * Return: the symbol, confirmed by a reverse look-up.
 */
struct kvas_symbol __init kvas_symbol(const char *name, unsigned int distance)
{
	struct kprobe probe = {
		.symbol_name = name,
		.offset = distance,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int error;

	if (IS_ENABLED(CONFIG_PPC64) && !distance) {
		distance = sizeof(u32);
		probe.offset = distance;
	}
	error = register_kprobe(&probe);
	if (!error)
		unregister_kprobe(&probe);
	if (!probe.addr)
		return (struct kvas_symbol) { .absent = why_refused(error) };
	return kvas_symbol_at((unsigned long)probe.addr - distance);
}
#else
struct kvas_symbol __init kvas_symbol(const char *name, unsigned int distance)
{
	return (struct kvas_symbol) { .absent = kvas_why_no_symbols() };
}
#endif

/**
 * kvas_variable() - the value of a variable that is not exported
 * @name:	the variable
 * @value:	where to
 * @size:	of the variable, in bytes
 *
 * kallsyms may know several symbols of one name and gives the first: one that
 * is too small is another one.  The caller must still check the value.
 *
 * Return: NULL, or why there is no value.
 */
const char * __init kvas_variable(const char *name, void *value, size_t size)
{
	struct kvas_symbol symbol = kvas_symbol(name, 0);

	if (symbol.absent)
		return symbol.absent;
	if (symbol.size < size)
		return "the symbol of its name is another one";
	if (!kvas_read(value, (const void *)symbol.addr, size))
		return "its variable cannot be read";
	return NULL;
}

/**
 * kvas_symbols_end() - how far the kernel's symbols reach
 * @in:		an address of theirs, a multiple of @step
 * @out:	an address after them, a multiple of @step
 * @step:	what the end is rounded up to: a power of 2, at least 2
 * @source:	the end, as the kernel spells it
 *
 * Not every end has a symbol that can be looked up.  Ask for a range in which
 * kallsyms counts everything before one address to the kernel, and nothing
 * after it.
 *
 * Return: the last byte of the symbols, or why it is not known.
 */
struct kvas_bound __init kvas_symbols_end(unsigned long in, unsigned long out,
					  unsigned long step, const char *source)
{
	struct kvas_bound end = { .source = source, .route = KVAS_ROUTE_KALLSYMS };

	if (!IS_ENABLED(CONFIG_KALLSYMS)) {
		end.absent = "needs KALLSYMS_ALL: CONFIG_KALLSYMS is not set";
		return end;
	}
	/* One byte further: 5.10 counts an end itself to the kernel. */
	if (!kvas_is_kernel_symbol(in + 1)) {
		end.absent = IS_ENABLED(CONFIG_KALLSYMS_ALL) ?
			"kallsyms does not know the symbols before it" :
			"needs KALLSYMS_ALL: CONFIG_KALLSYMS_ALL is not set";
		return end;
	}
	while (out - in > step) {
		unsigned long middle = (in + (out - in) / 2) & -step;

		if (kvas_is_kernel_symbol(middle + 1))
			in = middle;
		else
			out = middle;
	}
	end.addr = out - 1;
	return end;
}

/**
 * kvas_marker() - a bound that starts at a marker of the linker script
 * @name:	the marker
 *
 * Return: its address, or why it is not known.
 */
struct kvas_bound __init kvas_marker(const char *name)
{
	struct kvas_symbol symbol = kvas_symbol(name, 0);

	return (struct kvas_bound) {
		symbol.addr, name, symbol.absent, KVAS_ROUTE_KPROBE
	};
}

/**
 * kvas_marker_end() - a bound that ends before a marker of the linker script
 * @name:	the marker
 * @source:	the same with " - 1" after it
 *
 * Return: the byte before it, or why it is not known.
 */
struct kvas_bound __init kvas_marker_end(const char *name, const char *source)
{
	struct kvas_symbol symbol = kvas_symbol(name, 0);

	return (struct kvas_bound) {
		symbol.addr - 1, source, symbol.absent, KVAS_ROUTE_KPROBE
	};
}

#if KVAS_HAS_VMCOREINFO
/* The note's text, NUL-terminated; NULL if there is none. */
static const char * __init vmcoreinfo_text(void)
{
	/* Static, so that no look-up can fail for lack of memory. */
	static char text[PAGE_SIZE + 1] __initdata;
	phys_addr_t note = paddr_vmcoreinfo_note();
	struct elf_note_head { u32 namesz, descsz, type; } head;
	char name[12];
	const char *at;

	/* Xen PV gives a machine address, so anything may be at it. */
	at = phys_to_virt(note);
	if (!note || !kvas_read(&head, at, sizeof(head)) ||
	    head.namesz != sizeof("VMCOREINFO") || head.descsz > PAGE_SIZE ||
	    !kvas_read(name, at + sizeof(head), sizeof(name)) ||
	    memcmp(name, "VMCOREINFO", head.namesz))
		return NULL;

	/* The name is padded to a multiple of four. */
	if (!kvas_read(text, at + sizeof(head) + sizeof(name), head.descsz))
		return NULL;
	text[head.descsz] = '\0';
	return text;
}
#else
static const char * __init vmcoreinfo_text(void)
{
	return NULL;
}
#endif

/* The value after a key at the start of a line, up to the end of the line. */
static const char * __init find_value(const char *text, const char *key, size_t *length)
{
	const char *line = text, *end;

	while (line && *line) {
		end = strchrnul(line, '\n');
		if (!strncmp(line, key, strlen(key))) {
			line += strlen(key);
			*length = end - line;
			return line;
		}
		line = *end ? end + 1 : end;
	}
	return NULL;
}

/**
 * kvas_vmcoreinfo() - a value of the kernel's crash-dump note
 * @key:	with its equals sign, e.g. "BUILD-ID="
 * @value:	where to, NUL-terminated
 * @size:	of @value, in bytes
 *
 * Return: the value's length; 0 if there is none or it does not fit.
 */
size_t __init kvas_vmcoreinfo(const char *key, char *value, size_t size)
{
	size_t length = 0;
	const char *found = find_value(vmcoreinfo_text(), key, &length);

	if (!found || length >= size)
		length = 0;
	if (length)
		memcpy(value, found, length);
	value[length] = '\0';
	return length;
}

/**
 * kvas_vmcoreinfo_hex() - a hexadecimal number of the kernel's crash-dump note
 * @key:	with its equals sign, e.g. "SYMBOL(_stext)="
 * @value:	where to
 *
 * Return: whether there is one.
 */
bool __init kvas_vmcoreinfo_hex(const char *key, unsigned long *value)
{
	char text[20];

	return kvas_vmcoreinfo(key, text, sizeof(text)) && !kstrtoul(text, 16, value);
}
