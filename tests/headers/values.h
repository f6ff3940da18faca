/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * values.h - what the kernel's own headers say of the layout.
 *
 * A file of one architecture includes the kernel's headers and this one, defines
 * the variables that boot sets as the numbers that they have in one mode, and
 * itself once for each mode.  Each VALUE() becomes a line of the assembler's input,
 * as in the kernel's asm-offsets.c; "#" and "$" stand before numbers on some.
 */
#define VALUE(name, expression)						\
	asm volatile("\n.ascii \"-> " name " %0\"" : : "i" ((unsigned long)(expression)))
/* The first byte, and the byte after the last one or the last one itself. */
#define REGION(name, start, end) \
	do { VALUE(name ".start", start); VALUE(name ".end", (end) - 1); } while (0)
#define REGION_UP_TO(name, start, last) \
	do { VALUE(name ".start", start); VALUE(name ".end", last); } while (0)
#define ABSENT(name)		asm volatile("\n.ascii \"-> " name ".start absent\"")
#define MODE_BEGINS(mode)	asm volatile("\n.ascii \"=> " mode "\"")
