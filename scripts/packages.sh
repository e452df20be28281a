# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced: Debian packages that are unpacked rather than installed, and the cache for
# them.

# shellcheck source=scripts/cache.sh
. "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

own_release() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# packages_from SUITE ARCH: afterwards, everything sees these packages instead of the
# system's, whose own sources and lists stay unchanged.
packages_from() {
	local suite=$1 arch=$2 dir=$cache/apt-$1-$2 keys mirror release
	local archive=debian

	cache_lock "apt-$suite-$arch"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	release=$(own_release)
	case $suite in
	*-security)
		release+=-security
		archive=debian-security
		;;
	esac
	# shellcheck disable=SC2016 # it is apt that expands this
	mirror=$(apt-get indextargets --format '$(REPO_URI)' \
		'Identifier: Packages' "Release: $release" 'Component: main')
	mirror=${mirror%%$'\n'*}
	mkdir -p "$dir"/{lists,archives}/partial
	: >"$dir/status"
	cat >"$dir/sources.list" <<-END
		deb [signed-by=$keys] ${mirror:-http://deb.debian.org/$archive/} $suite main
	END
	cat >"$dir/apt.conf" <<-END
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::State "$dir";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir";
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "-";
	END
	export APT_CONFIG=$dir/apt.conf
}

known() {
	apt-cache pkgnames | { grep -E "$1" || [ $? -eq 1 ]; } | sort -V
}

# The newest package with a matching name; a new machine has no package lists yet.
newest() {
	local names

	names=$(known "$1")
	if [ -z "$names" ]; then
		apt-get -qq update >&2
		names=$(known "$1")
	fi
	if [ -z "$names" ]; then
		echo "$0: no package matches $1" >&2
		return 1
	fi
	tail -n 1 <<<"$names"
}

version_of() {
	apt-cache policy "$1" | awk '$1 == "Candidate:" { print $2 }'
}

# unpack ROOT PACKAGE...: into a directory, without installing anything. The mirror may
# have dropped the version named in an old list.
unpack() {
	local root=$1 debs deb
	local get=(apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3)

	shift
	debs=$(mktemp -d "$cache/debs.XXXXXX")
	(cd "$debs" && { "${get[@]}" download "$@" || {
		"${get[@]}" update && "${get[@]}" download "$@"
	}; }) >&2
	for deb in "$debs"/*.deb; do
		dpkg -x "$deb" "$root"
	done
	rm -r "$debs"
	# Newer packages only use /usr/bin and /usr/lib.
	if [ -d "$root/usr/bin" ] && [ ! -e "$root/bin" ]; then
		ln -s usr/bin "$root/bin"
	fi
	if [ -d "$root/usr/lib/modules" ]; then
		mkdir -p "$root/lib/modules"
		cp -a "$root"/usr/lib/modules/. "$root/lib/modules"
		rm -r "$root/usr/lib/modules"
	fi
}

# unpacked NAME KEY PACKAGE... -- FILE...: print the cache directory with these packages
# unpacked; the FILEs prove that it is complete
unpacked() {
	local name=$1 dir=$cache/$1-$2 packages=()

	shift 2
	while [ "$1" != -- ]; do
		packages+=("$1")
		shift
	done
	shift
	cache_lock "$name"
	if ! cache_good "$dir"; then
		say "fetching ${packages[*]}"
		rm -rf "$dir"
		mkdir "$dir"
		unpack "$dir" "${packages[@]}"
		cache_seal "$dir" "$@"
	fi
	echo "$dir"
}

# The path of a static busybox, for machines of another architecture; call it as
# $(busybox_for ARCH), because it changes apt's environment.
busybox_for() {
	local arch=$1 dir

	packages_from "$(own_release)" "$arch"
	newest '^busybox-static$' >/dev/null
	dir=$(unpacked "busybox-$arch" "$(cache_key "$(version_of busybox-static)")" \
		busybox-static -- bin/busybox)
	echo "$dir/bin/busybox"
}

# The path of promtool, which has its own package or is in one that would also start a
# server; call it as $(promtool).
promtool() {
	local dir package

	packages_from "$(own_release)" "$(dpkg --print-architecture)"
	package=$(newest '^prom(etheus|tool)$')
	dir=$(unpacked promtool \
		"$(cache_key "$package" "$(version_of "$package")")" \
		"$package" -- usr/bin/promtool)
	echo "$dir/usr/bin/promtool"
}

# The directory of Debian 12's ROM files, which Documentation/rom-formats.md describes;
# call it as $(roms_of_debian_12).
roms_of_debian_12() {
	local packages=(ipxe-qemu ovmf qemu-system-data seabios) key

	if [ "$(own_release)" = bookworm ]; then
		echo /
		return
	fi
	packages_from bookworm "$(dpkg --print-architecture)"
	newest '^ipxe-qemu$' >/dev/null
	key=$(cache_key "$(apt-cache policy "${packages[@]}" | grep Candidate)")
	unpacked debian-12-roms "$key" "${packages[@]}" -- \
		usr/lib/ipxe/qemu/efi-e1000.rom \
		usr/share/seabios/vgabios-stdvga.bin
}

# The directory of Debian's shim, which Microsoft's authorities signed; call it as
# $(shim).
shim() {
	packages_from "$(own_release)" amd64
	newest '^shim-signed$' >/dev/null
	unpacked shim "$(cache_key "$(version_of shim-signed)")" \
		shim-signed -- usr/lib/shim/shimx64.efi.signed
}

# The directory where cbmc is unpacked, with its libraries; call it as $(prover).
prover() {
	packages_from sid amd64
	newest '^cbmc$' >/dev/null
	unpacked cbmc "$(cache_key "$(version_of cbmc)")" \
		cbmc libc6 libgcc-s1 libstdc++6 minisat zlib1g -- \
		usr/bin/cbmc usr/bin/goto-cc usr/bin/goto-instrument
}
