/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_asus_p5q_e_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0xc0000000, 0xc05fffff },
			{ 0xce000000, 0xdfffffff },
			{ 0xfbf00000, 0xfebfffff },
		},
	},
};

static const struct sb_machine_fn desktop_asus_p5q_e_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x2e20, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x2e21, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0xfd000000, 0xfe8fffff),
		OPEN(1, 0xce000000, 0xdfffffff),
	},
	{
		AT(0x0, 0x00, 0x1a, 0), ID(0x8086, 0x3a37, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xa800), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1a, 1), ID(0x8086, 0x3a38, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xa880), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1a, 2), ID(0x8086, 0x3a39, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xac00), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1a, 7), ID(0x8086, 0x3a3c, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfcfffc00), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x1b, 0), ID(0x8086, 0x3a3e, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfcff8000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0x3a40, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		OPEN(0, 0xc0000000, 0xc01fffff),
		OPEN(1, 0xfbf00000, 0xfbffffff),
	},
	{
		AT(0x0, 0x00, 0x1c, 4), ID(0x8086, 0x3a48, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xfea00000, 0xfeafffff),
		OPEN(1, 0xc0200000, 0xc03fffff),
	},
	{
		AT(0x0, 0x00, 0x1c, 5), ID(0x8086, 0x3a4a, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0xfe900000, 0xfe9fffff),
		OPEN(1, 0xc0400000, 0xc05fffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x3a34, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xa080), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1d, 1), ID(0x8086, 0x3a35, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xa400), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1d, 2), ID(0x8086, 0x3a36, 0x0c0300),
		.command = 5, .parent = -1, .root = 0,
		.bar[4] = { REG(0xa480), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1d, 7), ID(0x8086, 0x3a3a, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfcfff800), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x1e, 0), ID(0x8086, 0x244e, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x05,
		OPEN(0, 0xfeb00000, 0xfebfffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x3a16, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 2), ID(0x8086, 0x3a22, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0x9c00), .size = 0x8, .io = true },
		.bar[1] = { REG(0x9880), .size = 0x4, .io = true },
		.bar[2] = { REG(0x9800), .size = 0x8, .io = true },
		.bar[3] = { REG(0x9480), .size = 0x4, .io = true },
		.bar[4] = { REG(0x9400), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xfcffe800), .size = 0x800 },
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0x3a30, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfcfff400), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0x400), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x10de, 0x0a65, 0x030000),
		.command = 7, .parent = 1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xfd000000), .size = 0x1000000 },
		.bar[1] = { HAS(0xd0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0xce000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[5] = { REG(0xbc00), .size = 0x80, .io = true },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x10de, 0x0be3, 0x040300),
		.command = 6, .parent = 1, .root = 0,
		.bar[0] = { HAS(0xfe8fc000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x11ab, 0x4364, 0x020000),
		.command = 7, .parent = 9, .root = 0,
		.bar[0] = { HAS(0xfe9fc000), .size = 0x4000, .is_64 = true },
		.bar[2] = { REG(0xc800), .size = 0x100, .io = true },
		.bar[6] = { HAS(0xfe9c0000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x11ab, 0x6121, 0x010100),
		.command = 7, .parent = 8, .root = 0,
		.bar[0] = { REG(0xdc00), .size = 0x8, .io = true },
		.bar[1] = { REG(0xd880), .size = 0x4, .io = true },
		.bar[2] = { REG(0xd800), .size = 0x8, .io = true },
		.bar[3] = { REG(0xd480), .size = 0x4, .io = true },
		.bar[4] = { REG(0xd400), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xfeaffc00), .size = 0x400 },
	},
	{
		AT(0x0, 0x05, 0x01, 0), ID(0x1382, 0x4010, 0x048000),
		.command = 3, .parent = 14, .root = 0,
		.bar[0] = { HAS(0xfebffc00), .size = 0x80 },
		.bar[1] = { REG(0xec00), .size = 0x80, .io = true },
		.bar[2] = { HAS(0xfebc0000), .size = 0x20000 },
		.bar[3] = { HAS(0xfebff800), .size = 0x400 },
		.bar[4] = { HAS(0xfebff400), .size = 0x200 },
	},
};
