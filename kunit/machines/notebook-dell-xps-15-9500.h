/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root notebook_dell_xps_15_9500_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 5, .guessed = true,
		.window = {
			{ 0x6e800000, 0x6e8fffff },
			{ 0x70000000, 0x81ffffff },
			{ 0x84000000, 0xb41fffff },
			{ 0x4000000000, 0x40100fffff },
			{ 0x6000000000, 0x604b1fffff },
		},
	},
};

static const struct sb_machine_fn notebook_dell_xps_15_9500_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x9b54, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x1901, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		OPEN(0, 0xb3000000, 0xb3ffffff),
		OPEN(1, 0x70000000, 0x81ffffff),
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x8086, 0x9bc4, 0x030000),
		.command = 7, .parent = -1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0x604a000000), .size = 0x1000000, .is_64 = true },
		.bar[2] = { HAS(0x4000000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0x4000), .size = 0x40, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x8086, 0x1903, 0x118000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b110000), .size = 0x8000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x8086, 0x1911, 0x088000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b12b000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x8086, 0x06f9, 0x118000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b12a000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x13, 0), ID(0x8086, 0x06fc, 0x070000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b122000), .size = 0x2000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0x06ed, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b100000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0x06ef, 0x050000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b120000), .size = 0x2000, .is_64 = true },
		.bar[2] = { HAS(0x604b129000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 3), ID(0x8086, 0x06f0, 0x028000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b11c000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 0), ID(0x8086, 0x06e8, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4010000000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 1), ID(0x8086, 0x06e9, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4010001000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x06e0, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b126000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0x06b8, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x6b,
		OPEN(0, 0x84000000, 0xb20fffff),
		OPEN(1, 0x6000000000, 0x6049ffffff),
	},
	{
		AT(0x0, 0x00, 0x1c, 6), ID(0x8086, 0x06be, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x6c, .subordinate = 0x6c,
		OPEN(0, 0xb4100000, 0xb41fffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x06b0, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x6d, .subordinate = 0x6d,
		OPEN(0, 0xb4000000, 0xb40fffff),
	},
	{
		AT(0x0, 0x00, 0x1e, 0), ID(0x8086, 0x06a8, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4010002000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x068e, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0x06c8, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b118000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0x604b000000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0x06a3, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x604b124000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0x06a4, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6e800000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x10de, 0x1f95, 0x030200),
		.command = 7, .parent = 1, .root = 0,
		.bar[0] = { HAS(0xb3000000), .size = 0x1000000 },
		.bar[1] = { HAS(0x70000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0x80000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[5] = { REG(0x3000), .size = 0x80, .io = true },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x8086, 0x15ea, 0x060400),
		.command = 7, .parent = 13, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x6b,
		OPEN(0, 0x84000000, 0xb1ffffff),
		OPEN(1, 0x6000000000, 0x6049ffffff),
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x8086, 0x15ea, 0x060400),
		.command = 7, .parent = 22, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		OPEN(0, 0xb1f00000, 0xb1ffffff),
	},
	{
		AT(0x0, 0x03, 0x01, 0), ID(0x8086, 0x15ea, 0x060400),
		.command = 7, .parent = 22, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x37,
		OPEN(0, 0x9b000000, 0xb1efffff),
		OPEN(1, 0x6025000000, 0x6049ffffff),
	},
	{
		AT(0x0, 0x03, 0x02, 0), ID(0x8086, 0x15ea, 0x060400),
		.command = 7, .parent = 22, .root = 0,
		.bridge = true, .secondary = 0x38, .subordinate = 0x38,
		OPEN(0, 0x9af00000, 0x9affffff),
	},
	{
		AT(0x0, 0x03, 0x04, 0), ID(0x8086, 0x15ea, 0x060400),
		.command = 7, .parent = 22, .root = 0,
		.bridge = true, .secondary = 0x39, .subordinate = 0x6b,
		OPEN(0, 0x84000000, 0x9aefffff),
		OPEN(1, 0x6000000000, 0x6024ffffff),
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x8086, 0x15eb, 0x088000),
		.command = 6, .parent = 23, .root = 0,
		.bar[0] = { HAS(0xb1f00000), .size = 0x40000 },
		.bar[1] = { HAS(0xb1f40000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x38, 0x00, 0), ID(0x8086, 0x15ec, 0x0c0300),
		.command = 3, .parent = 25, .root = 0,
		.bar[0] = { HAS(0x9af00000), .size = 0x10000 },
	},
	{
		AT(0x0, 0x6c, 0x00, 0), ID(0x10ec, 0x5260, 0xff0000),
		.command = 6, .parent = 14, .root = 0,
		.bar[0] = { HAS(0xb4100000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x6d, 0x00, 0), ID(0x144d, 0xa808, 0x010800),
		.command = 6, .parent = 15, .root = 0,
		.bar[0] = { HAS(0xb4000000), .size = 0x4000, .is_64 = true },
	},
};
