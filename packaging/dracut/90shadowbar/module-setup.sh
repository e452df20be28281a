#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# dracut: take the module along, and load it before udev loads drivers.

# called by dracut; mkdumprd makes the initramfs of a crash kernel, where
# devices still do DMA for the kernel before
check() {
	[ "${IN_KDUMP:-0}" != 1 ]
}

# called by dracut
depends() {
	return 0
}

# called by dracut; a kernel that does not have it goes without
installkernel() {
	hostonly='' instmods shadowbar
}

# called by dracut
install() {
	# shellcheck disable=SC2154 # dracut sets it
	inst_hook pre-udev 00 "$moddir/shadowbar-load.sh"
	inst_multiple -o /etc/modprobe.d/shadowbar.conf
}
