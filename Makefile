# SPDX-License-Identifier: GPL-2.0-only
# Commands for users.  kbuild and DKMS read Kbuild instead.

RELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(RELEASE)/build
PREFIX ?= /usr/local
DESTDIR ?=
KERNEL ?=
ARCH ?=
MODE ?=
FOLDER ?=
FUZZ_SECONDS ?= 600

# Root is needed for the running machine only.
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
LAB = cd tests && KERNEL='$(KERNEL)' ARCH='$(ARCH)' MODE='$(MODE)' PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_DEBUG_INFO_BTF_MODULES=
INSTALLED = $(DESTDIR)/lib/modules/$(RELEASE)/updates/kvas.ko

# To kbuild, ARCH means more than a choice of tests.
MAKEOVERRIDES := $(filter-out ARCH=% KERNEL=% MODE=%,$(MAKEOVERRIDES))
unexport ARCH KERNEL MODE

all: module reader ## the module, if this kernel's headers are there, and the reader

module: ## kvas.ko for the running kernel
ifneq ($(wildcard $(KDIR)/Makefile),)
	$(KBUILD) modules
else
	@echo "No module: the headers of $(RELEASE) are not in $(KDIR)" \
		"(Debian: apt-get install linux-headers-$(RELEASE))."
endif

reader: ## kvas(1), in userspace/build
	@tests/lab/install-packages build
	@$(MAKE) --no-print-directory -C userspace

demo: ## the layout of a stock kernel in a virtual machine; needs nothing loaded here
	@tests/lab/install-packages demo
	@$(LAB) lab demo

lab: ## a shell in such a machine, for exercises; what is left in /results there is in FOLDER here
	@tests/lab/install-packages demo
	@export FOLDER='$(FOLDER)' && $(LAB) lab shell

check: ## the tests that prove most; KERNEL=6.12 or ARCH=x86_64 selects machines
	@KERNEL='$(KERNEL)' ARCH='$(ARCH)' tests/run

check-all: ## all tests, on every kernel and mode; goes on where it was interrupted
	@KVAS_ALL=1 KERNEL='$(KERNEL)' ARCH='$(ARCH)' tests/run

matrix: ## every architecture, kernel and mode booted; what verify and predict say of each
	@tests/lab/install-packages check
	@KERNEL='$(KERNEL)' ARCH='$(ARCH)' PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/results.py boot

bench: ## time and size, beside what others take
	@tests/lab/install-packages check
	@$(LAB) bench

fuzz: ## the parsers, for FUZZ_SECONDS (600)
	@tests/lab/install-packages check
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run

readme: reader ## the outputs and pictures in README.md, anew
	@/usr/bin/python3 tests/readme.py userspace/build/kvas

load: module ## load the module into the running kernel
	@test -e kvas.ko || { echo "There is no module to load." >&2; exit 1; }
	$(AS_ROOT) insmod kvas.ko
	@mountpoint -q /sys/kernel/debug || $(AS_ROOT) mount -t debugfs debugfs /sys/kernel/debug
	@echo "Loaded. Next: $(AS_ROOT) userspace/build/kvas"

unload: ## take it out again
	$(AS_ROOT) rmmod kvas

install: all ## reader, manual page and completion; the module, if it was built
	$(MAKE) --no-print-directory -C userspace install PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'
	test ! -e kvas.ko || install -D -m 644 kvas.ko $(INSTALLED)
	test ! -e kvas.ko -o -n '$(DESTDIR)' || depmod $(RELEASE)

uninstall: ## what install installed
	$(MAKE) --no-print-directory -C userspace uninstall PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'
	rm -f $(INSTALLED)
	test -n '$(DESTDIR)' || depmod $(RELEASE)

clean: ## what was built here; the laboratory's cache stays
	@$(MAKE) --no-print-directory -C userspace clean
	@rm -rf .tmp_versions .module-common.o .*.cmd *.ko *.o *.mod *.mod.c Module.symvers modules.order
	@find module -name '*.o' -o -name '.*.cmd' -o -name '.*.d' | xargs -r rm -f
	@find tests -name __pycache__ | xargs -r rm -rf

help: ## this list
	@echo "make TARGET, where TARGET is"
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1\t\2/p' Makefile | while IFS='	' read -r name text; do \
		printf '  %-10s %s\n' "$$name" "$$text"; done
	@echo "Variables: KERNEL ARCH MODE (laboratory), FOLDER (lab; lab-results if unset), "\
		"KDIR RELEASE (module), PREFIX DESTDIR (install)."
	@echo "The laboratory keeps kernels and compilers in \$$KVAS_CACHE, ~/.cache/kvas if unset."

.PHONY: all module reader demo lab check check-all matrix bench fuzz readme load unload install uninstall clean help
