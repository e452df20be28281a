# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced: a cache outside the checkout. The name of an entry tells what it was built
# from. An entry is created atomically, and contains hashes of the important files, so
# that a damaged one is rebuilt.

cache=${SHADOWBAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/shadowbar}
mkdir -p "$cache"

say() {
	printf '[%4ds] %s\n' "$SECONDS" "$*" >&2
}

# make_target KERNELDIR: set 'target' to make's arguments for a kernel of another
# architecture, from a file written by scripts/kernel
make_target() {
	# shellcheck disable=SC2034 # it is for the caller
	target=()
	# shellcheck disable=SC2034
	[ ! -f "$1/make" ] || read -ra target <"$1/make"
}

# cache_key WORD...: a short hash of the words
cache_key() {
	printf '%s\n' "$@" | sha256sum | cut -c1-16
}

# cache_good DIR: is the entry complete? Files that were not written to since they were
# hashed are not hashed again, because that takes seconds for a kernel.
cache_good() {
	local as_hashed

	[ -f "$1/manifest" ] || return 1
	as_hashed=$(cd "$1" && cut -c67- manifest |
		xargs -d '\n' stat -L -c '%n %d %i %s %z' manifest 2>&1) || return 1
	[ "$as_hashed" != "$(cat "$1/as-hashed" 2>/dev/null)" ] || return 0
	(cd "$1" && sha256sum --quiet --check manifest) >/dev/null 2>&1 || return 1
	# Users without write access hash them each time.
	{ echo "$as_hashed" >"$1/as-hashed.$$" &&
		mv "$1/as-hashed.$$" "$1/as-hashed"; } 2>/dev/null || true
}

# cache_seal DIR FILE...: record these files as proof that the entry is complete
cache_seal() {
	local dir=$1
	shift
	(cd "$dir" && sha256sum "$@" >manifest.new && mv manifest.new manifest)
}

# cache_lock NAME: one process at a time builds an entry
cache_lock() {
	exec {cache_lock_fd}>"$cache/$1.lock"
	flock "$cache_lock_fd"
}
