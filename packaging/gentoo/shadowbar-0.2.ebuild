# SPDX-License-Identifier: GPL-2.0-only
# Gentoo: into sys-kernel/shadowbar of a local repository; the tarball that
# `make dist` made into DISTDIR; then `ebuild shadowbar-0.2.ebuild manifest`.

EAPI=8

inherit linux-mod-r1

DESCRIPTION="Pristine copies of PCI option ROMs for passthrough"
SRC_URI="${P}.tar.gz"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
RESTRICT="fetch"

RDEPEND="
	dev-libs/json-c:=
	dev-libs/openssl:=
	sys-apps/pciutils
"
DEPEND="${RDEPEND}"
BDEPEND="virtual/pkgconfig"

CONFIG_CHECK="PCI SYSFS CRYPTO_LIB_SHA256"

src_compile() {
	local modlist=( shadowbar=updates:.:drivers/shadowbar:modules )
	local modargs=( KDIR="${KV_OUT_DIR}" )

	linux-mod-r1_src_compile
	emake -f tools/shadowbar/Makefile CC="$(tc-getCC)" CFLAGS="${CFLAGS}"
}

src_install() {
	linux-mod-r1_src_install
	emake -f tools/shadowbar/Makefile install DESTDIR="${D}" PREFIX="${EPREFIX}/usr"
}
