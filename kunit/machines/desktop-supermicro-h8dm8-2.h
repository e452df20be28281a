/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by scripts/machine; see Documentation/development.md. */
static const struct sb_machine_root desktop_supermicro_h8dm8_2_root[] = {
	{
		.domain = 0x0, .bus = 0x00, .nr_windows = 2, .guessed = true,
		.window = {
			{ 0xf0000000, 0xf7ffffff },
			{ 0xfdf00000, 0xfebfffff },
		},
	},
};

static const struct sb_machine_fn desktop_supermicro_h8dm8_2_fn[] = {
	{
		AT(0x0, 0x00, 0x00, 0), ID(0x10de, 0x0369, 0x050000),
		.command = 6, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 0), ID(0x10de, 0x0364, 0x060100),
		.command = 7, .parent = -1, .root = 0,
	},
	{
		AT(0x0, 0x00, 0x01, 1), ID(0x10de, 0x0368, 0x0c0500),
		.command = 1, .parent = -1, .root = 0,
		.bar[0] = { REG(0xcc00), .size = 0x40, .io = true },
		.bar[4] = { REG(0x2d00), .size = 0x40, .io = true },
		.bar[5] = { REG(0x2e00), .size = 0x40, .io = true },
	},
	{
		AT(0x0, 0x00, 0x02, 0), ID(0x10de, 0x036c, 0x0c0300),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfdfbf000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x02, 1), ID(0x10de, 0x036d, 0x0c0300),
		.command = 6, .parent = -1, .root = 0,
		.bar[0] = { HAS(0xfdfbec00), .size = 0x100 },
	},
	{
		AT(0x0, 0x00, 0x05, 0), ID(0x10de, 0x037f, 0x010100),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xc480), .size = 0x8, .io = true },
		.bar[1] = { REG(0xc400), .size = 0x4, .io = true },
		.bar[2] = { REG(0xc080), .size = 0x8, .io = true },
		.bar[3] = { REG(0xc000), .size = 0x4, .io = true },
		.bar[4] = { REG(0xbc00), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xfdfbd000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x05, 1), ID(0x10de, 0x037f, 0x010100),
		.command = 7, .parent = -1, .root = 0,
		.bar[0] = { REG(0xb880), .size = 0x8, .io = true },
		.bar[1] = { REG(0xb800), .size = 0x4, .io = true },
		.bar[2] = { REG(0xb480), .size = 0x8, .io = true },
		.bar[3] = { REG(0xb400), .size = 0x4, .io = true },
		.bar[4] = { REG(0xb080), .size = 0x10, .io = true },
		.bar[5] = { HAS(0xfdfbc000), .size = 0x1000 },
	},
	{
		AT(0x0, 0x00, 0x06, 0), ID(0x10de, 0x0370, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x01, .subordinate = 0x01,
		.vga_below = true,
		OPEN(0, 0xfe800000, 0xfe8fffff),
		OPEN(1, 0xf0000000, 0xf7ffffff),
	},
	{
		AT(0x0, 0x00, 0x0a, 0), ID(0x10de, 0x0376, 0x060400),
		.command = 4, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x02, .subordinate = 0x04,
	},
	{
		AT(0x0, 0x00, 0x0d, 0), ID(0x10de, 0x0378, 0x060400),
		.command = 4, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x05, .subordinate = 0x05,
	},
	{
		AT(0x0, 0x00, 0x0e, 0), ID(0x10de, 0x0375, 0x060400),
		.command = 7, .parent = -1, .root = 0,
		.bridge = true, .secondary = 0x06, .subordinate = 0x06,
		OPEN(0, 0xfe900000, 0xfebfffff),
	},
};
