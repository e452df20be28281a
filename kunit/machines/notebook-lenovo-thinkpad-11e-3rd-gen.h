/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root notebook_lenovo_thinkpad_11e_3rd_gen_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0xe0000000, 0xf12fffff },
		},
	},
};

static const struct sb_machine_fn notebook_lenovo_thinkpad_11e_3rd_gen_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x1904, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x8086, 0x1906, 0x030000),
		.command = 7, .parent = -1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xf0000000), .size = 0x1000000, .is_64 = true },
		.bar[2] = { HAS(0xe0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xe000), .size = 0x40, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0x9d2f, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf1200000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0x9d31, 0x118000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf122a000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 0), ID(0x8086, 0x9d60, 0x118000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf122b000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 1), ID(0x8086, 0x9d61, 0x118000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf122c000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x9d3a, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf122d000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0x9d03, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf1228000), .size = 0x2000 },
		.bar[1] = { HAS(0xf1230000), .size = 0x100 },
		.bar[2] = { REG(0xe080), .size = 0x8, .io = true },
		.bar[3] = { REG(0xe088), .size = 0x4, .io = true },
		.bar[4] = { REG(0xe060), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xf122e000), .size = 0x800 },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0x9d10, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
	},
	{
		AT(0x0, 0x00, 0x1c, 3), ID(0x8086, 0x9d13, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x03, .subordinate = 0x03,
		OPEN(0, 0xf1100000, 0xf11fffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x9d18, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x04, .subordinate = 0x04,
		OPEN(0, 0xf1000000, 0xf10fffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x9d43, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 2), ID(0x8086, 0x9d21, 0x058000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf1224000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0x9d70, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf1220000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0xf1210000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0x9d23, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf122f000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x03, 0x00, 0), ID(0x8086, 0x3166, 0x028000),
		.command = 6, .parent = 9, .root = 0,
		.bar[0] = { HAS(0xf1100000), .size = 0x2000, .is_64 = true },
	},
	{
		AT(0x0, 0x04, 0x00, 0), ID(0x10ec, 0x8168, 0x020000),
		.command = 7, .parent = 10, .root = 0,
		.bar[0] = { REG(0xd000), .size = 0x100, .io = true },
		.bar[2] = { HAS(0xf1004000), .size = 0x1000, .is_64 = true },
		.bar[4] = { HAS(0xf1000000), .size = 0x4000, .is_64 = true },
	},
};
