/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root server_lenovo_p920_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 3, .guessed = true,
		.window = {
			{ 0x90200000, 0x903fffff },
			{ 0x40000000000, 0x400000fffff },
			{ 0x43ffff00000, 0x43fffffffff },
		},
	},
};

static const struct sb_machine_fn server_lenovo_p920_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x8086, 0x2020, 0x060000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x04, 0), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff2c000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 1), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff28000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 2), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff24000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 3), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff20000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 4), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff1c000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 5), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff18000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 6), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff14000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x04, 7), ID(0x8086, 0x2021, 0x088000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff10000), .size = 0x4000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x05, 0), ID(0x8086, 0x2024, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x05, 2), ID(0x8086, 0x2025, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x05, 4), ID(0x8086, 0x2026, 0x080000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x903b6000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x08, 0), ID(0x8086, 0x2014, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 1), ID(0x8086, 0x2015, 0x110100),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x08, 2), ID(0x8086, 0x2016, 0x088000),
		.command = 0, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x11, 0), ID(0x8086, 0xa1ec, 0xff0000),
		.command = 4, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x11, 1), ID(0x8086, 0xa1ed, 0xff0000),
		.command = 4, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x14, 0), ID(0x8086, 0xa1af, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x903a0000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x14, 2), ID(0x8086, 0xa1b1, 0x118000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff34000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 0), ID(0x8086, 0xa1ba, 0x078000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff35000), .size = 0x1000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x16, 2), ID(0x8086, 0xa1bc, 0x010100),
		.command = 1, .parent = -1, .root = 0,
		.bar[0] = { REG(0x3070), .size = 0x8, .io = true },
		.bar[1] = { REG(0x3060), .size = 0x4, .io = true },
		.bar[2] = { REG(0x3050), .size = 0x8, .io = true },
		.bar[3] = { REG(0x3040), .size = 0x4, .io = true },
		.bar[4] = { REG(0x3030), .size = 0x10, .io = true },
	},
	{
		AT(0x0, 0x00, 0x16, 3), ID(0x8086, 0xa1bd, 0x070000),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0x3020), .size = 0x8, .io = true },
		.bar[1] = { HAS(0x903b7000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x17, 0), ID(0x8086, 0xa182, 0x010600),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x903b4000), .size = 0x2000 },
		.bar[1] = { HAS(0x903b8000), .size = 0x100 },
		.bar[2] = { REG(0x3090), .size = 0x8, .io = true },
		.bar[3] = { REG(0x3080), .size = 0x4, .io = true },
		.bar[4] = { REG(0x3000), .size = 0x20, .io = true },
		.bar[5] = { HAS(0x90300000), .size = 0x80000 },
	},
	{
		AT(0x0, 0x00, 0x1c, 0), ID(0x8086, 0xa190, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
	},
	{
		AT(0x0, 0x00, 0x1c, 4), ID(0x8086, 0xa194, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x02,
		OPEN(0, 0x90200000, 0x902fffff),
	},
	{
		AT(0x0, 0x00, 0x1f, 0), ID(0x8086, 0xa1c1, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x1f, 2), ID(0x8086, 0xa1a1, 0x058000),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x903b0000), .size = 0x4000 },
	},
	{
		AT(0x0, 0x00, 0x1f, 3), ID(0x8086, 0xa1f0, 0x040300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x43ffff30000), .size = 0x4000, .is_64 = true },
		.bar[4] = { HAS(0x43ffff00000), .size = 0x10000, .is_64 = true },
	},
	{
		AT(0x0, 0x00, 0x1f, 4), ID(0x8086, 0xa1a3, 0x0c0500),
		.command = 3, .parent = -1, .root = 0,
		.bar[0] = { HAS(0x40000000000), .size = 0x100, .is_64 = true },
		.bar[4] = { REG(0x780), .size = 0x20, .io = true },
	},
};
