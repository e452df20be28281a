/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_asus_m5a97_evo_r2_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xf0000000, 0xfa1fffff },
			{ 0xfd000000, 0xfe6fffff },
		},
	},
};

static const struct sb_machine_fn desktop_asus_m5a97_evo_r2_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1002, 0x5a14, 0x060000),
		.command = 2, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x1002, 0x5a16, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0xfd000000, 0xfe0fffff),
		OPEN(1, 0xf0000000, 0xf9ffffff),
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x1002, 0x5a18, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(1, 0xfa100000, 0xfa1fffff),
	},
	{
		AT(0x0, 0x00, 0x05, 0), ID(0x1002, 0x5a19, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xfe500000, 0xfe5fffff),
	},
	{
		AT(0x0, 0x00, 0x06, 0), ID(0x1002, 0x5a1a, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		OPEN(0, 0xfe400000, 0xfe4fffff),
	},
	{
		AT(0x0, 0x00, 0x07, 0), ID(0x1002, 0x5a1b, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x05,
		OPEN(0, 0xfe300000, 0xfe3fffff),
	},
	{
		AT(0x0, 0x00, 0x09, 0), ID(0x1002, 0x5a1c, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x06, .subordinate = 0x06,
		OPEN(0, 0xfe200000, 0xfe2fffff),
	},
	{
		AT(0x0, 0x00, 0x11, 0), ID(0x1002, 0x4391, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xf040), .size = 0x8, .io = true },
		.bar[1] = { REG(0xf030), .size = 0x4, .io = true },
		.bar[2] = { REG(0xf020), .size = 0x8, .io = true },
		.bar[3] = { REG(0xf010), .size = 0x4, .io = true },
		.bar[4] = { REG(0xf000), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xfe60b000), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x1002, 0x4397, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe60a000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x12, 2), ID(0x1002, 0x4396, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe609000), .size = 0x100 },
	},
	{
		AT(0x0, 0x00, 0x13, 0), ID(0x1002, 0x4397, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe608000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x13, 2), ID(0x1002, 0x4396, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe607000), .size = 0x100 },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x1002, 0x4385, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x1002, 0x4383, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe600000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 3), ID(0x1002, 0x439d, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x14, 4), ID(0x1002, 0x4384, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x07, .subordinate = 0x07,
		OPEN(0, 0xfe100000, 0xfe1fffff),
	},
	{
		AT(0x0, 0x00, 0x14, 5), ID(0x1002, 0x4399, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe606000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x1002, 0x4397, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe605000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x16, 2), ID(0x1002, 0x4396, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe604000), .size = 0x100 },
	},
	{
		AT(0x0, 0x00, 0x18, 0), ID(0x1022, 0x1600, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 1), ID(0x1022, 0x1601, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 2), ID(0x1022, 0x1602, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 3), ID(0x1022, 0x1603, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 4), ID(0x1022, 0x1604, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 5), ID(0x1022, 0x1605, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x10de, 0x1187, 0x030000),
		.command = 7, .parent = 1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xfd000000), .size = 0x1000000 },
		.bar[1] = { HAS(0xf0000000), .size = 0x8000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0xf8000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[5] = { REG(0xe000), .size = 0x80, .io = true },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x10de, 0x0e0a, 0x040300),
		.command = 6, .parent = 1, .root = 0,
		.bar[0] = { HAS(0xfe080000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x10ec, 0x8168, 0x020000),
		.command = 7, .parent = 2, .root = 0,
		.bar[0] = { REG(0xd000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xfa104000), .size = 0x1000, .pref = true, .is_64 = true },
		.bar[4] = { HAS(0xfa100000), .size = 0x4000, .pref = true, .is_64 = true },
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x1b21, 0x1042, 0x0c0300),
		.command = 6, .parent = 3, .root = 0,
		.bar[0] = { HAS(0xfe500000), .size = 0x8000, .is_64 = true },
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x1b21, 0x0612, 0x010600),
		.command = 7, .parent = 4, .root = 0,
		.bar[0] = { REG(0xc050), .size = 0x8, .io = true },
		.bar[1] = { REG(0xc040), .size = 0x4, .io = true },
		.bar[2] = { REG(0xc030), .size = 0x8, .io = true },
		.bar[3] = { REG(0xc020), .size = 0x4, .io = true },
		.bar[4] = { REG(0xc000), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xfe400000), .size = 0x200 },
	},
	{
		AT(0x0, 0x05, 0x00, 0), ID(0x1b21, 0x1042, 0x0c0300),
		.command = 6, .parent = 5, .root = 0,
		.bar[0] = { HAS(0xfe300000), .size = 0x8000, .is_64 = true },
	},
	{
		AT(0x0, 0x06, 0x00, 0), ID(0x10ec, 0x8178, 0x028000),
		.command = 7, .parent = 6, .root = 0,
		.bar[0] = { REG(0xb000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xfe200000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x07, 0x07, 0), ID(0x1106, 0x3044, 0x0c0000),
		.command = 7, .parent = 15, .root = 0,
		.bar[0] = { HAS(0xfe100000), .size = 0x800 },
		.bar[1] = { REG(0xa000), .size = 0x80, .io = true },
	},
};
