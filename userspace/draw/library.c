// SPDX-License-Identifier: GPL-2.0-only
/* library.c - see library.h */
#include <dlfcn.h>

#include "base/util.h"
#include "library.h"

void *library_open(const char *file, const char *package)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		die("cannot load %s, which draws this format: install the package %s", file, package);
	return library;
}

void *library_function(void *library, const char *name)
{
	void *function = dlsym(library, name);

	if (!function)
		die("a library that draws this format has no %s(): expected cairo 1.16 or newer", name);
	return function;
}
