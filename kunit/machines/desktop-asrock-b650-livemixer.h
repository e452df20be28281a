/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_asrock_b650_livemixer_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0xf6300000, 0xf6ffffff },
			{ 0xf000000000, 0xf80fffffff },
			{ 0xf820000000, 0xf8301fffff },
		},
	},
};

static const struct sb_machine_fn desktop_asrock_b650_livemixer_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1022, 0x14d8, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x00, 2), ID(0x1022, 0x14d9, 0x080600),
		.command = 4, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x03,
		OPEN(0, 0xf6b00000, 0xf6dfffff),
		OPEN(1, 0xf000000000, 0xf80fffffff),
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 1), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x0c,
		OPEN(0, 0xf6700000, 0xf6afffff),
	},
	{
		AT(0x0, 0x00, 0x02, 2), ID(0x1022, 0x14db, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x0d, .subordinate = 0x0d,
		OPEN(0, 0xf6f00000, 0xf6ffffff),
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x1022, 0x14da, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 1), ID(0x1022, 0x14dd, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x0e, .subordinate = 0x0e,
		OPEN(0, 0xf6300000, 0xf66fffff),
		OPEN(1, 0xf820000000, 0xf8301fffff),
	},
	{
		AT(0x0, 0x00, 0x08, 3), ID(0x1022, 0x14dd, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x0f, .subordinate = 0x0f,
		OPEN(0, 0xf6e00000, 0xf6efffff),
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x1022, 0x790b, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x14, 3), ID(0x1022, 0x790e, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 0), ID(0x1022, 0x14e0, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 1), ID(0x1022, 0x14e1, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 2), ID(0x1022, 0x14e2, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 3), ID(0x1022, 0x14e3, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 4), ID(0x1022, 0x14e4, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 5), ID(0x1022, 0x14e5, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 6), ID(0x1022, 0x14e6, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 7), ID(0x1022, 0x14e7, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1002, 0x1478, 0x060400),
		.command = 7, .parent = 3, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x03,
		OPEN(0, 0xf6b00000, 0xf6cfffff),
		OPEN(1, 0xf000000000, 0xf80fffffff),
		.bar[0] = { HAS(0xf6d00000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x1002, 0x1479, 0x060400),
		.command = 7, .parent = 22, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xf6b00000, 0xf6cfffff),
		OPEN(1, 0xf000000000, 0xf80fffffff),
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x1002, 0x744c, 0x030000),
		.command = 7, .parent = 23, .root = 0,
		.bar[0] = { HAS(0xf000000000), .size = 0x800000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf800000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xf000), .size = 0x100, .io = true },
		.bar[5] = { HAS(0xf6b00000), .size = 0x100000 },
		.bar[6] = { HAS(0xf6c00000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x03, 0x00, 1), ID(0x1002, 0xab30, 0x040300),
		.command = 6, .parent = 23, .root = 0,
		.bar[0] = { HAS(0xf6c20000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x1022, 0x43f4, 0x060400),
		.command = 7, .parent = 5, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x0c,
		OPEN(0, 0xf6700000, 0xf6afffff),
	},
	{
		AT(0x0, 0x05, 0x00, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x06, .subordinate = 0x06,
	},
	{
		AT(0x0, 0x05, 0x04, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x07, .subordinate = 0x07,
	},
	{
		AT(0x0, 0x05, 0x06, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x08, .subordinate = 0x08,
		OPEN(0, 0xf6a00000, 0xf6afffff),
	},
	{
		AT(0x0, 0x05, 0x07, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x09, .subordinate = 0x09,
	},
	{
		AT(0x0, 0x05, 0x08, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x0a, .subordinate = 0x0a,
		OPEN(0, 0xf6900000, 0xf69fffff),
	},
	{
		AT(0x0, 0x05, 0x0c, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x0b, .subordinate = 0x0b,
		OPEN(0, 0xf6800000, 0xf68fffff),
	},
	{
		AT(0x0, 0x05, 0x0d, 0), ID(0x1022, 0x43f5, 0x060400),
		.command = 7, .parent = 26, .root = 0,
		.bridge = true, .secondary = 0x0c, .subordinate = 0x0c,
		OPEN(0, 0xf6700000, 0xf67fffff),
	},
	{
		AT(0x0, 0x08, 0x00, 0), ID(0x10ec, 0x8125, 0x020000),
		.command = 7, .parent = 29, .root = 0,
		.bar[0] = { REG(0xe000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xf6a00000), .size = 0x10000, .is_64 = true },
		.bar[4] = { HAS(0xf6a10000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x0a, 0x00, 0), ID(0x1d97, 0x1602, 0x010800),
		.command = 6, .parent = 31, .root = 0,
		.bar[0] = { HAS(0xf6900000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x0b, 0x00, 0), ID(0x1022, 0x43f7, 0x0c0300),
		.command = 6, .parent = 32, .root = 0,
		.bar[0] = { HAS(0xf6800000), .size = 0x8000, .is_64 = true },
	},
	{
		AT(0x0, 0x0c, 0x00, 0), ID(0x1022, 0x43f6, 0x010600),
		.command = 6, .parent = 33, .root = 0,
		.bar[5] = { HAS(0xf6780000), .size = 0x400 },
		.bar[6] = { HAS(0xf6700000), .size = 0x80000 },
	},
	{
		AT(0x0, 0x0d, 0x00, 0), ID(0x1987, 0x5018, 0x010800),
		.command = 6, .parent = 6, .root = 0,
		.bar[0] = { HAS(0xf6f00000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x0e, 0x00, 0), ID(0x1002, 0x164e, 0x030000),
		.command = 7, .parent = 10, .root = 0,
		.bar[0] = { HAS(0xf820000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf830000000), .size = 0x200000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xd000), .size = 0x100, .io = true },
		.bar[5] = { HAS(0xf6600000), .size = 0x80000 },
	},
	{
		AT(0x0, 0x0e, 0x00, 1), ID(0x1002, 0x1640, 0x040300),
		.command = 6, .parent = 10, .root = 0,
		.bar[0] = { HAS(0xf6688000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x0e, 0x00, 2), ID(0x1022, 0x1649, 0x108000),
		.command = 6, .parent = 10, .root = 0,
		.bar[2] = { HAS(0xf6500000), .size = 0x100000 },
		.bar[5] = { HAS(0xf668c000), .size = 0x2000 },
	},
	{
		AT(0x0, 0x0e, 0x00, 3), ID(0x1022, 0x15b6, 0x0c0300),
		.command = 7, .parent = 10, .root = 0,
		.bar[0] = { HAS(0xf6400000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x0e, 0x00, 4), ID(0x1022, 0x15b7, 0x0c0300),
		.command = 7, .parent = 10, .root = 0,
		.bar[0] = { HAS(0xf6300000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x0e, 0x00, 6), ID(0x1022, 0x15e3, 0x040300),
		.command = 6, .parent = 10, .root = 0,
		.bar[0] = { HAS(0xf6680000), .size = 0x8000 },
	},
	{
		AT(0x0, 0x0f, 0x00, 0), ID(0x1022, 0x15b8, 0x0c0300),
		.command = 7, .parent = 11, .root = 0,
		.bar[0] = { HAS(0xf6e00000), .size = 0x100000, .is_64 = true },
	},
};
