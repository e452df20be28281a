/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root server_hpe_microserver_gen10_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xe0000000, 0xf09fffff },
			{ 0xfe800000, 0xfebfffff },
		},
	},
};

static const struct sb_machine_fn server_hpe_microserver_gen10_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x1022, 0x1576, 0x060000),
		.command = 4, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x1002, 0x9874, 0x030000),
		.command = 7, .parent = -1, .root = 0,
		.boot_vga = true,
		.bar[0] = { HAS(0xe0000000), .size = 0x10000000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf0000000), .size = 0x800000, .pref = true, .is_64 = true },
		.bar[4] = { REG(0xf000), .size = 0x100, .io = true },
		.bar[5] = { HAS(0xfeb00000), .size = 0x40000 },
		.bar[6] = { UNKNOWN, .shadowed = true },
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x1022, 0x157b, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x02, 2), ID(0x1022, 0x157c, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		OPEN(0, 0xfea00000, 0xfeafffff),
	},
	{
		AT(0x0, 0x00, 0x02, 5), ID(0x1022, 0x157c, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0xfe900000, 0xfe9fffff),
		OPEN(1, 0xf0800000, 0xf08fffff),
	},
	{
		AT(0x0, 0x00, 0x03, 0), ID(0x1022, 0x157b, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x1022, 0x1578, 0x108000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xf0900000), .size = 0x20000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xfe800000), .size = 0x100000 },
		.bar[3] = { HAS(0xfeb6b000), .size = 0x1000 },
		.bar[5] = { HAS(0xfeb66000), .size = 0x2000 },
	},
	{
		AT(0x0, 0x00, 0x09, 0), ID(0x1022, 0x157d, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x10, 0), ID(0x1022, 0x7914, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfeb64000), .size = 0x2000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x11, 0), ID(0x1022, 0x7901, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xf140), .size = 0x8, .io = true },
		.bar[1] = { REG(0xf130), .size = 0x4, .io = true },
		.bar[2] = { REG(0xf120), .size = 0x8, .io = true },
		.bar[3] = { REG(0xf110), .size = 0x4, .io = true },
		.bar[4] = { REG(0xf100), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xfeb69000), .size = 0x400 },
	},
	{
		AT(0x0, 0x00, 0x12, 0), ID(0x1022, 0x7908, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfeb68000), .size = 0x100 },
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
		AT(0x0, 0x00, 0x18, 0), ID(0x1022, 0x1570, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 1), ID(0x1022, 0x1571, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 2), ID(0x1022, 0x1572, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 3), ID(0x1022, 0x1573, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 4), ID(0x1022, 0x1574, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x18, 5), ID(0x1022, 0x1575, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x01, 0x00, 0), ID(0x1b4b, 0x9230, 0x010600),
		.command = 7, .parent = 3, .root = 0,
		.bar[0] = { REG(0xe050), .size = 0x8, .io = true },
		.bar[1] = { REG(0xe040), .size = 0x4, .io = true },
		.bar[2] = { REG(0xe030), .size = 0x8, .io = true },
		.bar[3] = { REG(0xe020), .size = 0x4, .io = true },
		.bar[4] = { REG(0xe000), .size = 0x20, .io = true },
		.bar[5] = { HAS(0xfea40000), .size = 0x800 },
		.bar[6] = { HAS(0xfea00000), .size = 0x40000 },
	},
	{
		AT(0x0, 0x02, 0x00, 0), ID(0x14e4, 0x165f, 0x020000),
		.command = 6, .parent = 4, .root = 0,
		.bar[0] = { HAS(0xf0850000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf0840000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[4] = { HAS(0xf0830000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[6] = { HAS(0xfe940000), .size = 0x40000 },
	},
	{
		AT(0x0, 0x02, 0x00, 1), ID(0x14e4, 0x165f, 0x020000),
		.command = 6, .parent = 4, .root = 0,
		.bar[0] = { HAS(0xf0820000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[2] = { HAS(0xf0810000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[4] = { HAS(0xf0800000), .size = 0x10000, .pref = true, .is_64 = true },
		.bar[6] = { HAS(0xfe900000), .size = 0x40000 },
	},
};
