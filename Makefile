# SPDX-License-Identifier: GPL-2.0-only
# kbuild reads Kbuild; this file is what people call. `make help` lists it.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= um
FUZZ_SECONDS ?= 30
HOURS ?= 1

modules: headers ## build shadowbar.ko for the running kernel, or for KDIR=<build dir>
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_SHADOWBAR=m modules

# Building and installing takes nothing from the network: it says what to get.
headers:
	@[ -f $(KDIR)/Makefile ] || { \
		echo "There are no kernel headers in $(KDIR):"; \
		echo "  Debian, Ubuntu: apt install gcc make linux-headers-$$(uname -r)"; \
		echo "  Proxmox: apt install gcc make proxmox-headers-$$(uname -r)"; \
		echo "  Fedora: dnf install gcc make kernel-devel-$$(uname -r)"; \
		echo "  Arch: pacman -S base-devel linux-headers"; \
		echo "For another kernel, set KDIR to its build directory."; \
		exit 1; } >&2

install: modules tools ## install module, tool and initramfs hooks
	$(MAKE) -f packaging/Makefile install

uninstall: ## undo make install
	$(MAKE) -f packaging/Makefile uninstall

dkms-install: tools ## register the module with DKMS and build it for every kernel
	$(MAKE) -f packaging/Makefile dkms-install

dkms-remove: ## undo make dkms-install
	$(MAKE) -f packaging/Makefile dkms-remove

debs: ## build Debian packages into build/debs
	scripts/packaging debs build/debs

rpms: ## build RPM packages into build/rpms
	scripts/packaging rpms build/rpms

dist: ## build a source tarball, checksums and an SBOM into build/dist
	scripts/dist build/dist

rpm-sources: ## copy tarball and specs to ~/rpmbuild, or to RPM_DIR=
	$(MAKE) -f packaging/Makefile rpm-sources

sign: ## sign the module for Secure Boot, with KEY= and CERT= or the machine's key
	$(MAKE) -f packaging/Makefile sign

modules_install: ## install the module only
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_SHADOWBAR=m modules_install

clean: ## remove build results
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_SHADOWBAR=m clean
	$(MAKE) -f tools/shadowbar/Makefile clean
	$(RM) -r build

tools: ## build the command-line tool, tools/shadowbar/shadowbar
	$(MAKE) -f tools/shadowbar/Makefile

tools_install: ## install the command-line tool, its man page and completions
	$(MAKE) -f tools/shadowbar/Makefile install

demo: ## boot a VM and show what the module does
	scripts/demo

bench: ## benchmark the module in a VM against the kernel's own rom file
	scripts/bench

compile_commands.json: ## write compile commands for clangd and other tools
	scripts/compile-commands

check: ## run the test suite: lint, tool, KUnit, VM tests, demo
	scripts/check

check-all: ## check, plus every other kernel; resumes after an interruption
	scripts/check all

lint: ## check coding style and documentation, run static analysis
	scripts/lint

kunit: ## run the KUnit suites on User Mode Linux, or on KERNEL=6.12 and others
	scripts/kunit $(KERNEL)

host: ## test the logic in user space
	scripts/host

prove: ## prove the logic's promises with cbmc
	scripts/prove

mutants: ## break the logic line by line and see that tests notice
	scripts/mutants

hunt: ## stress random hosts on User Mode Linux for HOURS=1
	scripts/hunt $(HOURS)

fuzz: ## fuzz every parser for FUZZ_SECONDS=30
	scripts/fuzz $(FUZZ_SECONDS)

tooltest: ## test the command-line tool
	scripts/tooltest

coverage: ## report line by line what the KUnit suites cover
	scripts/coverage $(KERNEL)

packages: ## build and check the Debian and RPM packages
	scripts/packaging

vm: ## run the VM tests on stock kernels
	scripts/vm

help: ## list the targets
	@sed -n 's/^\([a-z_-]*\):.*## /\1: /p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F': ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

.PHONY: hunt mutants prove modules headers modules_install install uninstall dkms-install dkms-remove debs rpms dist rpm-sources \
	sign clean tools tools_install demo bench check check-all lint kunit coverage host fuzz \
	compile_commands.json tooltest packages vm help
