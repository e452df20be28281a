/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_dell_precision_3460_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 5, .guessed = true,
		.window = {
			{ 0x70400000, 0x704fffff },
			{ 0x72000000, 0x740fffff },
			{ 0x4000000000, 0x400fffffff },
			{ 0x4017000000, 0x40170fffff },
			{ 0x6000000000, 0x60031fffff },
		},
	},
	{
		.domain = 0x10000, .bus = 0xe0, .nr_windows = 1, .guessed = true,
		.window = {
			{ 0x72000000, 0x721fffff },
		},
	},
};

static const struct sb_machine_fn desktop_dell_precision_3460_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x4660, 0x060000),
		.command = 6, .parent = -1, .root = 0,
		.bar[3] = { UNKNOWN },
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x8086, 0x4680, 0x030000),
		.command = 7, .parent = -1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0x6002000000), .size = 0x1000000, .is_64 = true },
		.bar[2] = { CLAIM(0x4000000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0x3000), .size = 0x40, .io = true },
		.bar[6] = { REG(0), .shadowed = true },
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x8086, 0x461d, 0x118000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003100000), .size = 0x20000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x06, 0), ID(0x8086, 0x09ab, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x8086, 0x464f, 0x088000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x600313c000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x0e, 0), ID(0x8086, 0x467f, 0x010400),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x6000000000), .size = 0x2000000, .is_64 = true },
		.bar[2] = { HAS(0x72000000), .size = 0x2000000 },
		.bar[4] = { HAS(0x6003000000), .size = 0x100000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0x7ae0, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003120000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0x7aa7, 0x050000),
		.command = 0, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003134000), .size = 0x4000, .is_64 = true },
		.bar[2] = { HAS(0x600313b000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 3), ID(0x8086, 0x7af0, 0x028000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003130000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x15, 0), ID(0x8086, 0x7acc, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { CLAIM(0x4017000000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0x7ae8, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003139000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0x09ab, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0x7a88, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0x7aa3, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x6003138000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0xefa0), .size = 0x20, .io = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 5), ID(0x8086, 0x7aa4, 0x0c8000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x70400000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 6), ID(0x8086, 0x1a1c, 0x020000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x74000000), .size = 0x20000 },
	},
	{
		AT(0x10000, 0xe0, 0x06, 0), ID(0x8086, 0x464d, 0x060400),
		.command = 6, .parent = -1, .root = 1,
		.bridge = true, .secondary = 0xe1, .subordinate = 0xe1,
		OPEN(0, 0x72000000, 0x720fffff),
	},
	{
		AT(0x10000, 0xe0, 0x17, 0), ID(0x8086, 0x7ae2, 0x010600),
		.command = 6, .parent = -1, .root = 1,
		.bar[0] = { HAS(0x72100000), .size = 0x2000 },
		.bar[1] = { HAS(0x72102800), .size = 0x100 },
		.bar[5] = { HAS(0x72102000), .size = 0x800 },
	},
	{
		AT(0x10000, 0xe1, 0x00, 0), ID(0x1e0f, 0x000d, 0x010800),
		.command = 6, .parent = 16, .root = 1,
		.bar[0] = { HAS(0x72000000), .size = 0x4000, .is_64 = true },
	},
};
