# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced: a cache outside the checkout. An entry is a directory that is named
# after what it was built from, appears in one piece, and carries the hashes
# of the files that matter, so that a damaged one is built again.

cache=${SHADOWBAR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/shadowbar}
mkdir -p "$cache"

say() {
	printf '[%4ds] %s\n' "$SECONDS" "$*" >&2
}

# make_target KERNELDIR: put into 'target' what make is told to build for a kernel
# of another architecture, for which scripts/kernel has left a file
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

# cache_good DIR: is there a whole entry? Files that nobody has written to since
# they were hashed are not hashed again: a kernel takes seconds.
cache_good() {
	local as_hashed

	[ -f "$1/manifest" ] || return 1
	as_hashed=$(cd "$1" && cut -c67- manifest |
		xargs -d '\n' stat -L -c '%n %d %i %s %z' manifest 2>&1) || return 1
	[ "$as_hashed" != "$(cat "$1/as-hashed" 2>/dev/null)" ] || return 0
	(cd "$1" && sha256sum --quiet --check manifest) >/dev/null 2>&1 || return 1
	# Whoever may not write here hashes them each time.
	{ echo "$as_hashed" >"$1/as-hashed.$$" &&
		mv "$1/as-hashed.$$" "$1/as-hashed"; } 2>/dev/null || true
}

# cache_seal DIR FILE...: these files prove that the entry is whole
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
