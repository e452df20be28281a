/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_dell_precision_3240_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0x80000000, 0x91bfffff },
			{ 0xfe000000, 0xfe0fffff },
			{ 0x4000000000, 0x4000bfffff },
		},
	},
};

static const struct sb_machine_fn desktop_dell_precision_3240_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x9b53, 0x060000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x8086, 0x9bc8, 0x030000),
		.command = 7, .parent = -1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0x90000000), .size = 0x1000000, .is_64 = true },
		.bar[2] = { HAS(0x80000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0x4000), .size = 0x40, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x8086, 0x1911, 0x088000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b1b000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x8086, 0x06f9, 0x118000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b1a000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0x06ed, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b00000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0x06ef, 0x050000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b14000), .size = 0x2000, .is_64 = true },
		.bar[2] = { HAS(0x4000b19000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 0), ID(0x8086, 0x06e8, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4000b18000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x06e0, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b17000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0x06d2, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x91b20000), .size = 0x2000 },
		.bar[1] = { HAS(0x91b23000), .size = 0x100 },
		.bar[2] = { REG(0x4090), .size = 0x8, .io = true },
		.bar[3] = { REG(0x4080), .size = 0x4, .io = true },
		.bar[4] = { REG(0x4060), .size = 0x20, .io = true },
		.bar[5] = { HAS(0x91b22000), .size = 0x800 },
	},
	{
		AT(0x0, 0x00, 0x1b, 0), ID(0x8086, 0x06c0, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		OPEN(0, 0x91a00000, 0x91afffff),
	},
	{
		AT(0x0, 0x00, 0x1d, 0), ID(0x8086, 0x06b0, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0x91000000, 0x919fffff),
		OPEN(1, 0x4000000000, 0x40009fffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x0697, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0x06c8, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b10000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0x4000a00000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0x06a3, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x4000b16000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0x06a4, 0x0c8000),
		.command = 2, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfe010000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 6), ID(0x8086, 0x0d4c, 0x020000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x91b00000), .size = 0x20000 },
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1344, 0x5405, 0x010800),
		.command = 6, .parent = 9, .root = 0,
		.bar[0] = { HAS(0x91a00000), .size = 0x4000, .is_64 = true },
	},
};
