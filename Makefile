# SPDX-License-Identifier: GPL-2.0-only
# kbuild reads Kbuild; this file is what people call. `make help` lists it.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= um
FUZZ_SECONDS ?= 30

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

install: modules tools ## the module, the tool, what loads it first at boot
	$(MAKE) -f packaging/Makefile install

uninstall: ## take all of that away again
	$(MAKE) -f packaging/Makefile uninstall

dkms-install: tools ## the tool, and have DKMS build the module for each kernel
	$(MAKE) -f packaging/Makefile dkms-install

dkms-remove: ## take that away again
	$(MAKE) -f packaging/Makefile dkms-remove

debs: ## Debian packages, in build/debs
	scripts/packaging debs build/debs

rpms: ## RPM packages, in build/rpms
	scripts/packaging rpms build/rpms

dist: ## a tarball of what git has, its checksum and an SBOM, in build/dist
	scripts/dist build/dist

rpm-sources: ## what rpmbuild needs, in ~/rpmbuild or RPM_DIR=
	$(MAKE) -f packaging/Makefile rpm-sources

sign: ## sign the module for Secure Boot, with KEY= and CERT= or the machine's
	$(MAKE) -f packaging/Makefile sign

modules_install: ## install what `make` built
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_SHADOWBAR=m modules_install

clean: ## remove what was built here
	$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_SHADOWBAR=m clean
	$(MAKE) -f tools/shadowbar/Makefile clean
	$(RM) -r build

tools: ## build the command-line tool, tools/shadowbar/shadowbar
	$(MAKE) -f tools/shadowbar/Makefile

tools_install: ## install what `make tools` built, with its man page
	$(MAKE) -f tools/shadowbar/Makefile install

demo: ## boot a VM that shows what the module does
	scripts/demo

bench: ## measure it in a VM, beside the kernel's own rom file
	scripts/bench

compile_commands.json: ## how each file is compiled, for clangd and its like
	scripts/compile-commands

check: ## lint, the tool, KUnit, VM tests and the demo: all that must hold
	scripts/check

check-all: ## the same and KUnit on every kernel; goes on where it stopped
	scripts/check all

lint: ## coding style, static analysis, documentation
	scripts/lint

kunit: ## the KUnit suites, as a process or on KERNEL=6.12 or what scripts/kunit names
	scripts/kunit $(KERNEL)

host: ## the tests of the logic that need no kernel
	scripts/host

fuzz: ## fuzz what reads foreign bytes, FUZZ_SECONDS=30 of each
	scripts/fuzz $(FUZZ_SECONDS)

tooltest: ## the tests of the command-line tool
	scripts/tooltest

coverage: ## what of the driver the KUnit suites run, line by line
	scripts/coverage $(KERNEL)

packages: ## build and check the packages of Debian and of RPM
	scripts/packaging

vm: ## the VM tests on stock kernels
	scripts/vm

help: ## this list
	@sed -n 's/^\([a-z_-]*\):.*## /\1: /p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F': ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

.PHONY: modules headers modules_install install uninstall dkms-install dkms-remove debs rpms dist rpm-sources \
	sign clean tools tools_install demo bench check check-all lint kunit coverage host fuzz \
	compile_commands.json tooltest packages vm help
