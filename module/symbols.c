// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel does not export: resolved without calling an unexported
 * function, without arming a probe and without faulting.  All but kvas_read() is
 * needed once, when the module is loaded.
 */
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "kvas.h"

/**
 * kvas_read() - copy kernel memory that may not be there
 * @to:		where to
 * @from:	kernel address, mapped or not
 * @size:	bytes
 *
 * Return: whether all of it was read.
 */
bool kvas_read(void *to, const void *from, size_t size)
{
	return !copy_from_kernel_nofault(to, from, size);
}

#ifdef CONFIG_KPROBES
/*
 * Is there a symbol at exactly this address?  Asked in the other direction.
 * CONFIG_KPROBES selects CONFIG_KALLSYMS.
 */
static bool __init starts_symbol(unsigned long addr)
{
	char *text = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);
	bool exact;

	if (!text)
		return false;
	sprint_symbol(text, addr);
	exact = strstr(text, "+0x0/") && !strchr(text, '[');
	kfree(text);
	return exact;
}
#endif

/**
 * kvas_symbol() - the address of a symbol that is not exported
 * @name:	a data symbol or marker of the kernel
 * @distance:	ask for the byte so far behind the symbol
 *
 * register_kprobe() resolves a name before it refuses what is not text, and
 * leaves the address behind.  The flag keeps it from arming should it not
 * refuse.  Since 5.18 x86 reads the word at the symbol of the address asked
 * for, and gives up if that was freed; @distance leads the question to a
 * symbol that is still mapped.  ppc64 reads it, too, and may fault, but only
 * if asked for the very first byte.
 *
 * Return: the symbol's address, which a reverse look-up has confirmed; 0 if
 * it cannot be had.
 */
unsigned long __init kvas_symbol(const char *name, unsigned int distance)
{
#ifdef CONFIG_KPROBES
	struct kprobe probe = {
		.symbol_name = name,
		.offset = distance,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long addr;

	if (IS_ENABLED(CONFIG_PPC64) && !distance)
		probe.offset = distance = sizeof(u32);
	if (!register_kprobe(&probe)) {
		addr = (unsigned long)probe.addr;
		unregister_kprobe(&probe);
	} else {
		addr = (unsigned long)probe.addr;
	}
	if (!addr)
		return 0;
	addr -= distance;
	return starts_symbol(addr) ? addr : 0;
#else
	return 0;
#endif
}

/**
 * kvas_variable() - the value of a variable that is not exported
 * @name:	the variable
 * @value:	where to
 * @size:	of the variable, in bytes
 *
 * Return: whether it could be read.
 */
bool __init kvas_variable(const char *name, void *value, size_t size)
{
	unsigned long addr = kvas_symbol(name, 0);

	return addr && kvas_read(value, (const void *)addr, size);
}

/**
 * kvas_is_kernel_symbol() - does kallsyms count an address to the kernel?
 * @addr:	a kernel address
 *
 * With CONFIG_KALLSYMS_ALL that is so for the whole image, _stext to _end;
 * without it, for its text.
 *
 * Return: whether a symbol of the kernel itself covers @addr.
 */
bool __init kvas_is_kernel_symbol(unsigned long addr)
{
#ifdef CONFIG_KALLSYMS
	char *text = kmalloc(KSYM_SYMBOL_LEN, GFP_KERNEL);
	bool known;

	if (!text)
		return false;
	sprint_symbol_no_offset(text, addr);
	/* An unknown address is printed as a number, a module's with [name]. */
	known = strncmp(text, "0x", 2) && !strchr(text, '[');
	kfree(text);
	return known;
#else
	return false;
#endif
}

#if KVAS_HAS_VMCOREINFO
/* The note's text, NUL-terminated, for the caller to kfree(); or NULL. */
static char * __init vmcoreinfo_text(void)
{
	phys_addr_t note = paddr_vmcoreinfo_note();
	struct elf_note_head { u32 namesz, descsz, type; } head;
	char name[12];
	const char *at;
	char *text;

	/* Xen PV gives a machine address, behind which anything may lie. */
	at = phys_to_virt(note);
	if (!note || !kvas_read(&head, at, sizeof(head)) ||
	    head.namesz != sizeof("VMCOREINFO") || head.descsz > PAGE_SIZE ||
	    !kvas_read(name, at + sizeof(head), sizeof(name)) ||
	    memcmp(name, "VMCOREINFO", head.namesz))
		return NULL;

	text = kmalloc(head.descsz + 1, GFP_KERNEL);
	if (!text)
		return NULL;
	/* The name is padded to a multiple of four. */
	if (!kvas_read(text, at + sizeof(head) + sizeof(name), head.descsz)) {
		kfree(text);
		return NULL;
	}
	text[head.descsz] = '\0';
	return text;
}
#endif

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
#if KVAS_HAS_VMCOREINFO
	char *text = vmcoreinfo_text();
	const char *line = text;

	while (line && *line) {
		const char *end = strchrnul(line, '\n');

		if (!strncmp(line, key, strlen(key))) {
			line += strlen(key);
			if (end > line && end - line < size) {
				length = end - line;
				memcpy(value, line, length);
				value[length] = '\0';
			}
			break;
		}
		line = *end ? end + 1 : end;
	}
	kfree(text);
#endif
	return length;
}
