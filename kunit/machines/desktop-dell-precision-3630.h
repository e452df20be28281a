/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_dell_precision_3630_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0x80000000, 0x931fffff },
			{ 0xfe000000, 0xfe0fffff },
			{ 0x4000000000, 0x40001fffff },
		},
	},
};

static const struct sb_machine_fn desktop_dell_precision_3630_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x3ec2, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x8086, 0x1901, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0x92000000, 0x930fffff),
		OPEN(1, 0x80000000, 0x91ffffff),
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x8086, 0x1911, 0x088000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x400011b000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x8086, 0xa379, 0x118000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x400011a000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0xa36d, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000100000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0xa36f, 0x050000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000114000), .size = 0x2000, .is_64 = true },
		.bar[2] = { HAS(0x4000119000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 0), ID(0x8086, 0xa368, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4000118000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0xa360, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000117000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0x2822, 0x010400),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x931a0000), .size = 0x8000 },
		.bar[1] = { HAS(0x931a8000), .size = 0x100 },
		.bar[2] = { REG(0x4050), .size = 0x8, .io = true },
		.bar[3] = { REG(0x4040), .size = 0x4, .io = true },
		.bar[4] = { REG(0x4020), .size = 0x20, .io = true },
		.bar[5] = { HAS(0x93100000), .size = 0x80000 },
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0xa330, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
	},
	{
		AT(0x0, 0x00, 0x1d, 2), ID(0x8086, 0xa332, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x04,
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0xa309, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0xa348, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000110000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0x4000000000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0xa323, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000116000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0xa324, 0x0c8000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe010000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 6), ID(0x8086, 0x15bb, 0x020000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x93180000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x10de, 0x1c03, 0x030000),
		.command = 7, .parent = 1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0x92000000), .size = 0x1000000 },
		.bar[1] = { HAS(0x80000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[3] = { HAS(0x90000000), .size = 0x2000000, .pref = true, .is_64 = true },
		.bar[5] = { REG(0x3000), .size = 0x80, .io = true },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x01, 0x00, 1), ID(0x10de, 0x10f1, 0x040300),
		.command = 6, .parent = 1, .root = 0,
		.bar[0] = { HAS(0x93080000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x1b21, 0x1080, 0x060400),
		.command = 7, .parent = 10, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
	},
};
